/**
 * Rows along their principal axes (principal component analysis), by orthogonal iteration: exact enough for pictures, and no
 * matrix of width by width. In: rows of numbers; out: their coordinates, the axis of most variance first.
 */
import { still } from '../pulse.ts';
import type { Pulse } from '../pulse.ts';
import type { Values } from '../metrics/metric.ts';

/** Row-major, `count` numbers a row, at most as many as a row has. */
export function principalAxes(
  { data, shape }: Pick<Values, 'data' | 'shape'>,
  width: number,
  { count, steps, pulse = still }: { readonly count: number; readonly steps: number; readonly pulse?: Pulse },
): Float64Array {
  const rows = shape[0];
  const mean = new Float64Array(width);
  for (let i = 0; i < data.length; i++) mean[i % width] += data[i] / rows;
  const centred = Float64Array.from(data, (value, i) => value - mean[i % width]);
  let axes = startAxes(Math.min(count, width), width);
  for (let step = 0; step < steps; step++) {
    pulse(step / steps);
    axes = axes.map((axis) => spread(centred, project(centred, axis), width));
    orthonormalise(axes);
  }
  const along = axes.map((axis) => project(centred, axis));
  const out = new Float64Array(rows * along.length);
  along.forEach((places, k) => places.forEach((place, row) => (out[row * along.length + k] = place)));
  return out;
}

/** Fixed directions that no sensible data is orthogonal to. */
function startAxes(count: number, width: number): Float64Array[] {
  return Array.from({ length: count }, (_, k) =>
    Float64Array.from({ length: width }, (_, j) => Math.cos((k + 1) * (j + 1) * (j + 2))),
  );
}

/** Gram and Schmidt's way, in place. Of what lies in the axes before it but for roundings nothing is left. */
function orthonormalise(axes: readonly Float64Array[]): void {
  axes.forEach((axis, k) => {
    const whole = Math.sqrt(dot(axis, axis));
    for (const before of axes.slice(0, k)) {
      const overlap = dot(axis, before);
      axis.forEach((value, j) => (axis[j] = value - overlap * before[j]));
    }
    const length = Math.sqrt(dot(axis, axis));
    axis.forEach((value, j) => (axis[j] = length > 1e-9 * whole ? value / length : 0));
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** The coordinate of each row along the axis. */
function project(centred: Float64Array, axis: Float64Array): Float64Array {
  const width = axis.length;
  return Float64Array.from({ length: centred.length / width }, (_, row) =>
    dot(centred.subarray(row * width, (row + 1) * width), axis),
  );
}

/** The sum of the rows, each as often as its coordinate says. */
function spread(centred: Float64Array, along: Float64Array, width: number): Float64Array {
  const out = new Float64Array(width);
  along.forEach((factor, row) => {
    for (let j = 0; j < width; j++) out[j] += factor * centred[row * width + j];
  });
  return out;
}
