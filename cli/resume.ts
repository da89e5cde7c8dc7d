/**
 * Whether a run may go on: compiles its spec again and compares program, data and machine with what the run holds.
 * What would make another run of it is refused with the difference shown, unless forced; changed reports are taken.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Manifest } from '../compiler/program/manifest.ts';
import { requireUnlocked } from '../runtime/lock.ts';
import { dataChanges, graphFiles, programChanges, textDiff } from '../runtime/resume.ts';
import {
  inside,
  machineDifferences,
  openRun,
  replaceInfo,
  replaceProgram,
} from '../runtime/run-directory.ts';
import type { RunDirectory } from '../runtime/run-directory.ts';
import { Exit, exitCodes } from './exit.ts';
import { machineFor } from './machine.ts';
import { readSpec } from './read.ts';
import type { RunOptions } from './run.ts';
import { compileSpec, described } from './spec.ts';
import type { Terminal } from './terminal.ts';

/** The run in `path`, ready to go on; `file`: its spec, if that has moved. Throws Exit with the reason why not. */
export async function resumable(
  path: string,
  file: string | undefined,
  options: RunOptions,
  terminal: Terminal,
): Promise<RunDirectory> {
  const run = openRun(path);
  requireUnlocked(path);
  if (options.seed !== undefined && options.seed !== run.info.seed) {
    throw new Exit(
      exitCodes.usage,
      `${path} was started with the seed ${run.info.seed}; a run keeps its seed`,
    );
  }
  const machine = machineFor(options.device, options.threads ?? run.info.machine.threads);
  const differences = machineDifferences(run.info.machine, machine);
  refuse(differences, `the results may differ from a run that was never stopped`, options, terminal);
  const updated = await withSpec(run, file ?? specOf(run), file !== undefined, options, terminal);
  return differences.length > 0 ? replaceInfo(updated, { ...updated.info, machine }) : updated;
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

async function withSpec(
  run: RunDirectory,
  spec: string,
  demanded: boolean,
  options: RunOptions,
  terminal: Terminal,
): Promise<RunDirectory> {
  // prettier-ignore
  if (!demanded && (spec === '<stdin>' || !existsSync(spec))) {
    if (!options.quiet) terminal.err(`${spec} is not there any more: going on with the program that the run holds\n`);
    return run;
  }
  const set = { ...run.info.set, ...options.set };
  const profile = options.profile ?? run.info.profile ?? undefined;
  const now = compileSpec(await readSpec(spec, terminal), { set, profile, target: 'onnx' }, terminal);
  const data = described(now.manifest);
  refuse(dataChanges(run.info.data, data), 'the data is not what the run was trained on', options, terminal);
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
  if (!changes.any) return run;
  if (!options.quiet && changes.training.length === 0)
    terminal.err(`only reports changed in ${spec}: going on\n`);
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
  const text = textDiff(then.spec.text, now.spec.text);
  return [...params, ...(text === '' ? [] : text.split('\n'))];
}
