/**
 * An array of values in a file, checked, as a source keeps it: in memory, or as records that are packed. In: the array, and the
 * field's type. Out: a column of a table.
 */
import type { FieldType } from '../../program/catalogue.ts';
import { FileError } from '../formats/file-error.ts';
import type { NpyArray, NpyData } from '../formats/npy.ts';
import { unfit } from '../formats/row-number.ts';
import { hashFile, hashOf } from './files.ts';
import { keyed } from './pack.ts';
import type { PackPlan } from './pack.ts';
import type { RowArray } from './row-array.ts';
import { fieldWidth } from './source.ts';
import type { RowRange } from './source.ts';
import type { Column } from './table.ts';

/** An array, and what is to be in it. */
export interface Values {
  readonly path: string;
  readonly array: RowArray;
  readonly type: FieldType;
}

/** Throws FileError unless the rows have the type's sizes. */
export function requireShape({ path, array, type }: Values): void {
  const { shape, called } = array;
  if (shape.length > 0 && shape.slice(1).join() === type.shape.join()) return;
  const rows = shape.slice(1).join(' × ') || 'one number';
  throw new FileError(path, called, `rows of ${rows}, where shape: says ${type.shape.join(' × ')}`);
}

/** The numbers as they are kept; `before`: how many rows of the array stand before these. Throws FileError for one that can't stand. */
function valueColumn({ data }: NpyArray, { path, array, type }: Values, before = 0): ValueColumn {
  const rowOf = (place: number): string =>
    `${array.called}, row ${before + Math.floor(place / fieldWidth(type))}`;
  const wild = data instanceof Uint8Array ? -1 : data.findIndex((value) => unfit(value) !== null);
  if (wild >= 0) throw new FileError(path, rowOf(wild), unfit(data[wild]) ?? '');
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
export const heldValues = (wanted: Values): Column => valueColumn(wanted.array.all(), wanted);

/** Some rows by themselves. Rejects with FileError. */
export const firstValues = async (wanted: Values, rows: RowRange): Promise<Column> =>
  valueColumn(await wanted.array.between(rows), wanted, rows.from);

// ---------------------------------------------------------------- larger than memory

/** What numbers are kept as, of which kind the array is: bytes (booleans, too), or floats as wide as they need. */
const storedAs = (data: NpyData): 'float32' | 'float64' | undefined =>
  data instanceof Uint8Array || data instanceof Int8Array
    ? undefined
    : data instanceof Float32Array
      ? 'float32'
      : 'float64';

function bytesOf(data: NpyData): Uint8Array {
  const numbers = data instanceof Int32Array ? Float64Array.from(data) : data;
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

export interface PackedValues {
  readonly plan: PackPlan;
  /** The column, but for its records. */
  readonly column: Omit<Column, 'data'>;
}

/** The rows of the array as records; `format`: of the file. */
export function packedValues(wanted: Values, format: string): PackedValues {
  const { path, array, type } = wanted;
  const { data, divisor } = valueColumn({ shape: [0], data: array.make(0) }, wanted);
  const as = storedAs(data);
  const [count] = array.shape;
  const width = fieldWidth(type) * (as === undefined ? 1 : as === 'float32' ? 4 : 8);
  const what = JSON.stringify([array.name, type.shape, type.range]);
  const plan = keyed(() => hashOf(format, hashFile(path), what), {
    of: path,
    count,
    width,
    async *parts() {
      let before = 0;
      for await (const rows of array.rows(count * width)) {
        yield bytesOf(valueColumn(rows, wanted, before).data);
        before += rows.shape[0];
      }
    },
  });
  return { plan, column: { ...(as && { as }), ...(divisor !== undefined && { divisor }) } };
}
