/**
 * `embedding(SpeakerEncoder(test.sound), colour: test.speaker)`: codes of many numbers as points in the plane that holds most
 * of their variance (principal components), coloured by class. In: codes [N, ...], classes [N]. Out: a PNG.
 * UMAP would pull clusters apart that this plane lays over each other; it would be another picture.
 */
import { still } from '../pulse.ts';
import type { Pulse } from '../pulse.ts';
import { classNumbers, commonRows, rowWidth } from '../metrics/metric.ts';
import type { Values } from '../metrics/metric.ts';
import { writePng } from '../../formats/png.ts';
import type { Picture } from './picture.ts';
import { drawPlot } from './plot.ts';

/** Coordinates of the rows along their first two principal axes, x, y, x, y, ...; by orthogonal iteration. */
export function principalPlane({ data, shape }: Values, width: number, pulse: Pulse = still): Float64Array {
  const rows = shape[0];
  const mean = new Float64Array(width);
  for (let i = 0; i < data.length; i++) mean[i % width] += data[i] / rows;
  const centred = Float64Array.from(data, (value, i) => value - mean[i % width]);
  let axes = startAxes(width);
  for (let step = 0; step < 60; step++) {
    pulse(step / 60);
    axes = axes.map((axis) => spread(centred, project(centred, axis), width));
    normalise(axes[0]);
    const overlap = dot(axes[0], axes[1]);
    axes[1].forEach((value, j) => (axes[1][j] = value - overlap * axes[0][j]));
    normalise(axes[1]);
  }
  const [x, y] = axes.map((axis) => project(centred, axis));
  return Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? x[i >> 1] : y[i >> 1]));
}

export const principalAxes = ['first principal component', 'second principal component'] as const;

/** Two fixed directions that no sensible data is orthogonal to. */
function startAxes(width: number): Float64Array[] {
  return [1, 2].map((k) => Float64Array.from({ length: width }, (_, j) => Math.cos(k * (j + 1) * (j + 2))));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function normalise(axis: Float64Array): void {
  const length = Math.sqrt(dot(axis, axis)) || 1;
  axis.forEach((value, j) => (axis[j] = value / length));
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

export const embedding: Picture = {
  signature: {
    name: 'embedding',
    medium: 'picture',
    doc: 'Codes as points, by their two principal components, coloured by class.',
    params: [
      { name: 'codes', type: 'value', doc: 'what to lay out' },
      { name: 'colour', type: 'value', default: null, doc: 'the class of each row' },
      { name: 'rows', type: 'int', interval: '[1, ∞)', default: 1000, doc: 'how many rows to show' },
    ],
  },
  draw(values, _options, { pulse }) {
    const { codes, colour } = values;
    const rows = commonRows(values);
    const width = rowWidth(codes);
    const points =
      width === 1
        ? Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? codes.data[i >> 1] : 0))
        : principalPlane(codes, width, pulse);
    const groups = colour ? classNumbers(colour) : new Int32Array(rows);
    const names = Array.from({ length: 1 + groups.reduce((a, b) => Math.max(a, b), 0) }, (_, i) => String(i));
    return {
      png: writePng(
        drawPlot({
          points,
          groups,
          names,
          ticks: false,
          axes: width > 1 ? principalAxes : null,
          square: width > 1,
        }),
      ),
    };
  },
};
