/**
 * `probe(Words(test.sound), test.speaker)`: how well a fresh linear classifier tells the label from frozen codes: what
 * the codes still know. Rows are split in halves by a fixed shuffle; multinomial logistic regression on the first,
 * accuracy on the second.
 */
import { permutation } from '../random.ts';
import { agreement } from './accuracy.ts';
import { allFinite, classNumbers, commonRows, rowWidth } from './metric.ts';
import type { Metric, Values } from './metric.ts';

/** More rows make the same answer dearer. */
const mostRows = 10000;
const passes = 200;
/** A gradient below this changes no guess worth counting. */
const settled = 1e-4;
/** Weight of |w|²/2: enough that the optimum exists where classes can be told apart without error. */
const decay = 1e-3;

interface Half {
  readonly x: Float64Array;
  readonly y: Int32Array;
}

/** Some rows, standardised by `scale` (a one is put at the end, for the bias). */
function half({ data }: Values, labels: Int32Array, rows: Uint32Array, width: number, scale: Scale): Half {
  const x = new Float64Array(rows.length * (width + 1)).fill(1);
  rows.forEach((row, i) => {
    for (let j = 0; j < width; j++)
      x[i * (width + 1) + j] = (data[row * width + j] - scale.mean[j]) / scale.std[j];
  });
  return { x, y: Int32Array.from(rows, (row) => labels[row]) };
}

interface Scale {
  readonly mean: Float64Array;
  readonly std: Float64Array;
}

function scaleOf({ data }: Values, rows: Uint32Array, width: number): Scale {
  const mean = new Float64Array(width);
  for (const row of rows) for (let j = 0; j < width; j++) mean[j] += data[row * width + j] / rows.length;
  const std = new Float64Array(width);
  for (const row of rows) for (let j = 0; j < width; j++) std[j] += (data[row * width + j] - mean[j]) ** 2 / rows.length; // prettier-ignore
  // A coordinate that never changes says nothing: left at 0.
  return { mean, std: std.map((variance) => (variance > 1e-20 ? Math.sqrt(variance) : 1)) };
}

/** The largest eigenvalue of xᵀx / rows, by twenty power steps, a little above. */
function curvature(x: Float64Array, width: number): number {
  const rows = x.length / width;
  let v = new Float64Array(width).fill(1 / Math.sqrt(width));
  let size = 1;
  for (let step = 0; step < 20; step++) {
    const next = new Float64Array(width);
    for (let i = 0; i < rows; i++) {
      let dot = 0;
      for (let j = 0; j < width; j++) dot += x[i * width + j] * v[j];
      for (let j = 0; j < width; j++) next[j] += (dot * x[i * width + j]) / rows;
    }
    size = Math.sqrt(next.reduce((sum, value) => sum + value * value, 0));
    v = next.map((value) => value / size);
  }
  return 1.1 * size;
}

/** Scores of row i for each class, into `out`. */
function scores(x: Float64Array, i: number, w: Float64Array, width: number, out: Float64Array): void {
  for (let k = 0; k < out.length; k++) {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += x[i * width + j] * w[k * width + j];
    out[k] = sum;
  }
}

/** The gradient of the mean cross entropy and the decay at w. */
function gradient({ x, y }: Half, w: Float64Array, width: number, classes: number): Float64Array {
  const g = w.map((weight) => decay * weight);
  const p = new Float64Array(classes);
  for (let i = 0; i < y.length; i++) {
    scores(x, i, w, width, p);
    const top = p.reduce((a, b) => Math.max(a, b));
    let total = 0;
    for (let k = 0; k < classes; k++) total += p[k] = Math.exp(p[k] - top);
    for (let k = 0; k < classes; k++) {
      const error = (p[k] / total - Number(k === y[i])) / y.length;
      for (let j = 0; j < width; j++) g[k * width + j] += error * x[i * width + j];
    }
  }
  return g;
}

/** Nesterov's accelerated gradient; the softmax's curvature is at most half of the features'. */
function fit(train: Half, width: number, classes: number): Float64Array {
  const rate = 1 / (0.5 * curvature(train.x, width) + decay);
  let w: Float64Array = new Float64Array(classes * width);
  let ahead: Float64Array = w;
  for (let pass = 0; pass < passes; pass++) {
    const g = gradient(train, ahead, width, classes);
    if (g.every((slope) => Math.abs(slope) < settled)) break;
    const next = ahead.map((weight, i) => weight - rate * g[i]);
    const momentum = pass / (pass + 3);
    ahead = next.map((weight, i) => weight + momentum * (weight - w[i]));
    w = next;
  }
  return w;
}

export const probe: Metric = {
  signature: {
    name: 'probe',
    doc: 'Accuracy of a fresh linear classifier on frozen codes: trained on half of the rows, measured on the other.',
    params: [
      { name: 'code', type: 'value', doc: 'the codes' },
      { name: 'label', type: 'value', doc: 'what to tell from them' },
    ],
    better: 'neither',
  },
  compute({ code, label }) {
    const total = commonRows({ code, label });
    if (total < 2) throw new Error('a probe needs at least two rows');
    if (!allFinite(code)) return NaN;
    const labels = classNumbers(label);
    const rows = permutation(0, 'probe', 0, total).subarray(0, mostRows);
    const middle = rows.length >> 1;
    const width = rowWidth(code);
    const scale = scaleOf(code, rows.subarray(0, middle), width);
    const train = half(code, labels, rows.subarray(0, middle), width, scale);
    const test = half(code, labels, rows.subarray(middle), width, scale);
    const classes = Math.max(2, 1 + labels.reduce((a, b) => Math.max(a, b), 0));
    const w = fit(train, width + 1, classes);
    const guess = new Float64Array(test.y.length * classes);
    for (let i = 0; i < test.y.length; i++) scores(test.x, i, w, width + 1, guess.subarray(i * classes, (i + 1) * classes)); // prettier-ignore
    return agreement(classNumbers({ data: guess, shape: [test.y.length, classes] }), test.y);
  },
};
