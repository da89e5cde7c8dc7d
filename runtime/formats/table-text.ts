/**
 * Tables as text, record by record: pieces of text go in, cells with the line they end in come out, a part of whole records at a
 * time, so that a table may be larger than memory, and than the longest string there is. Records that are a line each need no more
 * than their separators and quotation marks, which takes a fraction of csv-parse's time; parts with others are csv-parse's.
 */
import { parse } from 'csv-parse/sync';
import type { CsvError } from 'csv-parse/sync';
import { FileError } from './file-error.ts';

export const separators = { comma: ',', semicolon: ';', tab: '\t' } as const;
export type Separator = keyof typeof separators;

export interface TableRecord {
  readonly cells: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** Characters that are parsed at once, about: their cells take twenty times as much, which more of them would keep longer. */
const partLength = 2 ** 16;
/** No record is longer: behind a quotation mark that nothing closes, all of the file would be one. */
const mostLength = 2 ** 26;

/**
 * The records, those of a part together; empty lines are left out. `separator`: null: as the first line has it; it comes
 * with each part. Throws FileError, for which `path` is.
 */
export function* tableRecords(
  pieces: Iterable<string>,
  path: string,
  separator: Separator | null,
): Generator<{ readonly records: readonly TableRecord[]; readonly delimiter: string }> {
  let delimiter: string | null = separator === null ? null : separators[separator];
  for (const { text, line } of wholeRecords(pieces)) {
    delimiter ??= separatorIn(/^[\s]*([^\r\n]*)/.exec(text)?.[1] ?? '');
    const records = parsed(text, { path, line, delimiter });
    if (records.length > 0) yield { records, delimiter };
  }
}

interface Place {
  readonly path: string;
  /** Of the text's beginning. */
  readonly line: number;
  readonly delimiter: string;
}

/** The records of the text: line by line, or by csv-parse where one is more than a line, or not as it should be. */
const parsed = (text: string, place: Place): TableRecord[] =>
  recordsByLine(text, place) ?? parsedRecords(text, place);

/** null: there is a line with quotation marks that open and close nothing in it. */
function recordsByLine(text: string, { line, delimiter }: Place): TableRecord[] | null {
  const records: TableRecord[] = [];
  const lines = text.includes('\r') ? text.split(/\r\n|\n|\r/) : text.split('\n');
  const isQuoted = text.includes('"');
  for (let i = 0; i < lines.length; i++) {
    const quoted = isQuoted && lines[i].includes('"');
    const cells = quoted ? quotedCells(lines[i], delimiter) : plainCells(lines[i], delimiter);
    if (cells === null) return null;
    if (quoted || cells.length > 1 || cells[0] !== '') records.push({ cells, line: line + i });
  }
  return records;
}

function plainCells(line: string, delimiter: string): string[] {
  const cells = line.split(delimiter);
  for (let i = 0; i < cells.length; i++) cells[i] = cells[i].trim();
  return cells;
}

/** Cells of which some stand between quotation marks, where two are one; null: some are out of place. */
function quotedCells(line: string, delimiter: string): string[] | null {
  const cells: string[] = [];
  const unspaced = (at: number): number => {
    while (at < line.length && line[at] !== delimiter && line[at].trim() === '') at++;
    return at;
  };
  for (let at = 0; ;) {
    const begin = unspaced(at);
    let end = line.indexOf(delimiter, begin);
    if (end < 0) end = line.length;
    if (line[begin] === '"') {
      let close = line.indexOf('"', begin + 1);
      while (close >= 0 && line[close + 1] === '"') close = line.indexOf('"', close + 2);
      if (close < 0) return null;
      end = unspaced(close + 1);
      const isLast = end === line.length || line[end] === delimiter;
      // Behind a quotation mark csv-parse takes no space of several bytes.
      if (!isLast || /[^ \t\v\f]/.test(line.slice(close + 1, end))) return null;
      cells.push(line.slice(begin + 1, close).replaceAll('""', '"'));
    } else {
      const cell = line.slice(begin, end);
      if (cell.includes('"')) return null;
      cells.push(cell.trim());
    }
    if (end >= line.length) return cells;
    at = end + 1;
  }
}

function parsedRecords(text: string, { path, line, delimiter }: Place): TableRecord[] {
  const records: TableRecord[] = [];
  try {
    parse(text, {
      delimiter,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      on_record: (cells: string[], { lines }) => {
        records.push({ cells, line: line + lines - 1 });
        return null;
      },
    });
  } catch (error) {
    const { code, lines } = error as CsvError;
    if (code === undefined) throw error;
    throw new FileError(path, `line ${line + Number(lines) - 1}`, 'a quotation mark out of place');
  }
  return records;
}

/** The one of the three that the line of names has most of, outside of quotes; a comma where it has none. */
function separatorIn(line: string): string {
  const bare = line.replace(/"(?:[^"]|"")*"/g, '');
  const counts = Object.values(separators).map((sign) => [bare.split(sign).length, sign] as const);
  return counts.reduce((best, one) => (one[0] > best[0] ? one : best))[1];
}

/** The same text in parts that end where a record does: at a line's end that stands between no quotation marks. */
function* wholeRecords(pieces: Iterable<string>): Generator<{ text: string; line: number }> {
  let [text, line] = ['', 1];
  const look = new Ends();
  for (const piece of pieces) {
    text += piece;
    if (text.length < partLength) continue;
    look.on(text);
    if (look.end === 0 && text.length < mostLength) continue;
    const end = look.end === 0 ? text.length : look.end;
    yield { text: text.slice(0, end), line };
    line += look.end === 0 ? 0 : look.lines;
    text = text.slice(end);
    look.forget();
  }
  if (text.length > 0) yield { text, line };
}

const [quote, lineFeed, carriageReturn] = ['"', '\n', '\r'].map((sign) => sign.charCodeAt(0));

/** Where the last record of a text ends, that grows. */
class Ends {
  /** Behind the last whole record; 0: there is none. */
  end = 0;
  /** Lines up to there. */
  lines = 0;
  private at = 0;
  private seen = 0;
  private quoted = false;

  on(text: string): void {
    // Of the last character alone it can't be told whether a line feed belongs to it.
    for (; this.at < text.length - 1; this.at++) {
      const code = text.charCodeAt(this.at);
      if (code === quote) this.quoted = !this.quoted;
      const ends =
        code === lineFeed || (code === carriageReturn && text.charCodeAt(this.at + 1) !== lineFeed);
      if (!ends) continue;
      this.seen++;
      if (!this.quoted) [this.end, this.lines] = [this.at + 1, this.seen];
    }
  }

  /** Begins anew, with a text of what stands behind the end. */
  forget(): void {
    [this.end, this.lines, this.at, this.seen, this.quoted] = [0, 0, 0, 0, false];
  }
}
