/**
 * Metrics that papers print, on one set of features each: the numbers are those of reference_metrics.py beside this file (NumPy,
 * float64, the papers' definitions).
 */
import { assert } from 'chai';
import type { Values } from '../../runtime/reports/metrics/metric.ts';
import { compute, computed, list, table } from './metric-values.ts';

const features = (rows: number, width: number, scale: number, shift: number): number[][] =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: width }, (__, j) => scale * Math.sin(1.7 * i + 0.9 * j + 0.3 * i * j) + shift * j),
  );

const real = table(features(40, 6, 1, 0.05));
const made = features(30, 6, 1.5, 0.3);
const fake = table(made);
const probs = table(
  made.map((row) => {
    const scores = row.map((x) => Math.exp(2 * x));
    const sum = scores.reduce((a, b) => a + b, 0);
    return scores.map((x) => x / sum);
  }),
);

describe('metrics of generators', () => {
  const equal = async (
    wanted: number,
    name: string,
    values: Record<string, Values>,
    options = {},
  ): Promise<void> => {
    const value = await computed(name, values, options);
    assert.closeTo(value, wanted, 1e-9 * Math.max(1, Math.abs(wanted)), name);
  };

  it('are the numbers of the reference', async () => {
    await equal(4.294666209650551, 'frechet', { a: fake, b: real });
    await equal(4.905345830882339, 'kid', { a: fake, b: real });
    await equal(3.581606240741705, 'kid', { a: fake, b: real }, { block: 10 });
    await equal(0.23333333333333334, 'precision', { fake, real });
    await equal(1.0, 'recall', { fake, real });
    await equal(0.22000000000000003, 'density', { fake, real });
    await equal(0.475, 'neighbour_coverage', { fake, real });
    await equal(1.9912195588710926, 'inception_score', { probs });
    await equal(1.9391515931466174, 'inception_score', { probs }, { splits: 4 });
  });

  it('know their extremes', async () => {
    for (const name of ['precision', 'recall', 'neighbour_coverage'])
      assert.equal(await computed(name, { fake: real, real }), 1, name);
    const far = table(made.map((row) => row.map((x) => x + 100)));
    for (const name of ['precision', 'recall', 'density', 'neighbour_coverage'])
      assert.equal(await computed(name, { fake: far, real }), 0, name);
    const sure = (classes: number[]): Values =>
      table(classes.map((k) => [0, 1, 2].map((i) => Number(i === k))));
    assert.closeTo(compute('inception_score', { probs: sure([0, 1, 2, 0, 1, 2]) }), 3, 1e-12);
    assert.closeTo(compute('inception_score', { probs: sure([1, 1, 1]) }), 1, 1e-12);
    assert.isAbove(compute('kid', { a: far, b: real }), 1e3);
  });

  it('say what they cannot compare, and pass on what is not a number', async () => {
    const wide = table([[1, 2, 3]]);
    for (const name of ['precision', 'density']) {
      assert.throws(() => compute(name, { fake, real: wide }), /rows of 6 and 3/);
      assert.throws(() => compute(name, { fake, real }, { k: 40 }), 'k is less than the 40 rows of real');
    }
    assert.throws(() => compute('recall', { fake, real }, { k: 30 }), 'k is less than the 30 rows of fake');
    assert.throws(() => compute('kid', { a: fake, b: wide }), /rows of 6 and 3/);
    assert.throws(() => compute('kid', { a: fake, b: real }, { block: 31 }), /at most the 30 rows/);
    assert.throws(() => compute('kid', { a: table([[1, 2]]), b: table([[1, 2]]) }), /at least two rows/);
    assert.throws(() => compute('inception_score', { probs: fake }), /is it logits/);
    assert.throws(() => compute('inception_score', { probs: list([1, 1]) }), /at least two numbers/);
    assert.throws(() => compute('inception_score', { probs }, { splits: 31 }), /from 1 to the 30 rows/);
    const broken = table([
      [NaN, 1],
      [0, 1],
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    for (const name of ['precision', 'recall', 'density', 'neighbour_coverage'])
      assert.isNaN(await computed(name, { fake: broken, real: broken }), name);
    assert.isNaN(compute('kid', { a: broken, b: broken }));
    assert.isNaN(compute('inception_score', { probs: broken }));
  });
});
