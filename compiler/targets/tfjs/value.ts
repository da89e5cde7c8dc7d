/**
 * How a node's value lies in a TensorFlow.js tensor. The graph is channels-first and says every broadcast; here images
 * lie channels-last, as TensorFlow's convolutions want them, and an axis that is only repeated isn't stored: TensorFlow
 * broadcasts by itself. Both are made good where somebody needs it: by a transposition, by a reshape to axes of size 1.
 */
import type { Dim, Shape } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import type { HelperName } from './support.ts';

/** axes[i]: the axis of the node that is found at axis i of the tensor; those that are missing are repeated. */
export interface Value {
  readonly code: string;
  readonly axes: readonly number[];
  /** It holds booleans. */
  readonly truth?: true;
  /** It is a number of JavaScript. */
  readonly host?: true;
}

/** Where code is printed: a function or closure under construction. */
export interface Place {
  /** A size as code. */
  size(dim: Dim): string;
  /** The name of a function of support.ts, which the program then has. */
  use(helper: HelperName): string;
  /** Whether TensorFlow records this node for a derivative that is taken here. */
  recorded(node: Node): boolean;
  /** Whether a derivative that is taken here is itself differentiated. */
  readonly twice: boolean;
  /** The code, under a name where it is long. */
  short(code: string, wanted: string): string;
  /** Code of a function that computes a scan's body. */
  body(parameters: readonly Node[], result: Node, given: ReadonlyMap<Node, Value>): string;
}

/** A node computed from others by a piece of code. */
export interface Instruction {
  readonly inputs: readonly Node[];
  /** What a person would call the result. */
  readonly hint?: string;
  print(place: Place, args: readonly Value[]): Value;
}

export const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
/** Axes as TensorFlow has them: channels last where there are places. */
export const channelsLast = (rank: number): number[] =>
  rank === 3 || rank === 4 ? [0, ...range(rank).slice(2), 1] : range(rank);
/** A weight [O, C, K...] lies as [K..., C, O]; others as they are. */
export const weightAxes = (rank: number): number[] =>
  rank === 3 || rank === 4 ? [...range(rank).slice(2), 1, 0] : range(rank);

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((x, i) => x === b[i]);
const endsWith = (order: readonly number[], axes: readonly number[]): boolean =>
  axes.length <= order.length && same(order.slice(order.length - axes.length), axes);

/** As a tensor or number that arithmetic takes: booleans become 0 and 1. */
export const numeric = ({ code, truth }: Value): string => (truth ? `tf.cast(${code}, 'float32')` : code);
/** The value with its booleans as 0 and 1. */
export const inNumbers = (x: Value): Value => ({ ...x, code: numeric(x), truth: undefined });
/** As a tensor, whatever it is. */
export const tensor = (value: Value): string => (value.host ? `tf.scalar(${value.code})` : value.code);

/** `[2, -1]` */
export const list = (items: readonly (number | string)[]): string => `[${items.join(', ')}]`;

/**
 * Code of a reshape target. One size may be left to TensorFlow: the one that isn't a number, else the first of several,
 * which as a rule is the batch.
 */
export function sizes(place: Place, dims: Shape): string {
  const open = dims.filter((dim) => typeof dim !== 'number');
  const most = dims.includes(0) || open.length > 1 ? -1 : open.length === 1 ? dims.indexOf(open[0]) : 0;
  const left = open.length === 0 && (dims.length < 2 || dims[0] === 1) ? -1 : most;
  return list(dims.map((dim, i) => (i === left ? -1 : place.size(dim))));
}

/** The tensor with its axes in this order, every one of them there; repeated ones have size 1 unless `whole`. */
export function arranged(
  place: Place,
  node: Node,
  value: Value,
  order: readonly number[],
  whole = false,
): string {
  const code = whole ? tensor(value) : value.code;
  if (same(value.axes, order)) return code;
  const there = order.filter((axis) => value.axes.includes(axis));
  const turned = same(value.axes, there)
    ? code
    : `tf.transpose(${code}, ${list(there.map((axis) => value.axes.indexOf(axis)))})`;
  if (there.length === order.length) return turned;
  const ones = order.map((axis) => (there.includes(axis) ? node.shape[axis] : 1));
  const spread = there.length === 0 ? turned : `tf.reshape(${turned}, ${sizes(place, ones)})`;
  if (whole && value.host) return filled(place, node, value.code, order);
  const repeated = order.some((axis) => !there.includes(axis) && node.shape[axis] !== 1);
  if (!whole || (!repeated && there.length > 0)) return spread;
  const shape = list(order.map((axis) => place.size(node.shape[axis])));
  return `${place.recorded(node) ? place.use('repeated') : 'tf.broadcastTo'}(${spread}, ${shape})`;
}

/** A number everywhere. */
function filled(place: Place, node: Node, code: string, order: readonly number[]): string {
  const shape = list(order.map((axis) => place.size(node.shape[axis])));
  return code === '0'
    ? `tf.zeros(${shape})`
    : code === '1'
      ? `tf.ones(${shape})`
      : `tf.fill(${shape}, ${code})`;
}

/** Operands of an elementwise operation, so that TensorFlow broadcasts them as the graph means it. */
export function together(
  place: Place,
  nodes: readonly Node[],
  values: readonly Value[],
): { codes: string[]; axes: readonly number[] } {
  const rank = Math.max(...nodes.map((node) => node.shape.length));
  const full = values.find(({ axes }) => axes.length === rank);
  const longest = values.reduce((a, b) => (b.axes.length > a.axes.length ? b : a));
  const nested = values.every(({ axes }) => endsWith(longest.axes, axes));
  const order = full?.axes ?? (nested ? longest.axes : channelsLast(rank));
  const codes = values.map((value, i) => {
    const plain = inNumbers(value);
    if (nodes[i].shape.length === 0 || endsWith(order, value.axes)) return plain.code;
    return arranged(place, nodes[i], plain, order);
  });
  return { codes, axes: order };
}
