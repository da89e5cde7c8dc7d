/** `hdf5("faces.h5", values: "train/x", shape: [3, 64, 64], label: "train/y")`: datasets of an HDF5 file (array-source.ts). */
import { dataset, datasetRows } from '../formats/hdf5.ts';
import type { Dataset } from '../formats/hdf5.ts';
import type { NpyArray } from '../formats/npy.ts';
import { requireRoom } from '../formats/room.ts';
import { arraySource } from './array-source.ts';
import { fileSize } from './files.ts';
import type { RowArray } from './row-array.ts';
import type { RowRange } from './source.ts';

/** Rows from one to before another, in memory. Throws FileError, where they are more than it holds, too. */
function rowsIn(set: Dataset, rows: RowRange): NpyArray {
  const shape = [rows.to - rows.from, ...set.shape.slice(1)];
  const length = shape.reduce((a, b) => a * b, 1);
  requireRoom(length * set.type.make(0).BYTES_PER_ELEMENT, set.path, `dataset ${set.name}`);
  const data = set.type.make(length);
  let at = 0;
  for (const part of datasetRows(set, rows)) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { shape, data };
}

/** Throws FileError where file or dataset aren't there. */
function hdf5Array(path: string, name: string): RowArray {
  fileSize(path);
  const set = dataset(path, name);
  const all = { from: 0, to: set.shape[0] };
  return {
    name: set.name,
    called: `dataset ${set.name}`,
    shape: set.shape,
    make: (length) => set.type.make(length),
    all: () => rowsIn(set, all),
    async *rows() {
      yield* datasetRows(set, all);
    },
    between: async (rows) => rowsIn(set, rows),
  };
}

export const hdf5 = arraySource({
  name: 'hdf5',
  doc: 'Datasets of an HDF5 file: { image, seq or values, by the length of shape; label: label[labels] }.',
  file: 'the HDF5 file, .h5',
  array: 'dataset',
  open: hdf5Array,
});
