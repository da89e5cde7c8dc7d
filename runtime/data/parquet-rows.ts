/**
 * Rows of Parquet files as records: numbers as float64, or a picture's bytes, and behind them the class, a float64. In: files whose
 * footers were looked at, and what is wanted of them. Out: what only a look at all rows tells (how many `missing: skip` leaves, what
 * texts are classes); and the records, a group of rows or a few pictures at a time.
 */
import { noRowLeft } from '../formats/delimited.ts';
import type { MissingRule } from '../formats/delimited.ts';
import { FileError } from '../formats/file-error.ts';
import { groupColumns } from '../formats/parquet.ts';
import type { ParquetFile } from '../formats/parquet.ts';
import { readPicture } from '../formats/picture.ts';
import { unfit } from '../formats/row-number.ts';
import { classesOf, few, mostClasses } from './labels.ts';
import type { Watch } from './pack.ts';
import { bytesOf, decoded, make } from './pictures.ts';
import type { Made } from './pictures.ts';
import type { RowRange } from './source.ts';
import { meanOf } from './table-rows.ts';

export interface ParquetWanted {
  /** Of pictures; null: of numbers. */
  readonly made: (Made & { readonly image: string }) | null;
  readonly columns: readonly string[];
  readonly label: string | null;
  readonly labels: number;
  /** What texts stand for classes; null: numbers do, or nobody has said. */
  readonly classes: readonly string[] | null;
  readonly range: readonly [number, number] | null;
  readonly missing: MissingRule;
}

/** The columns that are read. */
const namesOf = ({ made, columns, label }: ParquetWanted): string[] => [
  ...(made === null ? columns : [made.image]),
  ...(label === null ? [] : [label]),
];

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
  /** Those of its rows that are wanted, in order. */
  readonly rows: readonly number[];
}

const everyRow: RowRange = { from: 0, to: Infinity };

/** The groups that have wanted rows, read one after the other. The range counts rows that `missing: skip` leaves. */
function* groupsOf(
  files: readonly ParquetFile[],
  { missing }: ParquetWanted,
  names: readonly string[],
  { from, to }: RowRange,
): Generator<Group> {
  let row = 0;
  for (const file of files) {
    let before = 0;
    for (const [i, length] of file.groups.entries()) {
      const all = Array.from({ length }, (_, at) => at);
      const isRead = length > 0 && row < to && (missing === 'skip' || row + length > from);
      const columns = isRead ? groupColumns(file, i, names) : new Map<string, readonly unknown[]>();
      const isWhole = (at: number): boolean =>
        [...columns.values()].every((values) => !isMissing(values[at]));
      const left = missing === 'skip' ? all.filter(isWhole) : all;
      const rows = left.slice(Math.max(0, from - row), Math.max(0, to - row));
      if (isRead && rows.length > 0) yield { file, columns, before, rows };
      row += left.length;
      before += length;
    }
  }
}

const isMissing = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || Number.isNaN(value);

const valueAt = ({ columns }: Group, row: number, name: string): unknown => columns.get(name)![row];

const placeOf = ({ before }: Group, row: number): string => `row ${before + row}`;

/** What is wrong with a value. */
const wrongAt = (group: Group, row: number, name: string, why: string): FileError =>
  new FileError(group.file.path, placeOf(group, row), `column ${name}${why}`);

// ---------------------------------------------------------------- facts

export interface ParquetFacts {
  /** Those that are left. */
  readonly rows: number;
  /** What the classes are called, where texts are; null: numbers stand for them. */
  readonly classes: readonly string[] | null;
}

/**
 * Goes through all rows; `path` is what is said to hold them. Throws FileError where none is left, where there are other classes
 * than `labels`, and, where whole rows are read anyway, at the first value that can't stand.
 */
export function parquetFacts(
  files: readonly ParquetFile[],
  what: ParquetWanted,
  path: string,
  watch: Watch,
): ParquetFacts {
  const { made, columns, label, labels, classes, missing } = what;
  const checked = missing === 'skip' && made === null ? columns : [];
  const names = missing === 'skip' ? namesOf(what) : label === null ? [] : [label];
  const total = files.reduce((sum, file) => sum + file.rows, 0);
  const [classAt, texts] = [classReader(what), new Set<string>()];
  let rows = 0;
  for (const group of groupsOf(files, what, names, everyRow)) {
    for (const row of group.rows) {
      for (const name of checked) numberAt({ group, row, name, what });
      if (label === null) continue;
      const value = valueAt(group, row, label);
      if (classes !== null || typeof value !== 'string' || isMissing(value)) classAt(group, row);
      else if (texts.add(value).size > mostClasses)
        throw wrongAt(group, row, label, ` has more than ${mostClasses} classes`);
    }
    rows += group.rows.length;
    watch(rows, total);
  }
  if (rows === 0 && missing === 'skip') throw new FileError(path, null, noRowLeft);
  const called = { path, word: `column ${label}: class` };
  return { rows, classes: texts.size === 0 ? null : classesOf(texts, null, labels, called) };
}

// ---------------------------------------------------------------- numbers

/** Throws FileError at the first value that can't stand. */
export function* tableParts(
  files: readonly ParquetFile[],
  what: ParquetWanted,
  range: RowRange,
): Generator<Uint8Array> {
  const { columns, label } = what;
  const means = what.missing === 'mean' ? meansOf(files, what) : columns.map(() => 0);
  const [classAt, width] = [classReader(what), widthOf(what) / 8];
  for (const group of groupsOf(files, what, namesOf(what), range)) {
    const data = new Float64Array(group.rows.length * width);
    group.rows.forEach((row, i) => {
      columns.forEach((name, j) => (data[i * width + j] = numberAt({ group, row, name, what }) ?? means[j]));
      if (label !== null) data[(i + 1) * width - 1] = classAt(group, row);
    });
    yield new Uint8Array(data.buffer);
  }
}

/** Over all rows that have a value. */
function meansOf(files: readonly ParquetFile[], what: ParquetWanted): number[] {
  const [sums, counts] = [what.columns.map(() => 0), what.columns.map(() => 0)];
  for (const group of groupsOf(files, what, what.columns, everyRow))
    what.columns.forEach((name, j) => {
      for (const row of group.rows) {
        const number = numberAt({ group, row, name, what });
        if (number === null) continue;
        sums[j] += number;
        counts[j]++;
      }
    });
  const { path } = files[0];
  return what.columns.map((column, j) => meanOf({ path, column, sum: sums[j], count: counts[j] }));
}

interface Cell {
  readonly group: Group;
  readonly row: number;
  readonly name: string;
  readonly what: ParquetWanted;
}

/** null: it is missing, and something is to stand there. */
function numberAt({ group, row, name, what }: Cell): number | null {
  const wrong = (why: string): FileError => wrongAt(group, row, name, why);
  const value = valueAt(group, row, name);
  if (isMissing(value)) {
    if (what.missing !== 'error') return null;
    throw wrong(' has no value there; missing: skip leaves such rows out, missing: zero or mean fills them');
  }
  const number = Number(value);
  const why = unfit(number);
  if (why !== null) throw wrong(`: ${why}`);
  const { range } = what;
  if (range !== null && (number < range[0] || number > range[1]))
    throw wrong(`: ${number} is outside the range [${range.join(', ')}]`);
  return number;
}

/** Class numbers by group and row; what is none is a FileError. */
function classReader({ label, labels, classes }: ParquetWanted): (group: Group, row: number) => number {
  const index = new Map(classes?.map((name, i) => [name, i]));
  return (group, row) => {
    const value = valueAt(group, row, label!);
    const wrong = (why: string): FileError => wrongAt(group, row, label!, why);
    if (isMissing(value)) throw wrong(' has no class there; missing: skip leaves such rows out');
    if (typeof value === 'string') {
      const at = index.get(value);
      if (at !== undefined) return at;
      throw wrong(`: class ${value}, which classes: doesn't name (${few(classes ?? [])})`);
    }
    const number = Number(value);
    if (Number.isInteger(number) && number >= 0 && number < labels) return number;
    throw wrong(`: label ${number}, where classes are 0 to ${labels - 1}`);
  };
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
  const classAt = classReader(what);
  for (const group of groupsOf(files, what, namesOf(what), range)) {
    const record = async (i: number): Promise<Uint8Array> => {
      const row = group.rows[i];
      const place = `${group.file.path}, ${placeOf(group, row)}`;
      const bytes = new Uint8Array(widthOf(what));
      const picture = valueAt(group, row, made.image);
      if (!(picture instanceof Uint8Array))
        throw new FileError(place, null, 'no bytes of a picture there: a path alone is not followed');
      make(await readPicture(picture, place), made, bytes, 0);
      if (label !== null) new Float64Array(bytes.buffer, padded(made), 1)[0] = classAt(group, row);
      return bytes;
    };
    yield* decoded(record, { from: 0, to: group.rows.length });
  }
}
