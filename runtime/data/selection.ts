/**
 * Parts of a data set: rows of some classes (`only: [0, 1]`, `without: [9]`), a balanced few of its rows (`examples: 100`). In: the labels of
 * all rows. Out: the chosen rows, in the set's order, the same for the same seed.
 */
import type { ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { permutation } from '../random.ts';
import { count, countOrNull } from './arguments.ts';
import type { RowRange } from './source.ts';

export const exampleParams: readonly ParamSpec[] = [
  { name: 'examples', type: 'int', default: null, doc: 'keep only so many rows, equally many of each class' },
  { name: 'seed', type: 'int', default: 0, doc: 'which rows `examples` keeps' },
];

/** Where classes are numbers. */
export const classParams: readonly ParamSpec[] = [
  {
    name: 'only',
    type: 'reals',
    default: null,
    doc: 'keep the rows of these classes alone, [0, 1]; labels stay what they are',
  },
  { name: 'without', type: 'reals', default: null, doc: 'leave out the rows of these classes' },
];

/** The numbers that choose classes, for the hash of a set: none where all are kept. */
export const choiceOfClasses = ({ only, without }: SourceArguments): readonly unknown[] =>
  (only ?? null) === null && (without ?? null) === null ? [] : [only, without];

/** The classes whose rows are kept, in ascending order; null: all. Throws where they name no class, or one twice. */
export function classesKept(args: SourceArguments, classes: number): readonly number[] | null {
  const [only, without] = ['only', 'without'].map((name) => classesNamed(args, name, classes));
  if (only !== null && without !== null)
    throw new Error('only and without: one of them says which classes there are');
  if (without === null) return only;
  const kept = Array.from({ length: classes }, (_, i) => i).filter((one) => !without.includes(one));
  if (kept.length === 0) throw new Error('without: leaves no class');
  return kept;
}

function classesNamed(args: SourceArguments, name: string, classes: number): readonly number[] | null {
  const value = args[name];
  if (value === null || value === undefined) return null;
  const given = [value].flat().map(Number);
  const odd = given.find((one) => !Number.isInteger(one) || one < 0 || one >= classes);
  if (odd !== undefined) throw new Error(`${name}: ${odd} is no class; they are 0 to ${classes - 1}`);
  if (given.length === 0) throw new Error(`${name} names at least one class`);
  if (new Set(given).size < given.length) throw new Error(`${name} names a class twice`);
  return given.toSorted((a, b) => a - b);
}

/** Throws if `examples` isn't a multiple of the number of classes: what can be said without the files. */
export function checkExamples(args: SourceArguments, classes: number): void {
  count(args, 'seed', 0);
  const number = classesKept(args, classes)?.length ?? classes;
  const wanted = countOrNull(args, 'examples', 1);
  if (wanted !== null && wanted % number !== 0) {
    throw new Error(
      `examples: ${wanted} can't be balanced over ${number} classes; take a multiple of ${number}`,
    );
  }
}

/** The rows that `only`, `without` and `examples` keep of those in `rows`; all of them where none is given. */
export function selected(
  args: SourceArguments,
  rows: Uint32Array,
  labels: ArrayLike<number>,
  classes: number,
): Uint32Array {
  const chosen = classesKept(args, classes);
  const kept = chosen ?? Array.from({ length: classes }, (_, i) => i);
  const of = chosen === null ? rows : rows.filter((row) => kept.includes(labels[row]));
  if (chosen !== null && of.length === 0) throw new Error(`no row is of the classes ${kept.join(', ')}`);
  const wanted = countOrNull(args, 'examples', 1);
  return wanted === null ? of : balanced(of, labels, kept, wanted, count(args, 'seed', 0));
}

function balanced(
  rows: Uint32Array,
  labels: ArrayLike<number>,
  classes: readonly number[],
  wanted: number,
  seed: number,
): Uint32Array {
  const each = wanted / classes.length;
  const left = new Map(classes.map((one) => [one, each]));
  const order = permutation(seed, 'examples', 0, rows.length);
  const taken = Array.from(order, (at) => rows[at]).filter((row) => {
    const missing = left.get(labels[row]) ?? 0;
    left.set(labels[row], missing - 1);
    return missing > 0;
  });
  for (const [one, missing] of left)
    if (missing > 0)
      throw new Error(`examples: ${wanted} needs ${each} of class ${one}, there are ${each - missing}`);
  return Uint32Array.from(taken).sort();
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
