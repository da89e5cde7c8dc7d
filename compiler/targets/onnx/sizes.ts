/**
 * Symbolic sizes at run time: `N` and `T` are read from the shape of some graph input that has them.
 * In: Dims. Out: names of int64 tensors, constant where the size is a number.
 */
import { isKnown, printDim, substituteDim, symbolsOf } from '../../ir/dim.ts';
import type { Dim, Shape } from '../../ir/dim.ts';
import { entryOf } from '../../ir/entries.ts';
import type { GraphWriter } from './writer.ts';

export interface Symbols {
  /** For each symbol, the name of an int64 tensor of shape [1] that holds it. */
  readonly names: ReadonlyMap<string, string>;
  /** Symbols that stand for other sizes: a scan's rows, inside its body. */
  readonly known: Readonly<Record<string, Dim>>;
}

/** Finds every symbol in the shapes of the graph's inputs; a size such as 2*N + 1 is solved for N. */
export function readSymbols(w: GraphWriter, inputs: readonly { name: string; shape: Shape }[]): Symbols {
  const found = new Map<string, string>();
  // Plain symbols first: they need no arithmetic.
  for (const plain of [true, false]) {
    for (const { name, shape } of inputs) {
      shape.forEach((dim, axis) => {
        if (typeof dim === 'number') return;
        const [key, ...more] = Object.keys(dim.terms);
        if (more.length > 0 || key.includes('*') || found.has(key) || plain !== (printDim(dim) === key))
          return;
        const size = w.node('Shape', [name], { start: axis, end: axis + 1 });
        found.set(key, solve(w, size, dim.terms[key], dim.constant));
      });
    }
  }
  return { names: found, known: {} };
}

function solve(w: GraphWriter, size: string, coefficient: number, constant: number): string {
  const rest = constant === 0 ? size : w.node('Sub', [size, whole(w, [constant])]);
  return coefficient === 1 ? rest : w.node('Div', [rest, whole(w, [coefficient])]);
}

/** An int64 vector. */
export const whole = (w: GraphWriter, values: ArrayLike<number>): string =>
  w.constant('int64', [values.length], values);

/** A size as an int64 tensor of shape [1]. Throws if no input has one of its symbols: the emitter was given too few. */
export function size(w: GraphWriter, { names, known }: Symbols, given: Dim): string {
  const dim = substituteDim(given, known);
  if (typeof dim === 'number') return whole(w, [dim]);
  const missing = symbolsOf(dim).find((name) => !names.has(name));
  if (missing !== undefined)
    throw new Error(`no input of the graph has the size ${missing} of ${printDim(dim)}`);
  const terms = Object.entries(dim.terms).map(([key, coefficient]) => {
    const factors = key.split('*').map((name) => entryOf(names, name));
    const product = factors.reduce((a, b) => w.node('Mul', [a, b]));
    return coefficient === 1 ? product : w.node('Mul', [product, whole(w, [coefficient])]);
  });
  const sum = terms.reduce((a, b) => w.node('Add', [a, b]));
  return dim.constant === 0 ? sum : w.node('Add', [sum, whole(w, [dim.constant])]);
}

/** The sizes with the symbols replaced that stand for others. */
export const resolve = ({ known }: Symbols, shape: Shape): Dim[] =>
  shape.map((dim) => substituteDim(dim, known));

/** Sizes as an int64 vector. */
export function sizes(w: GraphWriter, symbols: Symbols, shape: Shape): string {
  const known = resolve(symbols, shape);
  if (isKnown(known)) return whole(w, known);
  const parts = shape.map((dim) => size(w, symbols, dim));
  return parts.length === 1 ? parts[0] : w.node('Concat', parts, { axis: 0 });
}
