/**
 * An array of numbers that is read some at a time, so that it may be larger than memory. In: a .npy file's path, or what npz.ts
 * found in an archive. Out: its numbers as they stand in the file, or its rows.
 */
import { inFile } from './file-bytes.ts';
import { npyHeader, numbersInto, requireLength } from './npy.ts';
import type { NpyArray, NpyData, NpyHeader } from './npy.ts';
import { filePieces, rowPieces } from './row-pieces.ts';

/** An array of a file, of which the sizes are known. */
export interface StoredArray {
  readonly path: string;
  readonly header: NpyHeader;
  /** Bytes of the .npy file. */
  readonly size: number;
  /** Where in the file of the path it begins; null: there it is compressed. */
  readonly at: number | null;
  /** The bytes of the .npy file, each piece until the next is asked for. They reject with FileError where they are damaged. */
  pieces(): AsyncIterable<Uint8Array>;
}

/** Bytes that hold the header of any array: a name and sizes. */
const headerLength = 2 ** 16;

/** The array of a .npy file. Throws FileError where it can't be what it says. */
export function npyFile(path: string): StoredArray {
  const [start, length] = inFile(path, (bytes) => [bytes.slice(0, headerLength), bytes.length]);
  const header = npyHeader(start, path);
  requireLength(header, length, path);
  return { path, header, size: length, at: 0, pieces: () => filePieces(path) };
}

/** Numbers in a row, of rows first. */
const widthOf = ({ header }: StoredArray): number => header.shape.slice(1).reduce((a, b) => a * b, 1);

/** All numbers in the order in which they stand in the file, some rows' worth at a time, each until the next is asked for. */
export async function* arrayNumbers(array: StoredArray): AsyncGenerator<NpyData> {
  const { type, start } = array.header;
  // One for all parts: what a part leaves behind outside of the heap is collected late.
  let all = type.make(0);
  for await (const bytes of rowPieces(array.pieces(), start, Math.max(1, widthOf(array)) * type.size)) {
    const length = bytes.length / type.size;
    if (all.length < length) all = type.make(length);
    yield numbersInto(all.subarray(0, length), bytes, array.header);
  }
}

/** All rows of an array in C order, some at a time, each part until the next is asked for. Rejects with FileError. */
export async function* arrayRows(array: StoredArray): AsyncGenerator<NpyArray> {
  const [, ...sizes] = array.header.shape;
  for await (const data of arrayNumbers(array))
    yield { shape: [data.length / widthOf(array), ...sizes], data };
}
