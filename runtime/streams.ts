/**
 * Minibatches: opened sources and a seed go in, and each stream's n-th minibatch since the run's start comes out,
 * the same one whenever it is asked for. Each pass over the rows has its own order; its last partial batch is dropped.
 */
import type { Manifest } from '../compiler/program/manifest.ts';
import { allocate } from './engine.ts';
import type { Floats, Tensor } from './engine.ts';
import { permutation } from './random.ts';

/** An opened source, after `as` and `in`: fields by name, in the manifest's float type. */
export interface Rows {
  readonly count: number;
  /** Sizes of one row of the field; labels have none. */
  shape(field: string): readonly number[];
  /** Writes the field's values of `rows`, one row after the other, into `out`. */
  read(field: string, rows: ArrayLike<number>, out: Floats): void;
}

export interface Streams {
  readonly counts: Readonly<Record<string, number>>;
  /** [batch, ...] of the stream's minibatch number `ordinal`; the buffer is used again for the next one. */
  batch(stream: string, ordinal: number, field: string): Tensor;
  /** [to - from, ...]: rows in the source's own order, as reports read them. */
  slice(stream: string, from: number, to: number, field: string): Tensor;
}

export function streams(manifest: Manifest, opened: Readonly<Record<string, Rows>>, seed: number): Streams {
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
  const rowsOf = (stream: string, ordinal: number): Uint32Array => {
    const size = batches[stream];
    const perPass = Math.floor(opened[stream].count / size);
    const from = (ordinal % perPass) * size;
    return orderOf(stream, Math.floor(ordinal / perPass)).subarray(from, from + size);
  };
  return {
    counts: Object.fromEntries(Object.entries(opened).map(([name, rows]) => [name, rows.count])),
    batch(stream, ordinal, field) {
      const key = `${stream}.${field}`;
      const rows = opened[stream];
      const shape = [batches[stream], ...rows.shape(field)];
      const kept = buffers.get(key) ?? { tensor: allocate(manifest.float, shape), ordinal: -1 };
      if (kept.ordinal === ordinal) return kept.tensor;
      rows.read(field, rowsOf(stream, ordinal), kept.tensor.data);
      buffers.set(key, { tensor: kept.tensor, ordinal });
      return kept.tensor;
    },
    slice(stream, from, to, field) {
      const rows = opened[stream];
      const tensor = allocate(manifest.float, [to - from, ...rows.shape(field)]);
      rows.read(
        field,
        Uint32Array.from({ length: to - from }, (_, i) => from + i),
        tensor.data,
      );
      return tensor;
    },
  };
}
