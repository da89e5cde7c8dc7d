/**
 * The Gaussian of a set of rows: mean and covariance, in float64. In: rows all at once, or in chunks that are let go as
 * soon as they are folded in (Chan, Golub & LeVeque 1983: two sets' moments give those of both); a chunk's own moments
 * are taken round its own mean, so that no digits are lost where the mean is large. Out: a Gaussian.
 */
import { still } from '../pulse.ts';
import type { Pulse } from '../pulse.ts';
import { rowWidth } from './metric.ts';
import type { Reducer, Values } from './metric.ts';

export interface Gaussian {
  readonly rows: number;
  readonly mean: Float64Array;
  /** width × width, divided by rows - 1. */
  readonly covariance: Float64Array;
}

/** Sums that a Gaussian comes from: `scatter` is the lower half of the sum of (x - mean)(x - mean)ᵀ. */
interface Moments {
  rows: number;
  readonly mean: Float64Array;
  readonly scatter: Float64Array;
}

const noMoments = (width: number): Moments => ({
  rows: 0,
  mean: new Float64Array(width),
  scatter: new Float64Array(width * width),
});

/** Adds rows of `width` numbers to the moments. */
function fold(into: Moments, data: ArrayLike<number>, width: number, pulse: Pulse = still): void {
  const rows = data.length / width;
  if (rows === 0) return;
  const mean = new Float64Array(width);
  for (let i = 0; i < data.length; i++) mean[i % width] += data[i] / rows;
  const centred = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    pulse(row / rows);
    for (let j = 0; j < width; j++) centred[j] = data[row * width + j] - mean[j];
    addProduct(into.scatter, centred, 1);
  }
  const total = into.rows + rows;
  for (let j = 0; j < width; j++) centred[j] = mean[j] - into.mean[j];
  if (into.rows > 0) addProduct(into.scatter, centred, (into.rows * rows) / total);
  for (let j = 0; j < width; j++) into.mean[j] += (centred[j] * rows) / total;
  into.rows = total;
}

/** scatter += factor v vᵀ, its lower half. */
function addProduct(scatter: Float64Array, v: Float64Array, factor: number): void {
  const width = v.length;
  for (let i = 0; i < width; i++) {
    const share = factor * v[i];
    if (share !== 0) for (let j = 0, at = i * width; j <= i; j++, at++) scatter[at] += share * v[j];
  }
}

function gaussianOf({ rows, mean, scatter }: Moments): Gaussian {
  const width = mean.length;
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      scatter[i * width + j] /= rows - 1;
      scatter[j * width + i] = scatter[i * width + j];
    }
  }
  return { rows, mean, covariance: scatter };
}

/** The Gaussian fitted to rows of `width` numbers; at least two rows. */
export function fitGaussian(data: ArrayLike<number>, width: number, pulse: Pulse = still): Gaussian {
  const moments = noMoments(width);
  fold(moments, data, width, pulse);
  return gaussianOf(moments);
}

/**
 * Keeps the moments of rows. While there are no more rows than numbers in a row they are kept as they are: that is less, and
 * a few rows can be compared without their covariances.
 */
export function gaussianReducer(): Reducer {
  let held: Values[] = [];
  let shape: readonly number[] = [];
  let rows = 0;
  let moments: Moments | null = null;
  return {
    add(values) {
      const width = rowWidth(values);
      shape = values.shape.slice(1);
      rows += values.shape[0];
      held.push(values);
      if (moments === null && rows <= width) return;
      moments ??= noMoments(width);
      for (const { data } of held) fold(moments, data, width);
      held = [];
    },
    values() {
      if (moments === null) return { data: joined(held), shape: [rows, ...shape] };
      return { data: new Float64Array(0), shape: [rows, ...shape], gaussian: gaussianOf(moments) };
    },
  };
}

function joined(parts: readonly Values[]): Float64Array {
  const data = new Float64Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return data;
}

/** Whether mean and covariance are finite: they are not where a row wasn't. */
export const finiteGaussian = ({ mean, covariance }: Gaussian): boolean =>
  [mean, covariance].every((numbers) => numbers.every(Number.isFinite));
