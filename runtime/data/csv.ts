/**
 * `csv("points.csv", columns: "x, y", label: "class", labels: 3)`: a table with a line of names. Arguments → records
 * { values: vec[columns], label }, checked against the file.
 */
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { readCsv } from '../formats/csv.ts';
import type { CsvTable } from '../formats/csv.ts';
import { FileError } from '../formats/file-error.ts';
import { count, text, textOrNull, withDefaults } from './arguments.ts';
import { fileExists, hashFile, hashOf, inFolder, readBytes } from './files.ts';
import { checkLabels } from './labels.ts';
import { checkRange, rangeParams, rangeRows } from './selection.ts';
import type { SyncSource } from './source.ts';
import { tableSource } from './table.ts';
import type { Column } from './table.ts';

const params: readonly ParamSpec[] = [
  { name: 'file', type: 'string', doc: 'the file; its first line names the columns' },
  { name: 'columns', type: 'string', doc: 'the columns that make the vector, in order: "x, y"' },
  { name: 'label', type: 'string', default: null, doc: 'the column of class numbers, from 0' },
  { name: 'labels', type: 'int', default: 10, doc: 'how many classes' },
  ...rangeParams,
];

function columnNames(args: SourceArguments): string[] {
  const names = text(args, 'columns').split(',').map((name) => name.trim()); // prettier-ignore
  if (names.includes('')) throw new Error('columns is a text of names with commas between them: "x, y"');
  return names;
}

function fields(given: SourceArguments): Record<string, FieldType> {
  const args = withDefaults(params, given);
  text(args, 'file');
  checkRange(args);
  const values: FieldType = { kind: 'vec', shape: [columnNames(args).length] };
  if (textOrNull(args, 'label') === null) return { values };
  return { values, label: { kind: 'label', shape: [], classes: count(args, 'labels', 2) } };
}

/** Looks columns up by name. */
function columnsOf({ names, columns }: CsvTable, path: string): (name: string) => Float64Array {
  const byName = new Map(names.map((name, i) => [name, columns[i]]));
  return (name) => {
    const found = byName.get(name);
    if (found !== undefined) return found;
    const few =
      names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', ');
    throw new FileError(path, 'line 1', `no column ${name}; there are ${few}`);
  };
}

export const csv: SyncSource = {
  signature: {
    name: 'csv',
    doc: 'Columns of a table: { values: vec[columns], label: label[labels] }.',
    params,
    fields,
  },
  describe(given, folder) {
    const args = withDefaults(params, given);
    const path = inFolder(folder, text(args, 'file'));
    if (!fileExists(path)) return null;
    const { file: _, ...rest } = args;
    return { count: csv.open(args, folder).count, hash: hashOf(hashFile(path), JSON.stringify(rest)) };
  },
  open(given, folder) {
    const args = withDefaults(params, given);
    const types = fields(args);
    const path = inFolder(folder, text(args, 'file'));
    const column = columnsOf(readCsv(new TextDecoder().decode(readBytes(path)), path), path);
    const parts = columnNames(args).map(column);
    const rows = parts[0].length;
    const data = new Float64Array(rows * parts.length);
    parts.forEach((part, j) => part.forEach((value, i) => (data[i * parts.length + j] = value)));
    const columns: Record<string, Column> = { values: { data } };
    const label = textOrNull(args, 'label');
    if (label !== null) {
      columns.label = { data: checkLabels(column(label), count(args, 'labels', 2), path) };
    }
    return tableSource(types, columns, rangeRows(args, rows));
  },
};
