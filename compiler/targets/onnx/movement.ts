/**
 * Primitives that move elements. A transposition and a broadcast only change how the value is described; a reshape
 * keeps channels last where its groups of axes allow it; the rest works on the physical axis.
 */
import { mulDims, product, sameDim, subDims } from '../../ir/dim.ts';
import type { Dim, Shape } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import type { Emission } from './emission.ts';
import { commonOrder } from './elementwise.ts';
import { sizes, whole } from './sizes.ts';
import {
  alike,
  arrange,
  dense,
  expand as broadcast,
  permute,
  physical,
  plain,
  reshape as reshaped,
} from './value.ts';
import type { Permutation, Value } from './value.ts';

export function transpose(e: Emission, node: Node<'transpose'>): Value {
  const { perm } = node.attrs;
  const x = e.value(node.inputs[0]);
  const truth = x.truth === undefined ? {} : { truth: x.truth };
  return {
    name: x.name,
    perm: x.perm.map((axis) => perm.indexOf(axis)),
    stored: permute(x.stored, perm),
    ...truth,
  };
}

/** Left to the elementwise users; whoever needs it made asks for it. */
export const expand = (e: Emission, node: Node<'expand'>): Value => e.value(node.inputs[0]);

export function reshape(e: Emission, node: Node<'reshape' | 'regroup'>): Value {
  const x = e.value(node.inputs[0]);
  const from = node.inputs[0].shape;
  const perm = orderAfter(from, node.shape, x.perm);
  if (perm === undefined) return plain(reshaped(e, dense(e, x, from), node.shape), node.shape);
  const whole = broadcast(e, x, from);
  return { name: reshaped(e, whole.name, permute(node.shape, perm)), perm, stored: node.shape };
}

/** The physical order after a reshape that keeps the order of the elements in memory, if there is one. */
function orderAfter(from: Shape, to: Shape, perm: Permutation): Permutation | undefined {
  const groups = matchAxes(from, to);
  if (groups === undefined) return undefined;
  const left = perm.filter((axis) => from[axis] !== 1);
  const order: number[] = [];
  while (left.length > 0) {
    const group = groups.find(([source]) => source[0] === left[0]);
    if (group === undefined) return undefined;
    const [source, target] = group;
    if (source.some((axis, i) => left[i] !== axis)) return undefined;
    left.splice(0, source.length);
    order.push(...target);
  }
  return withUnitAxes(order, to);
}

/** Axes of size 1 go after the axis that they follow in the graph's order. */
function withUnitAxes(order: readonly number[], shape: Shape): Permutation {
  const out = [...order];
  shape.forEach((dim, axis) => {
    if (dim === 1) out.splice(axis === 0 ? 0 : out.indexOf(axis - 1) + 1, 0, axis);
  });
  return out;
}

/** The finest pairs of consecutive axes with equal products, sizes of 1 left out. */
function matchAxes(from: Shape, to: Shape): [number[], number[]][] | undefined {
  const axes = (shape: Shape): number[] => [...shape.keys()].filter((axis) => shape[axis] !== 1);
  const [a, b] = [axes(from), axes(to)];
  const groups: [number[], number[]][] = [];
  while (a.length > 0 && b.length > 0) {
    const pair = smallestPair(from, to, a, b);
    if (pair === undefined) return undefined;
    groups.push([a.splice(0, pair[0]), b.splice(0, pair[1])]);
  }
  return a.length === 0 && b.length === 0 ? groups : undefined;
}

function smallestPair(from: Shape, to: Shape, a: number[], b: number[]): [number, number] | undefined {
  const first = (shape: Shape, axes: number[], n: number): Dim =>
    product(axes.slice(0, n).map((x) => shape[x]));
  for (let total = 2; total <= a.length + b.length; total++) {
    for (let n = 1; n < total; n++) {
      const m = total - n;
      if (n <= a.length && m <= b.length && sameDim(first(from, a, n), first(to, b, m))) return [n, m];
    }
  }
  return undefined;
}

export function slice(e: Emission, node: Node<'slice'>): Value {
  const { axis, start, end, step } = node.attrs;
  const x = e.value(node.inputs[0]);
  // A single stored element serves any range but an empty one.
  if (x.stored[axis] === 1 && node.shape[axis] !== 0 && node.inputs[0].shape[axis] !== 1) return x;
  const at = whole(e.w, [x.perm.indexOf(axis)]);
  const [from, to] = [sizes(e.w, e.symbols, [start]), sizes(e.w, e.symbols, [end])];
  const name = e.w.node('Slice', [x.name, from, to, at, whole(e.w, [step])]);
  return { name, perm: x.perm, stored: x.stored.map((dim, i) => (i === axis ? node.shape[axis] : dim)) };
}

export function flip(e: Emission, node: Node<'flip'>): Value {
  const { axis } = node.attrs;
  const x = e.value(node.inputs[0]);
  if (x.stored[axis] === 1) return x;
  const at = whole(e.w, [x.perm.indexOf(axis)]);
  const ends = whole(e.w, [Number.MIN_SAFE_INTEGER]);
  return alike(x, e.w.node('Slice', [x.name, whole(e.w, [-1]), ends, at, whole(e.w, [-1])]));
}

export function concat(e: Emission, node: Node<'concat'>): Value {
  const { axis } = node.attrs;
  const values = node.inputs.map((input) => broadcast(e, e.value(input), input.shape));
  const perm = commonOrder(values, node.shape.length);
  const names = values.map((value) => arrange(e, value, perm).name);
  return { name: e.w.node('Concat', names, { axis: perm.indexOf(axis) }), perm, stored: node.shape };
}

export function pad(e: Emission, node: Node<'pad'>): Value {
  const { low, high, interior } = node.attrs;
  const x = broadcast(e, e.value(node.inputs[0]), node.inputs[0].shape);
  const padded = padPhysical(e, x.name, physical(x), {
    low: permute(low, x.perm),
    high: permute(high, x.perm),
    interior: permute(interior, x.perm),
  });
  return { name: padded, perm: x.perm, stored: node.shape };
}

export interface Padding {
  readonly low: readonly Dim[];
  readonly high: readonly Dim[];
  readonly interior: readonly number[];
}

/** XLA's padding of a tensor as it lies: zeros between elements by padding a unit axis, then at the ends. */
export function padPhysical(
  e: Emission,
  name: string,
  shape: Shape,
  { low, high, interior }: Padding,
): string {
  let [current, sizesNow] = [name, [...shape]];
  interior.forEach((gap, axis) => {
    if (gap === 0) return;
    const split = [...sizesNow.slice(0, axis + 1), 1, ...sizesNow.slice(axis + 1)];
    const ends = [...split.map(() => 0), ...split.map((_, i) => (i === axis + 1 ? gap : 0))];
    const wide = e.w.node('Pad', [reshaped(e, current, split), whole(e.w, ends)]);
    sizesNow = sizesNow.map((dim, i) => (i === axis ? mulDims(dim, gap + 1) : dim));
    current = reshaped(e, wide, sizesNow);
  });
  // The last element has no zeros after it.
  const ends = high.map((dim, axis) => (interior[axis] === 0 ? dim : subDims(dim, interior[axis])));
  if ([...low, ...ends].every((dim) => dim === 0)) return current;
  return e.w.node('Pad', [current, sizes(e.w, e.symbols, [...low, ...ends])]);
}
