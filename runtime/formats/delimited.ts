/**
 * Tables as text: a line of names, then lines of cells, with commas, semicolons or tabs between them (by csv-parse). In:
 * bytes and the columns that are wanted, as numbers or as texts; the others may hold anything. Out: those columns, and
 * the line of each row. Errors name line and column.
 */
import { parse } from 'csv-parse/sync';
import type { CsvError } from 'csv-parse/sync';
import { FileError } from './file-error.ts';
import { textOfBytes } from './text.ts';

export const separators = { comma: ',', semicolon: ';', tab: '\t' } as const;
export const missingRules = ['error', 'skip', 'zero', 'mean'] as const;
export type MissingRule = (typeof missingRules)[number];

export interface TableWanted {
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
  /** null: as the line of names has it. */
  readonly separator: keyof typeof separators | null;
  /** null: as the cells have it; a comma only where commas don't separate. */
  readonly decimal: 'point' | 'comma' | null;
  /** What becomes of a cell without a value: an error, its row left out, 0, the column's mean. */
  readonly missing: MissingRule;
}

export interface Table {
  readonly rows: number;
  readonly numbers: ReadonlyMap<string, readonly number[]>;
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** The line of each row, from 1. */
  readonly lines: readonly number[];
}

/** Throws FileError, for which `path` is. Empty lines are skipped. */
export function readTable(bytes: Uint8Array, path: string, wanted: TableWanted): Table {
  const text = textOfBytes(bytes);
  const first = /^[\s]*([^\r\n]*)/.exec(text)?.[1] ?? '';
  const delimiter = wanted.separator === null ? separatorIn(first) : separators[wanted.separator];
  const reader = new Reader(path, wanted, delimiter);
  try {
    parse(text, {
      delimiter,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      on_record: (record: string[], { lines }) => {
        reader.take(record, lines);
        return null;
      },
    });
  } catch (error) {
    const { code, lines } = error as CsvError;
    if (code === undefined) throw error;
    throw new FileError(path, `line ${String(lines)}`, 'a quotation mark out of place');
  }
  return reader.done();
}

/** The one of the three that the line of names has most of, outside of quotes; a comma where it has none. */
export function separatorIn(line: string): string {
  const bare = line.replace(/"(?:[^"]|"")*"/g, '');
  const counts = Object.values(separators).map((sign) => [bare.split(sign).length, sign] as const);
  return counts.reduce((best, one) => (one[0] > best[0] ? one : best))[1];
}

export const isMissing = (cell: string): boolean => /^(|na|n\/a|nan|null|none|\?)$/i.test(cell);
export const numberForm = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** What a decimal sign was first seen in, so that two kinds of them in one table are said. */
interface Seen {
  readonly line: number;
  readonly cell: string;
}

class Reader {
  private names: readonly string[] | null = null;
  private places: readonly number[] = [];
  private textPlaces: readonly number[] = [];
  private readonly numbers: number[][];
  private readonly texts: string[][];
  private readonly lines: number[] = [];
  private readonly signs: { point?: Seen; comma?: Seen } = {};
  private readonly path: string;
  private readonly wanted: TableWanted;
  private readonly commas: boolean;

  constructor(path: string, wanted: TableWanted, delimiter: string) {
    this.path = path;
    this.wanted = wanted;
    this.commas = delimiter !== ',';
    this.numbers = wanted.numbers.map(() => []);
    this.texts = wanted.texts.map(() => []);
  }

  take(cells: readonly string[], line: number): void {
    if (this.names === null) return this.header(cells, line);
    if (cells.length !== this.names.length)
      throw new FileError(this.path, `line ${line}`, `${cells.length} cells, ${this.names.length} columns`);
    const { missing, texts } = this.wanted;
    const all = [...this.places, ...this.textPlaces];
    if (missing === 'skip' && all.some((place) => isMissing(cells[place]))) return;
    this.places.forEach((place, i) =>
      this.numbers[i].push(this.number(cells[place], this.wanted.numbers[i], line)),
    );
    this.textPlaces.forEach((place, i) => {
      if (cells[place] === '') throw this.without(texts[i], line, 'missing: skip leaves such rows out');
      this.texts[i].push(cells[place]);
    });
    this.lines.push(line);
  }

  done(): Table {
    const { path, wanted } = this;
    if (this.names === null)
      throw new FileError(path, 'line 1', 'an empty file where a line of column names is wanted');
    if (this.lines.length === 0)
      throw new FileError(
        path,
        null,
        wanted.missing === 'skip'
          ? 'no row with a value in every cell that is read'
          : 'a line of names and no row below it',
      );
    const { point, comma } = this.signs;
    if (wanted.decimal === null && point !== undefined && comma !== undefined) {
      throw new FileError(
        path,
        `line ${comma.line}`,
        `${comma.cell} has a decimal comma, and ${point.cell} in line ${point.line} a point; decimal: comma or decimal: point says which is meant`,
      );
    }
    if (wanted.missing === 'mean') this.numbers.forEach(fillWithMean);
    return {
      rows: this.lines.length,
      numbers: new Map(wanted.numbers.map((name, i) => [name, this.numbers[i]])),
      texts: new Map(wanted.texts.map((name, i) => [name, this.texts[i]])),
      lines: this.lines,
    };
  }

  private header(names: readonly string[], line: number): void {
    this.names = names;
    const byName = new Map<string, number>();
    const twice = new Set(names.filter((name, i) => byName.size === byName.set(name, i).size));
    const placeOf = (name: string): number => {
      const place = byName.get(name);
      if (place === undefined) {
        const few =
          names.length > 20
            ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more`
            : names.join(', ');
        throw new FileError(this.path, `line ${line}`, `no column ${name}; there are ${few}`);
      }
      if (twice.has(name)) throw new FileError(this.path, `line ${line}`, `two columns are called ${name}`);
      return place;
    };
    this.places = this.wanted.numbers.map(placeOf);
    this.textPlaces = this.wanted.texts.map(placeOf);
  }

  private number(cell: string, name: string, line: number): number {
    const { decimal, missing } = this.wanted;
    if (isMissing(cell)) {
      if (missing === 'zero') return 0;
      if (missing === 'mean') return NaN;
      throw this.without(name, line, 'missing: skip leaves such rows out, missing: zero or mean fills them');
    }
    const comma = cell.includes(',') && (decimal === 'comma' || (decimal === null && this.commas));
    const plain = comma ? cell.replace(',', '.') : cell;
    if (
      !numberForm.test(plain) ||
      !Number.isFinite(Number(plain)) ||
      (decimal === 'comma' && cell.includes('.'))
    )
      throw new FileError(
        this.path,
        `line ${line}`,
        `column ${name}: ${JSON.stringify(cell)} is not a number`,
      );
    if (comma) this.signs.comma ??= { line, cell };
    else if (cell.includes('.')) this.signs.point ??= { line, cell };
    return Number(plain);
  }

  private without(name: string, line: number, hint: string): FileError {
    return new FileError(this.path, `line ${line}`, `column ${name} has no value there; ${hint}`);
  }
}

function fillWithMean(column: number[]): void {
  const known = column.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
  column.forEach((value, row) => {
    if (Number.isNaN(value)) column[row] = mean;
  });
}
