/**
 * How far all rows of one table are from all of another, about, block by block. In: queries and candidates; out: for each
 * block a lower bound of each squared distance, and by how much the distance may exceed it; what matters is then measured
 * (`squareOf`), so that results are exact. |a - b|² = |a|² + |b|² - 2 a·b, of rows whose middle was taken out: products are
 * made in float32, and their errors grow with the rows' lengths.
 */
import { least, productError } from '../../engines/product.ts';
import type { Product } from '../../engines/product.ts';
import type { Pulse } from '../pulse.ts';
import { rowWidth } from './metric.ts';
import type { Values } from './metric.ts';

/** Rows that are multiplied with rows at once: 4 MB of products, and for rows of 512 numbers 8 MB of candidates. */
const [queriesAtOnce, candidatesAtOnce] = [256, 4096];

/** What is there at once for rows of `width` numbers: a block of each table less the middle, and their products. */
export const comparedBytes = (width: number): number =>
  4 * (queriesAtOnce * candidatesAtOnce + (queriesAtOnce + candidatesAtOnce) * width);

/** One query against some candidates. */
export interface Compared {
  readonly row: number;
  /** The first candidate, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** The squared distance of candidate `from + j` is `base + add[j] - 2 * products[at + j]`, give or take `wrong`. */
  readonly base: number;
  readonly add: Float64Array;
  readonly products: Float32Array;
  readonly at: number;
  readonly wrong: number;
}

/** Calls `look` for each query, block after block of candidates, from the first to the last. */
export async function comparePairs(
  queries: Values,
  candidates: Values,
  look: (compared: Compared) => void,
  product: Product,
  pulse: Pulse,
): Promise<void> {
  const width = rowWidth(queries);
  const middle = meanRow(candidates, width);
  const [rows, total] = [queries.shape[0], candidates.shape[0]];
  for (let from = 0; from < total; from += candidatesAtOnce) {
    const to = Math.min(total, from + candidatesAtOnce);
    const those = centred(candidates, middle, from, to);
    for (let first = 0; first < rows; first += queriesAtOnce) {
      pulse((from + ((to - from) * first) / rows) / total);
      const these = centred(queries, middle, first, Math.min(rows, first + queriesAtOnce));
      const products = await product({ data: these.data, width }, { data: those.data, width });
      these.squares.forEach((base, i) => {
        const wrong = wrongBy(width, Math.sqrt(base), those.longest);
        look({ row: first + i, from, to, base, add: those.squares, products, at: i * (to - from), wrong });
      });
    }
  }
}

/** Of the squared distance of rows so long, the second at most. Where float32 may overflow nothing is known. */
function wrongBy(width: number, length: number, longest: number): number {
  if (Math.max(length, longest, length * longest) > 1e38) return Infinity;
  const ofProduct = productError(width) * length * longest + least(width) * (1 + length + longest);
  return 2 * ofProduct + width * 2 ** -50 * (length ** 2 + longest ** 2);
}

interface Centred {
  readonly data: Float32Array;
  /** Of each row's length, before it was rounded. */
  readonly squares: Float64Array;
  readonly longest: number;
}

function centred({ data }: Values, middle: Float64Array, from: number, to: number): Centred {
  const width = middle.length;
  const made = new Float32Array((to - from) * width);
  const squares = new Float64Array(to - from);
  for (let row = from, at = 0; row < to; row++) {
    let sum = 0;
    for (let j = 0; j < width; j++, at++) {
      const number = data[row * width + j] - middle[j];
      made[at] = number;
      sum += number * number;
    }
    squares[row - from] = sum;
  }
  const longest = Math.sqrt(squares.reduce((most, square) => Math.max(most, square), 0));
  return { data: made, squares, longest };
}

function meanRow({ data, shape }: Values, width: number): Float64Array {
  const mean = new Float64Array(width);
  for (let row = 0, at = 0; row < shape[0]; row++)
    for (let j = 0; j < width; j++, at++) mean[j] += data[at] / shape[0];
  return mean;
}

/** The squared distance of two rows, to the digit; or something at least `limit` if it is that large. */
export function squareOf(
  from: Values,
  query: number,
  among: Values,
  candidate: number,
  width: number,
  limit: number,
): number {
  const [a, b, p, q] = [from.data, among.data, query * width, candidate * width];
  let sum = 0;
  for (let j = 0; j < width && sum < limit;) {
    const end = Math.min(width, j + 8);
    for (; j < end; j++) {
      const difference = a[p + j] - b[q + j];
      sum += difference * difference;
    }
  }
  return sum;
}
