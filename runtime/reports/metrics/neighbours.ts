/**
 * Nearest neighbours by looking at all, exactly. In: queries and candidates, rows of numbers. Out: for each query the
 * k nearest candidates. Coordinates are taken by falling spread and a sum is given up once it exceeds the k-th best,
 * which for learned codes saves most of the work; of long rows outlines are compared first.
 */
import type { Cost, Size } from '../../../program/catalogue.ts';
import { still } from '../pulse.ts';
import type { Pulse } from '../pulse.ts';
import { rowWidth } from './metric.ts';
import type { Values } from './metric.ts';
import { outlines } from './outlines.ts';

/** What `nearestRows` takes: sums are given up early, so a quarter of all products is more than it usually does. */
export const neighbourCost = (queries: Size, candidates: Size): Cost => ({
  operations: (queries.rows * candidates.rows * candidates.width) / 4,
  bytes: 8 * (queries.rows + candidates.rows) * candidates.width,
});

/** Candidates that are compared with all queries before the next ones: what fits a processor's cache. */
const blockNumbers = 16384;

/** Rows of more numbers are compared by outlines first. */
const longRow = 128;

/** What is compared of each query with each candidate. */
interface Compared {
  readonly width: number;
  readonly queries: Float64Array;
  readonly candidates: Float64Array;
  /** The whole rows, where those are outlines. */
  readonly whole: { readonly queries: Values; readonly candidates: Values } | null;
}

function compared(queries: Values, candidates: Values): Compared {
  const size = rowWidth(queries);
  if (size > longRow) return { ...outlines(queries, candidates), whole: { queries, candidates } };
  const order = bySpread(candidates, size);
  return {
    width: 4 * Math.ceil(size / 4),
    queries: reordered(queries, order),
    candidates: reordered(candidates, order),
    whole: null,
  };
}

/** Calls `each` for every query in order with the rows of its k nearest, nearest first; of equals the earlier. */
export function nearestRows(
  queries: Values,
  candidates: Values,
  k: number,
  each: (row: number, neighbours: Int32Array, distances: Float64Array) => void,
  pulse: Pulse = still,
): void {
  const what = compared(queries, candidates);
  const [rows, total] = [queries.shape[0], candidates.shape[0]];
  const best = new Int32Array(rows * k);
  const squares = new Float64Array(rows * k).fill(Infinity);
  const block = Math.max(1, Math.floor(blockNumbers / what.width));
  for (let start = 0; start < total; start += block) {
    const end = Math.min(total, start + block);
    for (let row = 0; row < rows; row++) {
      if (row % 256 === 0) pulse((start + ((end - start) * row) / rows) / total);
      search(what, row, start, end, best, squares, k);
    }
  }
  for (let row = 0; row < rows; row++) {
    each(row, best.subarray(row * k, (row + 1) * k), squares.subarray(row * k, (row + 1) * k).map(Math.sqrt));
  }
}

/** Compares one query with the candidates from `start` to before `end`. */
function search(
  { queries, candidates, width, whole }: Compared,
  row: number,
  start: number,
  end: number,
  best: Int32Array,
  squares: Float64Array,
  k: number,
): void {
  const [query, first, last] = [row * width, row * k, row * k + k - 1];
  let limit = squares[last];
  for (let other = start; other < end; other++) {
    let square = squareBelow(queries, query, candidates, other * width, width, limit);
    if (square >= limit) continue;
    if (whole !== null) {
      const size = rowWidth(whole.queries);
      square = squareBelow(whole.queries.data, row * size, whole.candidates.data, other * size, size, limit);
      if (square >= limit) continue;
    }
    insert(best, squares, first, last, other, square);
    limit = squares[last];
  }
}

/** The squared distance, or something at least `limit` if it is that large. */
function squareBelow(
  from: Values['data'],
  query: number,
  among: Values['data'],
  at: number,
  width: number,
  limit: number,
): number {
  let sum = 0;
  for (let j = 0; j < width && sum < limit;) {
    const end = Math.min(width, j + 8);
    for (; j < end; j++) {
      const difference = from[query + j] - among[at + j];
      sum += difference * difference;
    }
  }
  return sum;
}

/** Puts a candidate in its place among first..last, the farthest of which falls out. */
function insert(
  best: Int32Array,
  squares: Float64Array,
  first: number,
  last: number,
  row: number,
  square: number,
): void {
  let at = last;
  for (; at > first && squares[at - 1] > square; at--) {
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

/** The rows with their coordinates in this order, and zeros up to a multiple of four. */
function reordered({ data, shape }: Values, order: readonly number[]): Float64Array {
  const width = 4 * Math.ceil(order.length / 4);
  const out = new Float64Array(shape[0] * width);
  for (let row = 0; row < shape[0]; row++) {
    for (let j = 0; j < order.length; j++) out[row * width + j] = data[row * order.length + order[j]];
  }
  return out;
}
