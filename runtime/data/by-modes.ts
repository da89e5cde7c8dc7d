/**
 * A continuous column as CTGAN reads it (Xu et al. 2019, arXiv:1907.00503, section 4.2): in, its numbers and how many modes there may
 * be; out, for each number a mode that is drawn by the densities there, and how far from its mean the number lies; and the modes, so
 * that a generated row can be turned back.
 */
import { draws } from '../random.ts';
import { modesOf } from './mixture.ts';
import type { Mode } from './mixture.ts';

/** Modes of less weight are none: as CTGAN's code has it. */
const leastWeight = 0.005;

export interface ColumnSize {
  readonly name: string;
  /** How many modes or classes it has. */
  readonly size: number;
}

export interface ByModes {
  /** As many as were asked for; those that the numbers have come first. */
  readonly modes: readonly Mode[];
  /** (x - mean) / (4 std) of the row's mode, in [-1, 1]. */
  readonly scaled: Float64Array;
  readonly mode: Uint32Array;
}

/** `name`: of the column, by which its draws are told from another's. */
export function byModes(numbers: Float64Array, { name, size }: ColumnSize, seed: number): ByModes {
  const kept = modesOf(numbers, size).filter(({ weight }) => weight > leastWeight);
  const random = new Float64Array(numbers.length);
  draws({ seed, key: `modes:${name}`, iteration: 0, scope: 0 }, 'uniform', numbers.length, 1, random);
  const mode = Uint32Array.from(numbers, (x, row) => drawnMode(kept, x, random[row]));
  const scaled = numbers.map((x, row) => {
    const { mean, std } = kept[mode[row]];
    return Math.max(-1, Math.min(1, (x - mean) / (4 * std)));
  });
  // A generator may still choose a mode that no row has: it is the one of most weight, under another number.
  const heaviest = kept.reduce((a, b) => (b.weight > a.weight ? b : a));
  return { modes: [...kept, ...Array.from({ length: size - kept.length }, () => heaviest)], scaled, mode };
}

/** One of the modes by the density that each has at x; `u`, in [0, 1), says which. */
export function drawnMode(modes: readonly Mode[], x: number, u: number): number {
  const logs = modes.map(
    ({ weight, mean, std }) => Math.log(weight / std) - (x - mean) ** 2 / (2 * std ** 2),
  );
  const highest = Math.max(...logs);
  const densities = logs.map((log) => Math.exp(log - highest));
  let left = u * densities.reduce((a, b) => a + b);
  const at = densities.findIndex((density) => (left -= density) < 0);
  return at < 0 ? densities.indexOf(Math.max(...densities)) : at;
}
