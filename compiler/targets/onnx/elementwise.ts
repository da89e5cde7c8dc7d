/**
 * Elementwise primitives: one ONNX node each, on operands brought into one layout and left to ONNX's broadcasting.
 * In: a node whose operands have values. Out: its value, laid out as most of the operands are.
 */
import { sameShape } from '../../ir/dim.ts';
import type { Dim, Shape } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { erf64 } from './erf.ts';
import type { Emission } from './emission.ts';
import { isSmall, linearValue, negated, one, over, parts, scaled, sumOf, times } from './linear.ts';
import { alike, arrange, channelsLast, guess, identity, samePermutation, scalar } from './value.ts';
import type { Factor, Linear, Permutation, Term, Value } from './value.ts';

type Row = (e: Emission, node: Node) => Value;

const moved = (value: Value, perm: Permutation): boolean => {
  const large = (order: Permutation): string => order.filter((axis) => value.stored[axis] !== 1).join();
  return large(value.perm) !== large(perm);
};

/** The order of axes that has the least to transpose; the graph's own where nothing speaks against it. */
export function commonOrder(values: readonly Value[], rank: number): Permutation {
  const cost = (perm: Permutation): number =>
    values.reduce((sum, value) => sum + (moved(value, perm) ? guess(value.stored) : 0), 0);
  // On equal terms images lie channels last, matrices as they are.
  const usual = rank > 2 ? channelsLast(rank) : identity(rank);
  const orders = [usual, identity(rank), ...values.map((value) => value.perm)];
  const used = orders.filter(
    (perm, i) => i === 1 || values.some((value) => samePermutation(value.perm, perm)),
  );
  return used.reduce((best, perm) => (cost(perm) < cost(best) ? perm : best));
}

/** The sum that a value is; a tensor by itself is the sum of one. A sum with other users is made once for all. */
function linearOf(e: Emission, node: Node, shape: Shape): Linear {
  const value = e.value(node);
  if (isSmall(value, shape)) {
    return {
      terms: [],
      constant:
        node.op === 'constant' && node.shape.length === 0
          ? { scale: node.attrs.values[0] }
          : { scale: 1, small: value },
    };
  }
  if (value.linear !== undefined && (parts(value.linear) === 1 || e.users(node) === 1)) return value.linear;
  return { terms: [{ base: value, factor: one, alone: e.alone(node) }] };
}

/** Arithmetic on sums where it pays: a tensor that is large beside some operand's factors. */
function linearly(
  e: Emission,
  node: Node,
  combine: (a: Linear, b: Linear) => Linear | undefined,
): Value | undefined {
  if (node.shape.length === 0 || guess(node.shape) < 4096) return undefined;
  const [a, b] = node.inputs.map((input) => linearOf(e, input, node.shape));
  const result = combine(a, b);
  if (result === undefined || result.terms.length === 0) return undefined;
  // A base that isn't stored whole would need its broadcast made first.
  const whole = result.terms.every(({ base }) => sameShape(base.stored, node.shape));
  if (!whole) return undefined;
  const perm = commonOrder(
    result.terms.map(({ base }) => base),
    node.shape.length,
  );
  return linearValue(e, result, perm, node.shape);
}

function orElementwise(
  op: string,
  combine: (e: Emission, node: Node) => (a: Linear, b: Linear) => Linear | undefined,
): Row {
  const plainRow = elementwise(op);
  return (e, node) => linearly(e, node, combine(e, node)) ?? plainRow(e, node);
}

export const add = orElementwise('Add', (e) => (a, b) => sumOf(e, a, b));
export const sub = orElementwise('Sub', (e) => (a, b) => sumOf(e, a, scaled(b, negated)));
export const neg: Row = (e, node) =>
  linearly(e, { ...node, inputs: [node.inputs[0], node.inputs[0]] }, (a) => scaled(a, negated)) ??
  elementwise('Neg')(e, node);

const factorOf = (linear: Linear): Factor | undefined =>
  linear.terms.length === 0 ? linear.constant : undefined;

/** The only term, or the sum made. */
function single(e: Emission, node: Node, linear: Linear): Term {
  if (linear.terms.length === 1 && linear.constant === undefined) return linear.terms[0];
  return { base: e.value(node), factor: one };
}

/** A node on the bases of two tensors; their factors stay outside. */
function onBases(e: Emission, node: Node, op: string, a: Term, b: Term): Value {
  const perm = commonOrder([a.base, b.base], node.shape.length);
  const names = [a.base, b.base].map((base) => arrange(e, base, perm).name);
  return { name: e.w.node(op, names), perm, stored: node.shape };
}

export const mul = orElementwise('Mul', (e, node) => (a, b) => {
  const [fa, fb] = [factorOf(a), factorOf(b)];
  if (fb !== undefined) return scaled(a, (factor) => times(e, factor, fb));
  if (fa !== undefined) return scaled(b, (factor) => times(e, factor, fa));
  const [ta, tb] = [single(e, node.inputs[0], a), single(e, node.inputs[1], b)];
  return { terms: [{ base: onBases(e, node, 'Mul', ta, tb), factor: times(e, ta.factor, tb.factor) }] };
});

export const div = orElementwise('Div', (e, node) => (a, b) => {
  const [fa, fb] = [factorOf(a), factorOf(b)];
  if (fb !== undefined) return scaled(a, (factor) => over(e, factor, fb));
  if (fa !== undefined) return undefined;
  const [ta, tb] = [single(e, node.inputs[0], a), single(e, node.inputs[1], b)];
  return { terms: [{ base: onBases(e, node, 'Div', ta, tb), factor: over(e, ta.factor, tb.factor) }] };
});

/** Operands in one layout (those of rank 0 as they are), and the layout of what an elementwise node makes of them. */
function aligned(e: Emission, node: Node): { operands: Value[]; perm: Permutation; stored: Dim[] } {
  const given = node.inputs.map((input) => e.value(input));
  const full = given.filter((value) => value.stored.length > 0);
  const perm = commonOrder(full, node.shape.length);
  const operands = given.map((value) => (value.stored.length > 0 ? arrange(e, value, perm) : value));
  const stored = node.shape.map(
    (_, axis) => full.find((value) => value.stored[axis] !== 1)?.stored[axis] ?? 1,
  );
  return { operands, perm, stored };
}

export function elementwise(op: string): Row {
  return (e, node) => {
    const { operands, perm, stored } = aligned(e, node);
    return {
      name: e.w.node(
        op,
        operands.map((value) => value.name),
      ),
      perm,
      stored,
    };
  };
}

export function comparison(op: string): Row {
  return (e, node) => {
    const { operands, perm, stored } = aligned(e, node);
    const truth = e.w.node(
      op,
      operands.map((value) => value.name),
    );
    return { name: e.w.node('Cast', [truth], { to: e.float === 'float32' ? 1 : 11 }), perm, stored, truth };
  };
}

const BOOL = 9;

export const select: Row = (e, node) => {
  const { operands, perm, stored } = aligned(e, node);
  const [c, a, b] = operands;
  const truth = c.truth ?? e.w.node('Cast', [c.name], { to: BOOL });
  return { name: e.w.node('Where', [truth, a.name, b.name]), perm, stored };
};

export const erf: Row = (e, node) => {
  const x = e.value(node.inputs[0]);
  return alike(x, e.float === 'float32' ? e.w.node('Erf', [x.name]) : erf64(e, x.name));
};

/** Where there is no Sign: 1 above 0, -1 below, and what is neither (0, NaN) stays as it is. */
export const sign: Row = (e, node) => {
  if (!e.lacks('Sign')) return elementwise('Sign')(e, node);
  const x = e.value(node.inputs[0]);
  const [zero, one, minus] = [0, 1, -1].map((value) => scalar(e, value));
  const below = e.w.node('Where', [e.w.node('Less', [x.name, zero]), minus, x.name]);
  return alike(x, e.w.node('Where', [e.w.node('Less', [zero, x.name]), one, below]));
};

export const unchanged: Row = (e, node) => e.value(node.inputs[0]);
