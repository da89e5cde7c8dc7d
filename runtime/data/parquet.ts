/**
 * `parquet("train-*.parquet", image: "image", label: "label", labels: 10, size: 32)`, as Hugging Face's image sets are, or
 * `parquet("t.parquet", columns: "x, y")`, a table. Arguments → records { image | values, label }. Files are read one after the
 * other, a group of rows at a time, into records (records.ts). A look reads footers, and values only where rows without some are
 * left out or texts are classes: otherwise what the values are is seen when they are read.
 */
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { missingRules, noColumn } from '../formats/delimited.ts';
import { FileError } from '../formats/file-error.ts';
import { parquetFile } from '../formats/parquet.ts';
import type { ParquetFile, ParquetKind } from '../formats/parquet.ts';
import { namesIn, rangeOrNull, text, textOrNull, withDefaults } from './arguments.ts';
import { factsOf } from './facts.ts';
import { described, fileSize, hashFile, hashOf, inFolder } from './files.ts';
import { classesParam, givenClasses, labelCount } from './labels.ts';
import { larger, moving, movingOf, movingParams } from './moving.ts';
import type { Moving } from './moving.ts';
import { keyed } from './pack.ts';
import type { PackPlan, Watch } from './pack.ts';
import { parquetFacts, pictureParts, tableParts, widthOf } from './parquet-rows.ts';
import type { ParquetFacts, ParquetWanted } from './parquet-rows.ts';
import { findFiles } from './pattern.ts';
import { channelsOf, fitOf, fitParam, sizeOf, sizeParam } from './pictures.ts';
import { isLarge, packRecords, recordsOf } from './records.ts';
import { checkRange, rangeOf, rangeParams } from './selection.ts';
import type { Source } from './source.ts';
import { tableSource } from './table.ts';
import type { Column } from './table.ts';

const params: readonly ParamSpec[] = [
  { name: 'files', type: 'string', doc: 'a file, or a pattern: `*` is any name' },
  {
    name: 'image',
    type: 'string',
    default: null,
    doc: 'the column of pictures: bytes, or a struct that has `bytes`',
  },
  {
    name: 'columns',
    type: 'string',
    default: null,
    doc: 'or the columns that make a vector, in order: "x, y", or with a comma in one "x, \'y, in cm\'"',
  },
  { name: 'label', type: 'string', default: null, doc: 'the column of classes: numbers from 0, or texts' },
  {
    name: 'labels',
    type: 'int',
    default: null,
    doc: 'how many classes; default: those of `classes`, or else 10',
  },
  {
    ...classesParam('texts in the column'),
    doc: 'what the classes are called, in the order of their numbers: "cat, dog"; default: of numbers as the file names them, of texts they themselves in natural order (2 before 10)',
  },
  { ...sizeParam, default: null },
  { name: 'channels', type: 'int', default: 3, doc: '3 for colours, 1 for gray' },
  fitParam,
  {
    name: 'range',
    type: 'reals',
    default: null,
    doc: '[low, high], in which all numbers of `columns` must lie',
  },
  {
    name: 'missing',
    type: 'choice',
    default: 'error',
    choices: missingRules,
    doc: 'what becomes of a row that lacks a value (null, NaN): an error, it is left out; or of a number: 0, the mean of its column in the files',
  },
  ...rangeParams,
  ...movingParams,
];

interface Wanted extends ParquetWanted {
  readonly files: string;
  readonly shown: readonly [number, number] | null;
  readonly moving: Moving;
  readonly args: SourceArguments;
}

/** Throws Error with a sentence on arguments that can't be meant. */
function wanted(given: SourceArguments): Wanted {
  const args = withDefaults(params, given);
  checkRange(args);
  const [image, list] = [textOrNull(args, 'image'), textOrNull(args, 'columns')];
  if ((image === null) === (list === null))
    throw new Error(
      'image: names the column of pictures, or columns: those of numbers; one of the two is wanted',
    );
  const columns = list === null ? [] : namesIn(args, 'columns');
  const label = textOrNull(args, 'label');
  const classes = givenClasses(args);
  if (classes !== null && label === null)
    throw new Error('classes: needs label:, the column of their numbers or names');
  const labels = labelCount(args, classes) ?? 10;
  if (image !== null && args.size === null)
    throw new Error('size: must say what pictures are made: 64, or [48, 64]');
  const [shown, moves] = [image === null ? null : sizeOf(args), movingOf(args)];
  const made =
    image === null || shown === null
      ? null
      : { image, size: larger(shown, moves), channels: channelsOf(args.channels), fit: fitOf(args) };
  const missing = missingRules.find((rule) => rule === args.missing) ?? 'error';
  const range = rangeOrNull(args, 'range');
  return {
    files: text(args, 'files'),
    made,
    columns,
    label,
    labels,
    classes,
    range,
    missing,
    shown,
    moving: moves,
    args,
  };
}

function fields(given: SourceArguments): Record<string, FieldType> {
  const { made, shown, columns, range, label, labels } = wanted(given);
  const first: Record<string, FieldType> =
    made === null || shown === null
      ? { values: { kind: 'vec', shape: [columns.length], ...(range && { range }) } }
      : { image: { kind: 'image', shape: [made.channels, ...shown], range: [0, 1] } };
  return label === null ? first : { ...first, label: { kind: 'label', shape: [], classes: labels } };
}

// ---------------------------------------------------------------- files

interface Looked {
  readonly plan: PackPlan;
  /** What the classes are called; null where nobody says. */
  readonly classes: readonly string[] | null;
}

/** Reads every footer; null: there is no such file. Throws FileError for columns that aren't there, or hold something else. */
function look(what: Wanted, folder: string, watch?: Watch): Looked | null {
  const files = findFiles(what.files, folder).map(({ path }) => parquetFile(path));
  if (files.length === 0) return null;
  files.forEach((file) => requireColumns(file, what));
  const { made, columns, label, labels, range: bounds, missing } = what;
  const facts = factsIn(files, what, inFolder(folder, what.files), watch);
  const named = label === null ? null : namesOf(files, what, label);
  const classes = facts.classes ?? named;
  const range = rangeOf(what.args, facts.rows);
  const full = { ...what, classes };
  const asked = [made, columns, label, labels, classes, bounds, missing, range];
  const hash = (): string => hashOf('parquet', JSON.stringify([contentsOf(files), asked]));
  const plan = keyed(hash, {
    of: inFolder(folder, what.files),
    count: range.to - range.from,
    width: widthOf(what),
    parts: () => (made === null ? tableParts(files, full, range) : pictureParts(files, full, range)),
  });
  return { plan, classes };
}

const contentsOf = (files: readonly ParquetFile[]): string[] => files.map(({ path }) => hashFile(path));

/** From the footers; where those don't tell, from a look at all rows. */
function factsIn(
  files: readonly ParquetFile[],
  { files: _, shown: __, moving: ___, args: ____, ...what }: Wanted,
  path: string,
  watch?: Watch,
): ParquetFacts {
  const { label, classes, missing } = what;
  const texts = label !== null && classes === null && areTexts(files, label);
  if (missing !== 'skip' && !texts)
    return { rows: files.reduce((sum, file) => sum + file.rows, 0), classes: null };
  const bytes = files.reduce((sum, file) => sum + fileSize(file.path), 0);
  const key = hashOf('parquet rows', JSON.stringify([contentsOf(files), what]));
  const share: Watch = (done, of) => watch?.((bytes * done) / of, bytes);
  return factsOf(key, bytes, () => parquetFacts(files, what, path, share));
}

/** Whether the column is one of texts. Throws FileError where only some files have texts there: then nothing says which is which. */
function areTexts(files: readonly ParquetFile[], label: string): boolean {
  const [texts, numbers] = [true, false].map((wanted) =>
    files.find(({ columns }) => (columns.get(label) === 'texts') === wanted),
  );
  if (texts === undefined || numbers === undefined) return texts !== undefined;
  const why = `column ${label} holds class numbers, and texts in ${texts.path}: classes: says which they are`;
  throw new FileError(numbers.path, null, why);
}

function requireColumns({ path, columns }: ParquetFile, { made, columns: numbers, label }: Wanted): void {
  const require = (name: string, kinds: readonly ParquetKind[], what: string): void => {
    const kind = columns.get(name);
    if (kind === undefined) throw new FileError(path, null, noColumn(name, [...columns.keys()]));
    if (!kinds.includes(kind))
      throw new FileError(path, null, `column ${name} holds ${kind}, where ${what} are wanted`);
  };
  if (made !== null) require(made.image, ['pictures'], 'bytes of pictures');
  for (const name of numbers) require(name, ['numbers', 'whole numbers'], 'numbers');
  if (label !== null) require(label, ['whole numbers', 'texts'], 'class numbers or texts');
}

/** As given, else as all files name them. */
function namesOf(
  files: readonly ParquetFile[],
  { classes, labels }: Wanted,
  label: string,
): readonly string[] | null {
  if (classes !== null) return classes;
  const named = files.map((file) => file.classes.get(label) ?? null);
  const [first] = named;
  const other = named.findIndex((names) => names?.join() !== first?.join());
  if (other >= 0)
    throw new FileError(files[other].path, null, `its classes are not called as in ${files[0].path}`);
  if (first !== null && first.length !== labels)
    throw new FileError(
      files[0].path,
      null,
      `${first.length} classes (${first.slice(0, 12).join(', ')}), where labels: says ${labels}`,
    );
  return first;
}

export const parquet: Source = {
  signature: {
    name: 'parquet',
    doc: 'Parquet files: { image: image[channels,size,size] in [0,1] or values: vec[columns], label: label[labels] }.',
    params,
    fields,
  },
  describe(given, folder, watch) {
    const looked = look(wanted(given), folder, watch);
    if (looked === null) return null;
    const { plan, classes } = looked;
    const known = { ...(classes && { classes: { label: classes } }), ...(isLarge(plan) && { onDisk: true }) };
    return described(plan.count, { hash: () => plan.key }, known);
  },
  async open(given, folder) {
    const what = wanted(given);
    const looked = look(what, folder);
    if (looked === null) throw new FileError(inFolder(folder, what.files), null, 'no such file');
    const data = await recordsOf(looked.plan);
    const label: Column = { data, as: 'float64', from: looked.plan.width - 8 };
    const types = fields(given);
    const labelled: Record<string, Column> = what.label === null ? {} : { label };
    if (what.made === null) return tableSource(types, { values: { data, as: 'float64' }, ...labelled });
    const { channels, size } = what.made;
    const made = { ...types, image: { ...types.image, shape: [channels, ...size] } };
    return moving(tableSource(made, { image: { data, divisor: 255 }, ...labelled }), types, what.moving);
  },
  async pack(given, folder, how) {
    return packRecords(look(wanted(given), folder)?.plan ?? null, how);
  },
};
