/**
 * Compositions of primitives that have a name, recognised on the graph: what compose.ts makes, what is left of it when
 * a gradient has been taken and simplified, and the rectifiers' gradients. Simplification and every target ask here, so
 * that a pattern is described once. In: a node; out: what the pattern reads, or undefined.
 */
import { product, sameDim } from './dim.ts';
import type { Node } from './node.ts';

/** The number that a node is everywhere: a constant of rank 0, or one spread out. */
export function uniformValue(node: Node): number | undefined {
  if (node.op === 'constant') return node.shape.length === 0 ? node.attrs.values[0] : undefined;
  return node.op === 'expand' || node.op === 'reshape' ? uniformValue(node.inputs[0]) : undefined;
}

export const isUniform = (node: Node, value: number): boolean => uniformValue(node) === value;

/** What a node repeats along other axes. */
export const spreadOf = (node: Node): Node =>
  node.op === 'expand' || node.op === 'reshape' ? spreadOf(node.inputs[0]) : node;

/** The operand of a node that is a `op`. */
export const under = (node: Node, op: Node['op']): Node | undefined =>
  node.op === op ? node.inputs[0] : undefined;

/** What the node is with its last two of three axes changed: a matrix of each row, turned round. */
export const turnedOf = (node: Node): Node | undefined =>
  node.op === 'transpose' && node.attrs.perm.join() === '0,2,1' ? node.inputs[0] : undefined;

// ---------------------------------------------------------------- rectifiers

/** x of 0 < x. */
const positiveOf = ({ op, inputs: [zero, x] }: Node): Node | undefined =>
  op === 'less' && isUniform(zero, 0) ? x : undefined;

/** x of max(x, 0). */
export const maxWithZero = ({ op, inputs: [x, zero] }: Node): Node | undefined =>
  op === 'max' && isUniform(zero, 0) ? x : undefined;

/** x and s of s·x, either way round. */
function scaledOf({ op, inputs: [a, b] }: Node): { x: Node; slope: number } | undefined {
  if (op !== 'mul') return undefined;
  const [left, right] = [uniformValue(a), uniformValue(b)];
  if (right !== undefined) return { x: a, slope: right };
  return left === undefined ? undefined : { x: b, slope: left };
}

/**
 * compose.relu from a select's operands: x of select(0 < x, x, max(x, 0)), and the node max(x, 0), which is all that is
 * needed once the gradient is taken. `stop` stands around it before.
 */
export function reluOf([c, x, other]: readonly Node[]): { x: Node; top: Node } | undefined {
  const top = under(other, 'stop') ?? other;
  return positiveOf(c) === x && maxWithZero(top) === x ? { x, top } : undefined;
}

/** compose.leakyRelu from a select's operands: select(0 < x, x, s·x). */
export function leakyReluOf([c, x, other]: readonly Node[]): { x: Node; slope: number } | undefined {
  const rest = scaledOf(other);
  return rest !== undefined && positiveOf(c) === x && rest.x === x ? rest : undefined;
}

/** The gradient of a relu from a select's operands: select(0 < x, g, 0), where g is a tensor. */
export function reluGradientOf([c, g, zero]: readonly Node[]): { x: Node; g: Node } | undefined {
  const x = positiveOf(c);
  return x !== undefined && isUniform(zero, 0) && g.shape.length > 0 ? { x, g } : undefined;
}

/** The gradient of a leaky relu: select(0 < x, g, 0) + s·select(0 < x, 0, g) with 0 < s < 1. */
export function leakyReluGradientOf(node: Node): { x: Node; g: Node; slope: number } | undefined {
  if (node.op !== 'add') return undefined;
  const [open, rest] = [node.inputs[0], scaledOf(node.inputs[1])];
  if (open.op !== 'select' || rest?.x.op !== 'select' || !(rest.slope > 0 && rest.slope < 1))
    return undefined;
  const found = reluGradientOf(open.inputs);
  const [c, zero, g] = rest.x.inputs;
  const same = found !== undefined && open.inputs[0] === c && found.g === g && isUniform(zero, 0);
  return same ? { ...found, slope: rest.slope } : undefined;
}

// ---------------------------------------------------------------- others

/** The axis along which a node counts its places, and is the same along all others. */
function countedAxis(node: Node): number | undefined {
  const { op, shape, inputs } = node;
  if (op === 'iota') return shape.length === 1 ? 0 : undefined;
  if (op === 'expand') {
    const axis = countedAxis(inputs[0]);
    return axis !== undefined && sameDim(inputs[0].shape[axis], shape[axis]) ? axis : undefined;
  }
  if (op !== 'reshape' || inputs[0].op !== 'iota') return undefined;
  const axes = [...shape.keys()].filter((axis) => shape[axis] !== 1);
  return axes.length === 1 ? axes[0] : undefined;
}

/**
 * The matrix of hats by which lines are read at places between their own (vocabulary/functions/augmentation.ts): [A, N, M] of
 * max(0, 1 - |n - c - place|). In: it, or its transpose. Out: the places [A, 1, M], and c.
 */
export function hatsOf(node: Node): { places: Node; from: number } | undefined {
  const [zero, hat] = node.inputs;
  if (node.op !== 'max' || node.shape.length !== 3 || !isUniform(zero, 0)) return undefined;
  const distance = hat.op === 'sub' && isUniform(hat.inputs[0], 1) ? under(hat.inputs[1], 'abs') : undefined;
  if (distance?.op !== 'sub') return undefined;
  const [own, wanted] = distance.inputs;
  const [counted, places] = [spreadOf(own), under(wanted, 'expand')];
  const from =
    counted.op === 'sub' && counted.inputs[0].op === 'iota' ? uniformValue(counted.inputs[1]) : undefined;
  const isAlong = own.op === 'expand' && own.inputs[0].shape[0] === 1 && own.inputs[0].shape[2] === 1;
  if (from === undefined || !isAlong || places?.shape[1] !== 1) return undefined;
  return sameDim(places.shape[0], node.shape[0]) ? { places, from } : undefined;
}

/** Whether it is what compose.maskLater masks: 1 where the step of the last axis comes behind that of the one before, else 0. */
export function isLaterMask(node: Node): boolean {
  if (node.op === 'expand') return isLaterMask(node.inputs[0]);
  const last = node.shape.length - 1;
  return (
    node.op === 'less' && countedAxis(node.inputs[0]) === last - 1 && countedAxis(node.inputs[1]) === last
  );
}

/** x² as a product. */
export const squareOf = ({ op, inputs: [a, b] }: Node): Node | undefined =>
  op === 'mul' && a === b && uniformValue(a) === undefined ? a : undefined;

/** A sum divided by how many there are. */
export function meanOf({ op, inputs: [total, count] }: Node): Node<'sum'> | undefined {
  if (op !== 'div' || total.op !== 'sum') return undefined;
  const [x] = total.inputs;
  const size = product(total.attrs.axes.map((axis) => x.shape[axis]));
  const divisor = count.op === 'extent' ? count.attrs.dim : uniformValue(count);
  return divisor !== undefined && sameDim(divisor, size) ? total : undefined;
}

/** 1 / sqrt(x), where x is away from 0: a variance and its epsilon. */
export function rsqrtOf({ op, inputs: [one, root] }: Node): Node | undefined {
  if (op !== 'div' || !isUniform(one, 1) || root.op !== 'sqrt') return undefined;
  const [x] = root.inputs;
  const away = x.op === 'add' && x.inputs.some((part) => (uniformValue(part) ?? 0) > 0);
  return away ? x : undefined;
}

/** compose.softplus: select(x < 0, 0, x) + log(1 + exp(-|x|)), |x| being select(x < 0, -x, x). */
export function softplusOf({ op, inputs: [positive, tail] }: Node): Node | undefined {
  if (op !== 'add' || positive.op !== 'select') return undefined;
  const [negative, zero, x] = positive.inputs;
  if (negative.op !== 'less' || negative.inputs[0] !== x) return undefined;
  if (!isUniform(negative.inputs[1], 0) || !isUniform(zero, 0)) return undefined;
  const sum = under(tail, 'log');
  if (sum?.op !== 'add' || !isUniform(sum.inputs[0], 1)) return undefined;
  const exponent = under(sum.inputs[1], 'exp');
  const size = exponent && under(exponent, 'neg');
  if (size?.op !== 'select') return undefined;
  const [c, minus, plus] = size.inputs;
  return c === negative && under(minus, 'neg') === x && plus === x ? x : undefined;
}

/** compose.logSoftmax over one axis: x - (log(sum(exp(x - top))) + top) with top = stop(amax(x)). */
export function logSoftmaxOf({ op, inputs: [x, other] }: Node): { x: Node; axis: number } | undefined {
  if (op !== 'sub') return undefined;
  const total = spreadOf(other);
  if (total.op !== 'add') return undefined;
  const [logarithm, top] = total.inputs;
  const sum = under(logarithm, 'log');
  const shifted = sum?.op === 'sum' ? under(sum.inputs[0], 'exp') : undefined;
  const largest = under(top, 'stop');
  if (sum?.op !== 'sum' || shifted?.op !== 'sub' || largest?.op !== 'amax') return undefined;
  const fits = shifted.inputs[0] === x && spreadOf(shifted.inputs[1]) === top && largest.inputs[0] === x;
  const [axis, ...more] = sum.attrs.axes;
  return fits && more.length === 0 ? { x, axis } : undefined;
}

/** compose.oneHot of classes [n] to [n, k], k known. */
export function oneHotOf({
  op,
  shape,
  inputs: [classes, order],
}: Node): { classes: Node; k: number } | undefined {
  if (op !== 'equal' || shape.length !== 2) return undefined;
  const [label, iota] = [spreadOf(classes), spreadOf(order)];
  const [, k] = shape;
  const fits = iota.op === 'iota' && typeof k === 'number' && sameDim(iota.shape[0], k);
  return fits && label.shape.length === 1 ? { classes: label, k } : undefined;
}
