/**
 * `probe(ContentEncoder(test.sound), test.speaker, among: ContentEncoder(voices.sound), labels: voices.speaker)`: how well a fresh linear
 * classifier tells the label from frozen codes: what the codes still know. Multinomial logistic regression on the rows
 * of `among`, accuracy on those of `code`; without `among`, rows are split in halves by a fixed shuffle. Where labels
 * have a class for each step of a seq, the classifier reads each step's channels by themselves.
 */
import type { Cost, Size } from '../../../program/catalogue.ts';
import { permutation } from '../../random.ts';
import { partOf, still } from '../pulse.ts';
import type { Pulse } from '../pulse.ts';
import { agreement } from './accuracy.ts';
import {
  allFinite,
  classNumbers,
  commonRows,
  commonSteps,
  hasSteps,
  rowWidth,
  sameLengths,
  stepsAsRows,
} from './metric.ts';
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
  for (const row of rows)
    for (let j = 0; j < width; j++) std[j] += (data[row * width + j] - mean[j]) ** 2 / rows.length;
  // A coordinate that never changes says nothing: left at 0.
  return { mean, std: std.map((variance) => (variance > 1e-20 ? Math.sqrt(variance) : 1)) };
}

/** The largest eigenvalue of xᵀx / rows, by twenty power steps, a little above. */
function curvature(x: Float64Array, width: number, pulse: Pulse): number {
  const rows = x.length / width;
  let v = new Float64Array(width).fill(1 / Math.sqrt(width));
  let size = 1;
  for (let step = 0; step < 20; step++) {
    pulse(step / 20);
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
function gradient(
  { x, y }: Half,
  w: Float64Array,
  width: number,
  classes: number,
  pulse: Pulse,
): Float64Array {
  const g = w.map((weight) => decay * weight);
  const p = new Float64Array(classes);
  for (let i = 0; i < y.length; i++) {
    if (i % 256 === 0) pulse(i / y.length);
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
function fit(train: Half, width: number, classes: number, pulse: Pulse): Float64Array {
  const rate = 1 / (0.5 * curvature(train.x, width, partOf(pulse, 0, 0.05)) + decay);
  let w: Float64Array = new Float64Array(classes * width);
  let ahead: Float64Array = w;
  for (let pass = 0; pass < passes; pass++) {
    const share = (passed: number): number => 0.05 + (0.95 * passed) / passes;
    const g = gradient(train, ahead, width, classes, partOf(pulse, share(pass), share(pass + 1)));
    if (g.every((slope) => Math.abs(slope) < settled)) break;
    const next = ahead.map((weight, i) => weight - rate * g[i]);
    const momentum = pass / (pass + 3);
    ahead = next.map((weight, i) => weight + momentum * (weight - w[i]));
    w = next;
  }
  return w;
}

/** Codes and their classes, a step a row where labels are of steps. */
interface Set {
  readonly code: Values;
  readonly label: Values;
}

/** Some rows of a set: whole utterances, before steps become rows, so that no row is on both sides. */
function pick({ code, label }: Set, rows: Uint32Array): Set {
  const some = (values: Values): Values => {
    const width = rowWidth(values);
    const data = new Float64Array(rows.length * width);
    rows.forEach((row, i) => data.set(values.data.subarray(row * width, (row + 1) * width), i * width));
    const lengths = values.lengths && Array.from(rows, (row) => values.lengths![row]);
    return { data, shape: [rows.length, ...values.shape.slice(1)], ...(lengths && { lengths }) };
  };
  return { code: some(code), label: some(label) };
}

function perStep(set: Set): Set {
  if (!hasSteps(set.label)) {
    sameLengths({ ...set }, 'probe');
    return set;
  }
  commonSteps({ ...set });
  return { code: stepsAsRows(set.code), label: stepsAsRows(set.label) };
}

/** At most so many rows of a set, chosen by a fixed shuffle. */
function atMost(set: Set, count: number): Set {
  const total = set.code.shape[0];
  return total <= count ? set : pick(set, permutation(0, 'probe', 0, total).subarray(0, count));
}

function halves(set: Set): { train: Set; test: Set } {
  const total = set.code.shape[0];
  if (total < 2) throw new Error('a probe needs at least two rows');
  const rows = permutation(0, 'probe', 0, total).subarray(0, 2 * mostRows);
  const middle = rows.length >> 1;
  return { train: pick(set, rows.subarray(0, middle)), test: pick(set, rows.subarray(middle)) };
}

function trainAndTest(values: Readonly<Record<string, Values>>): { train: Set; test: Set } {
  const { code, label, among, labels } = values;
  commonRows({ code, label });
  if ((among === undefined) !== (labels === undefined))
    throw new Error('among and labels are given together');
  const sets =
    among === undefined
      ? halves({ code, label })
      : { train: { code: among, label: labels }, test: { code, label } };
  if (among !== undefined) commonRows({ among, labels });
  const [train, test] = [sets.train, sets.test].map((set) => atMost(perStep(set), mostRows));
  if (rowWidth(train.code) !== rowWidth(test.code)) throw new Error('code and among have different sizes');
  return { train, test };
}

/** For ten classes. */
function cost({ code, among = code }: Readonly<Record<string, Size>>): Cost {
  const rows = Math.min(mostRows, among.rows);
  const tested = Math.min(mostRows, code.rows);
  return { operations: 20 * passes * rows * among.width, bytes: 16 * (rows + tested) * among.width };
}

export const probe: Metric = {
  signature: {
    name: 'probe',
    doc: 'Accuracy of a fresh linear classifier on frozen codes: trained on the rows of `among` (without it, on half of the rows), measured on those of `code`. Labels of steps are read from each step of the code.',
    params: [
      { name: 'code', type: 'value', doc: 'the codes to measure on; with labels of steps, a seq' },
      { name: 'label', type: 'value', doc: 'what to tell from them; of steps, a onehot of each: seq[K, T]' },
      { name: 'among', type: 'value', default: null, doc: 'the codes to train on' },
      { name: 'labels', type: 'value', default: null, doc: 'their labels' },
    ],
    better: 'neither',
    cost,
  },
  anyLength: true,
  compute(values, _options, pulse = still) {
    const { train, test } = trainAndTest(values);
    if (![train.code, test.code].every(allFinite)) return NaN;
    const width = rowWidth(train.code);
    const [trainLabels, testLabels] = [train, test].map(({ label }) => classNumbers(label));
    const all = (set: Set): Uint32Array => Uint32Array.from({ length: set.code.shape[0] }, (_, i) => i);
    const scale = scaleOf(train.code, all(train), width);
    const known = half(train.code, trainLabels, all(train), width, scale);
    const asked = half(test.code, testLabels, all(test), width, scale);
    const classes = [trainLabels, testLabels].reduce(
      (most, labels) => labels.reduce((a, b) => Math.max(a, b + 1), most),
      2,
    );
    const w = fit(known, width + 1, classes, pulse);
    const guess = new Float64Array(asked.y.length * classes);
    for (let i = 0; i < asked.y.length; i++)
      scores(asked.x, i, w, width + 1, guess.subarray(i * classes, (i + 1) * classes));
    return agreement(classNumbers({ data: guess, shape: [asked.y.length, classes] }), asked.y);
  },
};
