/**
 * What a host number can be at any time, by interval arithmetic: an expression goes in, bounds that hold for sure come
 * out, not always the tightest. So that the checker can say of a weight or a factor that it is never negative.
 */
import type { HostExpr, HostOperator } from './host.ts';

export type Interval = readonly [low: number, high: number];

const anything: Interval = [-Infinity, Infinity];
const truth: Interval = [0, 1];

type Rule = (...args: readonly Interval[]) => Interval;

/** Of a function that grows with its argument. */
const growing =
  (f: (x: number) => number): Rule =>
  ([low, high]) => [f(low), f(high)];

const ends = (values: readonly number[]): Interval => [Math.min(...values), Math.max(...values)];

/** 0 times anything is 0: an interval's end at infinity is not reached. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

const product: Rule = ([a, b], [c, d]) => ends([times(a, c), times(a, d), times(b, c), times(b, d)]);
const negated: Rule = ([low, high]) => [-high, -low];
const sum: Rule = ([a, b], [c, d]) => [a + c, b + d];

const rules: Readonly<Record<HostOperator, Rule>> = {
  add: sum,
  sub: (a, b) => sum(a, negated(b)),
  mul: product,
  div: (a, [low, high]) => (low <= 0 && high >= 0 ? anything : product(a, ends([1 / low, 1 / high]))),
  pow: ([low, high], [p, q]) => (p === q && low >= 0 ? ends([low ** p, high ** p]) : anything),
  neg: negated,
  exp: growing(Math.exp),
  log: ([low, high]) => (low < 0 ? anything : [Math.log(low), Math.log(high)]),
  sqrt: ([low, high]) => (low < 0 ? anything : [Math.sqrt(low), Math.sqrt(high)]),
  abs: ([low, high]) => [
    low <= 0 && high >= 0 ? 0 : Math.min(Math.abs(low), Math.abs(high)),
    Math.max(Math.abs(low), Math.abs(high)),
  ],
  min: ([a, b], [c, d]) => [Math.min(a, c), Math.min(b, d)],
  max: ([a, b], [c, d]) => [Math.max(a, c), Math.max(b, d)],
  floor: growing(Math.floor),
  tanh: growing(Math.tanh),
  sigmoid: growing((x) => 1 / (1 + Math.exp(-x))),
  sin: () => [-1, 1],
  cos: () => [-1, 1],
  less: () => truth,
  equal: () => truth,
  and: () => truth,
  or: () => truth,
  not: () => truth,
  select: (_, a, b) => ends([...a, ...b]),
};

/** The bounds of an expression, over all times: `progress` is in [0, 1], counts are not negative. */
export function boundsOf(expr: HostExpr): Interval {
  if (typeof expr === 'number') return Number.isNaN(expr) ? anything : [expr, expr];
  if ('time' in expr) return expr.time === 'progress' ? [0, 1] : [0, Infinity];
  if ('applied' in expr) return [0, Infinity];
  if ('set' in expr) return anything;
  const found = rules[expr.op](...expr.args.map(boundsOf));
  return found.some(Number.isNaN) ? anything : found;
}
