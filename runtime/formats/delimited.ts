/**
 * Columns of a table of text (table-text.ts): a line of names, then lines of cells. In: pieces of text and the columns that
 * are wanted, as numbers or as texts; the others may hold anything. Out: rows, a part of the table at a time. Errors name
 * line and column.
 */
import { nearest } from '../../grammar/diagnostics.ts';
import { FileError } from './file-error.ts';
import { unfit } from './row-number.ts';
import { tableRecords } from './table-text.ts';
import type { Separator } from './table-text.ts';

export const missingRules = ['error', 'skip', 'zero', 'mean'] as const;
export type MissingRule = (typeof missingRules)[number];

/** What `missing: skip` may leave. */
export const noRowLeft = 'no row with a value in every cell that is read';

export interface TableWanted {
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
  /** null: as the line of names has it. */
  readonly separator: Separator | null;
  /** null: as the cells have it; a comma only where commas don't separate. */
  readonly decimal: 'point' | 'comma' | null;
  /** What becomes of a cell without a value: an error, its row left out, 0, or NaN where the column's mean is to stand. */
  readonly missing: MissingRule;
}

export interface TableRow {
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** The rows of each part. Throws FileError, for which `path` is. */
export function* tableRows(
  pieces: Iterable<string>,
  path: string,
  wanted: TableWanted,
): Generator<readonly TableRow[]> {
  let reader: Reader | null = null;
  for (const { records, delimiter } of tableRecords(pieces, path, wanted.separator)) {
    const from: number = reader === null ? 1 : 0;
    reader ??= new Reader(path, wanted, delimiter, records[0].cells, records[0].line);
    const rows: TableRow[] = [];
    for (const { cells, line } of from === 0 ? records : records.slice(from)) {
      const row = reader.row(cells, line);
      if (row !== null) rows.push(row);
    }
    yield rows;
  }
  if (reader === null)
    throw new FileError(path, 'line 1', 'an empty file where a line of column names is wanted');
  reader.end();
}

/** Whether no text stands in a cell. */
export const isMissingText = (cell: string): boolean => /^(|na|n\/a|nan|null|\?)$/i.test(cell);
/** Of texts it may be one: `none` of several kinds of work. */
export const isNone = (cell: string): boolean => /^none$/i.test(cell);
/** Whether no number stands in a cell. */
const isMissing = (cell: string): boolean => isMissingText(cell) || isNone(cell);
export const numberForm = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** What a decimal sign was first seen in, so that two kinds of them in one table are said. */
interface Seen {
  readonly line: number;
  readonly cell: string;
}

class Reader {
  private readonly width: number;
  private readonly places: readonly number[];
  private readonly textPlaces: readonly number[];
  private readonly signs: { point?: Seen; comma?: Seen } = {};
  private readonly path: string;
  private readonly wanted: TableWanted;
  private readonly commas: boolean;
  private rows = 0;

  constructor(path: string, wanted: TableWanted, delimiter: string, names: readonly string[], line: number) {
    this.path = path;
    this.wanted = wanted;
    this.commas = delimiter !== ',';
    this.width = names.length;
    const placeOf = placesIn(names, path, line);
    this.places = wanted.numbers.map(placeOf);
    this.textPlaces = wanted.texts.map(placeOf);
  }

  /** null: it is left out. */
  row(cells: readonly string[], line: number): TableRow | null {
    if (cells.length !== this.width)
      throw new FileError(this.path, `line ${line}`, `${cells.length} cells, ${this.width} columns`);
    const { missing, texts, numbers } = this.wanted;
    const isOut =
      this.places.some((place) => isMissing(cells[place])) ||
      this.textPlaces.some((place) => isMissingText(cells[place]));
    if (missing === 'skip' && isOut) return null;
    this.rows++;
    return {
      numbers: this.places.map((place, i) => this.number(cells[place], numbers[i], line)),
      texts: this.textPlaces.map((place, i) => {
        const cell = cells[place];
        if (isMissingText(cell))
          throw this.without(cell, texts[i], line, 'missing: skip leaves such rows out');
        return cell;
      }),
      line,
    };
  }

  /** What is wrong with all of it. */
  end(): void {
    const { path, wanted } = this;
    if (this.rows === 0)
      throw new FileError(
        path,
        null,
        wanted.missing === 'skip' ? noRowLeft : 'a line of names and no row below it',
      );
    const { point, comma } = this.signs;
    if (wanted.decimal === null && point !== undefined && comma !== undefined) {
      throw new FileError(
        path,
        `line ${comma.line}`,
        `${comma.cell} has a decimal comma, and ${point.cell} in line ${point.line} a point; decimal: comma or decimal: point says which is meant`,
      );
    }
  }

  private number(cell: string, name: string, line: number): number {
    const { decimal } = this.wanted;
    const comma = cell.includes(',') && (decimal === 'comma' || (decimal === null && this.commas));
    const point = cell.includes('.');
    const plain = comma ? cell.replace(',', '.') : cell;
    const value = numberForm.test(plain) ? Number(plain) : NaN;
    if (!Number.isFinite(value) || (point && decimal === 'comma')) return this.noNumber(cell, name, line);
    const why = unfit(value);
    if (why !== null) throw new FileError(this.path, `line ${line}`, `column ${name}: ${why}`);
    if (comma) this.signs.comma ??= { line, cell };
    else if (point) this.signs.point ??= { line, cell };
    return value;
  }

  /** What stands for a cell without a value. Throws FileError where that is an error, and for one that has no number. */
  private noNumber(cell: string, name: string, line: number): number {
    const { missing } = this.wanted;
    if (!isMissing(cell))
      throw new FileError(
        this.path,
        `line ${line}`,
        `column ${name}: ${JSON.stringify(shortened(cell))} is not a number`,
      );
    if (missing === 'zero') return 0;
    if (missing === 'mean') return NaN;
    throw this.without(
      cell,
      name,
      line,
      'missing: skip leaves such rows out, missing: zero or mean fills them',
    );
  }

  private without(cell: string, name: string, line: number, hint: string): FileError {
    const what = cell === '' ? '' : ` (${cell})`;
    return new FileError(this.path, `line ${line}`, `column ${name} has no value there${what}; ${hint}`);
  }
}

/** Where the column of a name is; throws FileError where there is none of it, or two are. */
function placesIn(names: readonly string[], path: string, line: number): (name: string) => number {
  const byName = new Map<string, number>();
  const twice = new Set(names.filter((name, i) => byName.size === byName.set(name, i).size));
  return (name) => {
    const place = byName.get(name) ?? likeName(names, name);
    if (place === undefined) throw new FileError(path, `line ${line}`, noColumn(name, names));
    if (twice.has(name)) throw new FileError(path, `line ${line}`, `two columns are called ${name}`);
    return place;
  };
}

/** The one column whose name is the wanted one but for signs that no name of the language has: `hours-per-week` is hours_per_week. */
function likeName(names: readonly string[], wanted: string): number | undefined {
  const like = [...names.keys()].filter((i) => names[i].replace(/\W/g, '_') === wanted);
  return like.length === 1 ? like[0] : undefined;
}

/** `no column ags; did you mean age? There are age, hours`. */
export function noColumn(name: string, names: readonly string[]): string {
  // Of one or two letters any other is near.
  const near = name.length < 3 ? undefined : nearest(name, names);
  const there = near === undefined ? '; there are' : `; did you mean ${near}? There are`;
  const more = names.length > 20 ? ` and ${names.length - 20} more` : '';
  return `no column ${name}${there} ${names.slice(0, 20).join(', ')}${more}`;
}

/** A cell in a message: a mark that is out of place may have made one of a page. */
const shortened = (cell: string): string => (cell.length > 60 ? `${cell.slice(0, 60)}…` : cell);
