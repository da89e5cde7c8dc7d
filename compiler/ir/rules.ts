/**
 * Local simplification of one node, from its operator, inputs and attributes.
 *
 * `identities` hold whenever a node is made. They look at constants and shapes only and give back an operand or a
 * node on the same operands, so nobody can be passed by who will ask for a derivative with respect to an interior
 * node. `throughs` look through an operand at what it was made of; that would pass it by, so they apply only after
 * the last differentiation (ir/simplify.ts). No rule hides a NaN (x·0 stays).
 */
import { sameShape, type Shape } from './dim.ts';
import type { Attributes, Elementwise, Node, OpName } from './node.ts';
import type { OpBuilder } from './opBuilder.ts';
import { fill } from './compose.ts';
import { isUniform as is, reluOf, under, uniformValue } from './patterns.ts';
import { isElementwise } from './primitives/catalog.ts';
import { reachedConv, reachedInputGrad, reachedWeightGrad } from './reached.ts';

type Rule<K extends OpName> = (
  b: OpBuilder,
  inputs: readonly Node[],
  attrs: Attributes[K],
  shape: Shape,
) => Node | undefined;
type Rules = { readonly [K in OpName]?: Rule<K> };

/** `x` if replacing the node by it keeps the shape. */
const ifWhole = (x: Node, shape: Shape): Node | undefined => (sameShape(x.shape, shape) ? x : undefined);
const unchanged = (_: OpBuilder, [x]: readonly Node[], __: unknown, shape: Shape): Node | undefined =>
  ifWhole(x, shape);
const isOrder = (perm: readonly number[]): boolean => perm.every((axis, i) => axis === i);

export const identities: Rules = {
  add: (_, [a, b], __, shape) => (is(b, 0) ? ifWhole(a, shape) : is(a, 0) ? ifWhole(b, shape) : undefined),
  sub: (g, [a, b], _, shape) => {
    if (is(b, 0)) return ifWhole(a, shape);
    return is(a, 0) && sameShape(b.shape, shape) ? g.neg(b) : undefined;
  },
  mul(g, [a, b], _, shape) {
    const [x, factor] = uniformValue(a) === undefined ? [a, uniformValue(b)] : [b, uniformValue(a)];
    if (!sameShape(x.shape, shape)) return undefined;
    return factor === 1 ? x : factor === -1 ? g.neg(x) : undefined;
  },
  div: (_, [a, b], __, shape) => (is(b, 1) ? ifWhole(a, shape) : undefined),
  pow(g, [a, b], _, shape) {
    if (!sameShape(a.shape, shape)) return undefined;
    return is(b, 1) ? a : is(b, 2) ? g.mul(a, a) : undefined;
  },
  select(_, [c, a, b], __, shape) {
    const condition = uniformValue(c);
    if (a === b) return ifWhole(a, shape);
    return condition === undefined ? undefined : ifWhole(condition !== 0 ? a : b, shape);
  },
  stop: (_, [x]) => (uniformValue(x) === undefined ? undefined : x),
  reshape: unchanged,
  expand: unchanged,
  transpose: (_, [x], { perm }) => (isOrder(perm) ? x : undefined),
  slice: unchanged,
  pad: unchanged,
  concat: (_, xs) => (xs.length === 1 ? xs[0] : undefined),
  flip: (_, [x], { axis }) => (x.shape[axis] === 1 ? x : undefined),
  sum: foldOnes,
  amax: foldOnes,
  extent: (b, _, { dim }) => (typeof dim === 'number' ? b.constant(dim) : undefined),
};

/** Folding axes of size 1 only drops them. */
function foldOnes(
  b: OpBuilder,
  [x]: readonly Node[],
  { axes }: Attributes['sum'],
  shape: Shape,
): Node | undefined {
  return axes.every((axis) => x.shape[axis] === 1) ? b.reshape(x, shape) : undefined;
}

/** The number of rank 0 that a node spreads out. */
function spread(node: Node): Node | undefined {
  if (node.shape.length === 0) return node;
  return node.op === 'expand' || node.op === 'reshape' ? spread(node.inputs[0]) : undefined;
}

/** An operand that repeats one number, beside one that gives the shape, may be that number. */
function narrow(b: OpBuilder, op: Elementwise, inputs: readonly Node[], shape: Shape): Node | undefined {
  const numbers = inputs.map(spread);
  if (inputs.every((x, i) => x === numbers[i]) || shape.length === 0) return undefined;
  if (numbers.every((x) => x !== undefined)) return fill(b, b.make(op, numbers, {}), shape);
  const narrowed = inputs.map((x, i) => numbers[i] ?? x);
  return inputs.some((x, i) => x !== narrowed[i]) ? b.make(op, narrowed, {}) : undefined;
}

/** Constants may always be narrowed: nobody differentiates with respect to them. */
export function narrowConstants(
  b: OpBuilder,
  op: Elementwise,
  inputs: readonly Node[],
  shape: Shape,
): Node | undefined {
  if (shape.length === 0) return undefined;
  const narrowed = inputs.map((x) => {
    const value = x.shape.length === 0 ? undefined : uniformValue(x);
    return value === undefined ? x : b.constant(value);
  });
  if (narrowed.every((x, i) => x === inputs[i])) return undefined;
  const made = b.make(op, narrowed, {});
  return made.shape.length === 0 ? fill(b, made, shape) : made;
}

const throughs: Rules = {
  stop: (_, [x]) => x,
  reverse: (_, [x]) => x,
  neg: (b, [x]) => under(x, 'neg') ?? (x.op === 'sub' ? b.sub(x.inputs[1], x.inputs[0]) : undefined),
  add(b, [x, y]) {
    const [negX, negY] = [under(x, 'neg'), under(y, 'neg')];
    return negY ? b.sub(x, negY) : negX ? b.sub(y, negX) : undefined;
  },
  sub(b, [x, y]) {
    const negY = under(y, 'neg');
    return negY && b.add(x, negY);
  },
  reshape(b, [x], _, shape) {
    const inner = under(x, 'reshape');
    return inner && b.reshape(inner, shape);
  },
  expand(b, [x], _, shape) {
    const inner = under(x, 'expand');
    return inner && b.expand(inner, shape);
  },
  transpose(b, [x], { perm }) {
    if (x.op !== 'transpose') return undefined;
    const before = x.attrs.perm;
    const both = perm.map((axis) => before[axis]);
    return b.transpose(x.inputs[0], both);
  },
  conv: reachedConv,
  conv_input_grad: reachedInputGrad,
  conv_weight_grad: reachedWeightGrad,
  flip: (_, [x], { axis }) => (x.op === 'flip' && x.attrs.axis === axis ? x.inputs[0] : undefined),
  /** What compose.relu says, select(0 < x, x, max(x, 0)), is max(x, 0) once its gradient is taken. */
  select: (_, inputs) => reluOf(inputs)?.top,
};

/** A rule of elementwise operators together: numbers stay numbers. */
export function lookThrough<K extends OpName>(
  b: OpBuilder,
  op: K,
  inputs: readonly Node[],
  attrs: Attributes[K],
  shape: Shape,
): Node | undefined {
  return (
    throughs[op]?.(b, inputs, attrs, shape) ?? (isElementwise(op) ? narrow(b, op, inputs, shape) : undefined)
  );
}
