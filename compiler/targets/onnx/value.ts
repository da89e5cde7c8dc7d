/**
 * How a node's value lies in memory. The graph is channels-first and says every transposition and broadcast; here both
 * stay unmade as long as nobody needs them. A value may lie with its axes permuted (channels last after a convolution,
 * transposed for a matmul that takes it so) and with size 1 where an elementwise user will broadcast it.
 */
import { product, sameDim } from '../../ir/dim.ts';
import type { Dim, Shape } from '../../ir/dim.ts';
import type { FloatType } from './model.ts';
import { resolve, size, sizes, whole } from './sizes.ts';
import type { Symbols } from './sizes.ts';
import type { Attributes, GraphWriter } from './writer.ts';

export type Permutation = readonly number[];

export interface Value {
  readonly name: string;
  /** perm[i] is the logical axis found at physical axis i. */
  readonly perm: Permutation;
  /** The logical sizes as stored: the node's own, or 1 where the broadcast is still to be made. */
  readonly stored: Shape;
  /** The same truth values as booleans, for comparisons; same layout. */
  readonly truth?: string;
  /** The value as a sum that isn't made yet; reading `name` makes it. */
  readonly linear?: Linear;
  /** For a product: the name of the same product with a row added to all its rows. */
  readonly biased?: (row: string) => string;
}

/** A number times a small tensor, if there is one. */
export interface Factor {
  readonly scale: number;
  readonly small?: Value;
}
export interface Term {
  readonly base: Value;
  readonly factor: Factor;
  /** Whether nothing else reads the base. */
  readonly alone?: boolean;
}
export interface Linear {
  readonly terms: readonly Term[];
  readonly constant?: Factor;
}

/** Where values are made: the graph under construction, its sizes and its float type. */
export interface Place {
  readonly w: GraphWriter;
  readonly symbols: Symbols;
  readonly float: FloatType;
}

export const identity = (rank: number): Permutation => Array.from({ length: rank }, (_, i) => i);
export const samePermutation = (a: Permutation, b: Permutation): boolean =>
  a.every((axis, i) => axis === b[i]);
export const permute = <T>(items: readonly T[], perm: Permutation): T[] => perm.map((axis) => items[axis]);
export const channelsLast = (rank: number): Permutation => [0, ...identity(rank).slice(2), 1];
export const physical = (value: Value): Dim[] => permute(value.stored, value.perm);

/** A value that lies as the graph says it. */
export const plain = (name: string, shape: Shape): Value => ({
  name,
  perm: identity(shape.length),
  stored: shape,
});

/** Another value that lies as this one does; nothing else that is known of this one holds for it. */
export const alike = ({ perm, stored }: Value, name: string): Value => ({ name, perm, stored });

export const scalar = ({ w, float }: Place, value: number): string => w.constant(float, [], [value]);

/** Reshapes without a copy; one symbolic size needs no arithmetic. */
export function reshape(p: Place, name: string, given: Shape): string {
  const shape = resolve(p.symbols, given);
  const symbolic = shape.filter((dim) => typeof dim !== 'number');
  if (symbolic.length === 1 && !shape.includes(0)) {
    const target = shape.map((dim) => (typeof dim === 'number' ? dim : -1));
    return p.w.node('Reshape', [name, whole(p.w, target)]);
  }
  // allowzero: a size of 0 is a size, not ONNX's "as the input has it".
  const zero: Attributes = symbolic.length > 0 || shape.includes(0) ? { allowzero: 1 } : {};
  return p.w.node('Reshape', [name, sizes(p.w, p.symbols, shape)], zero);
}

/** The value with the same done to its numbers and to its truth values. */
function both(value: Value, change: Partial<Value>, f: (name: string) => string): Value {
  const truth = value.truth === undefined ? {} : { truth: f(value.truth) };
  return { perm: value.perm, stored: value.stored, ...change, name: f(value.name), ...truth };
}

/** The same value with its axes in physical order `perm`: free where only axes of size 1 change places. */
export function arrange(p: Place, value: Value, perm: Permutation): Value {
  if (samePermutation(value.perm, perm)) return value;
  const large = (order: Permutation): string => order.filter((axis) => value.stored[axis] !== 1).join();
  if (large(value.perm) === large(perm)) {
    return both(value, { perm }, (name) => reshape(p, name, permute(value.stored, perm)));
  }
  const axes = perm.map((axis) => value.perm.indexOf(axis));
  return both(value, { perm }, (name) => p.w.node('Transpose', [name], { perm: axes }));
}

/** The same value with every broadcast made: stored as `shape`. */
export function expand(p: Place, value: Value, shape: Shape): Value {
  if (value.stored.every((dim, axis) => sameDim(dim, shape[axis]))) return value;
  const wanted = sizes(p.w, p.symbols, permute(shape, value.perm));
  return both(value, { stored: shape }, (name) => p.w.node('Expand', [name, wanted]));
}

/** The name of the value as the graph says it: axes in order, nothing left to broadcast. */
export const dense = (p: Place, value: Value, shape: Shape): string =>
  expand(p, arrange(p, value, identity(shape.length)), shape).name;

/** A size as a float number of rank 0. */
export function sizeAsFloat(p: Place, dim: Dim): string {
  if (typeof dim === 'number') return scalar(p, dim);
  const point = p.w.node('Squeeze', [size(p.w, p.symbols, dim)]);
  return p.w.node('Cast', [point], { to: p.float === 'float32' ? 1 : 11 });
}

/** How many elements, with every symbol at a guess: only for comparing costs. */
export function guess(shape: Shape): number {
  const count = product(shape);
  if (typeof count === 'number') return count;
  const terms = Object.entries(count.terms).map(([key, c]) => c * 64 ** key.split('*').length);
  return terms.reduce((a, b) => a + b, count.constant);
}
