/**
 * Minibatches: opened sources and a seed go in, and each stream's n-th minibatch since the run's start comes out,
 * the same one whenever it is asked for. Each pass over the rows has its own order; its last partial batch is dropped.
 */
import type { Manifest } from '../../program/manifest.ts';
import { allocate } from '../engines/engine.ts';
import { shapeAt } from './source.ts';
import type { OpenSource } from './source.ts';
import type { Tensor } from '../engines/engine.ts';
import { permutation } from '../random.ts';

export interface Streams {
  readonly counts: Readonly<Record<string, number>>;
  /** [batch, ...] of the stream's minibatch number `ordinal`; the buffer is used again for the next one. */
  batch(stream: string, ordinal: number, field: string): Tensor;
  /** [to - from, ...]: rows in the source's own order, as reports read them; all of one length. */
  slice(stream: string, from: number, to: number, field: string): Tensor;
  /** What the lengths in the fields' shapes (`T`) are in a row; empty where there are none. */
  lengths(stream: string, row: number): Readonly<Record<string, number>>;
}

export function streams(
  manifest: Manifest,
  opened: Readonly<Record<string, OpenSource>>,
  seed: number,
): Streams {
  const orders = new Map<string, { pass: number; order: Uint32Array }>();
  const buffers = new Map<string, { tensor: Tensor; ordinal: number }>();
  const batches = Object.fromEntries(manifest.streams.map(({ name, batch }) => [name, batch]));

  const orderOf = (stream: string, pass: number): Uint32Array => {
    const kept = orders.get(stream);
    if (kept?.pass === pass) return kept.order;
    const order = permutation(seed, `shuffle:${stream}`, pass, opened[stream].count);
    orders.set(stream, { pass, order });
    return order;
  };
  /** The rows of a minibatch, and how often all rows were gone through before it. */
  const rowsOf = (stream: string, ordinal: number): { rows: Uint32Array; pass: number } => {
    const size = batches[stream];
    const perPass = Math.floor(opened[stream].count / size);
    const [from, pass] = [(ordinal % perPass) * size, Math.floor(ordinal / perPass)];
    return { rows: orderOf(stream, pass).subarray(from, from + size), pass };
  };
  const lengths: Streams['lengths'] = (stream, row) => opened[stream].lengths?.(row) ?? {};
  return {
    counts: Object.fromEntries(Object.entries(opened).map(([name, rows]) => [name, rows.count])),
    batch(stream, ordinal, field) {
      const key = `${stream}.${field}`;
      const shape = [batches[stream], ...shapeAt(opened[stream].fields[field], {})];
      const kept = buffers.get(key) ?? { tensor: allocate(manifest.float, shape), ordinal: -1 };
      if (kept.ordinal === ordinal) return kept.tensor;
      const { rows, pass } = rowsOf(stream, ordinal);
      opened[stream].read(field, rows, kept.tensor.data, pass);
      buffers.set(key, { tensor: kept.tensor, ordinal });
      return kept.tensor;
    },
    slice(stream, from, to, field) {
      const shape = shapeAt(opened[stream].fields[field], to > from ? lengths(stream, from) : {});
      const tensor = allocate(manifest.float, [to - from, ...shape]);
      opened[stream].read(field, { from, to }, tensor.data);
      return tensor;
    },
    lengths,
  };
}
