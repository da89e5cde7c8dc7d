/**
 * How a node's value lies in a PyTorch tensor: channels first, as the graph has it, but an axis that is only repeated isn't
 * stored, since PyTorch broadcasts by itself. Where somebody needs it, it is made good: by `[:, None]`, by `expand`.
 */
import type { Dim, Shape } from '../../ir/dim.ts';
import type { Node, OpName } from '../../ir/node.ts';
import type { Readings } from '../text/outline.ts';

/** How tightly code holds together, from Python's precedences. */
/** How tightly code holds together. A matrix product is read from the left like any other, but may not be regrouped. */
export const binds = { compare: 0, add: 1, matmul: 2, multiply: 3, negate: 4, atom: 5 } as const;
export type Binding = (typeof binds)[keyof typeof binds];

export interface Value {
  readonly code: string;
  readonly binding: Binding;
  /** axes[i]: the axis of the node that is found at axis i of the tensor, in rising order; those missing are repeated. */
  readonly axes: readonly number[];
  /** It holds booleans. */
  readonly truth?: true;
  /** It is a number of Python, or a tensor of rank 0 in its place. */
  readonly host?: true;
}

/** Where code is printed: a function under construction. */
export interface Place {
  /** A size as code. */
  size(dim: Dim): string;
  /** Whether a derivative that is taken here passes through the node. */
  recorded(node: Node): boolean;
  /** Whether the ranks of a run must agree on the sum over all their rows (rather than each have its part of it). */
  global(node: Node): boolean;
  /** The code, under a name where it is long. */
  short(code: string, wanted: string): string;
  /** Code of a function that computes a scan's body. */
  body(parameters: readonly Node[], result: Node, given: ReadonlyMap<Node, Value>): string;
}

/** A node computed from others by a piece of code. */
export interface Instruction extends Readings {
  print(place: Place, args: readonly Value[]): Value;
}

export type Row<K extends OpName = OpName> = (node: Node<K>) => Instruction;

export const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
export const atom = (code: string, axes: readonly number[]): Value => ({ code, axes, binding: binds.atom });

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((x, i) => x === b[i]);
const endsWith = (order: readonly number[], axes: readonly number[]): boolean =>
  axes.length <= order.length && same(order.slice(order.length - axes.length), axes);

/** Booleans as 0 and 1. */
export const inNumbers = (x: Value): Value => (x.truth ? atom(`ops.number(${x.code})`, x.axes) : x);

/** Code that holds together at least so tightly; in parentheses where it doesn't. */
export const within = (x: Value, binding: Binding): string => {
  const { code, binding: own } = inNumbers(x);
  return own >= binding ? code : `(${code})`;
};
/** As an argument. */
export const plain = (x: Value): string => inNumbers(x).code;
/** What a method may be called of. */
export const object = (x: Value): string => (x.host ? `ops.constant(${x.code})` : within(x, binds.atom));

/** `(2, -1)`, `2` */
export const axesCode = (items: readonly (number | string)[]): string =>
  items.length === 1 ? String(items[0]) : `(${items.join(', ')})`;

/** Arguments of a reshape. One size may be left to PyTorch: the one that isn't a number, else the first. */
export function sizes(place: Place, dims: Shape): string {
  const open = dims.filter((dim) => typeof dim !== 'number');
  const left = dims.includes(0) || open.length > 1 ? -1 : open.length === 1 ? dims.indexOf(open[0]) : -1;
  return dims.map((dim, i) => (i === left ? '-1' : place.size(dim))).join(', ');
}

/** `x[:, None]`: the tensor with an axis of size 1 for each of `order` that it lacks behind its first one. */
function spaced(x: Value, order: readonly number[]): Value {
  if (x.axes.length === 0 || endsWith(order, x.axes)) return inNumbers(x);
  const from = order.indexOf(x.axes[0]);
  const index = order.slice(from).map((axis) => (x.axes.includes(axis) ? ':' : 'None'));
  return atom(`${object(x)}[${index.join(', ')}]`, order.slice(from));
}

/** The tensor with every axis of the node. */
export function whole(place: Place, node: Node, x: Value): Value {
  const order = range(node.shape.length);
  if (x.axes.length === order.length) return x.host ? atom(object(x), []) : inNumbers(x);
  const shape = order.map((axis) => place.size(node.shape[axis])).join(', ');
  if (x.host) return atom(`ops.full((${shape}${order.length === 1 ? ',' : ''}), ${x.code})`, order);
  const ones = spaced(x, order);
  if (
    order.every((axis) => x.axes.includes(axis) || node.shape[axis] === 1) &&
    ones.axes.length === order.length
  )
    return { ...ones, axes: order };
  return atom(`${object(ones)}.expand(${shape})`, order);
}

/** Operands of an elementwise operation, so that PyTorch broadcasts them as the graph means it. */
export function together(
  nodes: readonly Node[],
  values: readonly Value[],
): { values: Value[]; axes: readonly number[] } {
  const rank = Math.max(...nodes.map((node) => node.shape.length));
  const axes = range(rank).filter((axis) => values.some((value) => value.axes.includes(axis)));
  return { values: values.map((value) => spaced(value, axes)), axes };
}
