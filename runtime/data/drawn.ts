/**
 * Minibatches whose rows are drawn, with repetition, in the place of an order of all rows: groups of rows, each with a chance. In:
 * the groups, seed and stream, which pass. Out: the rows of the pass, one behind the other: a function of these alone, so that a
 * resume, each of several processes and ganc_torch/data.py draw the same.
 */
import { draws } from '../random.ts';

export interface Drawn {
  /** The chance of this group or one before it; the last is 1. */
  readonly cumulative: readonly number[];
  readonly groups: readonly Uint32Array[];
  /**
   * Row numbers go up to before this: a source may know a row under several, those of its own order first, which differ in
   * what stands beside it.
   */
  readonly numbers: number;
}

/** As many rows as `n`: of two numbers in [0, 1), the first says which group, the second which of its rows. */
export function drawnOrder(
  { cumulative, groups }: Drawn,
  { seed, stream, pass }: { readonly seed: number; readonly stream: string; readonly pass: number },
  n: number,
): Uint32Array {
  const random = new Float64Array(2 * n);
  draws({ seed, key: `draw:${stream}`, iteration: pass, scope: 0 }, 'uniform', n, 2, random);
  return Uint32Array.from({ length: n }, (_, i) => {
    const rows = groups[cumulative.findIndex((up) => up > random[2 * i])];
    return rows[Math.floor(random[2 * i + 1] * rows.length)];
  });
}

/** Sums up chances that add up to 1, so that no rounding leaves a gap at its end. */
export function cumulated(chances: readonly number[]): number[] {
  const last = chances.findLastIndex((chance) => chance > 0);
  let sum = 0;
  return chances.map((chance, i) => (i >= last ? 1 : (sum += chance)));
}
