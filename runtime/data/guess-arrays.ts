/**
 * What arrays of a file may be read as. In: each array's sizes, and its numbers, some at a time. Out: a sentence about each, and
 * the source that reads the largest one, with labels where another is made of class numbers. Of an array the first numbers are read; of
 * one that may be labels all, for its classes.
 */
import { FileError } from '../formats/file-error.ts';
import type { Guess } from './guess.ts';
import { mostClasses } from './labels.ts';

export interface ListedArray {
  readonly shape: readonly number[];
  /** Whether its numbers are bytes. */
  readonly ofBytes: boolean;
  /** All of them, some at a time. Reject with FileError. */
  numbers(): AsyncIterable<ArrayLike<number>>;
}

/** So many numbers of an array are looked at, about. */
const most = 2 ** 22;

export const times = (shape: readonly number[]): string => shape.join(' × ');
/** As a spec has it. */
export const quoted = (text: string): string => JSON.stringify(text);

/** `x: 70000 × 28 × 28, bytes from 0 to 255`, or what is told of the first of more numbers. Rejects with FileError. */
export async function arrayFact(name: string, array: ListedArray): Promise<string> {
  const { shape, ofBytes } = array;
  const all = shape.reduce((a, b) => a * b, 1);
  let [low, high, seen] = [Infinity, -Infinity, 0];
  if (all > 0)
    for await (const part of array.numbers()) {
      for (let i = 0; i < part.length; i++) [low, high] = [Math.min(low, part[i]), Math.max(high, part[i])];
      if ((seen += part.length) >= most) break;
    }
  const range = all === 0 ? '' : `${seen < all ? `, the first ${seen}` : ''} from ${low} to ${high}`;
  return `${name}: ${times(shape) || 'one number'}, ${ofBytes ? 'bytes' : 'numbers'}${range}`;
}

/** How many classes an array has that holds class numbers; null: it doesn't. Rejects with FileError. */
async function classesIn(array: ListedArray): Promise<number | null> {
  let top = 0;
  for await (const part of array.numbers())
    for (let i = 0; i < part.length; i++) {
      if (!(Number.isInteger(part[i]) && part[i] >= 0 && part[i] < mostClasses)) return null;
      top = Math.max(top, part[i]);
    }
  return top + 1;
}

type Named = readonly [string, ListedArray];

interface Facts {
  readonly facts: readonly string[];
  readonly whole: readonly Named[];
  /** The first reason why one can't be read. */
  readonly broken: FileError | null;
}

/** A sentence about each; one that can't be read is no reason not to show the others. */
async function factsOf(arrays: ReadonlyMap<string, ListedArray>): Promise<Facts> {
  const [facts, whole]: [string[], Named[]] = [[], []];
  let broken: FileError | null = null;
  for (const [name, array] of arrays)
    try {
      facts.push(await arrayFact(name, array));
      whole.push([name, array]);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      broken ??= error;
      facts.push(error.message);
    }
  return { facts, whole, broken };
}

interface LabelArray {
  readonly name: string;
  readonly classes: number;
}

/** Of more rows no labels are looked for: they are held in memory. */
const mostLabels = 2 ** 30;

/** The first array beside the chosen one that holds a class number for each of its rows. */
async function labelsFor(arrays: Iterable<Named>, chosen: string, rows: number): Promise<LabelArray | null> {
  for (const [name, array] of arrays) {
    if (name === chosen || array.shape.join() !== `${rows}` || rows > mostLabels) continue;
    const classes = await classesIn(array);
    if (classes !== null) return classes > 1 ? { name, classes } : null;
  }
  return null;
}

/** Rows of the largest array that the source reads, and labels where one other array is made of class numbers. */
export async function guessArrays(
  path: string,
  arrays: ReadonlyMap<string, ListedArray>,
  source: 'npz' | 'hdf5',
): Promise<Guess> {
  const { facts, whole, broken } = await factsOf(arrays);
  if (whole.length === 0 && broken !== null) throw broken;
  const size = ([, { shape }]: Named): number => shape.reduce((a, b) => a * b, 1);
  const readable = whole.filter(
    ([, { shape }]) => shape.length >= 2 && shape.length <= 4 && shape.every((size) => size > 0),
  );
  const [chosen] = readable.sort((a, b) => size(b) - size(a));
  if (chosen === undefined) return { facts, line: null };
  const [name, { shape, ofBytes }] = chosen;
  const hints: string[] = [];
  const label = await labelsFor(whole, name, shape[0]);
  if (shape.length === 4 && shape[3] <= 4 && shape[1] > 4)
    hints.push(
      `${name} has its channels last, where ${source}(...) takes them first: np.moveaxis(${name}, -1, 1)`,
    );
  return {
    facts: [...facts, ...hints],
    line:
      `${source}(${quoted(path)}, values: ${quoted(name)}, shape: [${shape.slice(1).join(', ')}]` +
      (ofBytes ? ', range: [0, 1]' : '') +
      (label === null ? ')' : `, label: ${quoted(label.name)}, labels: ${label.classes})`),
  };
}
