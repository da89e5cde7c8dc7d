/** Reductions over axes, and what is divided by its own sum. */
import { alongAxes, logSumExp, mean, norm, softmax, square, logSoftmax } from '../../ir/compose.ts';
import { product } from '../../ir/dim.ts';
import type { OpBuilder } from '../../ir/opBuilder.ts';
import type { Node } from '../../ir/node.ts';
import type { Bounds } from '../../types.ts';
import { tensor, type Operator, type Step } from './values.ts';

type Fold = (b: OpBuilder, x: Node, axes: readonly number[]) => Node;

/** `since`: the version from which axes are an input. */
const reduce =
  (fold: Fold, since = 18): Operator =>
  (step) => {
    const x = step.tensor(0);
    const all = [...x.node.shape.keys()];
    const named = step.axes(all.length, since);
    const none = named === undefined || named.length === 0;
    if (none && step.real('noop_with_empty_axes', 0) !== 0) return x;
    const axes = none ? all : named;
    step.spareRows(x, axes);
    const kept = step.real('keepdims', 1) !== 0;
    const made = fold(step.b, x.node, axes);
    const shape = x.node.shape.flatMap((size, axis) => (!axes.includes(axis) ? [size] : kept ? [1] : []));
    const rows = x.rows === null || kept ? x.rows : x.rows - axes.filter((axis) => axis < x.rows!).length;
    return tensor(step.b.reshape(made, shape), rows);
  };

/** Over one axis; before version 13 over all from it on. */
const normalised =
  (fold: (b: OpBuilder, x: Node, axis: number) => Node, range: Bounds | null): Operator =>
  (step) => {
    const x = step.tensor(0);
    const { shape } = x.node;
    const axis = step.axis(step.real('axis', step.of.opset < 13 ? 1 : -1), shape.length);
    const together = step.of.opset < 13 ? [...shape.keys()].slice(axis) : [axis];
    step.spareRows(x, together);
    if (together.length === 1) return tensor(fold(step.b, x.node, axis), x.rows, range);
    const flat = step.b.reshape(x.node, [...shape.slice(0, axis), product(shape.slice(axis))]);
    return tensor(step.b.reshape(fold(step.b, flat, axis), shape), x.rows, range);
  };

const argMax: Operator = (step) => {
  const x = step.tensor(0);
  const axis = step.axis(step.real('axis', 0), x.node.shape.length);
  step.spareRows(x, [axis]);
  if (step.real('select_last_index', 0) !== 0)
    step.fail('of equal numbers the first is taken, never the last');
  const made = step.b.argmax(x.node, axis);
  const kept = step.real('keepdims', 1) !== 0;
  if (kept) return tensor(step.b.reshape(made, x.node.shape.with(axis, 1)), x.rows);
  return tensor(made, x.rows !== null && axis < x.rows ? x.rows - 1 : x.rows);
};

/** Divided by its length along one axis. */
const lpNormalization: Operator = (step) => {
  const x = step.tensor(0);
  const axis = step.axis(step.real('axis', -1), x.node.shape.length);
  step.spareRows(x, [axis]);
  const length = ofOrder(step)(step.b, x.node, [axis]);
  return tensor(step.b.div(x.node, alongAxes(step.b, length, x.node.shape, [axis])), x.rows);
};

const absolute: Fold = (b, x, axes) => b.sum(b.abs(x), axes);
const ofOrder = (step: Step): Fold => {
  const order = step.real('p', 2);
  return order === 1 ? absolute : order === 2 ? norm : step.fail(`a norm of order ${order} is not taken`);
};

export const reduction = {
  ArgMax: argMax,
  LogSoftmax: normalised(logSoftmax, null),
  LpNormalization: lpNormalization,
  ReduceL1: reduce(absolute),
  ReduceL2: reduce(norm),
  ReduceLogSumExp: reduce((b, x, axes) =>
    // From the last axis on, so that the numbers of those before stay what they are.
    [...axes].sort((p, q) => q - p).reduce((node, axis) => logSumExp(b, node, axis), x),
  ),
  ReduceMax: reduce((b, x, axes) => b.amax(x, axes)),
  ReduceMean: reduce(mean),
  ReduceMin: reduce((b, x, axes) => b.neg(b.amax(b.neg(x), axes))),
  ReduceSum: reduce((b, x, axes) => b.sum(x, axes), 13),
  ReduceSumSquare: reduce((b, x, axes) => b.sum(square(b, x), axes)),
  Softmax: normalised(softmax, [0, 1]),
} as const satisfies Record<string, Operator>;
