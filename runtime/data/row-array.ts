/**
 * What a source reads of a file of arrays, whichever format it has: rows of one array, all at once or some at a time. A format is one
 * object; array-source.ts makes a source of it.
 */
import type { NpyArray, NpyData } from '../formats/npy.ts';
import type { RowRange } from './source.ts';

/** An array of which the sizes are known. What reads its numbers throws FileError. */
export interface RowArray {
  readonly name: string;
  /** `array x`, for the errors. */
  readonly called: string;
  readonly shape: readonly number[];
  /** Room for so many of its numbers. */
  make(length: number): NpyData;
  /** All rows, in memory. */
  all(): NpyArray;
  /** All rows in C order, some at a time, each part until the next is asked for. `room`: bytes that are written of them. */
  rows(room: number): AsyncIterable<NpyArray>;
  /** Some rows by themselves; where they can be found, no more is read than stands up to there. */
  between(rows: RowRange): Promise<NpyArray>;
}

export interface ArrayFormat {
  /** As the source is called. */
  readonly name: string;
  readonly doc: string;
  /** What its file and its arrays are, for the parameters. */
  readonly file: string;
  readonly array: string;
  /** Throws FileError where it isn't there, or can't be what it says. */
  open(path: string, name: string): RowArray;
}
