/**
 * Checkpoints: all that a run needs to go on as if it had not stopped. One folder each, written whole or not at all:
 *
 *   step-00000500/state.safetensors   every tensor of the state, moments and averages included
 *   step-00000500/checkpoint.json     counters, stream positions, the best so far, the length of metrics.jsonl
 *
 * Random streams need no place of their own: draws are functions of the iteration.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeUnfinished, writeFolderAtomic } from '../atomic.ts';
import type { Tensor, Tensors } from '../engines/engine.ts';
import { readSafetensors, writeSafetensors } from '../formats/safetensors.ts';
import type { Applied } from './loop.ts';
import type { Position } from './schedule.ts';

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
}

export interface Checkpoint extends Progress {
  readonly path: string;
  readonly values: Tensors;
}

interface Stored extends Progress {
  readonly format: 1;
  /** SHA-256 of state.safetensors. */
  readonly state: string;
}

const nameOf = (iteration: number): string => `step-${String(iteration).padStart(8, '0')}`;
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Writes `folder`/step-N; `state`: all tensors, in the manifest's order. */
export function writeCheckpoint(folder: string, state: Tensors, progress: Progress): void {
  const bytes = writeSafetensors(Object.entries(state));
  const stored: Stored = { format: 1, ...progress, state: digest(bytes) };
  const path = join(folder, nameOf(progress.position.iteration));
  rmSync(path, { recursive: true, force: true });
  writeFolderAtomic(path, {
    'state.safetensors': bytes,
    'checkpoint.json': JSON.stringify(stored, null, 2) + '\n',
  });
}

/** The checkpoint in `path`, or null if it isn't whole (cut, or changed since). */
export function readCheckpoint(path: string): Checkpoint | null {
  try {
    const stored = JSON.parse(readFileSync(join(path, 'checkpoint.json'), 'utf8')) as Stored;
    const file = join(path, 'state.safetensors');
    // Not the Buffer itself: its slices share memory, a Uint8Array's are copies.
    const bytes = new Uint8Array(readFileSync(file));
    if (stored.format !== 1 || digest(bytes) !== stored.state) return null;
    const { position, applied, best, metricsBytes } = stored;
    const values = Object.fromEntries(readSafetensors(bytes, file).tensors) as Record<string, Tensor>;
    return { position, applied, best, metricsBytes, path, values };
  } catch {
    return null;
  }
}

/** Paths of the checkpoints in a folder, newest first. */
export function checkpoints(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^step-\d+$/.test(name));
  const step = (name: string): number => Number(name.slice('step-'.length));
  return names.sort((a, b) => step(b) - step(a)).map((name) => join(folder, name));
}

/** The newest whole checkpoint of a folder; null if there is none. */
export function newestCheckpoint(folder: string): Checkpoint | null {
  for (const path of checkpoints(folder)) {
    const found = readCheckpoint(path);
    if (found) return found;
  }
  return null;
}

/** Keeps the `keep` newest checkpoints and the best one, and takes away what a kill left half-written. */
export function prune(folder: string, keep: number, best: Best | null): void {
  removeUnfinished(folder);
  const kept = new Set(checkpoints(folder).slice(0, keep));
  if (best) kept.add(join(folder, nameOf(best.iteration)));
  for (const path of checkpoints(folder)) {
    if (!kept.has(path)) rmSync(path, { recursive: true, force: true });
  }
}
