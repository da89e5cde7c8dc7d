/**
 * What the numbers of a graph can be, by interval arithmetic: nodes go in, with what is known of the leaves; for each node
 * an interval comes out that holds for sure, not always the tightest. Ends are open or closed, so that `sigmoid` never is
 * 0 and `relu` may be. These are facts beside a type's range, which a spec declares and networks are held to: nothing
 * that asks for a range or a kind reads them.
 */
import type { Dim } from './dim.ts';
import { reachable, type Node, type OpName } from './node.ts';
import { leakyReluOf, logSoftmaxOf, meanOf, reluOf, softplusOf, squareOf, uniformValue } from './patterns.ts';

/** `closed`: the number itself may occur. Infinite ends never do. */
export interface End {
  readonly at: number;
  readonly closed: boolean;
}
export interface Interval {
  readonly low: End;
  readonly high: End;
}

const closed = (at: number): End => ({ at, closed: Number.isFinite(at) });
const open = (at: number): End => ({ at, closed: false });

/** From `low` to `high`, both of which may occur where they are finite. */
export const within = (low: number, high: number): Interval => ({ low: closed(low), high: closed(high) });
export const strictlyWithin = (low: number, high: number): Interval => ({ low: open(low), high: open(high) });
const everything: Interval = strictlyWithin(-Infinity, Infinity);

export const contains = ({ low, high }: Interval, x: number): boolean =>
  (low.at < x || (low.at === x && low.closed)) && (x < high.at || (x === high.at && high.closed));
/** Whether anything is known of it. */
export const isBounded = ({ low, high }: Interval): boolean =>
  Number.isFinite(low.at) || Number.isFinite(high.at);

// ---------------------------------------------------------------- arithmetic

const lowest = (ends: readonly End[]): End => extreme(ends, Math.min(...ends.map(({ at }) => at)));
const highest = (ends: readonly End[]): End => extreme(ends, Math.max(...ends.map(({ at }) => at)));
const extreme = (ends: readonly End[], at: number): End => ({
  at,
  closed: ends.some((end) => end.at === at && end.closed),
});

/** Everything from the lowest end to the highest. */
const spanning = (ends: readonly End[]): Interval =>
  ends.some(({ at }) => Number.isNaN(at)) ? everything : { low: lowest(ends), high: highest(ends) };
const union = (parts: readonly Interval[]): Interval =>
  spanning(parts.flatMap(({ low, high }) => [low, high]));

/** Through a function that grows with its argument. */
const growing =
  (f: (x: number) => number) =>
  ({ low, high }: Interval): Interval => {
    const end = ({ at, closed: reached }: End): End => ({ at: f(at), closed: reached });
    return spanning([end(low), end(high)]);
  };

const negated = ({ low, high }: Interval): Interval => ({
  low: { at: -high.at, closed: high.closed },
  high: { at: -low.at, closed: low.closed },
});
const sum = (a: Interval, b: Interval): Interval => ({
  low: { at: a.low.at + b.low.at, closed: a.low.closed && b.low.closed },
  high: { at: a.high.at + b.high.at, closed: a.high.closed && b.high.closed },
});

/** 0 times anything is 0: an infinite end is not reached. */
const timesEnd = (a: End, b: End): End => {
  const at = a.at === 0 || b.at === 0 ? 0 : a.at * b.at;
  const byZero = (a.at === 0 && a.closed) || (b.at === 0 && b.closed);
  return { at, closed: byZero || (a.closed && b.closed) };
};
const product = (a: Interval, b: Interval): Interval =>
  spanning([a.low, a.high].flatMap((x) => [b.low, b.high].map((y) => timesEnd(x, y))));

const square = (x: Interval): Interval => {
  const ends = [timesEnd(x.low, x.low), timesEnd(x.high, x.high)];
  const acrossZero = contains(x, 0) || (x.low.at < 0 && x.high.at > 0);
  return acrossZero ? { low: closed(0), high: highest(ends) } : spanning(ends);
};

const absolute = (x: Interval): Interval => {
  if (x.low.at >= 0) return x;
  if (x.high.at <= 0) return negated(x);
  return { low: closed(0), high: highest([negated(x).high, x.high]) };
};

/** 1 / x, for an x that keeps to one side of 0. */
function reciprocal(x: Interval): Interval {
  if (x.low.at < 0 && x.high.at <= 0) return negated(reciprocal(negated(x)));
  if (x.low.at < 0 || contains(x, 0)) return everything;
  const end = ({ at, closed: reached }: End): End => ({ at: at === 0 ? Infinity : 1 / at, closed: reached });
  return { low: end(x.high), high: end(x.low) };
}

/** The larger of two: its low end is reached only where both are. */
const larger = (a: Interval, b: Interval): Interval => {
  const top = Math.max(a.low.at, b.low.at);
  const reached = [a.low, b.low].every(({ at, closed: c }) => at < top || c);
  return { low: { at: top, closed: reached }, high: highest([a.high, b.high]) };
};
const smaller = (a: Interval, b: Interval): Interval => negated(larger(negated(a), negated(b)));

const positivePart = (x: Interval): Interval => larger(x, within(0, 0));
const negativePart = (x: Interval): Interval => smaller(x, within(0, 0));

function power(x: Interval, p: Interval): Interval {
  const exponent = p.low.at === p.high.at ? p.low.at : undefined;
  if (exponent === undefined || exponent <= 0) return x.low.at > 0 ? strictlyWithin(0, Infinity) : everything;
  if (x.low.at >= 0) return growing((at) => at ** exponent)(x);
  return exponent % 2 === 0 ? within(0, Infinity) : everything;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => (x > 30 ? x : Math.log1p(Math.exp(x)));

// ---------------------------------------------------------------- nodes

type Of = (node: Node) => Interval;

/** What is known of a composition as a whole; its parts alone would say less. */
function composed(node: Node, of: Of): Interval | undefined {
  const soft = softplusOf(node);
  if (soft !== undefined) return growing(softplus)(of(soft));
  const squared = squareOf(node);
  if (squared !== undefined) return square(of(squared));
  const total = meanOf(node);
  if (total !== undefined) return of(total.inputs[0]);
  if (logSoftmaxOf(node) !== undefined) return strictlyWithin(-Infinity, 0);
  return node.op === 'select' ? chosen(node, of) : undefined;
}

/** One of two: where the choice is by the sign of what is chosen, only that side of it. */
function chosen({ inputs }: Node, of: Of): Interval {
  const [condition, yes, no] = inputs;
  const rectified = reluOf(inputs);
  if (rectified !== undefined) return positivePart(of(rectified.x));
  const leaky = leakyReluOf(inputs);
  if (leaky !== undefined && leaky.slope >= 0)
    return growing((x) => (x > 0 ? x : x * leaky.slope))(of(leaky.x));
  const [zero, x] = condition.inputs;
  const bySign = condition.op === 'less' && uniformValue(zero) === 0;
  const part = (node: Node, side: (x: Interval) => Interval): Interval =>
    bySign && node === x ? side(of(node)) : of(node);
  return union([part(yes, positivePart), part(no, negativePart)]);
}

function counted(x: Node, axes: readonly number[]): Interval {
  const sizes = axes.map((axis) => x.shape[axis]);
  return sizes.map(sizeOf).reduce(product, within(1, 1));
}
const sizeOf = (dim: Dim): Interval => (typeof dim === 'number' ? within(dim, dim) : within(1, Infinity));

const first = ({ inputs: [x] }: Node, of: Of): Interval => of(x);
const both =
  (rule: (a: Interval, b: Interval) => Interval) =>
  ({ inputs: [x, y] }: Node, of: Of): Interval =>
    rule(of(x), of(y));
const one =
  (rule: (x: Interval) => Interval) =>
  ({ inputs: [x] }: Node, of: Of): Interval =>
    rule(of(x));

/** A sum of so many products, of which some may be left out, at borders. */
const products = (of: Of, { inputs: [x, y] }: Node, terms: readonly Dim[], all: boolean): Interval => {
  const each = product(of(x), of(y));
  const count = terms.map(sizeOf).reduce(product, within(1, 1));
  return product(all ? each : union([each, within(0, 0)]), count);
};
/** The state after each step, by what the body gives from any state. */
function scanned({ inputs: [, ...given], attrs: { body } }: Node<'scan'>, of: Of): Interval {
  const [, ...told] = body.parameters;
  const leaf = (node: Node): Interval | undefined => {
    const place = told.indexOf(node);
    return place < 0 ? undefined : of(given[place]);
  };
  return intervalsOf([body.result], leaf).get(body.result) ?? everything;
}

const unpadded = ({ attrs: { pads } }: Node<'conv'> | Node<'conv_weight_grad'>): boolean =>
  pads.every(([low, high]) => low === 0 && high === 0);

type Rules = { readonly [K in OpName]?: (node: Node<K>, of: Of) => Interval };

/** Primitives that are not here (inputs, draws that nothing is known of) can give anything. */
const rules: Rules = {
  constant: ({ attrs: { values } }) => within(Math.min(...values), Math.max(...values)),
  iota: ({ shape: [n] }) => within(0, typeof n === 'number' ? n - 1 : Infinity),
  extent: ({ attrs }) => sizeOf(attrs.dim),
  neg: one(negated),
  exp: one(growing(Math.exp)),
  log: one((x) => (x.low.at < 0 ? everything : growing(Math.log)(x))),
  sqrt: one((x) => growing(Math.sqrt)(positivePart(x))),
  tanh: one(growing(Math.tanh)),
  sigmoid: one(growing(sigmoid)),
  abs: one(absolute),
  sign: one(growing(Math.sign)),
  floor: one((x) => within(Math.floor(x.low.at), Math.floor(x.high.at))),
  sin: () => within(-1, 1),
  cos: () => within(-1, 1),
  erf: () => strictlyWithin(-1, 1),
  add: both(sum),
  sub: both((a, b) => sum(a, negated(b))),
  mul: both(product),
  div: both((a, b) => product(a, reciprocal(b))),
  pow: both(power),
  max: both(larger),
  min: both(smaller),
  less: () => within(0, 1),
  equal: () => within(0, 1),
  stop: first,
  reverse: first,
  reshape: first,
  regroup: first,
  transpose: first,
  expand: first,
  slice: first,
  flip: first,
  amax: first,
  argmax: ({ inputs: [x], attrs: { axis } }) => within(0, sizeOf(x.shape[axis]).high.at - 1),
  matmul: (node, of) => products(of, node, node.inputs[0].shape.slice(-1), true),
  conv: (node, of) => products(of, node, node.inputs[1].shape.slice(1), unpadded(node)),
  conv_input_grad: (node, of) => {
    const [maps, , ...kernel] = node.inputs[1].shape;
    return products(of, node, [maps, ...kernel], false);
  },
  conv_weight_grad: (node, of) => {
    const [rows, , ...places] = node.inputs[1].shape;
    return products(of, node, [rows, ...places], unpadded(node));
  },
  scan: scanned,
  concat: ({ inputs }, of) => union(inputs.map(of)),
  pad: ({ inputs: [x] }, of) => union([of(x), within(0, 0)]),
  sum: ({ inputs: [x], attrs }, of) => product(of(x), counted(x, attrs.axes)),
};

function byOp<K extends OpName>(node: Node<K>, of: Of): Interval {
  return rules[node.op]?.(node, of) ?? everything;
}

/**
 * The interval of each node that the roots depend on. `leaf` tells those of inputs and draws; undefined: nothing is known.
 */
export function intervalsOf(
  roots: readonly Node[],
  leaf: (node: Node) => Interval | undefined,
): ReadonlyMap<Node, Interval> {
  const found = new Map<Node, Interval>();
  const of: Of = (node) => found.get(node) ?? everything;
  for (const node of reachable(roots)) found.set(node, leaf(node) ?? composed(node, of) ?? byOp(node, of));
  return found;
}
