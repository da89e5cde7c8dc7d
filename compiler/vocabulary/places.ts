/**
 * Places along the axes of a value: the steps of a seq, the rows and columns of an image. In: a value and the name of an
 * axis, or a node and how much stands before and after it; out: the axis, parts of the node, the node padded.
 */
import { kinds } from '../errors.ts';
import { addDims, leastDim, printDim, product, subDims, type Dim } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import { printType, type Bounds, type TensorType } from '../types.ts';
import { choice, type Args, type Call } from './builtin.ts';
import { toPlaces, wrongForm } from './shapes.ts';

export const placed = 'image[C, H, W] or seq[C, T]';

/** The axes that have names, by form: the first is the channels', but for a mat, which has none. */
const axes: Readonly<Record<TensorType['form'], readonly string[]>> = {
  scalar: [],
  vec: ['channels'],
  mat: ['first', 'second'],
  tensor: [],
  seq: ['channels', 'time'],
  image: ['channels', 'height', 'width'],
};
export const axisNames = ['channels', 'time', 'height', 'width'] as const;

export const overPlaces = choice('over', axisNames.slice(1), 'time of a seq, height or width of an image.');

/** Which axis of a row has this name; a `shape` mistake if none has. */
export function axisOf(call: Pick<Call, 'fail'>, what: string, type: TensorType, name: string): number {
  const at = axes[type.form].indexOf(name);
  if (at >= 0) return at;
  const own = axes[type.form];
  return call.fail(kinds.shape, {
    what: `${what} along \`${name}\`, and ${printType(type)} has no such axis`,
    hint: own.length === 0 ? 'Sequences and images have places.' : `Its axes are ${own.join(', ')}.`,
  });
}

/** An image or a seq; a `shape` mistake for anything else. */
export function checkPlaced(call: Call, name: string, type: TensorType): void {
  if (type.kind === 'label' || (type.form !== 'image' && type.form !== 'seq'))
    wrongForm(call, name, placed, type, toPlaces);
}

/** Whether a ≤ b for every length that the symbols can stand for. */
export const surely = (a: Dim, b: Dim): boolean => (leastDim(subDims(b, a)) ?? -1) >= 0;

/** An axis of x [R, ...] times a matrix of each row [R, have, size], or one for all [have, size]. */
export function alongAxis({ b }: Call, x: Node, axis: number, matrix: Node): Node {
  const last = x.shape.length - 1;
  const order = [...x.shape.keys()].map((i) => (i === axis ? last : i === last ? axis : i));
  const lines = b.transpose(x, order);
  const flat = b.reshape(lines, [lines.shape[0], product(lines.shape.slice(1, last)), lines.shape[last]]);
  const made = b.matmul(flat, matrix);
  const size = matrix.shape[matrix.shape.length - 1];
  return b.transpose(b.reshape(made, [...lines.shape.slice(0, last), size]), order);
}

// ---------------------------------------------------------------- padding

export const fills = ['zero', 'reflect', 'replicate'] as const;
export type Fill = (typeof fills)[number];

export const fillParam = choice(
  'fill',
  fills,
  'What stands outside. zero: zeros. reflect: the places mirrored at the outermost one, which is not repeated. replicate: the outermost place again.',
  'zero',
);
export const fillOf = (args: Args): Fill => fills.find((one) => one === args.choice('fill')) ?? 'zero';

/** `x` with so many places before and after those of an axis. */
export function padded(
  call: Call,
  x: Node,
  axis: number,
  [low, high]: readonly [Dim, Dim],
  fill: Fill,
): Node {
  const { b } = call;
  if (low === 0 && high === 0) return x;
  if (fill === 'zero') {
    const only = (n: Dim): Dim[] => x.shape.map((_, i) => (i === axis ? n : 0));
    return b.pad(x, only(low), only(high));
  }
  const size = x.shape[axis];
  const most = fill === 'reflect' ? subDims(size, 1) : size;
  if (fill === 'reflect' && !(surely(low, most) && surely(high, most)))
    call.fail(kinds.shape, {
      what: `${printDim(low)} and ${printDim(high)} places are mirrored, and there are ${printDim(size)}`,
      why: 'The outermost place is not repeated, so one fewer than there are can be mirrored.',
      hint: 'Pad less, or write `fill: replicate`.',
    });
  const before =
    fill === 'reflect'
      ? (n: Dim): Node => b.flip(b.slice(x, axis, 1, addDims(n, 1)), axis)
      : (n: Dim): Node => repeated(call, b.slice(x, axis, 0, 1), axis, n);
  const after =
    fill === 'reflect'
      ? (n: Dim): Node => b.flip(b.slice(x, axis, subDims(most, n), most), axis)
      : (n: Dim): Node => repeated(call, b.slice(x, axis, subDims(size, 1), size), axis, n);
  const parts = [...(low === 0 ? [] : [before(low)]), x, ...(high === 0 ? [] : [after(high)])];
  return b.called('padded', b.concat(parts, axis));
}

const repeated = ({ b }: Call, x: Node, axis: number, n: Dim): Node => b.expand(x, x.shape.with(axis, n));

/** The type of numbers of this type with zeros among them. */
export function withZeros(type: TensorType): TensorType {
  const { range, kind } = type;
  const widened: Bounds | null = range && [Math.min(range[0], 0), Math.max(range[1], 0)];
  return { ...type, kind: kind === 'onehot' || kind === 'prob' ? 'real' : kind, range: widened };
}
