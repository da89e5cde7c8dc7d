/**
 * Whether a run may go on: compiles its spec again and compares program, data and machine with what the run holds.
 * What would make another run of it is refused with the difference shown, unless forced; changed reports are taken.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type { CompileOptions, Host } from '../compiler/input.ts';
import type { Program } from '../compiler/compiled.ts';
import type { Manifest } from '../program/manifest.ts';
import type { SpecText } from '../program/spec-text.ts';
import type { Source } from '../grammar/source.ts';
import type { DeviceName } from '../runtime/engines/engine.ts';
import { dataNow } from '../runtime/run/data-now.ts';
import { machineDifferences, thisMachine } from '../runtime/run/machine.ts';
import { described, layoutFor, layoutOf } from '../runtime/run/new-run.ts';
import { dataChanges, graphFiles, programChanges, textDiff } from '../runtime/run/resume.ts';
import { inside, replaceInfo, replaceProgram } from '../runtime/run/run-directory.ts';
import type { RunDirectory, RunInfo } from '../runtime/run/run-directory.ts';
import { saidOf } from '../runtime/run/settings.ts';
import { chooseEngine, type PlacedProgram } from '../runtime/run/session.ts';
import { keptImports } from './drawings.ts';
import { Exit, exitCodes } from './exit.ts';
import { lookingAt } from './how-far.ts';
import { muted, targetCalled } from './program.ts';
import type { Target } from './program.ts';
import { readSpec } from './read.ts';
import type { RunOptions } from './run-options.ts';
import { compileSpec, dataFolder, hostFor } from './spec.ts';
import type { Terminal } from './terminal.ts';

/** The run, which is locked, ready to go on; `file`: its spec, if that has moved. Throws Exit with the reason why not. */
export async function resumable(
  run: RunDirectory,
  file: string | undefined,
  options: RunOptions,
  terminal: Terminal,
): Promise<RunDirectory> {
  requireKept(run, options);
  const { machine: then } = run.info;
  const target = targetCalled(options.target ?? run.manifest.target);
  const engine = await chooseEngine(
    { ...run.manifest, target },
    options.device ?? (then.device as DeviceName),
    options.threads ?? then.threads,
    options.nproc ?? then.processes,
  );
  const machine = thisMachine(engine);
  const differences = [
    ...(target === run.manifest.target ? [] : [`target: ${run.manifest.target} then, ${target} now`]),
    ...machineDifferences(then, machine),
  ];
  refuse(differences, `the results may differ from a run that was never stopped`, options, terminal);
  const spec = file ?? specOf(run);
  const source = await sourceOf(spec, file !== undefined, options, terminal);
  const said = source === null ? terminal : muted(terminal);
  const built = forEngine(updated(run, source, options, terminal), source, target, engine.device, said);
  return differences.length > 0 ? replaceInfo(built, { ...built.info, machine }) : built;
}

/** What a run is told once. */
const kept = { seed: 'its seed', accumulate: 'how its minibatches are made' } as const;

function requireKept({ path, info }: RunDirectory, options: RunOptions): void {
  for (const name of ['seed', 'accumulate'] as const) {
    const [then, now] = [info, options].map((one) =>
      saidOf(one, name).map(({ flag, value }) => `with ${flag} ${value}`),
    );
    if (options[name] === undefined || then[0] === now[0]) continue;
    throw new Exit(
      exitCodes.usage,
      `${path} was started ${then[0] ?? `without --${name}`}; a run keeps ${kept[name]}`,
    );
  }
}

/** Where the spec was: runs are resumed from any folder. */
function specOf({ manifest, info }: RunDirectory): string {
  const { path } = manifest.spec;
  return path === '<stdin>' ? path : relative('.', join(info.folder, basename(path)));
}

function refuse(
  differences: readonly string[],
  why: string,
  { force, quiet }: RunOptions,
  terminal: Terminal,
): void {
  if (differences.length === 0) return;
  const list = differences.map((line) => `  ${line}`).join('\n');
  if (!force) throw new Exit(exitCodes.usage, `${why}:\n${list}\nGo on with --force, or start a new run.`);
  if (!quiet) terminal.err(`forced although ${why}:\n${list}\n`);
}

/** The spec as it is now; null where it is gone, and nobody named another. */
async function sourceOf(
  spec: string,
  demanded: boolean,
  { quiet }: RunOptions,
  terminal: Terminal,
): Promise<Source | null> {
  if (demanded || (spec !== '<stdin>' && existsSync(spec))) return readSpec(spec, terminal);
  if (!quiet) terminal.err(`${spec} is not there any more: going on with the program that the run holds\n`);
  return null;
}

/** As the run was started with it. */
export function storedSpec({ path, manifest, info }: RunDirectory): Source {
  const place = join(info.folder, basename(manifest.spec.path));
  return { path: place, text: readFileSync(inside(path).spec, 'utf8') };
}

/** The run with its program made anew, where its target or device wants another one. */
function forEngine(
  run: RunDirectory,
  source: Source | null,
  target: Target,
  device: string,
  terminal: Terminal,
): RunDirectory {
  if (target === run.manifest.target && layoutFor(target, device) === layoutOf(run.manifest)) return run;
  const { manifest, files } = recompiled(run, source, target, layoutFor(target, device), terminal);
  return replaceProgram(run, manifest, files);
}

/** The program of a spec with the run's parameters, for any target; null: of the run's own spec. */
export function recompiled(
  run: RunDirectory,
  source: Source | null,
  target: Target,
  device: CompileOptions['device'],
  terminal: Terminal,
): Program {
  const { set, profile, accumulate } = run.info;
  return compileSpec(
    source ?? storedSpec(run),
    { set, profile: profile ?? undefined, accumulate, target, device },
    terminal,
    { program: ownProgram(run), imports: source === null ? importsOf(run) : undefined },
  );
}

/** What the run's own spec is compiled with: the files that it imported as they were, and weights that it started with. */
export const hostOf = (run: RunDirectory): Host => hostFor(storedSpec(run), ownProgram(run), importsOf(run));

const importsOf = ({ manifest }: RunDirectory): ReadonlyMap<string, string> => keptImports(manifest.spec);

/** The program that the run holds. */
export const ownProgram = ({ program, manifest }: RunDirectory): PlacedProgram => ({
  manifest,
  folder: program,
});

/** Compares spec and data as they are now with the run, and takes what may be taken; `source`: null where the spec is gone. */
function updated(
  run: RunDirectory,
  source: Source | null,
  options: RunOptions,
  terminal: Terminal,
): RunDirectory {
  const now = source === null ? null : compared(run, source, options, terminal);
  // After the spec: another one reads other data, and that alone would say little.
  const data = dataRead(run, source, now?.program.manifest ?? run.manifest, terminal);
  const changes = dataChanges(run.info.data, data);
  refuse(changes, 'the data is not what the run was trained on', options, terminal);
  if (now === null) return changes.length === 0 ? run : replaceInfo(run, { ...run.info, data });
  const { manifest, files } = now.program;
  const info = { ...run.info, ...now.settings, params: manifest.params, data };
  if (now.changed) return replaceInfo(replaceProgram(run, manifest, files), info);
  return changes.length === 0 ? run : replaceInfo(run, info);
}

/** What the run will read: where the spec lies where it did, the compiler has just looked at it. */
function dataRead(
  { info }: RunDirectory,
  source: Source | null,
  manifest: Manifest,
  terminal: Terminal,
): RunInfo['data'] {
  if (source !== null && resolve(dataFolder(source)) === info.folder) return described(manifest);
  return dataNow(manifest, info.folder, (name) => lookingAt(name, terminal));
}

interface Compared {
  readonly program: Program;
  readonly settings: Pick<RunInfo, 'set' | 'profile'>;
  readonly changed: boolean;
}

/** The spec as it is now, compiled. Refuses another one than the run was started with. */
function compared(run: RunDirectory, source: Source, options: RunOptions, terminal: Terminal): Compared {
  const set = { ...run.info.set, ...options.set };
  const profile = options.profile ?? run.info.profile ?? undefined;
  const target = targetCalled(run.manifest.target);
  const { accumulate } = run.info;
  const compiling = { set, profile, accumulate, target, device: layoutOf(run.manifest) };
  const now = compileSpec(source, compiling, terminal, { program: ownProgram(run) });
  const then = { manifest: run.manifest, files: filesOf(run) };
  const changes = programChanges(then, now);
  const differs = difference(run.manifest, now.manifest);
  if (changes.training.length > 0)
    refuse(
      [...changes.training, ...differs],
      `${source.path} is not the spec that the run was started with`,
      options,
      terminal,
    );
  else if (changes.any && !options.quiet && differs.length > 0)
    terminal.err(`nothing that trains changed in ${source.path}: going on\n`);
  return { program: now, settings: { set, profile: profile ?? null }, changed: changes.any };
}

function filesOf({ program, manifest }: RunDirectory): Record<string, Uint8Array> {
  const names = Object.values(manifest.graphs).flatMap(graphFiles);
  return Object.fromEntries(names.map((name) => [name, new Uint8Array(readFileSync(join(program, name)))]));
}

/** The lines that differ, and params that were set from outside. */
function difference(then: Manifest, now: Manifest): string[] {
  const names = [...new Set([...Object.keys(then.params), ...Object.keys(now.params)])];
  const params = names
    .filter((name) => then.params[name] !== now.params[name])
    .map((name) => `param ${name}: ${String(then.params[name])} then, ${String(now.params[name])} now`);
  const lines = linesOf(then.spec.text, now.spec.text);
  const own = lines.length === 0 ? [] : ['in the spec:', ...lines];
  return [...params, ...own, ...importedLines(then.spec, now.spec)];
}

const linesOf = (then: string, now: string): string[] => {
  const text = textDiff(then, now);
  return text === '' ? [] : text.split('\n');
};

/** File by file, each under its path from the spec's folder; nothing for a run that kept no imports. */
function importedLines(then: SpecText, now: SpecText): string[] {
  if (then.imports === undefined) return [];
  const [a, b] = [keptImports(then), keptImports(now)];
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((path) => {
    const lines = linesOf(a.get(path) ?? '', b.get(path) ?? '');
    return lines.length === 0 ? [] : [`${path}:`, ...lines];
  });
}
