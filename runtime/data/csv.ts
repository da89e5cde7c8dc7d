/**
 * `csv("points.csv", columns: "x, y", label: "class", labels: 3)`: a table with a line of names. Arguments → records
 * { values: vec[columns], label }, checked against the file. Columns that are not named may hold anything.
 */
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { missingRules, tableRows } from '../formats/delimited.ts';
import type { TableRow, TableWanted as TextWanted } from '../formats/delimited.ts';
import { separators } from '../formats/table-text.ts';
import { textPieces } from '../formats/text.ts';
import { namesIn, rangeOrNull, text, textOrNull, withDefaults } from './arguments.ts';
import { factsOf } from './facts.ts';
import { fileExists, fileSize, hashFile, hashOf, inFolder, partsTwice } from './files.ts';
import { classesParam, givenClasses, labelCount } from './labels.ts';
import type { PackPlan, Watch } from './pack.ts';
import { isLarge, packRecords, recordsOf } from './records.ts';
import { checkRange, rangeOf, rangeParams } from './selection.ts';
import type { Source } from './source.ts';
import { recordWidth, tableFacts, tableRecordBytes } from './table-rows.ts';
import type { TableFacts, TableWanted } from './table-rows.ts';
import { tableSource } from './table.ts';
import type { Column } from './table.ts';

const separatorNames = Object.keys(separators) as (keyof typeof separators)[];
const decimals = ['point', 'comma'] as const;

const params: readonly ParamSpec[] = [
  { name: 'file', type: 'string', doc: 'the file; its first line names the columns' },
  {
    name: 'columns',
    type: 'string',
    doc: 'the columns that make the vector, in order: "x, y", or with a comma in one "x, \'y, in cm\'"',
  },
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
    doc: 'what becomes of a cell without a value (also NA, NaN, null, ?, of numbers none): an error, its row left out, 0, the mean of its column in the file',
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

interface Wanted extends Pick<TableWanted, 'columns' | 'range' | 'label' | 'labels' | 'classes'> {
  readonly table: TextWanted;
  readonly args: SourceArguments;
}

const oneOf = <T extends string>(words: readonly T[], word: unknown): T | null =>
  words.find((one) => one === word) ?? null;

/** Throws Error with a sentence on arguments that can't be meant. */
function wanted(given: SourceArguments): Wanted {
  const args = withDefaults(params, given);
  text(args, 'file');
  checkRange(args);
  const columns = namesIn(args, 'columns');
  const label = textOrNull(args, 'label');
  const classes = givenClasses(args);
  if (classes !== null && label === null) throw new Error('classes: needs label:, the column of their names');
  const labels = labelCount(args, classes) ?? 10;
  const table: TextWanted = {
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

/** The table that is wanted of the file. */
function tableIn(what: Wanted, path: string, watch?: Watch): TableWanted {
  const { columns, range, label, labels, classes, table } = what;
  const bytes = partsTwice(path, watch);
  const parts = (): Iterable<readonly TableRow[]> => tableRows(textPieces(bytes), path, table);
  const place = (line: number): string => `line ${line}`;
  return { path, columns, range, label, labels, classes, missing: table.missing, parts, place };
}

interface Looked {
  readonly path: string;
  readonly facts: TableFacts;
  readonly plan: PackPlan;
}

/** Looks through the file, unless that was done. Throws FileError. */
function look(what: Wanted, folder: string, watch?: Watch): Looked {
  const path = inFolder(folder, text(what.args, 'file'));
  const { file: _, skip, take, ...rest } = what.args;
  const content = hashOf('table', hashFile(path), JSON.stringify(rest));
  const facts = factsOf(content, fileSize(path), () => tableFacts(tableIn(what, path, watch)));
  const rows = rangeOf(what.args, facts.rows);
  const width = recordWidth(what);
  const plan: PackPlan = {
    key: hashOf(content, JSON.stringify([skip, take])),
    of: path,
    count: rows.to - rows.from,
    width,
    parts: () => tableRecordBytes(tableIn(what, path), facts, rows),
  };
  return { path, facts, plan };
}

export const csv: Source = {
  signature: {
    name: 'csv',
    doc: 'Columns of a table (CSV, TSV): { values: vec[columns], label: label[labels] }.',
    params,
    fields,
  },
  describe(given, folder, watch) {
    const what = wanted(given);
    const path = inFolder(folder, text(what.args, 'file'));
    if (!fileExists(path)) return null;
    const { file: _, ...rest } = what.args;
    const { facts, plan } = look(what, folder, watch);
    const hash = hashOf(hashFile(path), JSON.stringify(rest));
    const { classes } = facts;
    const onDisk = isLarge(plan);
    return {
      count: plan.count,
      hash,
      ...(classes && { classes: { label: classes } }),
      ...(onDisk && { onDisk }),
    };
  },
  async open(given, folder) {
    const what = wanted(given);
    const data = await recordsOf(look(what, folder).plan);
    const values: Column = { data, as: 'float64' };
    const label: Column = { data, as: 'float64', from: 8 * what.columns.length };
    return tableSource(fields(given), what.label === null ? { values } : { values, label });
  },
  async pack(given, folder, how) {
    const what = wanted(given);
    if (!fileExists(inFolder(folder, text(what.args, 'file')))) return null;
    return packRecords(look(what, folder).plan, how);
  },
};
