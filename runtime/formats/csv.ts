/**
 * Comma-separated numbers, with a line of names above them. In: text. Out: names and columns. A cell may be quoted;
 * every cell below the names must be a number. Errors name the line.
 */
import { FileError } from './file-error.ts';

export interface CsvTable {
  readonly names: readonly string[];
  /** One column of numbers for each name. */
  readonly columns: readonly Float64Array[];
}

/** Reads a table; `path` is for the errors. Empty lines are skipped. */
export function readCsv(text: string, path: string): CsvTable {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim() !== '');
  if (lines.length === 0)
    throw new FileError(path, 'line 1', 'an empty file where a line of column names is wanted');
  const names = cells(lines[0].line, path, lines[0].number);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new FileError(path, 'line 1', `two columns are called ${twice}`);
  const columns = names.map(() => new Float64Array(lines.length - 1));
  for (const [row, { line, number }] of lines.slice(1).entries()) {
    const found = cells(line, path, number);
    if (found.length !== names.length) {
      throw new FileError(path, `line ${number}`, `${found.length} cells, ${names.length} columns`);
    }
    found.forEach((cell, i) => (columns[i][row] = parseNumber(cell, names[i], path, number)));
  }
  return { names, columns };
}

function parseNumber(cell: string, name: string, path: string, line: number): number {
  const value = cell === '' ? NaN : Number(cell);
  if (Number.isFinite(value)) return value;
  throw new FileError(path, `line ${line}`, `column ${name}: ${JSON.stringify(cell)} is not a number`);
}

/** The cells of a line, without the blanks and quotes round them. */
function cells(line: string, path: string, number: number): string[] {
  const out: string[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(,|$)/y;
  for (;;) {
    const match = pattern.exec(line);
    if (match === null) throw new FileError(path, `line ${number}`, 'a quotation mark out of place');
    out.push(match[1] === undefined ? match[2].trim() : match[1].replaceAll('""', '"'));
    if (match[3] === '') return out;
  }
}
