/** Euclidean distances between rows, for rules that look at samples. */
import type { Tensor } from '../engines/engine.ts';
import { rowWidth } from '../reports/metrics/metric.ts';
import { nearestOfFew } from '../reports/metrics/neighbours.ts';

/** Rows that are looked at: pairs are compared one by one between iterations. */
const most = 48;

/** The mean over all pairs of the first rows. */
export function pairwise(rows: Tensor): number {
  const [count, width] = [Math.min(most, rows.shape[0]), rowWidth(rows)];
  let sum = 0;
  for (let i = 0; i < count; i++)
    for (let j = 0; j < i; j++) {
      let square = 0;
      for (let k = 0; k < width; k++) square += (rows.data[i * width + k] - rows.data[j * width + k]) ** 2;
      sum += Math.sqrt(square);
    }
  return sum / ((count * (count - 1)) / 2);
}

/** Of each of the first rows to the nearest of `among`; `apart`: rows are among them, and each looks past itself. */
export function nearest(rows: Tensor, among: Tensor, apart = false): number[] {
  const count = Math.min(most, rows.shape[0]);
  const queries = {
    shape: [count, ...rows.shape.slice(1)],
    data: rows.data.subarray(0, count * rowWidth(rows)),
  };
  const rank = apart ? 1 : 0;
  const found: number[] = [];
  nearestOfFew(queries, among, rank + 1, (row, _, squares) => (found[row] = Math.sqrt(squares[rank])));
  return found;
}
