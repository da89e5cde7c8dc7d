/**
 * The folder of a run, which holds all of it:
 *
 *   program/        manifest.json and the graphs it names: what runs, also on resume
 *   spec.gan        the spec's text; those of its imports are in the manifest
 *   run.json        seed, parameters, versions, processor, data: what a resume compares
 *   metrics.jsonl   a line for each iteration and each report result
 *   health.jsonl    what rules of health said, a line each; not there while all is well
 *   log.txt         what was said
 *   pictures/       by name and iteration
 *   sounds/         the same, where the spec makes some
 *   embeddings/     the newest points of each embedding, for the page
 *   checkpoints/    see checkpoint.ts
 *   report.html     the run as a page, and architecture/, its pictures: written by the command (page/)
 *   training.lock   the process that trains it now, and training.pid its number (lock.ts)
 *
 * It comes into being whole (a kill leaves a run that can be resumed, or no folder), and is read back checked to the
 * bit: run.json and the manifest are sealed, and run.json holds the checksums of the program's other files.
 */
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { visible } from '../../grammar/visible.ts';
import type { DataDescription } from '../../program/catalogue.ts';
import type { Manifest } from '../../program/manifest.ts';
import { writeFileAtomic, writeFolderAtomic } from '../atomic.ts';
import { isFile, isFolder, onDisk } from '../disk.ts';
import type { Machine } from './machine.ts';
import { parseManifest, runInfoProblem } from './checked.ts';
import { isModelFile } from './model-start.ts';
import { digest, seal, unseal } from './sealed.ts';
import { unpacked } from './unpacked.ts';
import type { Judge } from './training.ts';

/** What a run was started with. */
export interface RunInfo {
  readonly format: 2;
  readonly seed: number;
  /** As given: compiling the spec again with these gives the same program. */
  readonly set: Readonly<Record<string, string>>;
  readonly profile: string | null;
  /** Parts that a minibatch is computed in; absent: at once. */
  readonly accumulate?: number;
  readonly params: Manifest['params'];
  readonly device: string;
  /** Folder that the data's paths are relative to. */
  readonly folder: string;
  /** Which metric names the best checkpoint; absent: the spec's first whose direction is known. */
  readonly best?: Judge;
  /** Iterations after the best checkpoint at which it is done; absent: never. */
  readonly patience?: number;
  readonly data: Readonly<Record<string, DataDescription>>;
  readonly machine: Machine;
  /** SHA-256 of each file of the program but its manifest, which is sealed itself. */
  readonly program: Readonly<Record<string, string>>;
}

export interface RunDirectory {
  readonly path: string;
  /** The model file that it was unpacked from: it can be looked at, and not be trained on. Absent: it is a run directory. */
  readonly file?: string;
  /** The folder of its program. */
  readonly program: string;
  readonly manifest: Manifest;
  readonly info: RunInfo;
}

/** Not a run directory, or one that cannot be used; the message is a sentence. */
export class RunDirectoryError extends Error {}

export const inside = (path: string) => ({
  program: join(path, 'program'),
  manifest: join(path, 'program', 'manifest.json'),
  spec: join(path, 'spec.gan'),
  info: join(path, 'run.json'),
  metrics: join(path, 'metrics.jsonl'),
  health: join(path, 'health.jsonl'),
  log: join(path, 'log.txt'),
  pictures: join(path, 'pictures'),
  sounds: join(path, 'sounds'),
  embeddings: join(path, 'embeddings'),
  checkpoints: join(path, 'checkpoints'),
});

/** What `ganc build` writes, and what a run directory's program/ holds. */
export const programFiles = <Content>(
  manifest: Manifest,
  files: Readonly<Record<string, Content>>,
): Record<string, Content | string> => ({ ...files, 'manifest.json': seal(manifest) });

export const digests = (files: Readonly<Record<string, Uint8Array>>): RunInfo['program'] =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, digest(bytes)]));

/** The folder of a run directory, or of a model file for the while. Throws FileError where that is damaged. */
export const runFolder = (path: string): string => (isModelFile(path) ? unpacked(path) : path);

/** A run directory or a model file. Throws RunDirectoryError or FileError with what is wrong. */
export function openRun(path: string): RunDirectory {
  if (!isFile(path)) return openFolder(path);
  const run = openUnpacked(path, unpacked(path));
  // The others' programs are code, and a file may come from anybody.
  if (run.manifest.target !== 'onnx')
    throw new RunDirectoryError(
      `${path} holds a program for ${run.manifest.target}, and only ONNX graphs are taken`,
    );
  return { ...run, file: path };
}

/** What is wrong is said of the file: nobody knows the folder. */
function openUnpacked(file: string, folder: string): RunDirectory {
  try {
    return openFolder(folder);
  } catch (error) {
    if (!(error instanceof RunDirectoryError)) throw error;
    const said = error.message.replaceAll(join(folder, '/'), '').replaceAll(folder, 'it');
    throw new RunDirectoryError(`${file}: ${said}`);
  }
}

/** Of a run that is to be trained on. Throws RunDirectoryError for a model file. */
export function openTrainable(path: string): RunDirectory {
  const run = openRun(path);
  if (run.file === undefined) return run;
  throw new RunDirectoryError(
    `${path} can't be resumed: it holds a trained model, without the optimizers' moments and the histories that a run goes on from. Resume its run directory, or start a new run with \`initialize ... from ${JSON.stringify(path)}\` in the spec`,
  );
}

function openFolder(path: string): RunDirectory {
  if (!existsSync(path)) throw new RunDirectoryError(`${path === '' ? "''" : path} does not exist`);
  const places = programOf(path);
  const same = (): boolean => programOf(path).stamp === places.stamp;
  try {
    const run = openProgram(path, places);
    if (same()) return run;
  } catch (error) {
    if (same()) throw error;
  }
  // Whoever has the lock has replaced it meanwhile.
  return openFolder(path);
}

function openProgram(path: string, { program, info: place }: ProgramPlaces): RunDirectory {
  for (const file of [place, join(program, 'manifest.json')])
    if (!existsSync(file))
      throw new RunDirectoryError(`${path} is not a run directory: it has no ${relative(path, file)}`);
  const info = readSealed(place) as RunInfo;
  const problem = runInfoProblem(info);
  if (problem !== null) throw new RunDirectoryError(`${place} is not a run's: ${problem}`);
  const manifest = readManifest(join(program, 'manifest.json'));
  for (const [name, wanted] of Object.entries(info.program)) requireSame(join(program, name), wanted);
  return { path, program, manifest, info };
}

interface ProgramPlaces {
  readonly program: string;
  /** The run.json that goes with it. */
  readonly info: string;
  /** Another one as soon as either is replaced. */
  readonly stamp: string;
}

/** Where a run's program is. One that is being replaced, or was when a kill came, is the new one: it was whole before the old one went. */
function programOf(path: string): ProgramPlaces {
  const { program, info } = inside(path);
  const [folder, own] = isNext(program) ? [next(program), true] : [program, isFile(join(program, nextInfo))];
  const place = own ? join(folder, nextInfo) : info;
  const stamp = [folder, place].map(stampOf).join();
  return { program: folder, info: place, stamp };
}

function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? '' : `${found.ino} ${found.ctimeMs}`;
}

/** Whether the program that is to take this one's place is whole. */
const isNext = (program: string): boolean =>
  isProgramFolder(next(program)) && isFile(join(next(program), nextInfo));

function requireSame(file: string, wanted: string): void {
  if (!isFile(file)) throw new RunDirectoryError(`${file} is not there, and the run needs it`);
  if (digest(onDisk(file, () => readFileSync(file))) === wanted) return;
  throw new RunDirectoryError(
    `${file} is damaged, or was changed by hand: its checksum is not that in run.json`,
  );
}

/** Throws RunDirectoryError if the file is no manifest. */
export function readManifest(path: string): Manifest {
  const parsed = parseManifest(readSealed(path));
  if ('error' in parsed) throw new RunDirectoryError(`${path} is not a program's manifest: ${parsed.error}`);
  return parsed.manifest;
}

function readSealed(path: string): unknown {
  const read = unseal(onDisk(path, () => readFileSync(path)));
  if ('problem' in read) throw new RunDirectoryError(`${path} ${read.problem}`);
  return read.value;
}

/** Replaces the program and the spec's text (a resume under changed reports, or a forced one). */
export function replaceProgram(
  run: RunDirectory,
  manifest: Manifest,
  files: Readonly<Record<string, Uint8Array>>,
): RunDirectory {
  const { program, spec } = inside(run.path);
  const info: RunInfo = { ...run.info, program: digests(files) };
  if (existsSync(next(program)) && !isProgramFolder(next(program)))
    throw new RunDirectoryError(
      `${next(program)} is in the way, and is nothing that ganc made: move it elsewhere`,
    );
  writeFolderAtomic(next(program), { ...programFiles(manifest, files), [nextInfo]: seal(info) }, true);
  finishReplacing(run.path);
  writeFileAtomic(spec, manifest.spec.text);
  return { ...run, program, manifest, info };
}

const next = (program: string): string => `${program}.next`;
/** The run.json that goes with a new program, in its folder until both are in place. */
const nextInfo = 'run.json.next';

/** Whether a folder holds a program of ganc's own, by its manifest's seal: nothing else is ever replaced or taken for one. */
export function isProgramFolder(path: string): boolean {
  try {
    return isFolder(path) && 'value' in unseal(readFileSync(join(path, 'manifest.json')));
  } catch {
    return false;
  }
}

/**
 * A kill may have come at any moment of replacing a program: the new one was whole, so it goes on from there. For who has the run's
 * lock alone: another would take away the program that its holder has put there in this moment.
 */
export function finishReplacing(path: string): void {
  const { program, info } = inside(path);
  if (isNext(program)) {
    onDisk(program, () => {
      rmSync(program, { recursive: true, force: true });
      renameSync(next(program), program);
    });
  }
  const left = join(program, nextInfo);
  if (isFile(left)) onDisk(info, () => renameSync(left, info));
}

export function replaceInfo(run: RunDirectory, info: RunInfo): RunDirectory {
  const kept: RunInfo = { ...info, program: run.info.program };
  writeFileAtomic(inside(run.path).info, seal(kept));
  return { ...run, info: kept };
}

export function appendLog(path: string, text: string): void {
  const { log } = inside(path);
  onDisk(log, () => appendFileSync(log, visible(text) + '\n'));
}

/** Throws RunDirectoryError where the directory has gone while it was trained. */
export function requirePresent(path: string): void {
  if (existsSync(inside(path).info)) return;
  throw new RunDirectoryError(
    `${path} is not there any more: it was moved or deleted while it was trained, and training stops`,
  );
}
