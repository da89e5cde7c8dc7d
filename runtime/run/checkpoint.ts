/**
 * Checkpoints: all that a run needs to go on as if it had not stopped. One folder each, written whole or not at all:
 *
 *   step-00000500/state.safetensors   every tensor of the state, moments and averages included
 *   step-00000500/checkpoint.json     counters, stream positions, the best so far, the length of metrics.jsonl
 *
 * Random streams need no place of their own: draws are functions of the iteration. Both files are checked to the bit
 * when they are read: checkpoint.json is sealed, and holds the state's checksum.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { removeUnfinished, writeFileAtomic, writeFolderAtomic } from '../atomic.ts';
import { diskError, isFolder, makeFolder, onDisk } from '../disk.ts';
import type { Tensor, Tensors } from '../engines/engine.ts';
import { readSafetensors, writeSafetensors } from '../formats/safetensors.ts';
import type { Applied } from './loop.ts';
import type { Position } from './schedule.ts';
import { checkpointProblem } from './checked.ts';
import { digest, seal, unseal } from './sealed.ts';

/** The best value that the spec's first metric has had. */
export interface Best {
  readonly metric: string;
  readonly value: number;
  readonly iteration: number;
}

/** What a checkpoint holds beside the state. */
export interface Progress {
  readonly position: Position;
  readonly applied: Applied;
  readonly best: Best | null;
  /** Bytes of metrics.jsonl that belong to it. */
  readonly metricsBytes: number;
  /** The position before the iteration whose reports are still to come; null: all are written. */
  readonly unreported: Position | null;
}

export interface Checkpoint extends Progress {
  readonly path: string;
  /** SHA-256 of its state's file. */
  readonly stateHash: string;
  readonly values: Tensors;
}

/** checkpoint.json. */
export interface StoredCheckpoint extends Progress {
  readonly format: 2;
  /** SHA-256 of state.safetensors. */
  readonly state: string;
}

const stateName = 'state.safetensors';
const progressName = 'checkpoint.json';

const nameOf = (iteration: number): string => `step-${String(iteration).padStart(8, '0')}`;

/** Where the checkpoint of an iteration lies. */
export const checkpointPath = (folder: string, iteration: number): string => join(folder, nameOf(iteration));

/** The files of the checkpoint in `path`. */
export const checkpointFiles = (path: string): readonly string[] => [
  join(path, stateName),
  join(path, progressName),
];

/** Writes `folder`/step-N; `state`: all tensors, in the manifest's order. Throws DiskError, and leaves nothing then. */
export function writeCheckpoint(folder: string, state: Tensors, progress: Progress): void {
  const bytes = writeSafetensors(Object.entries(state));
  const stored: StoredCheckpoint = { format: 2, ...progress, state: digest(bytes) };
  const path = checkpointPath(folder, progress.position.iteration);
  makeFolder(folder);
  writeFolderAtomic(path, { [stateName]: bytes, [progressName]: seal(stored) }, true);
}

/** The same state with what its reports found: the checkpoint at `path` stays whole all the while. False where it is gone or damaged. */
export function amendCheckpoint(
  path: string,
  changes: Pick<Progress, 'best' | 'metricsBytes' | 'unreported'>,
): boolean {
  const [state, file] = checkpointFiles(path);
  if (!existsSync(state) || !existsSync(file)) return false;
  const read = unseal(onDisk(file, () => readFileSync(file)));
  if ('problem' in read) return false;
  writeFileAtomic(file, seal({ ...read.value, ...changes }));
  return true;
}

/** The checkpoint in `path`, or why it can't be used, as a sentence. */
export function readCheckpoint(path: string): Checkpoint | { readonly problem: string } {
  const file = join(path, progressName);
  try {
    const read = unseal(readFileSync(file));
    if ('problem' in read) return { problem: `${file} ${read.problem}` };
    const wrong = checkpointProblem(read.value);
    if (wrong !== null) return { problem: `${file} is not a checkpoint: ${wrong}` };
    const stored = read.value as StoredCheckpoint;
    const place = join(path, stateName);
    // Not the Buffer itself: its slices share memory, a Uint8Array's are copies.
    const bytes = new Uint8Array(readFileSync(place));
    if (digest(bytes) !== stored.state)
      return { problem: `${place} is damaged: its checksum is not that of its content` };
    const { position, applied, best, metricsBytes, unreported } = stored;
    // A copy under another's name would be taken for newer than what follows it.
    if (isName(basename(path)) && position.iteration !== iterationOf(path))
      return {
        problem: `${path} holds the checkpoint of iteration ${position.iteration}, not of its name's`,
      };
    const values = Object.fromEntries(readSafetensors(bytes, place).tensors) as Record<string, Tensor>;
    const stateHash = stored.state;
    return { position, applied, best, metricsBytes, unreported, path, stateHash, values };
  } catch (error) {
    const known = diskError(error, path);
    return { problem: known?.message ?? (error as Error).message };
  }
}

/** Whether `readCheckpoint` gave one. */
export const isWhole = (read: ReturnType<typeof readCheckpoint>): read is Checkpoint => !('problem' in read);

const isName = (name: string): boolean => /^step-\d+$/.test(name);

/** Paths of the checkpoints in a folder, newest first. */
export function checkpoints(folder: string): string[] {
  if (!isFolder(folder)) return [];
  const names = readdirSync(folder).filter(isName);
  return names.sort((a, b) => iterationOf(b) - iterationOf(a)).map((name) => join(folder, name));
}

/** The iteration in a checkpoint's path. */
export const iterationOf = (path: string): number => Number(basename(path).slice('step-'.length));

export interface Newest {
  readonly checkpoint: Checkpoint | null;
  /** Why newer ones can't be used, newest first. */
  readonly problems: readonly string[];
}

/** The newest whole checkpoint of a folder, and what is wrong with newer ones. */
export function newestWhole(folder: string): Newest {
  const problems: string[] = [];
  for (const path of checkpoints(folder)) {
    const found = readCheckpoint(path);
    if (isWhole(found)) return { checkpoint: found, problems };
    problems.push(found.problem);
  }
  return { checkpoint: null, problems };
}

/** The newest whole checkpoint of a folder; null if there is none. */
export const newestCheckpoint = (folder: string): Checkpoint | null => newestWhole(folder).checkpoint;

/**
 * Keeps the `keep` newest of the whole checkpoints and the best one, and takes away what a kill left half-written.
 * `whole`: iterations whose checkpoints are known to be; those that aren't never push one out that is, and stay for
 * whoever wants to look at them.
 */
export function prune(folder: string, keep: number, best: Best | null, whole: Set<number>): void {
  removeUnfinished(folder);
  const sorted = [...whole].sort((a, b) => b - a);
  for (const iteration of sorted.slice(keep)) {
    if (iteration === best?.iteration) continue;
    const path = checkpointPath(folder, iteration);
    onDisk(path, () => rmSync(path, { recursive: true, force: true }));
    whole.delete(iteration);
  }
}

/** Iterations of the folder's whole checkpoints: each is read, so this is asked once in a run. */
export function wholeCheckpoints(folder: string): Set<number> {
  return new Set(
    checkpoints(folder)
      .filter((path) => isWhole(readCheckpoint(path)))
      .map(iterationOf),
  );
}
