/**
 * What a table's columns hold, without being told: numbers, or texts and which. In: a table's bytes. Out: a line for each
 * column, as `ganc data look` shows it.
 */
import { parse } from 'csv-parse/sync';
import { isMissing, numberForm, separatorIn } from './delimited.ts';
import { FileError } from './file-error.ts';
import { textOfBytes } from './text.ts';

export interface ColumnFacts {
  readonly name: string;
  /** Cells that aren't missing are all numbers. */
  readonly numeric: boolean;
  /** And all whole. */
  readonly whole: boolean;
  readonly missing: number;
  /** Different cells, as far as there are at most `most`. */
  readonly values: readonly string[];
  readonly rows: number;
}

/** As many different texts as may be classes. */
const most = 100;

/** Throws FileError where it is no table. */
export function columnFacts(bytes: Uint8Array, path: string): ColumnFacts[] {
  const text = textOfBytes(bytes);
  const first = /^[\s]*([^\r\n]*)/.exec(text)?.[1] ?? '';
  const delimiter = separatorIn(first);
  let records: string[][];
  try {
    records = parse(text, {
      delimiter,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      bom: true,
    });
  } catch {
    throw new FileError(path, null, 'not a table: a quotation mark out of place');
  }
  const [names, ...rows] = records;
  if (names === undefined || rows.length === 0)
    throw new FileError(path, null, 'a table without rows under its line of names');
  return names.map((name, at) => {
    const cells = rows.map((row) => row[at] ?? '');
    const given = cells.filter((cell) => !isMissing(cell));
    const numbers = given.map((cell) => (delimiter === ',' ? cell : cell.replace(',', '.')));
    const different = new Set(given);
    return {
      name,
      numeric: given.length > 0 && numbers.every((cell) => numberForm.test(cell)),
      whole: numbers.every((cell) => /^[-+]?\d+$/.test(cell)),
      missing: cells.length - given.length,
      values: different.size > most ? [] : [...different],
      rows: rows.length,
    };
  });
}
