/**
 * Whether a run may go on: compiles its spec again and compares program, data and machine with what the run holds.
 * What would make another run of it is refused with the difference shown, unless forced; changed reports are taken.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { CompileOptions, Host } from '../compiler/input.ts';
import type { Program } from '../compiler/compiled.ts';
import type { Manifest } from '../program/manifest.ts';
import type { SpecText } from '../program/spec-text.ts';
import type { Source } from '../grammar/source.ts';
import type { DeviceName } from '../runtime/engines/engine.ts';
import { machineDifferences, thisMachine } from '../runtime/run/machine.ts';
import { requireUnlocked } from '../runtime/run/lock.ts';
import { described, layoutFor, layoutOf } from '../runtime/run/new-run.ts';
import { dataChanges, graphFiles, programChanges, textDiff } from '../runtime/run/resume.ts';
import { inside, openTrainable, replaceInfo, replaceProgram } from '../runtime/run/run-directory.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import { chooseEngine, type PlacedProgram } from '../runtime/run/session.ts';
import { keptImports } from './drawings.ts';
import { Exit, exitCodes } from './exit.ts';
import { muted, targetCalled } from './program.ts';
import type { Target } from './program.ts';
import { readSpec } from './read.ts';
import type { RunOptions } from './run-options.ts';
import { compileSpec, hostFor } from './spec.ts';
import type { Terminal } from './terminal.ts';

/** The run in `path`, ready to go on; `file`: its spec, if that has moved. Throws Exit with the reason why not. */
export async function resumable(
  path: string,
  file: string | undefined,
  options: RunOptions,
  terminal: Terminal,
): Promise<RunDirectory> {
  const run = openTrainable(path);
  requireUnlocked(path);
  if (options.seed !== undefined && options.seed !== run.info.seed) {
    throw new Exit(
      exitCodes.usage,
      `${path} was started with the seed ${run.info.seed}; a run keeps its seed`,
    );
  }
  const { accumulate = 1, machine: then } = run.info;
  if (options.accumulate !== undefined && options.accumulate !== accumulate) {
    throw new Exit(
      exitCodes.usage,
      `${path} was started with --accumulate ${accumulate}; a run keeps how its minibatches are made`,
    );
  }
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
  const updated = source === null ? run : withSpec(run, source, options, terminal);
  const said = source === null ? terminal : muted(terminal);
  const built = forEngine(updated, source, target, engine.device, said);
  return differences.length > 0 ? replaceInfo(built, { ...built.info, machine }) : built;
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
export const ownProgram = ({ path, manifest }: RunDirectory): PlacedProgram => ({
  manifest,
  folder: inside(path).program,
});

/** Compares the spec as it is now with the run, and takes what may be taken. */
function withSpec(run: RunDirectory, source: Source, options: RunOptions, terminal: Terminal): RunDirectory {
  const set = { ...run.info.set, ...options.set };
  const profile = options.profile ?? run.info.profile ?? undefined;
  const target = targetCalled(run.manifest.target);
  const { accumulate } = run.info;
  const compiling = { set, profile, accumulate, target, device: layoutOf(run.manifest) };
  const now = compileSpec(source, compiling, terminal, { program: ownProgram(run) });
  const spec = source.path;
  const then = { manifest: run.manifest, files: filesOf(run) };
  const changes = programChanges(then, now);
  const shown = () => difference(run.manifest, now.manifest);
  if (changes.training.length > 0)
    refuse(
      [...changes.training, ...shown()],
      `${spec} is not the spec that the run was started with`,
      options,
      terminal,
    );
  // After the spec: another one reads other data, and that alone would say little.
  const data = described(now.manifest);
  refuse(dataChanges(run.info.data, data), 'the data is not what the run was trained on', options, terminal);
  if (!changes.any) return run;
  if (!options.quiet && changes.training.length === 0 && shown().length > 0)
    terminal.err(`nothing that trains changed in ${spec}: going on\n`);
  const info = { ...run.info, set, profile: profile ?? null, params: now.manifest.params, data };
  return replaceInfo(replaceProgram(run, now.manifest, now.files), info);
}

function filesOf({ path, manifest }: RunDirectory): Record<string, Uint8Array> {
  const names = Object.values(manifest.graphs).flatMap(graphFiles);
  const { program } = inside(path);
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
