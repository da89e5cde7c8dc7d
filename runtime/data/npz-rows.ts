/**
 * Rows of an array that may be larger than memory, in C order whichever the file has. In: an array of a file. Out: all rows, some at a
 * time; or the first of them. Arrays in Fortran order are transposed by blocks of as much memory as a source may hold; what is
 * compressed is unpacked for that, beside the packs.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { onDisk } from '../disk.ts';
import { columnRows, pickedRows } from '../formats/npy-columns.ts';
import type { NpyArray } from '../formats/npy.ts';
import { readNpzFile, storedArray } from '../formats/npz.ts';
import { fillFrom } from '../formats/row-pieces.ts';
import { arrayNumbers, arrayRows } from '../formats/stored-array.ts';
import type { StoredArray } from '../formats/stored-array.ts';
import { fileInMaking } from './in-making.ts';
import { mostHeld, packsFolder, requireFree } from './pack.ts';
import type { RowArray } from './row-array.ts';
import type { RowRange } from './source.ts';

/** Bytes of a block: of what a source may hold a part, beside which the same rows stand as records. */
const blockBytes = (): number => Math.min(2 ** 27, mostHeld() / 4);

const isColumns = ({ header }: StoredArray): boolean => header.fortran && header.shape.length > 1;

/** The array of a .npz file. Throws FileError. */
export function npzArray(path: string, name: string): RowArray {
  const array = storedArray(path, name);
  const { shape, type } = array.header;
  return {
    name,
    called: `array ${name}`,
    shape,
    make: (length) => type.make(length),
    all: () => readNpzFile(path, [name]).get(name)!,
    rows: (room) => rowsIn(array, room),
    between: (rows) => rowsBetween(array, rows),
  };
}

/** All rows, each part until the next is asked for. `room`: bytes that are written of them. Rejects with FileError and DiskError. */
async function* rowsIn(array: StoredArray, room: number): AsyncGenerator<NpyArray> {
  if (!isColumns(array)) return yield* arrayRows(array);
  const { path, at, header } = array;
  const all = { from: 0, to: header.shape[0] };
  if (at === null) return yield* unpackedRows(array, all, room);
  // Columns are read here and there: for the checksum the file is gone through before.
  for await (const _ of array.pieces());
  yield* columnRows({ path, at, header }, all, blockBytes());
}

async function* unpackedRows(array: StoredArray, all: RowRange, room: number): AsyncGenerator<NpyArray> {
  const { path, done } = fileInMaking(packsFolder(), 'unpacked');
  try {
    requireFree(array.size + room, path);
    const file = openSync(path, 'w');
    try {
      for await (const bytes of array.pieces())
        for (let at = 0; at < bytes.length;) at += onDisk(path, () => writeSync(file, bytes, at));
    } finally {
      closeSync(file);
    }
    yield* columnRows({ path, at: 0, header: array.header }, all, blockBytes());
  } finally {
    done();
  }
}

/** Some rows by themselves; where they can be found, no more is read than stands up to there. Rejects with FileError. */
async function rowsBetween(array: StoredArray, { from, to }: RowRange): Promise<NpyArray> {
  const { path, at, header } = array;
  if (isColumns(array)) {
    if (at === null) return pickedRows(array, { from, to });
    const [rows] = columnRows({ path, at, header }, { from, to }, Infinity);
    return rows;
  }
  const [, ...sizes] = header.shape;
  const width = sizes.reduce((a, b) => a * b, 1);
  const data = await fillFrom(arrayNumbers(array), from * width, header.type.make((to - from) * width));
  return { shape: [to - from, ...sizes], data };
}
