/**
 * Common compositions of primitives, as functions of a builder. In: nodes and numbers; out: nodes. Each is written so
 * that it is finite where its mathematics is, and so are its derivatives.
 */
import { product, type Dim, type Shape } from './dim.ts';
import type { Node } from './node.ts';
import type { OpBuilder, Operand } from './opBuilder.ts';

export const allAxes = (x: Node): number[] => [...x.shape.keys()];

/** x with its axes at `axes` of `shape` (in order), repeated along the others. */
export function broadcastTo(b: OpBuilder, x: Node, shape: Shape, axes: readonly number[]): Node {
  const ones = shape.map((_, axis): Dim => {
    const at = axes.indexOf(axis);
    return at < 0 ? 1 : x.shape[at];
  });
  return b.expand(b.reshape(x, ones), shape);
}

/** x repeated along `axes` of `shape`; its own axes are the others: undoes what a reduction dropped. */
export function alongAxes(b: OpBuilder, x: Node, shape: Shape, axes: readonly number[]): Node {
  const own = [...shape.keys()].filter((axis) => !axes.includes(axis));
  return broadcastTo(b, x, shape, own);
}

/** A number everywhere. */
export function fill(b: OpBuilder, value: Operand, shape: Shape): Node {
  const number = typeof value === 'number' ? b.constant(value) : value;
  return broadcastTo(b, number, shape, []);
}
export const zerosLike = (b: OpBuilder, x: Node): Node => fill(b, 0, x.shape);

export const sumAll = (b: OpBuilder, x: Node): Node => b.sum(x, allAxes(x));

/** How many elements the axes hold, as a number of the graph. */
export function countOf(b: OpBuilder, x: Node, axes: readonly number[]): Node {
  return b.extent(product(axes.map((axis) => x.shape[axis])));
}
export function mean(b: OpBuilder, x: Node, axes: readonly number[]): Node {
  return b.div(b.sum(x, axes), countOf(b, x, axes));
}
export const meanAll = (b: OpBuilder, x: Node): Node => mean(b, x, allAxes(x));

export interface Moments {
  /** Without the axes. */
  readonly mean: Node;
  /** Biased (divided by n), without the axes. */
  readonly variance: Node;
  /** x - mean, of x's shape. */
  readonly centred: Node;
}
export function moments(b: OpBuilder, x: Node, axes: readonly number[]): Moments {
  const centre = b.called('mean', mean(b, x, axes));
  const centred = b.called('centred', b.sub(x, alongAxes(b, centre, x.shape, axes)));
  return { mean: centre, variance: b.called('variance', mean(b, square(b, centred), axes)), centred };
}

export const square = (b: OpBuilder, x: Node): Node => b.mul(x, x);
/** Euclidean norm over axes; gradient 0 where it is 0. */
export const norm = (b: OpBuilder, x: Node, axes: readonly number[]): Node =>
  b.sqrt(b.sum(square(b, x), axes));

/** max(x, 0) with gradient 0 at 0; a NaN stays one. After differentiation it is simplified to max(x, 0). */
export const relu = (b: OpBuilder, x: Node): Node => b.select(b.less(0, x), x, b.stop(b.max(x, 0)));
/** x where positive, else slope·x. */
export const leakyRelu = (b: OpBuilder, x: Node, slope: Operand): Node =>
  b.select(b.less(0, x), x, b.mul(x, slope));

/** log(1 + e^x), without overflow; its gradient is sigmoid(x) everywhere, at 0 too. */
export function softplus(b: OpBuilder, x: Node): Node {
  const size = b.select(b.less(x, 0), b.neg(x), x);
  const positive = b.select(b.less(x, 0), 0, x);
  return b.add(positive, b.log(b.add(1, b.exp(b.neg(size)))));
}
/** log(sigmoid(x)). */
export const logSigmoid = (b: OpBuilder, x: Node): Node => b.neg(softplus(b, b.neg(x)));

/** log(sum(e^x)) over one axis, which is dropped. */
export function logSumExp(b: OpBuilder, x: Node, axis: number): Node {
  const top = b.stop(b.amax(x, [axis]));
  const shifted = b.sub(x, alongAxes(b, top, x.shape, [axis]));
  return b.add(b.log(b.sum(b.exp(shifted), [axis])), top);
}
export function logSoftmax(b: OpBuilder, x: Node, axis: number): Node {
  return b.sub(x, alongAxes(b, logSumExp(b, x, axis), x.shape, [axis]));
}
export const softmax = (b: OpBuilder, x: Node, axis: number): Node => b.exp(logSoftmax(b, x, axis));

/** Scores [.., T, T] of each step with each, so low where the second comes behind the first that softmax makes it 0. */
export function maskLater(b: OpBuilder, scores: Node): Node {
  const { shape } = scores;
  const [own, other] = [shape.length - 2, shape.length - 1];
  const pairs = shape.map((size, axis) => (axis < own ? 1 : size));
  const stepOf = (axis: number): Node => broadcastTo(b, b.iota(shape[axis]), pairs, [axis]);
  return b.select(b.expand(b.less(stepOf(own), stepOf(other)), shape), -1e30, scores);
}

/** Classes [..] to [.., k]: 1 at the class, else 0. */
export function oneHot(b: OpBuilder, label: Node, k: Dim): Node {
  const shape = [...label.shape, k];
  const last = label.shape.length;
  return b.equal(alongAxes(b, label, shape, [last]), broadcastTo(b, b.iota(k), shape, [last]));
}

/** Gumbel noise, of numbers u uniform in (0, 1): the largest of logit + noise is a draw (Maddison et al. 2014, arXiv:1411.0030). */
export const gumbel = (b: OpBuilder, u: Node): Node => b.neg(b.log(b.neg(b.log(u))));

/** x with the axis `from` moved to `to`; the others keep their order. */
export function movedAxis(b: OpBuilder, x: Node, from: number, to: number): Node {
  return b.transpose(x, allAxes(x).toSpliced(from, 1).toSpliced(to, 0, from));
}
