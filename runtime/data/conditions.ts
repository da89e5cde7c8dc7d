/**
 * Training by sampling (CTGAN, Xu et al. 2019, arXiv:1907.00503, section 4.3): a row is drawn to have one class of one column. In:
 * the class columns of a table. Out: groups of rows to draw from (drawn.ts), and the condition under which a row stands. The column
 * is drawn with equal chances, one of its classes by the logarithm of its count, a row among those that have it. So a row has as many
 * numbers as there are columns: row + rows × shift stands under the condition of column (row + shift) mod columns. Whoever reads
 * rows in their order, as reports do, finds the columns taking turns.
 */
import { cumulated } from './drawn.ts';
import type { Drawn } from './drawn.ts';
import { rowCount } from './source.ts';
import type { NumberArray, Rows } from './source.ts';

/** A column of classes: how many there are, and which each row has. */
export interface Classed {
  readonly classes: number;
  readonly rows: Uint32Array;
}

export function conditionalDraws(columns: readonly Classed[]): Drawn {
  const count = columns[0].rows.length;
  const groups: Uint32Array[] = [];
  const chances: number[] = [];
  columns.forEach(({ classes, rows }, column) => {
    const own: number[][] = Array.from({ length: classes }, () => []);
    rows.forEach((value, row) => own[value].push(numberOf(row, column, count, columns.length)));
    // log(1 + count), as the paper's code has it: a class of one row has a chance, one without rows has none.
    const masses = own.map((list) => Math.log(1 + list.length));
    const all = masses.reduce((a, b) => a + b);
    own.forEach((list, value) => {
      groups.push(Uint32Array.from(list));
      chances.push(masses[value] / all / columns.length);
    });
  });
  return { cumulative: cumulated(chances), groups, numbers: count * columns.length };
}

/** The number under which a row stands under the condition of a column. */
function numberOf(row: number, column: number, count: number, columns: number): number {
  const shift = (((column - row) % columns) + columns) % columns;
  return row + count * shift;
}

/** Fills `out` with each row's condition: as many numbers as all columns have classes, 1 at the class that it was drawn for. */
export function readConditions(columns: readonly Classed[], rows: Rows, out: NumberArray): void {
  const count = columns[0].rows.length;
  const starts = columns.map((_, i) => columns.slice(0, i).reduce((sum, { classes }) => sum + classes, 0));
  const width = columns.reduce((sum, { classes }) => sum + classes, 0);
  out.fill(0, 0, rowCount(rows) * width);
  for (let i = 0; i < rowCount(rows); i++) {
    const number = rows instanceof Uint32Array ? rows[i] : rows.from + i;
    const row = number % count;
    const column = (row + Math.floor(number / count)) % columns.length;
    out[i * width + starts[column] + columns[column].rows[row]] = 1;
  }
}
