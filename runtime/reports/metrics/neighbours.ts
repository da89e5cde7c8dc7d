/**
 * Nearest neighbours by looking at all, exactly. In: queries and candidates, rows of numbers. Out: for each query the
 * k nearest candidates. Products of rows say about how far each is; what may be among the nearest is measured. How long it
 * takes follows from the sizes, not from what a network has learned.
 */
import { productByLoops, type Product } from '../../engines/product.ts';
import type { Cost, Size } from '../../../program/catalogue.ts';
import { still } from '../pulse.ts';
import type { Pulse } from '../pulse.ts';
import { rowWidth } from './metric.ts';
import type { Values } from './metric.ts';
import { comparedBytes, comparePairs, squareOf } from './pairs.ts';
import type { Compared } from './pairs.ts';

/**
 * What `nearestRows` takes. onnxruntime multiplies four numbers and more while a loop does one thing; looking at a product takes
 * as long as some multiplications of it.
 */
export const neighbourCost = (queries: Size, candidates: Size): Cost => ({
  operations: queries.rows * candidates.rows * (candidates.width / 4 + 4),
  bytes: comparedBytes(candidates.width),
});

/**
 * Gets the rows of a query's k nearest candidates, nearest first, of equals the earlier, and the squares of their distances: what is
 * compared with them needs no root, whose last digit is not every engine's.
 */
export type Each = (row: number, neighbours: Int32Array, squares: Float64Array) => void;

/** The k nearest of each query so far. */
interface Best {
  readonly k: number;
  readonly rows: Int32Array;
  readonly squares: Float64Array;
}

const bestOf = (queries: number, k: number): Best => ({
  k,
  rows: new Int32Array(queries * k),
  squares: new Float64Array(queries * k).fill(Infinity),
});

/** Calls `each` for every query in order. */
export async function nearestRows(
  queries: Values,
  candidates: Values,
  k: number,
  each: Each,
  product: Product = productByLoops,
  pulse: Pulse = still,
): Promise<void> {
  const best = bestOf(queries.shape[0], k);
  const look = (compared: Compared): void => search(queries, candidates, compared, best);
  await comparePairs(queries, candidates, look, product, pulse);
  tell(best, each);
}

/** The same for few rows: at once, each measured. */
export function nearestOfFew(queries: Values, candidates: Values, k: number, each: Each): void {
  const best = bestOf(queries.shape[0], k);
  const width = rowWidth(queries);
  for (let row = 0; row < queries.shape[0]; row++)
    for (let other = 0; other < candidates.shape[0]; other++) {
      const limit = best.squares[row * k + k - 1];
      const square = squareOf(queries, row, candidates, other, width, limit);
      if (square < limit) insert(best, row, other, square);
    }
  tell(best, each);
}

function tell({ k, rows, squares }: Best, each: Each): void {
  for (let row = 0; row < rows.length / k; row++) {
    const [from, to] = [row * k, (row + 1) * k];
    each(row, rows.subarray(from, to), squares.subarray(from, to));
  }
}

/** Measures the candidates of a block that may be nearer than the k-th so far. */
function search(queries: Values, candidates: Values, compared: Compared, best: Best): void {
  const { row, from, to, base, add, products, at, wrong } = compared;
  const [width, last] = [rowWidth(queries), row * best.k + best.k - 1];
  // Where nothing is known of products it is no number, and each is measured.
  const reachOf = (square: number): number => (wrong < Infinity ? square - base + wrong : NaN);
  let limit = best.squares[last];
  let reach = reachOf(limit);
  for (let j = 0; j < to - from; j++) {
    if (add[j] - 2 * products[at + j] >= reach) continue;
    const square = squareOf(queries, row, candidates, from + j, width, limit);
    if (square >= limit) continue;
    insert(best, row, from + j, square);
    limit = best.squares[last];
    reach = reachOf(limit);
  }
}

/** Puts a candidate in its place among a query's nearest, the farthest of which falls out. */
function insert({ k, rows, squares }: Best, query: number, row: number, square: number): void {
  const first = query * k;
  let at = first + k - 1;
  for (; at > first && squares[at - 1] > square; at--) {
    rows[at] = rows[at - 1];
    squares[at] = squares[at - 1];
  }
  rows[at] = row;
  squares[at] = square;
}
