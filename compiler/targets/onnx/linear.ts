/**
 * Sums of full tensors times small ones, kept unmade. A batch norm and its gradient are chains of passes over the same
 * tensor, each by a number or a row of channels; as Σ factorᵢ·baseᵢ + constant the small factors are multiplied with each
 * other, and the tensor is passed over once, when something that isn't linear asks for it.
 * In: operands as values. Out: a value whose name is made on demand.
 */
import { arrange, guess, reshape, samePermutation, scalar } from './value.ts';
import type { Factor, Linear, Permutation, Place, Term, Value } from './value.ts';
import type { Shape } from '../../ir/dim.ts';

export const one: Factor = { scale: 1 };
const isPlain = ({ scale, small }: Factor): boolean => small === undefined && scale === 1;

/** Elementwise arithmetic of two small tensors: as stored, each axis of size 1 broadcast. */
function smallOp(p: Place, op: string, a: Value, b: Value): Value {
  if (a.stored.length === 0 || b.stored.length === 0) {
    const { perm, stored } = a.stored.length === 0 ? b : a;
    return { name: p.w.node(op, [a.name, b.name]), perm, stored };
  }
  const name = p.w.node(op, [a.name, arrange(p, b, a.perm).name]);
  return { name, perm: a.perm, stored: a.stored.map((dim, i) => (dim === 1 ? b.stored[i] : dim)) };
}

const number = (p: Place, value: number): Value => ({ name: scalar(p, value), perm: [], stored: [] });

export function times(p: Place, a: Factor, b: Factor): Factor {
  const scale = a.scale * b.scale;
  const small = a.small && b.small ? smallOp(p, 'Mul', a.small, b.small) : (a.small ?? b.small);
  return small === undefined ? { scale } : { scale, small };
}

export function over(p: Place, a: Factor, b: Factor): Factor {
  const scale = a.scale / b.scale;
  if (b.small === undefined) return { ...a, scale };
  return { scale, small: smallOp(p, 'Div', a.small ?? number(p, 1), b.small) };
}

function plus(p: Place, a: Factor, b: Factor): Factor {
  if (a.small === undefined && b.small === undefined) return { scale: a.scale + b.scale };
  if (a.small === b.small) return { scale: a.scale + b.scale, small: a.small };
  if (a.scale === 1 && b.scale === -1)
    return { scale: 1, small: smallOp(p, 'Sub', made(p, { ...a, scale: 1 }), made(p, { ...b, scale: 1 })) };
  return { scale: 1, small: smallOp(p, 'Add', made(p, a), made(p, b)) };
}

/** The factor as a tensor. */
export function made(p: Place, { scale, small }: Factor): Value {
  if (small === undefined) return number(p, scale);
  if (scale === -1) return { ...small, name: p.w.node('Neg', [small.name]) };
  return scale === 1 ? small : smallOp(p, 'Mul', small, number(p, scale));
}

export const negated = (factor: Factor): Factor => ({ ...factor, scale: -factor.scale });

export function sumOf(p: Place, a: Linear, b: Linear): Linear {
  const terms = [...a.terms];
  for (const term of b.terms) {
    const at = terms.findIndex(({ base }) => base.name === term.base.name);
    if (at < 0) terms.push(term);
    else terms[at] = { base: term.base, factor: plus(p, terms[at].factor, term.factor) };
  }
  const constant = a.constant && b.constant ? plus(p, a.constant, b.constant) : (a.constant ?? b.constant);
  return constant === undefined ? { terms } : { terms, constant };
}

export function scaled(linear: Linear, change: (factor: Factor) => Factor): Linear {
  const terms = linear.terms.map((term) => ({ ...term, factor: change(term.factor) }));
  return linear.constant === undefined ? { terms } : { terms, constant: change(linear.constant) };
}

/** How many passes over the tensor it takes to make it. */
export const parts = (linear: Linear): number =>
  linear.terms.length + (linear.constant === undefined ? 0 : 1);

/** A value that is made when its name is first read, in the layout `perm`. */
export function linearValue(p: Place, linear: Linear, perm: Permutation, shape: Shape): Value {
  let name: string | undefined;
  return {
    get name() {
      return (name ??= materialised(p, linear, perm));
    },
    perm,
    stored: shape,
    linear,
  };
}

function materialised(p: Place, { terms, constant }: Linear, perm: Permutation): string {
  const laid = (value: Value): string =>
    value.stored.length === 0 ? value.name : arrange(p, value, perm).name;
  const row = constant === undefined ? undefined : biased(p, terms, constant, perm);
  if (row !== undefined) return row;
  const total = sumOfTerms(p, terms, laid);
  if (constant === undefined || (constant.small === undefined && constant.scale === 0)) return total;
  const minus = constant.scale < 0;
  return p.w.node(minus ? 'Sub' : 'Add', [total, laid(made(p, minus ? negated(constant) : constant))]);
}

/** The sum as a product that adds a row by itself, if it is that product and a row of channels. */
function biased(p: Place, terms: readonly Term[], constant: Factor, perm: Permutation): string | undefined {
  const [{ base, factor, alone }] = terms;
  const { small } = constant;
  if (terms.length > 1 || !isPlain(factor) || !alone || base.biased === undefined) return undefined;
  if (small === undefined || small.stored.length === 0 || !samePermutation(base.perm, perm)) return undefined;
  const last = perm[perm.length - 1];
  if (small.stored.some((dim, axis) => axis !== last && dim !== 1)) return undefined;
  return base.biased(reshape(p, made(p, constant).name, [small.stored[last]]));
}

function sumOfTerms(p: Place, terms: readonly Term[], laid: (value: Value) => string): string {
  const [first] = terms;
  // A factor that all have is multiplied once.
  const common = terms.length > 1 && terms.every(({ factor }) => sameFactor(factor, first.factor));
  if (common && !isPlain(first.factor)) {
    const sum = terms.map(({ base }) => laid(base)).reduce((a, b) => p.w.node('Add', [a, b]));
    return product(p, sum, first.factor, laid);
  }
  // Positive terms first, so that the rest can be subtracted.
  const sorted = [...terms].sort((a, b) => Number(a.factor.scale < 0) - Number(b.factor.scale < 0));
  const head = product(p, laid(sorted[0].base), sorted[0].factor, laid);
  return sorted.slice(1).reduce((total, { base, factor }) => {
    const minus = factor.scale < 0;
    return p.w.node(minus ? 'Sub' : 'Add', [
      total,
      product(p, laid(base), minus ? negated(factor) : factor, laid),
    ]);
  }, head);
}

const sameFactor = (a: Factor, b: Factor): boolean => a.scale === b.scale && a.small?.name === b.small?.name;

function product(p: Place, base: string, factor: Factor, laid: (value: Value) => string): string {
  if (isPlain(factor)) return base;
  if (factor.small === undefined && factor.scale === -1) return p.w.node('Neg', [base]);
  return p.w.node('Mul', [base, laid(made(p, factor))]);
}

/** Small beside a tensor of `shape`: a number, a row of channels. */
export const isSmall = (value: Value, shape: Shape): boolean =>
  value.stored.length === 0 || guess(value.stored) * 16 <= guess(shape);

/** Whether the factor is the same all along the axes of a tensor. */
export const constantAlong = ({ small }: Factor, axes: readonly number[]): boolean =>
  small === undefined || small.stored.length === 0 || axes.every((axis) => small.stored[axis] === 1);
