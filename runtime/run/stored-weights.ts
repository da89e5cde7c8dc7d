/**
 * Weights that were trained elsewhere: a run's checkpoint, the one of a model file, or a safetensors file. In: a path as a spec has it, and the spec's
 * folder; out: which tensors there are, and their bytes for the program that starts with them. A run that has begun keeps
 * what it started with: it is asked, in the place of what lies at the path by now.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Manifest } from '../../program/manifest.ts';
import type { StoredMoment, StoredWeights } from '../../program/stored.ts';
import { allowance, refusal, requireAt } from '../data/allowed.ts';
import { onDisk } from '../disk.ts';
import { FileError } from '../formats/file-error.ts';
import { readSafetensors, writeSafetensors, type NamedTensor } from '../formats/safetensors.ts';
import {
  checkpointFiles,
  checkpointPath,
  checkpoints,
  isWhole,
  iterationOf,
  newestWhole,
  readCheckpoint,
} from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { inside, openRun } from './run-directory.ts';
import { digest } from './sealed.ts';
import { isModelFile } from './model-start.ts';

export interface FoundWeights extends StoredWeights {
  /** These tensors as the bytes of a safetensors file. */
  take(names: readonly string[]): Uint8Array;
}

/** null: nothing is there. Throws FileError, DiskError or RunDirectoryError, each with a sentence. */
export function storedWeights(path: string, at: StoredMoment, folder: string): FoundWeights | null {
  const why = refusal(path, folder);
  if (why !== null) throw new FileError(path, null, why);
  const place = resolve(folder, path);
  if (!existsSync(place)) return null;
  if (isModelFile(place)) return ofRun(place, path, at);
  if (!onDisk(place, () => statSync(place)).isDirectory()) return ofFile(place, path, at);
  requireOwn(place, folder);
  return ofRun(place, path, at);
}

/** A stranger's run may hold links: what of it is read lies where the spec may read, too. Throws FileError. */
function requireOwn(place: string, folder: string): void {
  const allowed = allowance(folder);
  const { program, manifest, info, checkpoints: all } = inside(place);
  for (const one of [program, manifest, info, all]) requireAt(one, allowed);
  for (const step of checkpoints(all)) for (const one of checkpointFiles(step)) requireAt(one, allowed);
}

function ofFile(place: string, path: string, at: StoredMoment): FoundWeights {
  if (at !== 'newest')
    throw new FileError(path, null, 'a file of weights has no checkpoints to choose from: leave `at` out');
  if (!path.endsWith('.safetensors'))
    throw new FileError(
      path,
      null,
      'it is neither the directory of a run nor a .safetensors file nor a model that `ganc export` wrote',
    );
  const bytes = new Uint8Array(onDisk(place, () => readFileSync(place)));
  return found(null, digest(bytes), new Map(readSafetensors(bytes, path).tensors));
}

/** Weights, running statistics and averages: what an optimizer remembers belongs to the other run's updates. */
function ofRun(place: string, path: string, at: StoredMoment): FoundWeights {
  const { manifest, path: folder } = openRun(place);
  const { values, position, stateHash } = chosen(inside(folder).checkpoints, path, at);
  const kept = manifest.state.filter(
    ({ role }) => role === 'weight' || role === 'buffer' || role === 'average',
  );
  const tensors = kept.map(({ name }) => [name, values[name] as NamedTensor] as const);
  return found(position.iteration, stateHash, new Map(tensors));
}

function chosen(folder: string, path: string, at: StoredMoment): Checkpoint {
  const { checkpoint: newest, problems } = newestWhole(folder);
  if (newest === null)
    throw new FileError(
      path,
      null,
      problems[0] ?? 'this run has no checkpoint yet whose weights could be taken',
    );
  const iteration = at === 'newest' ? newest.position.iteration : at === 'best' ? newest.best?.iteration : at;
  if (iteration === undefined)
    throw new FileError(path, null, 'this run has no best checkpoint: it reports no metric that tells which');
  const read = readCheckpoint(checkpointPath(folder, iteration));
  if (isWhole(read)) return read;
  const there = checkpoints(folder).map(iterationOf).reverse().join(', ');
  throw new FileError(path, null, `this run has no whole checkpoint ${iteration}; there are ${there}`);
}

const found = (
  iteration: number | null,
  hash: string,
  tensors: ReadonlyMap<string, NamedTensor>,
): FoundWeights => ({
  iteration,
  hash,
  tensors: Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape])),
  take: (names) => writeSafetensors(names.map((name) => [name, tensors.get(name)!] as const)),
});

/** What a program that was made already holds for a path; undefined where it names none such. */
export function heldWeights(
  { origins = [] }: Manifest,
  folder: string,
  path: string,
  at: StoredMoment,
): FoundWeights | null | undefined {
  const held = origins.find((one) => one.path === path && one.at === at);
  if (held === undefined) return undefined;
  if (held.found === null) return null;
  const file = join(folder, held.file);
  return {
    ...held.found,
    take: (names) => {
      const { tensors } = readSafetensors(new Uint8Array(onDisk(file, () => readFileSync(file))), file);
      const lacking = names.find((name) => !tensors.has(name));
      if (lacking !== undefined)
        throw new FileError(file, null, `the run did not keep ${lacking} of ${path} when it began`);
      return writeSafetensors(names.map((name) => [name, tensors.get(name)!] as const));
    },
  };
}
