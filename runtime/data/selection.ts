/**
 * Parts of a data set: a balanced few of its rows (`examples: 100`). In: the labels of all rows. Out: the chosen
 * rows, in the set's order, the same for the same seed.
 */
import type { ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { permutation } from '../random.ts';
import { count, countOrNull } from './arguments.ts';
import type { RowRange } from './source.ts';

export const exampleParams: readonly ParamSpec[] = [
  { name: 'examples', type: 'int', default: null, doc: 'keep only so many rows, equally many of each class' },
  { name: 'seed', type: 'int', default: 0, doc: 'which rows `examples` keeps' },
];

/** Throws if `examples` isn't a multiple of the number of classes: what can be said without the files. */
export function checkExamples(args: SourceArguments, classes: number): void {
  count(args, 'seed', 0);
  const wanted = countOrNull(args, 'examples', 1);
  if (wanted !== null && wanted % classes !== 0) {
    throw new Error(
      `examples: ${wanted} can't be balanced over ${classes} classes; take a multiple of ${classes}`,
    );
  }
}

/** The rows that `examples` keeps of those in `rows`; all of them where it isn't given. */
export function balanced(
  args: SourceArguments,
  rows: Uint32Array,
  labels: ArrayLike<number>,
  classes: number,
): Uint32Array {
  const wanted = countOrNull(args, 'examples', 1);
  if (wanted === null) return rows;
  const left = new Array<number>(classes).fill(wanted / classes);
  const order = permutation(count(args, 'seed', 0), 'examples', 0, rows.length);
  const kept = Array.from(order, (at) => rows[at]).filter((row) => left[labels[row]]-- > 0);
  const short = left.findIndex((missing) => missing > 0);
  if (short >= 0) {
    throw new Error(
      `examples: ${wanted} needs ${wanted / classes} of class ${short}, there are ${wanted / classes - left[short]}`,
    );
  }
  return Uint32Array.from(kept).sort();
}

export const rangeParams: readonly ParamSpec[] = [
  { name: 'skip', type: 'int', default: 0, doc: 'leave out so many rows at the start' },
  { name: 'take', type: 'int', default: null, doc: 'and after them keep at most so many' },
];

/** Throws on a negative `skip` or a `take` of nothing. */
export function checkRange(args: SourceArguments): void {
  count(args, 'skip', 0);
  countOrNull(args, 'take', 1);
}

/** The rows that `skip` and `take` leave of `total`, from one to before another; throws if there are none. */
export function rangeOf(args: SourceArguments, total: number): RowRange {
  const skip = count(args, 'skip', 0);
  const take = countOrNull(args, 'take', 1) ?? total;
  const length = Math.max(0, Math.min(take, total - skip));
  if (length === 0) throw new Error(`skip: ${skip} leaves nothing of ${total} rows`);
  return { from: skip, to: skip + length };
}

/** The same rows, each by its number. */
export function rangeRows(args: SourceArguments, total: number): Uint32Array {
  const { from, to } = rangeOf(args, total);
  return Uint32Array.from({ length: to - from }, (_, i) => from + i);
}
