/**
 * An open source made of columns in memory (bytes, floats or class numbers, one stretch of `width` numbers a row) or of
 * records on the disk.
 * In: the columns and, where not all rows are wanted, which. Out: an OpenSource. Every source ends here.
 */
import type { FieldType } from '../../program/catalogue.ts';
import type { Records } from './pack.ts';
import { fieldWidth, rowCount } from './source.ts';
import type { NumberArray, OpenSource, Recipe, Rows, StoredColumn } from './source.ts';

export interface Column extends Omit<StoredColumn, 'data'> {
  readonly data: ArrayLike<number> | Records;
}

const isRecords = (data: Column['data']): data is Records => 'record' in data;

/**
 * `selected`: the rows of the columns that the source has, in its order; null for all of them.
 * Throws if a column is not a whole number of rows, or the columns differ in rows.
 */
export function tableSource(
  fields: Readonly<Record<string, FieldType>>,
  columns: Readonly<Record<string, Column>>,
  selected: Uint32Array | null = null,
): OpenSource {
  const stored = storedRows(fields, columns);
  const count = selected?.length ?? stored;
  const read = (field: string, rows: Rows, out: NumberArray): void => {
    const column = columns[field];
    if (column === undefined)
      throw new Error(`no field ${field}; there are ${Object.keys(columns).join(', ')}`);
    const width = fieldWidth(fields[field]);
    const n = rowCount(rows);
    if (out.length < n * width) throw new Error(`${n} rows of ${field} do not fit in ${out.length} numbers`);
    const { data, divisor = 1, from: begin = 0, oneHot = 1 } = column;
    const place = width / oneHot;
    for (let i = 0; i < n; i++) {
      const row = rows instanceof Uint32Array ? rows[i] : rows.from + i;
      if (!(row >= 0 && row < count)) throw new Error(`row ${row} of ${count}`);
      const stored = selected === null ? row : selected[row];
      const [own, from] = isRecords(data)
        ? [numbersIn(data, stored, begin, place, column.as), 0]
        : [data, stored * place];
      const to = i * width;
      if (column.oneHot !== undefined) unfold(own, [from, place], out, [to, width]);
      else for (let j = 0; j < width; j++) out[to + j] = own[from + j] / divisor;
    }
  };
  const recipe = recipeOf(fields, columns, selected);
  return { count, fields, read, ...(recipe && { recipe }) };
}

/** So many numbers of a record, from a byte on. */
function numbersIn(
  data: Records,
  row: number,
  from: number,
  length: number,
  as: StoredColumn['as'],
): ArrayLike<number> {
  if (as === undefined) return data.record(row, from, from + length);
  const { buffer, byteOffset } = data.record(row, from, from + length * (as === 'float32' ? 4 : 8));
  return as === 'float32'
    ? new Float32Array(buffer, byteOffset, length)
    : new Float64Array(buffer, byteOffset, length);
}

/** Of tables of records; others lie in memory that no other thread sees. */
function recipeOf(
  fields: Readonly<Record<string, FieldType>>,
  columns: Readonly<Record<string, Column>>,
  selected: Uint32Array | null,
): Recipe | null {
  if (!Object.values(columns).some(({ data }) => isRecords(data))) return null;
  const stored = Object.entries(columns).map(([name, { data, ...rest }]): [string, StoredColumn] => [
    name,
    { ...rest, data: isRecords(data) ? data.stored : data },
  ]);
  return { kind: 'table', fields, columns: Object.fromEntries(stored), selected };
}

/** Class numbers as channels; a number beyond them is in none. Both places are [where they begin, how many numbers]. */
function unfold(
  own: ArrayLike<number>,
  [from, place]: readonly [number, number],
  out: NumberArray,
  [to, width]: readonly [number, number],
): void {
  out.fill(0, to, to + width);
  for (let j = 0; j < place; j++) {
    const at = own[from + j] * place + j;
    if (at < width) out[to + at] = 1;
  }
}

function storedRows(
  fields: Readonly<Record<string, FieldType>>,
  columns: Readonly<Record<string, Column>>,
): number {
  const counts = Object.entries(columns).map(([name, { data, oneHot = 1 }]) =>
    isRecords(data) ? data.count : (data.length * oneHot) / fieldWidth(fields[name]),
  );
  if (counts.some((rows) => rows !== counts[0] || !Number.isInteger(rows))) {
    throw new Error(`columns of ${counts.join(' and ')} rows`);
  }
  return counts[0];
}
