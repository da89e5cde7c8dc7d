/**
 * Rows of arrays in Fortran order, which lie all over the file: they are transposed by blocks. In: an array whose columns are read
 * from a file in stretches, of as many rows as a block of memory holds; or one that is compressed, which is gone through once. Out:
 * rows in C order.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { FileError, reading } from './file-error.ts';
import { fortranColumns, numbersInto } from './npy.ts';
import type { NpyArray, NpyHeader } from './npy.ts';
import { arrayNumbers } from './stored-array.ts';
import type { StoredArray } from './stored-array.ts';

/** A .npy file that begins at a byte of a file. */
export interface PlainNpy {
  readonly path: string;
  readonly at: number;
  readonly header: NpyHeader;
}

/** Rows from one to before another. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * The rows, a block at a time, until the next is asked for. `most`: bytes of a block, as far as a row isn't larger. Throws FileError
 * where the file ends before them.
 */
export function* columnRows(array: PlainNpy, { from, to }: Range, most: number): Generator<NpyArray> {
  const { type, shape } = array.header;
  const columns = fortranColumns(shape);
  const fitting = Math.floor(most / (Math.max(1, columns.length) * type.make(0).BYTES_PER_ELEMENT));
  const rows = Math.max(1, Math.min(to - from, fitting));
  const block = type.make(rows * columns.length);
  const file = reading(array.path, () => openSync(array.path, 'r'));
  try {
    for (let row = from; row < to; row += rows) {
      const count = Math.min(rows, to - row);
      const data = block.subarray(0, count * columns.length);
      transpose(file, array, { from: row, to: row + count }, columns, data);
      yield { shape: [count, ...shape.slice(1)], data };
    }
  } finally {
    closeSync(file);
  }
}

/** Fills `data` with the rows. */
function transpose(
  file: number,
  { path, at, header }: PlainNpy,
  { from, to }: Range,
  columns: Uint32Array,
  data: NpyArray['data'],
): void {
  const { type, shape, start } = header;
  const stretch = type.make(to - from);
  const bytes = new Uint8Array(stretch.length * type.size);
  columns.forEach((place, column) => {
    const begin = at + start + (column * shape[0] + from) * type.size;
    for (let filled = 0; filled < bytes.length;) {
      const got = reading(path, () => readSync(file, bytes, filled, bytes.length - filled, begin + filled));
      if (got === 0) throw new FileError(path, `byte ${begin + filled}`, 'the file ends there');
      filled += got;
    }
    numbersInto(stretch, bytes, header);
    for (let row = 0; row < stretch.length; row++) data[row * columns.length + place] = stretch[row];
  });
}

/** Rows of an array that is gone through from its begin to its end, for as much memory as they take. Rejects with FileError. */
export async function pickedRows(array: StoredArray, { from, to }: Range): Promise<NpyArray> {
  const { type, shape } = array.header;
  const columns = fortranColumns(shape);
  const data = type.make((to - from) * columns.length);
  let [row, column] = [0, 0];
  for await (const numbers of arrayNumbers(array))
    for (let i = 0; i < numbers.length; i++) {
      if (row >= from && row < to) data[(row - from) * columns.length + columns[column]] = numbers[i];
      if (++row === shape[0]) [row, column] = [0, column + 1];
    }
  return { shape: [to - from, ...shape.slice(1)], data };
}
