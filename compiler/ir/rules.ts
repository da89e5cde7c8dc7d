/**
 * Local simplification of one node, from its operator, inputs and attributes.
 *
 * `identities` hold whenever a node is made. They look at constants and shapes only and give back an operand or a
 * node on the same operands, so nobody can be passed by who will ask for a derivative with respect to an interior
 * node. `throughs` look through an operand at what it was made of; that would pass it by, so they apply only after
 * the last differentiation (ir/simplify.ts). No rule hides a NaN (x·0 stays).
 */
import { sameShape, type Dim, type Shape } from './dim.ts';
import type { Attrs, Node } from './node.ts';
import type { Builder } from './builder.ts';
import { fill } from './compose.ts';
import { isElementwise, type OpName } from './primitives/catalog.ts';

type Rule = (b: Builder, inputs: readonly Node[], attrs: Attrs, shape: Shape) => Node | undefined;
type Rules = Partial<Readonly<Record<OpName, Rule>>>;

/** The number that a node is everywhere: a constant of rank 0, or one spread out. */
export function uniformValue(node: Node): number | undefined {
  const { op, inputs, attrs } = node;
  if (op === 'constant')
    return node.shape.length === 0 ? (attrs as { values: number[] }).values[0] : undefined;
  return op === 'expand' || op === 'reshape' ? uniformValue(inputs[0]) : undefined;
}

const is = (node: Node, value: number): boolean => uniformValue(node) === value;
/** `x` if replacing the node by it keeps the shape. */
const ifWhole = (x: Node, shape: Shape): Node | undefined => (sameShape(x.shape, shape) ? x : undefined);
const unchanged: Rule = (_, [x], __, shape) => ifWhole(x, shape);
const isOrder = (perm: readonly number[]): boolean => perm.every((axis, i) => axis === i);
const permOf = (attrs: Attrs): readonly number[] => (attrs as { perm: readonly number[] }).perm;

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
  transpose: (_, [x], attrs) => (isOrder(permOf(attrs)) ? x : undefined),
  slice: unchanged,
  pad: unchanged,
  concat: (_, xs) => (xs.length === 1 ? xs[0] : undefined),
  flip: (_, [x], attrs) => (x.shape[(attrs as { axis: number }).axis] === 1 ? x : undefined),
  sum: foldOnes,
  amax: foldOnes,
  extent: (b, _, { dim }) => (typeof (dim as Dim) === 'number' ? b.constant(dim as number) : undefined),
};

/** Folding axes of size 1 only drops them. */
function foldOnes(b: Builder, [x]: readonly Node[], attrs: Attrs, shape: Shape): Node | undefined {
  const { axes } = attrs as { axes: readonly number[] };
  return axes.every((axis) => x.shape[axis] === 1) ? b.reshape(x, shape) : undefined;
}

/** `made` looked through: the operand of `x` if x is a `op`. */
const under = (x: Node, op: OpName): Node | undefined => (x.op === op ? x.inputs[0] : undefined);

/** The number of rank 0 that a node spreads out. */
function spread(node: Node): Node | undefined {
  if (node.shape.length === 0) return node;
  return node.op === 'expand' || node.op === 'reshape' ? spread(node.inputs[0]) : undefined;
}

/** An operand that repeats one number, beside one that gives the shape, may be that number. */
function narrow(b: Builder, op: OpName, inputs: readonly Node[], shape: Shape): Node | undefined {
  const numbers = inputs.map(spread);
  if (inputs.every((x, i) => x === numbers[i]) || shape.length === 0) return undefined;
  if (numbers.every((x) => x !== undefined)) return fill(b, b.make(op, numbers, {}), shape);
  const narrowed = inputs.map((x, i) => numbers[i] ?? x);
  return inputs.some((x, i) => x !== narrowed[i]) ? b.make(op, narrowed, {}) : undefined;
}

/** Constants may always be narrowed: nobody differentiates with respect to them. */
export function narrowConstants(
  b: Builder,
  op: OpName,
  inputs: readonly Node[],
  shape: Shape,
): Node | undefined {
  if (!isElementwise(op) || shape.length === 0) return undefined;
  const narrowed = inputs.map((x) => {
    const value = x.shape.length === 0 ? undefined : uniformValue(x);
    return value === undefined ? x : b.constant(value);
  });
  if (narrowed.every((x, i) => x === inputs[i])) return undefined;
  const made = b.make(op, narrowed, {});
  return made.shape.length === 0 ? fill(b, made, shape) : made;
}

export const throughs: Rules = {
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
  transpose(b, [x], attrs) {
    const inner = under(x, 'transpose');
    return (
      inner &&
      b.transpose(
        inner,
        permOf(attrs).map((axis) => permOf(x.attrs)[axis]),
      )
    );
  },
  flip(_, [x], attrs) {
    const inner = under(x, 'flip');
    return inner && x.attrs.axis === attrs.axis ? inner : undefined;
  },
  select: rectifier,
};

/** What compose.relu says, select(0 < x, x, max(x, 0)), is max(x, 0) once its gradient is taken. */
function rectifier(_: Builder, [c, x, other]: readonly Node[]): Node | undefined {
  const is0 = (node: Node): boolean => uniformValue(node) === 0;
  const asks = c.op === 'less' && is0(c.inputs[0]) && c.inputs[1] === x;
  return asks && other.op === 'max' && other.inputs[0] === x && is0(other.inputs[1]) ? other : undefined;
}

/** A rule of elementwise operators together: numbers stay numbers. */
export function lookThrough(
  b: Builder,
  op: OpName,
  inputs: readonly Node[],
  attrs: Attrs,
  shape: Shape,
): Node | undefined {
  return (
    throughs[op]?.(b, inputs, attrs, shape) ?? (isElementwise(op) ? narrow(b, op, inputs, shape) : undefined)
  );
}
