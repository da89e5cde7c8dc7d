/**
 * Tables as text, record by record: pieces of text go in, cells with the line they end in come out, a part of whole records at a
 * time, so that a table may be larger than memory, and than the longest string there is. Parts in which a quotation mark stands are
 * csv-parse's; others, as tables of numbers are, need no more than their lines and separators, which takes a fraction of the time.
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

const parsed = (text: string, place: Place): TableRecord[] =>
  text.includes('"') ? quotedRecords(text, place) : plainRecords(text, place);

/** Records of a text without quotation marks, as csv-parse has them. */
function plainRecords(text: string, { line, delimiter }: Place): TableRecord[] {
  const records: TableRecord[] = [];
  const lines = text.includes('\r') ? text.split(/\r\n|\n|\r/) : text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const cells = lines[i].split(delimiter);
    for (let j = 0; j < cells.length; j++) cells[j] = cells[j].trim();
    if (cells.length > 1 || cells[0] !== '') records.push({ cells, line: line + i });
  }
  return records;
}

function quotedRecords(text: string, { path, line, delimiter }: Place): TableRecord[] {
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
