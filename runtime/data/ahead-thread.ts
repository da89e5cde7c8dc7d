/**
 * The thread that reads minibatches while a step computes. In: recipes of streams, then one request after the other; out:
 * each minibatch in the buffer that came with its request, or null where it can't be read: whoever asked reads it
 * then, and meets the error where it belongs.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Floats } from '../engines/engine.ts';
import { reopened } from './reopened.ts';
import type { Recipe } from './source.ts';

export type AheadStart = Readonly<Record<string, Recipe>>;

export interface Reading {
  readonly stream: string;
  readonly field: string;
  readonly rows: Uint32Array;
  readonly pass: number;
  /** [batch, ...], given away until the answer. */
  readonly into: Floats;
}

export interface AheadRequest extends Reading {
  readonly id: number;
}

export interface AheadAnswer {
  readonly id: number;
  readonly data: Floats | null;
}

const opened = Object.fromEntries(
  Object.entries(workerData as AheadStart).map(([name, recipe]) => [name, reopened(recipe)]),
);

parentPort?.on('message', ({ id, stream, field, rows, pass, into }: AheadRequest) => {
  let data: Floats | null = into;
  try {
    opened[stream].read(field, rows, into, pass);
  } catch {
    data = null;
  }
  parentPort?.postMessage(
    { id, data } satisfies AheadAnswer,
    data === null ? [] : [into.buffer as ArrayBuffer],
  );
});
