/**
 * What a table's columns hold, without being told: numbers, or texts and which. In: a table's text, in pieces. Out: a line for
 * each column, as `ganc data look` shows it.
 */
import { isMissingText, isNone, numberForm } from './delimited.ts';
import { FileError } from './file-error.ts';
import { tableRecords } from './table-text.ts';

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
export function columnFacts(pieces: Iterable<string>, path: string): ColumnFacts[] {
  let columns: Column[] | null = null;
  let rows = 0;
  for (const { records, delimiter } of tableRecords(pieces, path, null)) {
    const below = columns === null ? records.slice(1) : records;
    columns ??= records[0].cells.map((name) => new Column(name));
    rows += below.length;
    for (const { cells } of below)
      columns.forEach((column, at) => column.take(cells[at] ?? '', delimiter !== ','));
  }
  if (columns === null || rows === 0)
    throw new FileError(path, null, 'a table without rows under its line of names');
  return columns.map((column) => column.facts(rows));
}

class Column {
  private readonly name: string;
  private readonly different = new Set<string>();
  private given = 0;
  /** Cells with `none`, which is a text, and no number. */
  private nones = 0;
  private numeric = true;
  private whole = true;

  constructor(name: string) {
    this.name = name;
  }

  take(cell: string, commas: boolean): void {
    if (isMissingText(cell)) return;
    if (isNone(cell)) this.nones++;
    else this.given++;
    if (this.different.size <= most) this.different.add(cell);
    if (isNone(cell)) return;
    const plain = commas ? cell.replace(',', '.') : cell;
    this.numeric &&= numberForm.test(plain);
    this.whole &&= /^[-+]?\d+$/.test(plain);
  }

  facts(rows: number): ColumnFacts {
    const numeric = this.given > 0 && this.numeric;
    return {
      name: this.name,
      numeric,
      whole: this.whole,
      missing: rows - this.given - (numeric ? 0 : this.nones),
      values:
        this.different.size > most ? [] : [...this.different].filter((text) => !(numeric && isNone(text))),
      rows,
    };
  }
}
