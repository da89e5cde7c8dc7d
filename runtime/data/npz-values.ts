/**
 * An array of values in an .npz file, checked, as a source keeps it: in memory, or as records that are packed. In: file, name and the
 * field's type. Out: a column of a table.
 */
import type { FieldType } from '../../program/catalogue.ts';
import { FileError } from '../formats/file-error.ts';
import type { NpyArray, NpyData } from '../formats/npy.ts';
import { readNpzFile, storedArray } from '../formats/npz.ts';
import type { StoredArray } from '../formats/stored-array.ts';
import { hashFile, hashOf } from './files.ts';
import { rowsBetween, rowsIn } from './npz-rows.ts';
import { keyed } from './pack.ts';
import type { PackPlan } from './pack.ts';
import { fieldWidth } from './source.ts';
import type { RowRange } from './source.ts';
import type { Column } from './table.ts';

/** An array as it is called, and what is to be in it. */
export interface Values {
  readonly path: string;
  readonly name: string;
  readonly type: FieldType;
}

/** Reads their sizes. Throws FileError unless the rows have the type's. */
export function storedValues({ path, name, type }: Values): StoredArray {
  const array = storedArray(path, name);
  const { shape } = array.header;
  if (shape.slice(1).join() === type.shape.join()) return array;
  const rows = shape.slice(1).join(' × ') || 'one number';
  throw new FileError(path, `array ${name}`, `rows of ${rows}, where shape: says ${type.shape.join(' × ')}`);
}

/** The numbers as they are kept; `before`: how many rows of the array stand before these. Throws FileError for one that can't stand. */
function valueColumn({ data }: NpyArray, { path, name, type }: Values, before = 0): ValueColumn {
  const rowOf = (place: number): string =>
    `array ${name}, row ${before + Math.floor(place / fieldWidth(type))}`;
  const wild = data instanceof Uint8Array ? -1 : data.findIndex((value) => !Number.isFinite(value));
  if (wild >= 0) throw new FileError(path, rowOf(wild), `${data[wild]}, where numbers must be finite`);
  if (type.range === undefined) return { data };
  const [low, high] = type.range;
  if (data instanceof Uint8Array) {
    if (low === 0) return { data, divisor: 255 / high };
    return { data: Float32Array.from(data, (value) => low + (value / 255) * (high - low)) };
  }
  const bad = data.findIndex((value) => !(value >= low && value <= high));
  if (bad < 0) return { data };
  throw new FileError(path, rowOf(bad), `${data[bad]} is outside the range [${low}, ${high}]`);
}

interface ValueColumn extends Column {
  readonly data: NpyData;
}

/** All of them, in memory. */
export function heldValues(wanted: Values): Column {
  const { path, name } = wanted;
  return valueColumn(readNpzFile(path, [name]).get(name)!, wanted);
}

/** Some rows by themselves. Rejects with FileError. */
export const firstValues = async (array: StoredArray, wanted: Values, rows: RowRange): Promise<Column> =>
  valueColumn(await rowsBetween(array, rows), wanted, rows.from);

// ---------------------------------------------------------------- larger than memory

/** What numbers are kept as, of which kind the array is: bytes, or floats as wide as they need. */
const storedAs = (data: NpyData): 'float32' | 'float64' | undefined =>
  data instanceof Uint8Array ? undefined : data instanceof Float32Array ? 'float32' : 'float64';

function bytesOf(data: NpyData): Uint8Array {
  const numbers = data instanceof Int32Array ? Float64Array.from(data) : data;
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

export interface PackedValues {
  readonly plan: PackPlan;
  /** The column, but for its records. */
  readonly column: Omit<Column, 'data'>;
}

/** The rows of an array as records. */
export function packedValues(array: StoredArray, wanted: Values): PackedValues {
  const { path, name, type } = wanted;
  const { data, divisor } = valueColumn({ shape: [0], data: array.header.type.make(0) }, wanted);
  const as = storedAs(data);
  const [count] = array.header.shape;
  const width = fieldWidth(type) * (as === undefined ? 1 : as === 'float32' ? 4 : 8);
  const plan = keyed(() => hashOf('npz', hashFile(path), JSON.stringify([name, type.shape, type.range])), {
    of: path,
    count,
    width,
    async *parts() {
      let before = 0;
      for await (const rows of rowsIn(array, count * width)) {
        yield bytesOf(valueColumn(rows, wanted, before).data);
        before += rows.shape[0];
      }
    },
  });
  return { plan, column: { ...(as && { as }), ...(divisor !== undefined && { divisor }) } };
}
