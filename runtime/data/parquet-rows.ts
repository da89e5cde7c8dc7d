/**
 * Rows of Parquet files as records: numbers as float64, or a picture's bytes, and behind them the class, a float64. In: files whose
 * footers were looked at, and what is wanted of them; out: the records, a group of rows or a few pictures at a time.
 */
import { FileError } from '../formats/file-error.ts';
import { groupColumns } from '../formats/parquet.ts';
import type { ParquetFile } from '../formats/parquet.ts';
import { readPicture } from '../formats/picture.ts';
import { bytesOf, decoded, make } from './pictures.ts';
import type { Made } from './pictures.ts';
import type { RowRange } from './source.ts';

export interface ParquetWanted {
  /** Of pictures; null: of numbers. */
  readonly made: (Made & { readonly image: string }) | null;
  readonly columns: readonly string[];
  readonly label: string | null;
  readonly labels: number;
  /** What texts stand for classes; null: there are numbers. */
  readonly classes: readonly string[] | null;
  readonly range: readonly [number, number] | null;
  readonly missing: 'error' | 'zero' | 'mean';
}

/** Of a picture's bytes, up to where a class may stand. */
const padded = (made: Made): number => Math.ceil(bytesOf(made) / 8) * 8;

/** Bytes of a record. */
export const widthOf = ({ made, columns, label }: ParquetWanted): number =>
  (made === null ? 8 * columns.length : padded(made)) + (label === null ? 0 : 8);

interface Group {
  readonly file: ParquetFile;
  readonly columns: ReadonlyMap<string, readonly unknown[]>;
  /** Rows of the file before it. */
  readonly before: number;
  /** Which of the group's rows are wanted. */
  readonly rows: RowRange;
}

/** The groups that have wanted rows, read one after the other. */
async function* groupsOf(
  files: readonly ParquetFile[],
  names: readonly string[],
  { from, to }: RowRange,
): AsyncGenerator<Group> {
  let row = 0;
  for (const file of files) {
    let before = 0;
    for (const [i, length] of file.groups.entries()) {
      const rows = { from: Math.max(0, from - row), to: Math.min(length, to - row) };
      if (rows.from < rows.to) yield { file, columns: await groupColumns(file, i, names), before, rows };
      row += length;
      before += length;
    }
  }
}

const placeOf = ({ before }: Group, row: number): string => `row ${before + row}`;

// ---------------------------------------------------------------- numbers

/** Rejects with FileError at the first value that can't stand. */
export async function* tableParts(
  files: readonly ParquetFile[],
  what: ParquetWanted,
  range: RowRange,
): AsyncGenerator<Uint8Array> {
  const { columns, label } = what;
  const means = what.missing === 'mean' ? await meansOf(files, what) : columns.map(() => 0);
  const width = widthOf(what) / 8;
  for await (const group of groupsOf(files, label === null ? columns : [...columns, label], range)) {
    const { from, to } = group.rows;
    const data = new Float64Array((to - from) * width);
    columns.forEach((name, j) => {
      const values = group.columns.get(name)!;
      for (let row = from; row < to; row++)
        data[(row - from) * width + j] = numberAt(values[row], { group, row, name, what }) ?? means[j];
    });
    if (label !== null)
      for (let row = from; row < to; row++)
        data[(row - from + 1) * width - 1] = classAt(group, row, label, what);
    yield new Uint8Array(data.buffer);
  }
}

/** Over all rows that have a value. */
async function meansOf(files: readonly ParquetFile[], what: ParquetWanted): Promise<number[]> {
  const [sums, counts] = [what.columns.map(() => 0), what.columns.map(() => 0)];
  for await (const group of groupsOf(files, what.columns, { from: 0, to: Infinity }))
    what.columns.forEach((name, j) =>
      group.columns.get(name)!.forEach((value, row) => {
        const number = numberAt(value, { group, row, name, what });
        if (number === null) return;
        sums[j] += number;
        counts[j]++;
      }),
    );
  return sums.map((sum, j) => {
    if (counts[j] > 0) return sum / counts[j];
    throw new FileError(
      files[0].path,
      null,
      `column ${what.columns[j]} has no value in any row, and so no mean`,
    );
  });
}

interface Cell {
  readonly group: Group;
  readonly row: number;
  readonly name: string;
  readonly what: ParquetWanted;
}

/** null: it is missing, and something is to stand there. */
function numberAt(value: unknown, { group, row, name, what }: Cell): number | null {
  const wrong = (why: string): FileError =>
    new FileError(group.file.path, placeOf(group, row), `column ${name}${why}`);
  const number = value === null || value === undefined ? NaN : Number(value);
  if (Number.isNaN(number)) {
    if (what.missing !== 'error') return null;
    throw wrong(' has no value there; missing: zero or mean fills them');
  }
  if (!Number.isFinite(number)) throw wrong(`: ${number}, where numbers must be finite`);
  const { range } = what;
  if (range !== null && (number < range[0] || number > range[1]))
    throw wrong(`: ${number} is outside the range [${range.join(', ')}]`);
  return number;
}

function classAt(group: Group, row: number, name: string, { labels, classes }: ParquetWanted): number {
  const value = group.columns.get(name)![row];
  const wrong = (why: string): FileError =>
    new FileError(group.file.path, placeOf(group, row), `column ${name}${why}`);
  if (value === null || value === undefined) throw wrong(' has no class there');
  if (typeof value === 'string') {
    const at = classes?.indexOf(value) ?? -1;
    if (at >= 0) return at;
    throw wrong(`: class ${value}, which classes: doesn't name (${classes?.slice(0, 12).join(', ')})`);
  }
  const label = Number(value);
  if (Number.isInteger(label) && label >= 0 && label < labels) return label;
  throw wrong(`: label ${label}, where classes are 0 to ${labels - 1}`);
}

// ---------------------------------------------------------------- pictures

/** Rejects with FileError at the first row without a picture. */
export async function* pictureParts(
  files: readonly ParquetFile[],
  what: ParquetWanted,
  range: RowRange,
): AsyncGenerator<Uint8Array> {
  const { made, label } = what;
  if (made === null) return;
  for await (const group of groupsOf(files, label === null ? [made.image] : [made.image, label], range)) {
    const values = group.columns.get(made.image)!;
    const record = async (row: number): Promise<Uint8Array> => {
      const place = `${group.file.path}, ${placeOf(group, row)}`;
      const bytes = new Uint8Array(widthOf(what));
      make(await readPicture(pictureBytes(values[row], place), place), made, bytes, 0);
      if (label !== null)
        new Float64Array(bytes.buffer, padded(made), 1)[0] = classAt(group, row, label, what);
      return bytes;
    };
    yield* decoded(record, group.rows);
  }
}

/** Of a column of bytes, or of one of structs that have them. */
function pictureBytes(value: unknown, place: string): Uint8Array {
  const bytes =
    value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null | undefined)?.bytes;
  if (bytes instanceof Uint8Array) return bytes;
  throw new FileError(place, null, 'no bytes of a picture there: a path alone is not followed');
}
