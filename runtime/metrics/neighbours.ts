/**
 * Nearest neighbours by looking at all, exactly. In: queries and candidates, rows of numbers. Out: for each query the
 * k nearest candidates. Coordinates are taken by falling spread and a sum is given up once it exceeds the k-th best,
 * which for learned codes saves most of the work.
 */
import { rowWidth } from './metric.ts';
import type { Values } from './metric.ts';

/** Calls `each` for every query in order with the rows of its k nearest, nearest first; of equals the earlier. */
export function nearestRows(
  queries: Values,
  candidates: Values,
  k: number,
  each: (row: number, neighbours: Int32Array, distances: Float64Array) => void,
): void {
  const width = rowWidth(queries);
  const order = bySpread(candidates, width);
  const [from, among] = [reordered(queries, order), reordered(candidates, order)];
  const best = new Int32Array(k);
  const squares = new Float64Array(k);
  for (let row = 0; row < queries.shape[0]; row++) {
    const query = from.subarray(row * width, (row + 1) * width);
    squares.fill(Infinity);
    for (let other = 0; other < candidates.shape[0]; other++) {
      const square = squareBelow(query, among, other * width, squares[k - 1]);
      if (square < squares[k - 1]) insert(best, squares, other, square);
    }
    each(row, best, squares.map(Math.sqrt));
  }
}

/** The squared distance, or something at least `limit` if it is that large. */
function squareBelow(query: Float64Array, among: Float64Array, at: number, limit: number): number {
  let sum = 0;
  for (let j = 0; j < query.length && sum < limit;) {
    const end = Math.min(query.length, j + 8);
    for (; j < end; j++) {
      const difference = query[j] - among[at + j];
      sum += difference * difference;
    }
  }
  return sum;
}

function insert(best: Int32Array, squares: Float64Array, row: number, square: number): void {
  let at = best.length - 1;
  for (; at > 0 && squares[at - 1] > square; at--) {
    best[at] = best[at - 1];
    squares[at] = squares[at - 1];
  }
  best[at] = row;
  squares[at] = square;
}

/** Coordinates by falling variance. */
function bySpread({ data, shape }: Values, width: number): number[] {
  const [sums, squares] = [new Float64Array(width), new Float64Array(width)];
  for (let i = 0; i < data.length; i++) {
    sums[i % width] += data[i];
    squares[i % width] += data[i] * data[i];
  }
  const spread = squares.map((square, j) => square / shape[0] - (sums[j] / shape[0]) ** 2);
  return [...spread.keys()].sort((a, b) => spread[b] - spread[a]);
}

function reordered({ data, shape }: Values, order: readonly number[]): Float64Array {
  const width = order.length;
  const out = new Float64Array(shape[0] * width);
  for (let row = 0; row < shape[0]; row++) {
    for (let j = 0; j < width; j++) out[row * width + j] = data[row * width + order[j]];
  }
  return out;
}
