/**
 * Outlines of long rows: a few numbers for each, whose distances are never above those of the rows themselves, so that
 * most candidates for a nearest neighbour are dismissed by them. In: queries and candidates. Out: for each row its
 * projection on directions in which candidates differ much, and how long the rest of it is; since for any projection P
 * ‖a - b‖² >= ‖Pa - Pb‖² + (‖a - Pa‖ - ‖b - Pb‖)² (Pythagoras' theorem and the triangle inequality).
 */
import { rowWidth } from './metric.ts';
import type { Values } from './metric.ts';

/** Directions, and how many candidates they are found by. */
const [directions, sampled, passes] = [48, 1000, 3];

/** Keeps rounding from lifting an outline's distance above the row's. */
const slack = 1 - 1e-6;

export interface Outlines {
  /** Numbers of an outline, a multiple of four. */
  readonly width: number;
  readonly queries: Float64Array;
  readonly candidates: Float64Array;
}

export function outlines(queries: Values, candidates: Values): Outlines {
  const size = rowWidth(candidates);
  const middle = meanOf(candidates, size);
  const axes = mainAxes(candidates, middle);
  const width = 4 * Math.ceil((axes.length + 1) / 4);
  return {
    width,
    queries: project(queries, middle, axes, width),
    candidates: project(candidates, middle, axes, width),
  };
}

function meanOf({ data, shape }: Values, size: number): Float64Array {
  const mean = new Float64Array(size);
  for (let i = 0; i < data.length; i++) mean[i % size] += data[i];
  return mean.map((sum) => sum / shape[0]);
}

/** Row `row` less `middle`, into `out`. */
function centred({ data }: Values, row: number, middle: Float64Array, out: Float64Array): void {
  const at = row * middle.length;
  for (let j = 0; j < middle.length; j++) out[j] = data[at + j] - middle[j];
}

/** Orthonormal directions near the principal ones of a sample, by orthogonal iteration from rows of it. */
function mainAxes(candidates: Values, middle: Float64Array): Float64Array[] {
  const every = Math.max(1, Math.floor(candidates.shape[0] / sampled));
  const sample = Array.from({ length: Math.min(sampled, candidates.shape[0]) }, (_, i) => {
    const row = new Float64Array(middle.length);
    centred(candidates, i * every, middle, row);
    return row;
  });
  let axes = orthonormal(sample.slice(0, directions).map((row) => Float64Array.from(row)));
  for (let pass = 0; pass < passes; pass++) {
    axes = orthonormal(
      axes.map((axis) => {
        const image = new Float64Array(axis.length);
        for (const row of sample) add(image, row, dot(row, axis));
        return image;
      }),
    );
  }
  return axes;
}

/** Gram and Schmidt's way, twice over for exactness; what depends on earlier ones is left out. */
function orthonormal(list: readonly Float64Array[]): Float64Array[] {
  const axes: Float64Array[] = [];
  for (const axis of list) {
    const before = dot(axis, axis);
    for (let twice = 0; twice < 2; twice++) for (const other of axes) add(axis, other, -dot(axis, other));
    const square = dot(axis, axis);
    if (square > 1e-12 * before) axes.push(axis.map((x) => x / Math.sqrt(square)));
  }
  return axes;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

function add(to: Float64Array, from: Float64Array, factor: number): void {
  for (let j = 0; j < to.length; j++) to[j] += factor * from[j];
}

function project(
  values: Values,
  middle: Float64Array,
  axes: readonly Float64Array[],
  width: number,
): Float64Array {
  const rows = values.shape[0];
  const out = new Float64Array(rows * width);
  const row = new Float64Array(middle.length);
  for (let i = 0; i < rows; i++) {
    centred(values, i, middle, row);
    axes.forEach((axis, a) => {
      const part = dot(row, axis);
      out[i * width + a] = part * slack;
      add(row, axis, -part); // what is left is measured itself: a difference of squares would be inexact where it is small
    });
    out[i * width + axes.length] = Math.sqrt(dot(row, row)) * slack;
  }
  return out;
}
