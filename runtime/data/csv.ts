/**
 * `csv("points.csv", columns: "x, y", label: "class", labels: 3)`: a table with a line of names. Arguments → records
 * { values: vec[columns], label }, checked against the file. Columns that are not named may hold anything.
 */
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { missingRules, readTable, separators } from '../formats/delimited.ts';
import type { Table, TableWanted } from '../formats/delimited.ts';
import { FileError } from '../formats/file-error.ts';
import { countOrNull, rangeOrNull, text, textOrNull, withDefaults } from './arguments.ts';
import { fileExists, hashFile, hashOf, inFolder, readBytes } from './files.ts';
import { classesOf, classesParam, givenClasses } from './labels.ts';
import { checkRange, rangeParams, rangeRows } from './selection.ts';
import type { OpenSource, SyncSource } from './source.ts';
import { tableSource } from './table.ts';
import type { Column } from './table.ts';

const separatorNames = Object.keys(separators) as (keyof typeof separators)[];
const decimals = ['point', 'comma'] as const;

const params: readonly ParamSpec[] = [
  { name: 'file', type: 'string', doc: 'the file; its first line names the columns' },
  { name: 'columns', type: 'string', doc: 'the columns that make the vector, in order: "x, y"' },
  { name: 'range', type: 'reals', default: null, doc: '[low, high], in which all of their numbers must lie' },
  { name: 'label', type: 'string', default: null, doc: 'the column of classes: numbers from 0, or texts' },
  {
    name: 'labels',
    type: 'int',
    default: null,
    doc: 'how many classes; default: those of `classes`, or else 10',
  },
  classesParam('texts in the column'),
  {
    name: 'missing',
    type: 'choice',
    default: 'error',
    choices: missingRules,
    doc: 'what becomes of a cell without a value (also NA, NaN, null, ?): an error, its row left out, 0, the mean of its column in the file',
  },
  {
    name: 'separator',
    type: 'choice',
    default: null,
    choices: separatorNames,
    doc: 'what stands between cells; default: what the line of names has most of',
  },
  {
    name: 'decimal',
    type: 'choice',
    default: null,
    choices: decimals,
    doc: 'the decimal sign; default: a comma where cells have it and it separates nothing',
  },
  ...rangeParams,
];

interface Wanted {
  readonly columns: readonly string[];
  readonly range: readonly [number, number] | null;
  readonly label: string | null;
  readonly labels: number;
  readonly classes: readonly string[] | null;
  readonly table: TableWanted;
  readonly args: SourceArguments;
}

const oneOf = <T extends string>(words: readonly T[], word: unknown): T | null =>
  words.find((one) => one === word) ?? null;

/** Throws Error with a sentence on arguments that can't be meant. */
function wanted(given: SourceArguments): Wanted {
  const args = withDefaults(params, given);
  text(args, 'file');
  checkRange(args);
  const columns = text(args, 'columns')
    .split(',')
    .map((name) => name.trim());
  if (columns.includes('')) throw new Error('columns is a text of names with commas between them: "x, y"');
  const label = textOrNull(args, 'label');
  const classes = givenClasses(args);
  if (classes !== null && label === null) throw new Error('classes: needs label:, the column of their names');
  const labels = countOrNull(args, 'labels', 2) ?? classes?.length ?? 10;
  if (classes !== null && classes.length !== labels)
    throw new Error(`classes names ${classes.length} classes, where labels: says ${labels}`);
  const table: TableWanted = {
    numbers: columns,
    texts: label === null ? [] : [label],
    separator: oneOf(separatorNames, args.separator),
    decimal: oneOf(decimals, args.decimal),
    missing: oneOf(missingRules, args.missing) ?? 'error',
  };
  return { columns, range: rangeOrNull(args, 'range'), label, labels, classes, table, args };
}

function fields(given: SourceArguments): Record<string, FieldType> {
  const { columns, range, label, labels } = wanted(given);
  const values: FieldType = { kind: 'vec', shape: [columns.length], ...(range && { range }) };
  return label === null ? { values } : { values, label: { kind: 'label', shape: [], classes: labels } };
}

interface Opened extends OpenSource {
  /** null where classes are numbers. */
  readonly classes: readonly string[] | null;
}

function open(given: SourceArguments, folder: string): Opened {
  const what = wanted(given);
  const path = inFolder(folder, text(what.args, 'file'));
  const table = readTable(readBytes(path), path, what.table);
  const columns: Record<string, Column> = { values: { data: values(what, table, path) } };
  const labelled = what.label === null ? null : labelsOf(what, what.label, table, path);
  if (labelled !== null) columns.label = { data: labelled.labels };
  const opened = tableSource(fields(given), columns, rangeRows(what.args, table.rows));
  return { ...opened, classes: labelled?.classes ?? null };
}

/** Row by row. Throws FileError at the first number outside of the range that is declared. */
function values({ columns, range }: Wanted, { rows, numbers, lines }: Table, path: string): Float64Array {
  const data = new Float64Array(rows * columns.length);
  columns.forEach((name, j) =>
    numbers.get(name)!.forEach((value, row) => {
      if (range !== null && (value < range[0] || value > range[1]))
        throw new FileError(
          path,
          `line ${lines[row]}`,
          `column ${name}: ${value} is outside the range [${range.join(', ')}]`,
        );
      data[row * columns.length + j] = value;
    }),
  );
  return data;
}

interface Labelled {
  readonly labels: Uint32Array;
  readonly classes: readonly string[] | null;
}

/** A column of whole numbers, where no names are given, holds the class numbers themselves. */
function labelsOf(
  { labels: count, classes: given }: Wanted,
  name: string,
  { texts, lines }: Table,
  path: string,
): Labelled {
  const column = texts.get(name)!;
  if (given === null && column.every((cell) => /^[-+]?\d+(\.0*)?$/.test(cell))) {
    const labels = column.map(Number);
    const bad = labels.findIndex((label) => label < 0 || label >= count);
    if (bad < 0) return { labels: Uint32Array.from(labels), classes: null };
    throw new FileError(
      path,
      `line ${lines[bad]}`,
      `column ${name}: label ${labels[bad]}, where classes are 0 to ${count - 1}; classes: names others`,
    );
  }
  const classes = classesOf(column, given, count, { path, word: `column ${name}: class` });
  const index = new Map(classes.map((name, i) => [name, i]));
  return { labels: Uint32Array.from(column, (cell) => index.get(cell)!), classes };
}

export const csv: SyncSource = {
  signature: {
    name: 'csv',
    doc: 'Columns of a table (CSV, TSV): { values: vec[columns], label: label[labels] }.',
    params,
    fields,
  },
  describe(given, folder) {
    const args = withDefaults(params, given);
    const path = inFolder(folder, text(args, 'file'));
    if (!fileExists(path)) return null;
    const { file: _, ...rest } = args;
    const { count, classes } = open(args, folder);
    const hash = hashOf(hashFile(path), JSON.stringify(rest));
    return { count, hash, ...(classes && { classes: { label: classes } }) };
  },
  open,
};
