/** What metrics and pictures say of values that are none of theirs, word by word. */
import { assert } from 'chai';
import { pictures } from '../../runtime/catalogue.ts';
import type { Values } from '../../runtime/reports/metrics/metric.ts';
import { computed, list, table } from './metric-values.ts';

const [points, wide] = [
  table([
    [0, 1],
    [1, 0],
    [1, 1],
  ]),
  table([
    [0, 1, 2],
    [1, 0, 2],
  ]),
];
const one = table([[0, 1]]);
const [classes, two] = [list([0, 1, 0]), list([0, 1])];
const shaped = (...shape: number[]): Values => ({
  data: new Float64Array(shape.reduce((a, b) => a * b)),
  shape,
});

type Given = Readonly<Record<string, Values>>;
type Options = Readonly<Record<string, number>>;

const metrics: readonly [metric: string, values: Given, options: Options, said: string][] = [
  ['coverage', { points: wide, among: points, labels: classes }, {}, 'points and among have different sizes'],
  ['coverage', { points, among: points, labels: two }, {}, 'among and labels have 3 and 2 rows'],
  ['frechet', { a: points, b: wide }, {}, "rows of 2 and 3 numbers can't be compared"],
  ['frechet', { a: points, b: one }, {}, 'a Gaussian needs at least two rows'],
  ['inception_score', { probs: table([[1], [1]]) }, {}, 'class probabilities are at least two numbers a row'],
  ['inception_score', { probs: points }, { splits: 4 }, 'splits is from 1 to the 3 rows'],
  ['inception_score', { probs: wide }, {}, 'class probabilities are from 0 to 1: is it logits?'],
  ['kid', { a: points, b: wide }, {}, "rows of 2 and 3 numbers can't be compared"],
  ['kid', { a: points, b: one }, {}, 'an unbiased estimate needs at least two rows'],
  ['kid', { a: points, b: points }, { block: 1 }, 'an unbiased estimate needs at least two rows'],
  ['kid', { a: points, b: points }, { block: 4 }, 'a block has at most the 3 rows that there are'],
  [
    'knn_accuracy',
    { code: wide, label: two, among: points, labels: classes },
    {},
    'code and among have different sizes',
  ],
  [
    'knn_accuracy',
    { code: points, label: classes, among: points, labels: classes },
    { k: 4 },
    'k is from 1 to the 3 rows of among',
  ],
  ['precision', { fake: points, real: wide }, {}, "rows of 2 and 3 numbers can't be compared"],
  ['recall', { fake: points, real: points }, { k: 3 }, 'k is less than the 3 rows of fake'],
  ['probe', { code: one, label: list([0]) }, {}, 'a probe needs at least two rows'],
  ['probe', { code: points, label: classes, among: points }, {}, 'among and labels are given together'],
  [
    'probe',
    { code: points, label: classes, among: wide, labels: two },
    {},
    'code and among have different sizes',
  ],
];

const drawn: readonly [picture: string, values: Given, said: string][] = [
  [
    'grid',
    { images: shaped(2, 2, 4, 4) },
    'only images of 1 or 3 channels can be shown, not values of shape [2, 2, 4, 4]',
  ],
  [
    'grid',
    { images: shaped(2, 4) },
    'only images of 1 or 3 channels can be shown, not values of shape [2, 4]',
  ],
  ['scatter', { points: table([[1], [2]]) }, 'scatter shows points of two coordinates or more, not of 1'],
  ['scatter', { points, others: wide }, 'scatter shows sets of points alike, not of 2 and 3 coordinates'],
  ['spectrograms', { sounds: shaped(2, 4) }, 'spectrograms shows sequences, not values of shape [2, 4]'],
];

describe('values that are none of theirs', () => {
  for (const [metric, values, options, said] of metrics)
    it(`${metric}: ${said}`, async () => {
      const refused = await computed(metric, values, options).then(
        () => '',
        (error: Error) => error.message,
      );
      assert.equal(refused, said);
    });

  for (const [picture, values, said] of drawn)
    it(`${picture}: ${said}`, () => {
      assert.throws(() => pictures[picture].draw(values, {}, {}), said);
    });
});
