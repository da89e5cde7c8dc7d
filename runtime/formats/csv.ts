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
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
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

/** The cells of a line, without the blanks and quotes round them; each sign is looked at once. */
function cells(line: string, path: string, number: number): string[] {
  const out: string[] = [];
  const misplaced = (): FileError => new FileError(path, `line ${number}`, 'a quotation mark out of place');
  for (let at = 0; ; at++) {
    while (at < line.length && isBlank(line, at)) at++;
    let end: number;
    if (line[at] === '"') {
      const closed = closingQuote(line, at);
      if (closed < 0) throw misplaced();
      out.push(line.slice(at + 1, closed).replaceAll('""', '"'));
      for (end = closed + 1; end < line.length && isBlank(line, end);) end++;
      if (end < line.length && line[end] !== ',') throw misplaced();
    } else {
      end = line.indexOf(',', at);
      if (end < 0) end = line.length;
      const text = line.slice(at, end);
      if (text.includes('"')) throw misplaced();
      out.push(text.trim());
    }
    if (end >= line.length) return out;
    at = end;
  }
}

const isBlank = (line: string, at: number): boolean => line[at] !== ',' && line[at].trim() === '';

/** Where the quote that opens at `open` is closed; two in a row stand for one. -1: nowhere. */
function closingQuote(line: string, open: number): number {
  for (let at = open + 1; ; at += 2) {
    at = line.indexOf('"', at);
    if (at < 0 || line[at + 1] !== '"') return at;
  }
}
