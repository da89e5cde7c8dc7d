/** Distances between rows, for rules that look at samples. In: rows; out: root mean square differences of a number. */
import type { Tensor } from '../engines/engine.ts';

const widthOf = ({ shape }: Tensor): number => shape.slice(1).reduce((product, size) => product * size, 1);

/** Euclidean, squared. */
function between(a: Tensor, i: number, b: Tensor, j: number): number {
  const width = widthOf(a);
  let sum = 0;
  for (let k = 0; k < width; k++) sum += (a.data[i * width + k] - b.data[j * width + k]) ** 2;
  return sum;
}

/** The mean over all pairs of the first rows. */
export function pairwise(rows: Tensor, most = 48): number {
  const count = Math.min(most, rows.shape[0]);
  let sum = 0;
  for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) sum += Math.sqrt(between(rows, i, rows, j));
  return sum / ((count * (count - 1)) / 2);
}

/** Of each of the first rows to the nearest of `among`; `apart`: rows of the same number are the same row. */
export function nearest(rows: Tensor, among: Tensor, apart = false, most = 48): number[] {
  return Array.from({ length: Math.min(most, rows.shape[0]) }, (_, i) => {
    let least = Infinity;
    for (let j = 0; j < among.shape[0]; j++)
      if (!apart || i !== j) least = Math.min(least, between(rows, i, among, j));
    return Math.sqrt(least);
  });
}
