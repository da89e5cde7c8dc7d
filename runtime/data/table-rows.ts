/**
 * Rows of a table as records: so many numbers, and a class. In: how its rows are read, one part after the other, and what is
 * wanted of them. Out: what has to be known of all of them before the first is of use (how many there are, what the classes are
 * called, means), found in one pass; and the records, made in another, held in memory or packed (records.ts).
 */
import type { MissingRule, TableRow } from '../formats/delimited.ts';
import { FileError } from '../formats/file-error.ts';
import { classesOf, mostClasses } from './labels.ts';
import type { RowRange } from './source.ts';

export interface TableWanted {
  /** For the errors. */
  readonly path: string;
  /** The columns of numbers. */
  readonly columns: readonly string[];
  /** In which all of the numbers must lie. */
  readonly range: readonly [number, number] | null;
  /** The column of classes, the only one of texts. */
  readonly label: string | null;
  readonly labels: number;
  readonly classes: readonly string[] | null;
  readonly missing: MissingRule;
  /** All rows, a part at a time. Throws FileError. */
  parts(): Iterable<readonly TableRow[]>;
  /** `line 3`, of a row's `line`. */
  place(line: number): string;
}

export interface TableFacts {
  readonly rows: number;
  /** What the classes are called; null where the column holds their numbers, or there is none. */
  readonly classes: readonly string[] | null;
  /** Of each column, over the rows that have a value there, where `missing` asks for them. */
  readonly means: readonly number[];
}

/** Goes through all rows. Throws FileError at the first number out of the range or label that is none. */
export function tableFacts(table: TableWanted): TableFacts {
  const { path, columns, range, place } = table;
  const [sums, counts] = [columns.map(() => 0), columns.map(() => 0)];
  const labels = table.label === null ? null : new Labels(table, table.label);
  let rows = 0;
  for (const part of table.parts())
    for (const { numbers, texts, line } of part) {
      rows++;
      numbers.forEach((value, i) => {
        if (Number.isNaN(value)) return;
        if (range !== null && (value < range[0] || value > range[1]))
          throw new FileError(
            path,
            place(line),
            `column ${columns[i]}: ${value} is outside the range [${range.join(', ')}]`,
          );
        sums[i] += value;
        counts[i]++;
      });
      labels?.take(texts[0], line);
    }
  const means =
    table.missing === 'mean'
      ? columns.map((column, i) => meanOf({ path, column, sum: sums[i], count: counts[i] }))
      : [];
  return { rows, classes: labels?.classes() ?? null, means };
}

/** Of the numbers of a column that are there. */
interface Known {
  readonly path: string;
  readonly column: string;
  readonly sum: number;
  readonly count: number;
}

/** What stands for a column's missing values. Throws FileError where all of them are. */
export function meanOf({ path, column, sum, count }: Known): number {
  if (count > 0) return sum / count;
  throw new FileError(
    path,
    null,
    `column ${column} has no value in any row, and so no mean; leave it out of columns:, or missing: zero puts 0 there`,
  );
}

/** What a column of classes holds: whole numbers, where no names are given the class numbers themselves, or texts. */
class Labels {
  private readonly table: TableWanted;
  private readonly name: string;
  private readonly texts = new Set<string>();
  private whole: boolean;
  private bad: { readonly label: number; readonly line: number } | null = null;

  constructor(table: TableWanted, name: string) {
    this.table = table;
    this.name = name;
    this.whole = table.classes === null;
  }

  take(cell: string, line: number): void {
    if (this.texts.size < mostClasses) this.texts.add(cell);
    else if (!this.whole && !this.texts.has(cell))
      throw new FileError(
        this.table.path,
        this.table.place(line),
        `column ${this.name} has more than ${mostClasses} classes`,
      );
    this.whole &&= isWhole(cell);
    const label = Number(cell);
    if (this.whole && this.bad === null && (label < 0 || label >= this.table.labels))
      this.bad = { label, line };
  }

  classes(): readonly string[] | null {
    const { path, labels, classes, place } = this.table;
    if (!this.whole)
      return classesOf(this.texts, classes, labels, { path, word: `column ${this.name}: class` });
    if (this.bad === null) return null;
    throw new FileError(
      path,
      place(this.bad.line),
      `column ${this.name}: label ${this.bad.label}, where classes are 0 to ${labels - 1}; classes: names others`,
    );
  }
}

const isWhole = (cell: string): boolean => /^[-+]?\d+(\.0*)?$/.test(cell);

/** Bytes of a record: the numbers, then the class, each a float64. */
export const recordWidth = ({ columns, label }: Pick<TableWanted, 'columns' | 'label'>): number =>
  8 * (columns.length + (label === null ? 0 : 1));

/** The records of the rows from one to before another; each part's bytes are the next part's, too. */
export function* tableRecordBytes(
  table: TableWanted,
  { classes, means }: TableFacts,
  { from, to }: RowRange,
): Generator<Uint8Array> {
  const index = classes && new Map(classes.map((name, i) => [name, i]));
  const width = recordWidth(table) / 8;
  // One for all parts: what a part leaves behind outside of the heap is collected late, and a large table has many parts.
  let data = new Float64Array();
  let row = 0;
  for (const part of table.parts()) {
    const wanted = part.slice(Math.max(0, from - row), Math.max(0, to - row));
    row += part.length;
    if (wanted.length > 0) {
      const length = wanted.length * width;
      if (data.length < length) data = new Float64Array(length);
      wanted.forEach(({ numbers, texts }, i) => {
        numbers.forEach((value, j) => (data[i * width + j] = Number.isNaN(value) ? means[j] : value));
        if (table.label !== null) data[(i + 1) * width - 1] = index?.get(texts[0]) ?? Number(texts[0]);
      });
      yield new Uint8Array(data.buffer, 0, 8 * length);
    }
    if (row >= to) return;
  }
}
