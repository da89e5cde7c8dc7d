/**
 * What a file or a folder may be read as, for whoever has it and no spec yet. In: a path. Out: what lies there, in
 * sentences, and the source that would read it, as one writes it in a spec.
 */
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { readSound } from '../audio/read-sound.ts';
import { columnFacts } from '../formats/columns.ts';
import type { ColumnFacts } from '../formats/columns.ts';
import { FileError } from '../formats/file-error.ts';
import { datasetRows, datasets } from '../formats/hdf5.ts';
import type { Dataset } from '../formats/hdf5.ts';
import { idxFile, readIdx } from '../formats/idx.ts';
import type { NpyData } from '../formats/npy.ts';
import { storedArrays } from '../formats/npz.ts';
import { parquetFile } from '../formats/parquet.ts';
import type { ParquetFile, ParquetKind } from '../formats/parquet.ts';
import { pictureHeader } from '../formats/picture-header.ts';
import { arrayNumbers, npyFile } from '../formats/stored-array.ts';
import type { StoredArray } from '../formats/stored-array.ts';
import { textPieces } from '../formats/text.ts';
import { namesText } from './arguments.ts';
import { fileParts, readBytes } from './files.ts';
import { arrayFact, guessArrays, quoted, times } from './guess-arrays.ts';
import type { ListedArray } from './guess-arrays.ts';
import { guessFolder, kindOf } from './guess-folder.ts';
import type { Kind } from './guess-folder.ts';
import { naturally } from './natural.ts';

export interface Guess {
  readonly facts: readonly string[];
  /** `images("faces/*.jpg", size: 64)`; null: nothing in a spec reads this. */
  readonly line: string | null;
}

/** Rejects with FileError where nothing is there, or nothing that is known. */
export async function guess(path: string): Promise<Guess> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new FileError(path, null, 'there is no such file');
  return stat.isDirectory() ? guessFolder(path.replace(/\/+$/, '')) : guessFile(path);
}

function guessFile(path: string): Guess | Promise<Guess> {
  const name = basename(path).toLowerCase();
  if (/\.(csv|tsv|txt|dat)$/.test(name))
    return guessTable(
      path,
      columnFacts(
        textPieces(() => fileParts(path)),
        path,
      ),
    );
  if (name.endsWith('.parquet')) return guessParquet(path, parquetFile(path));
  if (name.endsWith('.npz')) return guessNpz(path);
  if (name.endsWith('.npy')) return guessNpy(path);
  if (/\.(h5|hdf5)$/.test(name)) return guessHdf5(path);
  if (/idx\d-ubyte(\.gz)?$/.test(name)) return guessIdx(path, idxFile(path).shape);
  const kind = kindOf(name);
  if (kind !== null) return guessMedium(kind, path, readBytes(path));
  throw new FileError(
    path,
    null,
    'what this is isn’t known by its name: specs (.gan), pictures, sounds, tables (.csv, .tsv, .parquet), .npz, .npy, HDF5 (.h5) and IDX files are, and folders of pictures or sounds',
  );
}

function guessMedium(kind: Kind, path: string, bytes: Uint8Array): Guess {
  if (kind === 'picture') {
    const { kind: form, height, width } = pictureHeader(bytes, path);
    return {
      facts: [`a ${form} of ${height} × ${width} pixels (height × width)`],
      line: `images(${quoted(path)}, size: [${height}, ${width}])`,
    };
  }
  const { rate, samples } = readSound(bytes, path);
  const seconds = (samples.length / rate).toFixed(2);
  return { facts: [`a sound of ${seconds} s, ${rate} Hz`], line: `speech(${quoted(path)}, frames: all)` };
}

// ---------------------------------------------------------------- arrays

const listed = (array: StoredArray): ListedArray => ({
  shape: array.header.shape,
  ofBytes: array.header.type.make(0) instanceof Uint8Array,
  numbers: () => arrayNumbers(array),
});

async function guessNpy(path: string): Promise<Guess> {
  const fact = await arrayFact('an array', listed(npyFile(path)));
  return { facts: [fact, 'npz(...) reads archives: np.savez("x.npz", x=x)'], line: null };
}

/** Numbers of all rows, some at a time. */
async function* numbersIn(set: Dataset): AsyncGenerator<NpyData> {
  for (const { data } of datasetRows(set, { from: 0, to: set.shape[0] })) yield data;
}

async function guessHdf5(path: string): Promise<Guess> {
  const { read, refused } = datasets(resolve(path));
  const arrays = [...read].map(([name, set]): [string, ListedArray] => [
    name,
    { shape: set.shape, ofBytes: set.type.make(0) instanceof Uint8Array, numbers: () => numbersIn(set) },
  ]);
  const { facts, line } = await guessArrays(path, new Map(arrays), 'hdf5');
  return { facts: [...facts, ...refused.map(({ message }) => message)], line };
}

function guessNpz(path: string): Promise<Guess> {
  const arrays = [...storedArrays(path)].map(([name, array]) => [name, listed(array)] as const);
  return guessArrays(path, new Map(arrays), 'npz');
}

function highest(numbers: Iterable<number>): number {
  let top = 0;
  for (const x of numbers) top = Math.max(top, x);
  return top;
}

function guessIdx(path: string, shape: readonly number[]): Guess {
  const facts = [`an IDX file of ${times(shape)} bytes`];
  const [, ...row] = shape;
  if (row.length < 2 || row.length > 3) return { facts, line: null };
  const [height, width] = row.slice(-2);
  const beside = path.replace('images-idx3', 'labels-idx1');
  const labelled = beside !== path && statSync(beside, { throwIfNoEntry: false })?.isFile() === true;
  const classes = labelled ? Math.max(1, highest(readIdx(readBytes(beside), beside).data)) + 1 : 0;
  return {
    facts,
    line:
      `idx(${quoted(path)}` +
      (labelled ? `, labels: ${quoted(beside)}, classes: ${classes}` : '') +
      `, size: ${height}${width === height ? '' : `, width: ${width}`}` +
      (row.length === 3 ? `, channels: ${row[0]})` : ')'),
  };
}

// ---------------------------------------------------------------- tables

/** A column of pictures, else all of numbers; and as labels a column that is called so. */
function guessParquet(path: string, { rows, columns, classes }: ParquetFile): Guess {
  const facts = [
    `a Parquet file of ${rows} rows, ${columns.size} columns`,
    ...[...columns].map(([name, kind]) => {
      const named = classes.get(name);
      return `${name}: ${kind === 'pictures' ? 'bytes, of pictures perhaps' : kind}${named ? `, classes ${named.join(', ')}` : ''}`;
    }),
  ];
  const of = (...kinds: ParquetKind[]): string[] =>
    [...columns].flatMap(([name, kind]) => (kinds.includes(kind) ? [name] : []));
  const label = of('whole numbers').find((name) => classes.has(name));
  const labelled =
    label === undefined ? ')' : `, label: ${quoted(label)}, labels: ${classes.get(label)?.length ?? 0})`;
  const [image] = of('pictures');
  const numbers = of('numbers', 'whole numbers').filter((name) => name !== label);
  if (image !== undefined)
    return { facts, line: `parquet(${quoted(path)}, image: ${quoted(image)}, size: 64${labelled}` };
  const line = `parquet(${quoted(path)}, columns: ${quoted(namesText(numbers))}${labelled}`;
  return { facts, line: numbers.length === 0 ? null : line };
}

function columnFact({ name, numeric, missing, values }: ColumnFacts): string {
  const few = values.slice(0, 8).join(', ') + (values.length > 8 ? ', …' : '');
  const texts =
    values.length === 0 ? 'texts, more than 100 different' : `texts, ${values.length} different: ${few}`;
  return `${name}: ${numeric ? 'numbers' : texts}${missing === 0 ? '' : `; ${missing} missing`}`;
}

const labelNames = /^(label|labels|class|classes|target|category|species)$/i;

/** All columns of numbers, and as labels a column that is called so, or the last one of texts that come again. */
function guessTable(path: string, all: readonly ColumnFacts[]): Guess {
  const rows = all[0].rows;
  const names = all.map(({ name }) => name);
  const twice = new Set(names.filter((name, i) => names.indexOf(name) < i));
  const columns = all.filter(({ name }) => !twice.has(name));
  const facts = [
    `a table of ${rows} rows, ${all.length} columns`,
    ...all.map(columnFact),
    ...[...twice].map((name) => `several columns are called ${name}: a spec can't tell them apart`),
  ];
  const mayBe = ({ values, numeric, whole }: ColumnFacts): boolean =>
    values.length >= 2 && values.length < rows && (!numeric || whole);
  const label =
    columns.find((column) => labelNames.test(column.name) && mayBe(column)) ??
    columns.findLast((column) => !column.numeric && mayBe(column));
  const numbers = columns.filter((column) => column.numeric && column !== label);
  if (numbers.length === 0) return { facts, line: null };
  const classes = label === undefined ? 0 : classesIn(label);
  // Rows without a class can't be kept; a mean leaves every class its rows.
  const rule =
    label !== undefined && label.missing > 0
      ? 'skip'
      : numbers.some(({ missing }) => missing > 0)
        ? 'mean'
        : null;
  return {
    facts,
    line:
      `csv(${quoted(path)}, columns: ${quoted(namesText(numbers.map(({ name }) => name)))}` +
      (label === undefined ? '' : `, label: ${quoted(label.name)}, labels: ${classes}`) +
      (rule === null ? ')' : `, missing: ${rule})`),
  };
}

/** Whole numbers are the class numbers themselves. */
function classesIn({ values, numeric }: ColumnFacts): number {
  const [, ...rest] = [...values].sort(naturally);
  return numeric ? Math.max(...values.map(Number)) + 1 : rest.length + 1;
}
