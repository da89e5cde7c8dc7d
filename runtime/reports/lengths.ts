/**
 * Rows of lengths of their own in reports: a graph takes lengths that are multiples of what its networks divide by
 * (`4*T` in an input's shape), recordings have any. In: a graph and the lengths of a row; out: the lengths that it is
 * fed with, padded inputs, and outputs cropped to what the row itself has. Padding repeats a row's last column.
 */
import type { GraphEntry, HostShape } from '../../program/manifest.ts';
import type { Tensor } from '../engines/engine.ts';
import type { Values } from './metrics/metric.ts';

/** What the symbols of a graph stand for in a row. */
export interface RowLengths {
  /** Sizes of symbols (`T`) and of their multiples as inputs have them (`4*T`; `200*T` of a draw), for the feeder. */
  readonly sizes: Readonly<Record<string, number>>;
  /** By symbol: the row's own length, and what one unit of the symbol is of it. */
  readonly symbols: Readonly<Record<string, { readonly length: number; readonly by: number }>>;
}

/** `4*T` is [4, 'T']; null for anything but a multiple of one symbol. */
function monomial(dim: string): readonly [number, string] | null {
  const found = /^(?:(\d+)\*)?([A-Za-z_]\w*)$/.exec(dim);
  return found === null ? null : [Number(found[1] ?? 1), found[2]];
}

/** What the shapes say in symbols, each as [4, 'T']. */
const lengthsIn = (shapes: readonly HostShape[]): (readonly [number, string])[] =>
  shapes.flat().flatMap((dim) => {
    const part = typeof dim === 'string' ? monomial(dim) : null;
    return part === null ? [] : [part];
  });

/** The graph's inputs that have lengths of their own: their symbols, and what they are multiples of. */
function symbolsIn(graph: GraphEntry): Map<string, number> {
  const fields = graph.inputs.filter(({ from }) => from.kind === 'field');
  const found = lengthsIn(fields.map(({ shape }) => shape.slice(1)));
  return new Map(found.map(([by, name]) => [name, by]));
}

/** Null where all that the graph reads is of one length. */
export function rowLengths(graph: GraphEntry, own: Readonly<Record<string, number>>): RowLengths | null {
  const symbols = symbolsIn(graph);
  if (symbols.size === 0) return null;
  const all = [...symbols].map(([name, by]) => {
    if (!Object.hasOwn(own, name)) throw new Error(`nothing says how long ${name} is`);
    return { name, by, length: own[name], units: Math.ceil(own[name] / by) };
  });
  const units = new Map(all.map((symbol) => [symbol.name, symbol.units]));
  const multiples = lengthsIn(graph.inputs.map(({ shape }) => shape)).flatMap(([by, name]) => {
    const one = units.get(name);
    return one === undefined ? [] : [[`${by}*${name}`, by * one] as const];
  });
  return {
    sizes: Object.fromEntries([...units, ...multiples]),
    symbols: Object.fromEntries(all.map(({ name, by, length }) => [name, { by, length }])),
  };
}

/** The same lengths: rows that may be fed together. */
export const lengthsKey = (lengths: RowLengths | null): string => JSON.stringify(lengths?.symbols ?? null);

/** The tensor with its last axis as long as the input's shape says; its last column is repeated. */
export function padded(tensor: Tensor, shape: HostShape, { sizes }: RowLengths): Tensor {
  const last = shape.at(-1);
  const wanted = typeof last === 'string' ? sizes[last] : undefined;
  const length = tensor.shape.at(-1) ?? 1;
  if (shape.length < 2 || wanted === undefined || wanted === length) return tensor;
  return { shape: [...tensor.shape.slice(0, -1), wanted], data: resized(tensor, wanted, true) };
}

/** The value with what stands for padding cut off its last axis, where that is so many times a length. */
export function cropped(tensor: Tensor, shape: HostShape, { symbols }: RowLengths): Tensor {
  const last = shape.at(-1);
  const part = typeof last === 'string' ? monomial(last) : null;
  if (shape.length < 2 || part === null || !Object.hasOwn(symbols, part[1])) return tensor;
  const { length, by } = symbols[part[1]];
  const wanted = Math.ceil((length * part[0]) / by);
  if (wanted >= tensor.shape.at(-1)!) return tensor;
  return { shape: [...tensor.shape.slice(0, -1), wanted], data: resized(tensor, wanted, false) };
}

function resized({ shape, data }: Tensor, to: number, repeat: boolean): Tensor['data'] {
  const from = shape.at(-1)!;
  const lines = from === 0 ? 0 : data.length / from;
  const out = data instanceof Float64Array ? new Float64Array(lines * to) : new Float32Array(lines * to);
  for (let line = 0; line < lines; line++) {
    const own = data.subarray(line * from, line * from + Math.min(from, to));
    out.set(own, line * to);
    if (repeat) out.fill(own[own.length - 1], line * to + own.length, (line + 1) * to);
  }
  return out;
}

/**
 * Rows of all parts, one below the other; a value without rows counts as one row. Where the last axes differ, all
 * are filled up with zeros to the longest, and `lengths` says how long each row is.
 */
export function together(parts: readonly Tensor[]): Tensor & Pick<Values, 'lengths'> {
  if (parts.length === 1) return parts[0];
  const [{ shape, data: first }] = parts;
  const rowsIn = (part: Tensor): number => part.shape.at(0) ?? 1;
  const ends = parts.map((part) => part.shape.at(-1) ?? 1);
  const longest = Math.max(...ends);
  const uneven = shape.length > 1 && ends.some((end) => end !== longest);
  const filled = uneven ? parts.map((part) => ({ ...part, data: widened(part, longest) })) : parts;
  const length = filled.reduce((sum, { data }) => sum + data.length, 0);
  const data = first instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
  let at = 0;
  for (const part of filled) {
    data.set(part.data, at);
    at += part.data.length;
  }
  const rows = parts.reduce((sum, part) => sum + rowsIn(part), 0);
  if (!uneven) return { shape: [rows, ...shape.slice(1)], data };
  const lengths = parts.flatMap((part, i) => Array<number>(rowsIn(part)).fill(ends[i]));
  return { shape: [rows, ...shape.slice(1, -1), longest], data, lengths };
}

const widened = (part: Tensor, to: number): Tensor['data'] => resized(part, to, false);
