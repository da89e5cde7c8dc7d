/**
 * Class numbers as arrays have them: one a row, or one-hot rows. In: an array's sizes and numbers, all or some rows of them. Out: a
 * class for each row, checked; and of rows that come a part at a time, how many each class has.
 */
import { FileError } from '../formats/file-error.ts';
import type { IdxData } from '../formats/idx.ts';
import type { NpyData } from '../formats/npy.ts';
import { checkLabels } from './labels.ts';
import type { RowRange } from './source.ts';

export interface ClassArray {
  /** For the errors: the file, and which of its arrays. */
  readonly path: string;
  readonly shape: readonly number[];
  readonly classes: number;
}

/** Numbers of class arrays. */
export type ClassCells = NpyData | IdxData;

const isOneHot = ({ shape, classes }: ClassArray): boolean => shape.length === 2 && shape[1] === classes;

/** Throws FileError unless there is a class for each of so many rows. */
export function requireClasses(array: ClassArray, rows: number): void {
  const count = isOneHot(array) ? array.shape[0] : array.shape.reduce((a, b) => a * b, 1);
  if (count !== rows) throw new FileError(array.path, null, `${count} labels for ${rows} rows`);
}

/** Class numbers as they are; of one-hot rows, where the 1 is. `before`: rows of the array that stand before these. Throws FileError. */
export function classNumbers(data: ClassCells, array: ClassArray, before = 0): ArrayLike<number> {
  const { path, classes } = array;
  if (!isOneHot(array)) return checkLabels(data, classes, path, before);
  return Uint32Array.from({ length: data.length / classes }, (_, row) => {
    const cells = data.subarray(row * classes, (row + 1) * classes);
    const at = cells.indexOf(1);
    if (at >= 0 && cells.every((cell, i) => cell === Number(i === at))) return at;
    throw new FileError(
      path,
      `row ${before + row}`,
      `[${cells.slice(0, 8).join(', ')}${classes > 8 ? ', …' : ''}] is not one-hot: a single 1 among zeros`,
    );
  });
}

export interface CountedClasses {
  /** How many rows of the range each class has. */
  readonly counts: readonly number[];
  /** The classes of its first rows. */
  readonly first: Uint32Array;
}

/** Goes through the numbers of all rows, of which no more than the `first` are kept. Rejects with FileError. */
export async function countClasses(
  parts: AsyncIterable<ClassCells>,
  array: ClassArray,
  { from, to }: RowRange,
  first: number,
): Promise<CountedClasses> {
  const counts = new Array<number>(array.classes).fill(0);
  const kept = new Uint32Array(first);
  let row = 0;
  for await (const part of parts) {
    const labels = classNumbers(part, array, row);
    for (let i = 0; i < labels.length; i++, row++) {
      if (row < from || row >= to) continue;
      counts[labels[i]]++;
      if (row - from < first) kept[row - from] = labels[i];
    }
  }
  return { counts, first: kept };
}
