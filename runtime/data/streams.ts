/**
 * Minibatches: opened sources and a seed go in, and each stream's n-th minibatch since the run's start comes out,
 * the same one whenever it is asked for. Each pass over the rows has its own order, or draws of its own; its last partial batch is
 * dropped.
 * Where reading takes time (ahead.ts), the next minibatch is read while a step computes on this one.
 */
import type { Manifest } from '../../program/manifest.ts';
import { allocate } from '../engines/engine.ts';
import { readAhead } from './ahead.ts';
import { drawnOrder } from './drawn.ts';
import { shapeAt } from './source.ts';
import type { OpenSource } from './source.ts';
import type { Floats, Tensor } from '../engines/engine.ts';
import { permutation } from '../random.ts';

export interface Streams {
  readonly counts: Readonly<Record<string, number>>;
  /** [batch, ...] of the stream's minibatch number `ordinal`; the buffer is used again for the next one. */
  batch(stream: string, ordinal: number, field: string): Tensor;
  /** [to - from, ...]: rows in the source's own order, as reports read them; all of one length. */
  slice(stream: string, from: number, to: number, field: string): Tensor;
  /** What the lengths in the fields' shapes (`T`) are in a row; empty where there are none. */
  lengths(stream: string, row: number): Readonly<Record<string, number>>;
  /**
   * Resolves when `batch` has the wanted ones at hand, and begins to read what comes first of the later ones. Nobody has to
   * call it, and no number depends on it; what can't be read is an error of `batch`. Absent where nothing takes time.
   */
  prepare?(wanted: Iterable<Need>, later: Iterable<Need>): Promise<void>;
  /** Ends what reads ahead. No call of `prepare` after it. */
  close?(): Promise<void>;
}

/** A field of a minibatch. */
export interface Need {
  readonly stream: string;
  readonly field: string;
  readonly ordinal: number;
}

export function streams(
  manifest: Manifest,
  opened: Readonly<Record<string, OpenSource>>,
  seed: number,
): Streams {
  const rowsOf = rowOrders(manifest, opened, seed);
  const buffers = new Map<string, { tensor: Tensor; ordinal: number }>();
  const batches = Object.fromEntries(manifest.streams.map(({ name, batch }) => [name, batch]));
  const empty = ({ stream, field }: Place): Tensor =>
    allocate(manifest.float, [batches[stream], ...shapeAt(opened[stream].fields[field], {})]);
  const lengths: Streams['lengths'] = (stream, row) => opened[stream].lengths?.(row) ?? {};
  return {
    counts: Object.fromEntries(Object.entries(opened).map(([name, rows]) => [name, rows.count])),
    batch(stream, ordinal, field) {
      const key = keyOf({ stream, field });
      const kept = buffers.get(key) ?? { tensor: empty({ stream, field }), ordinal: -1 };
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
    ...preparing(opened, { buffers, rowsOf, empty }),
  };
}

type Place = Pick<Need, 'stream' | 'field'>;
const keyOf = ({ stream, field }: Place): string => `${stream}.${field}`;

/** The rows of a minibatch, and how often all rows were gone through before it. */
type RowsOf = (stream: string, ordinal: number) => { rows: Uint32Array; pass: number };

/** The orders of two passes are kept: where one ends, a minibatch of the next is read while this one's last is used. */
function rowOrders(manifest: Manifest, opened: Readonly<Record<string, OpenSource>>, seed: number): RowsOf {
  const orders = new Map<string, readonly { pass: number; order: Uint32Array }[]>();
  const orderOf = (stream: string, pass: number): Uint32Array => {
    const kept = orders.get(stream) ?? [];
    const found = kept.find((one) => one.pass === pass);
    if (found !== undefined) return found.order;
    const { count, drawn } = opened[stream];
    const order = drawn
      ? drawnOrder(drawn, { seed, stream, pass }, count)
      : permutation(seed, `shuffle:${stream}`, pass, count);
    orders.set(stream, [{ pass, order }, ...kept.slice(0, 1)]);
    return order;
  };
  const batches = Object.fromEntries(manifest.streams.map(({ name, batch }) => [name, batch]));
  return (stream, ordinal) => {
    const size = batches[stream];
    const perPass = Math.floor(opened[stream].count / size);
    const [from, pass] = [(ordinal % perPass) * size, Math.floor(ordinal / perPass)];
    return { rows: orderOf(stream, pass).subarray(from, from + size), pass };
  };
}

interface Buffered {
  readonly buffers: Map<string, { tensor: Tensor; ordinal: number }>;
  readonly rowsOf: RowsOf;
  empty(place: Place): Tensor;
}

/** A minibatch that is being read. */
interface Begun {
  readonly ordinal: number;
  readonly shape: readonly number[];
  readonly data: Promise<Floats | null>;
}

/** Each field has a buffer that is used and one that is being read into. */
function preparing(
  opened: Readonly<Record<string, OpenSource>>,
  { buffers, rowsOf, empty }: Buffered,
): Pick<Streams, 'prepare' | 'close'> {
  const ahead = readAhead(opened);
  if (ahead === null) return {};
  const begun = new Map<string, Begun>();
  const spare = new Map<string, Tensor>();
  const begin = (need: Need): Begun => {
    const { stream, field, ordinal } = need;
    const key = keyOf(need);
    const { shape, data: into } = spare.get(key) ?? empty(need);
    spare.delete(key);
    const { rows, pass } = rowsOf(stream, ordinal);
    const data = ahead.read({ stream, field, rows: rows.slice(), pass, into });
    const one = { ordinal, shape, data };
    begun.set(key, one);
    return one;
  };
  const fetch = async (need: Need): Promise<void> => {
    const key = keyOf(need);
    const old = buffers.get(key);
    if (old?.ordinal === need.ordinal) return;
    const early = begun.get(key);
    const one = early?.ordinal === need.ordinal ? early : begin(need);
    const data = await one.data;
    begun.delete(key);
    if (data === null) return;
    if (old !== undefined) spare.set(key, old.tensor);
    buffers.set(key, { tensor: { shape: one.shape, data }, ordinal: need.ordinal });
  };
  const own = (needs: Iterable<Need>): Need[] => [...needs].filter(({ stream }) => ahead.reads(stream));
  return {
    async prepare(wanted, later) {
      await Promise.all(own(wanted).map(fetch));
      for (const need of own(later)) {
        const key = keyOf(need);
        if (buffers.get(key)?.ordinal !== need.ordinal && !begun.has(key)) void begin(need);
      }
    },
    close: () => ahead.close(),
  };
}
