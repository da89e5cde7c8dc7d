/**
 * What metrics are handed by tests that compute them twice, in ganc and in Python: of each metric of the catalogue values that have
 * a number (rows that are equal or equally far among them), and values that can't be compared.
 */
import type { Option } from '../../program/catalogue.ts';
import type { Values } from '../../runtime/reports/metrics/metric.ts';
import { list, normals, table } from '../runtime/metric-values.ts';

export interface Case {
  readonly values: Readonly<Record<string, Values>>;
  readonly options?: Readonly<Record<string, Option>>;
}

const rows = (key: string, count: number, width: number, scale = 1, shift = 0): Values => ({
  data: normals(key, count, width).map((x) => scale * x + shift),
  shape: [count, width],
});
/** Whole numbers: many rows are equal, and many equally far. */
const whole = (key: string, count: number, width: number): Values => ({
  data: normals(key, count, width).map(Math.round),
  shape: [count, width],
});
const classesOf = (count: number, classes: number): Values =>
  list(Array.from({ length: count }, (_, i) => (i * i + 3 * i) % classes));
/** Codes that tell their classes, but not well. */
const coded = (key: string, count: number, width: number, classes: number): [Values, Values] => {
  const [code, label] = [rows(key, count, width), classesOf(count, classes)];
  return [{ ...code, data: code.data.map((x, i) => x + label.data[Math.floor(i / width)]) }, label];
};
const seq = (values: Values, channels: number, steps: number, lengths?: number[]): Values => {
  const data = values.data.slice();
  lengths?.forEach((length, row) => {
    for (let c = 0; c < channels; c++)
      data.fill(0, (row * channels + c) * steps + length, (row * channels + c + 1) * steps);
  });
  return { data, shape: [values.shape[0], channels, steps], ...(lengths && { lengths }) };
};
const onehots = (key: string, count: number, classes: number, steps: number, lengths?: number[]): Values => {
  const scores = rows(key, count, classes * steps).data;
  const data = new Float64Array(scores.length);
  for (let row = 0; row < count; row++)
    for (let t = 0; t < steps; t++) {
      const at = (k: number): number => (row * classes + k) * steps + t;
      let best = 0;
      for (let k = 1; k < classes; k++) if (scores[at(k)] > scores[at(best)]) best = k;
      data[at(best)] = 1;
    }
  return seq({ data, shape: [count, classes * steps] }, classes, steps, lengths);
};

const [fake, real] = [rows('fake', 60, 5, 1.2, 0.3), rows('real', 75, 5)];
const [few, fewer] = [rows('few', 12, 40), rows('fewer', 9, 40, 2)];
const broken: Values = {
  data: Float64Array.from(real.data, (x, i) => (i === 8 ? NaN : x)),
  shape: real.shape,
};
const probs: Values = (() => {
  const scores = normals('scores', 50, 4).map((x) => Math.exp(2 * x));
  const sum = (i: number): number =>
    scores.subarray(4 * Math.floor(i / 4), 4 * Math.floor(i / 4) + 4).reduce((a, b) => a + b);
  return { data: scores.map((x, i) => x / sum(i)), shape: [50, 4] };
})();
const [code, label] = coded('code', 80, 3, 4);
const [among, labels] = coded('among', 90, 3, 4);
const lengths = [5, 3, 6, 1, 4, 6, 2, 5];
const wide = rows('wide', 20, 6);

const generators: readonly Case[] = [
  { values: { fake, real } },
  { values: { fake, real }, options: { k: 1 } },
  { values: { fake: whole('a', 80, 2), real: whole('b', 90, 2) } },
  { values: { fake: rows('far', 20, 5, 1, 1e4), real } },
  { values: { fake: rows('offset', 30, 5, 1e-3, 1e4), real: rows('offset too', 30, 5, 1e-3, 1e4) } },
  { values: { fake: wide, real } },
  { values: { fake, real }, options: { k: 80 } },
  { values: { fake, real: broken } },
];

/** Rows that lie on the balls they make: closed ones hold them, open ones don't. */
const same: Case = { values: { fake: real, real } };

/** Of each metric. */
export const cases: Readonly<Record<string, readonly Case[]>> = {
  mean: [{ values: { value: fake } }, { values: { value: broken } }, { values: { value: list([1, 2, 4]) } }],
  std: [
    { values: { value: rows('spread', 40, 3, 1e-3, 1e3) } },
    { values: { value: list([2]) } },
    { values: { value: broken } },
  ],
  accuracy: [
    { values: { guess: rows('guess', 40, 4), label: classesOf(40, 4) } },
    { values: { guess: table([[1, 1, 0]]), label: list([0]) } },
    { values: { guess: list([0.6, 1.4, 2.5]), label: list([1, 1, 3]) } },
    { values: { guess: table([[0.6], [2.2]]), label: list([1, 1]) } },
    { values: { guess: seq(rows('steps', 8, 18), 3, 6), label: onehots('of steps', 8, 3, 6) } },
    {
      values: {
        guess: seq(rows('steps', 8, 18), 3, 6, lengths),
        label: onehots('of steps', 8, 3, 6, lengths),
      },
    },
    { values: { guess: seq(rows('steps', 8, 18), 3, 6), label: onehots('longer', 8, 3, 7) } },
    { values: { guess: rows('guess', 40, 4), label: classesOf(39, 4) } },
    { values: { guess: broken, label: classesOf(75, 4) } },
  ],
  matched_accuracy: [
    { values: { guess: rows('guess', 200, 6), label: classesOf(200, 5) } },
    { values: { guess: list([1, 1, 0, 2]), label: list([0, 0, 1, 1]) } },
    { values: { guess: broken, label: classesOf(75, 4) } },
  ],
  knn_accuracy: [
    { values: { code, label, among, labels } },
    { values: { code, label, among, labels }, options: { k: 5 } },
    {
      values: {
        code: whole('q', 60, 2),
        label: classesOf(60, 3),
        among: whole('c', 70, 2),
        labels: classesOf(70, 3),
      },
      options: { k: 4 },
    },
    { values: { code, label, among, labels }, options: { k: 91 } },
    { values: { code, label, among: wide, labels: classesOf(20, 3) } },
  ],
  probe: [
    { values: { code, label, among, labels } },
    { values: { code, label } },
    {
      values: {
        code: { ...code, data: code.data.map((x, i) => (i % 3 === 1 ? 7 : x)) },
        label,
        among,
        labels,
      },
    },
    { values: { code: seq(rows('heard', 8, 12), 2, 6, lengths), label: onehots('said', 8, 3, 6, lengths) } },
    { values: { code: seq(rows('heard', 8, 12), 2, 6, lengths), label: classesOf(8, 2) } },
    { values: { code, label, among } },
    { values: { code, label, among: wide, labels: classesOf(20, 3) } },
    { values: { code: broken, label: classesOf(75, 4) } },
  ],
  frechet: [
    { values: { a: fake, b: real } },
    { values: { a: few, b: fewer } },
    { values: { a: few, b: rows('many', 70, 40) } },
    { values: { a: rows('m', 40, 3, 1e-2, 1e3), b: rows('n', 50, 3, 2e-2, 1e3) } },
    { values: { a: real, b: real } },
    { values: { a: real, b: broken } },
    { values: { a: few, b: real } },
    { values: { a: rows('one', 1, 5), b: real } },
  ],
  kid: [
    { values: { a: fake, b: real } },
    { values: { a: fake, b: real }, options: { block: 16 } },
    { values: { a: fake, b: real }, options: { block: 61 } },
    { values: { a: fake, b: wide } },
    { values: { a: fake, b: broken } },
    { values: { a: rows('one', 1, 5), b: real } },
  ],
  inception_score: [
    { values: { probs } },
    { values: { probs }, options: { splits: 7 } },
    {
      values: {
        probs: table([
          [1, 0],
          [0, 1],
          [1, 0],
        ]),
      },
    },
    { values: { probs: real } },
    { values: { probs: list([1, 1]) } },
    { values: { probs }, options: { splits: 51 } },
  ],
  precision: [...generators, same],
  recall: [...generators, same],
  density: [...generators, same],
  neighbour_coverage: [...generators, same],
  coverage: [
    { values: { points: code, among, labels } },
    { values: { points: code, among, labels }, options: { within: 0.5 } },
    { values: { points: wide, among, labels } },
  ],
};
