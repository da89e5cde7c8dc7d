import { assert } from 'chai';
import fc from 'fast-check';
import { bestAssignment } from '../../runtime/reports/metrics/assignment.ts';
import type { Values } from '../../runtime/reports/metrics/metric.ts';
import { permutation } from '../../runtime/random.ts';
import { compute, list, normals, table } from './metric-values.ts';

function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) =>
    [...Array(n).keys()].map((at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)]),
  );
}

describe('accuracy', () => {
  it('counts agreeing rows, from scores or class numbers; of equal scores the first class', () => {
    const label = list([0, 1, 2, 0]);
    const guess = table([
      [5, 1, 1],
      [0, 2, 3],
      [0, 0, 1],
      [1, 1, 0],
    ]);
    assert.equal(compute('accuracy', { guess, label }), 0.75);
    assert.equal(compute('accuracy', { guess: list([0, 1, 2, 2]), label }), 0.75);
    assert.throws(
      () => compute('accuracy', { guess, label: list([0]) }),
      'guess and label have 4 and 1 rows',
    );
    assert.isNaN(compute('accuracy', { guess: table([[NaN, 0]]), label: list([0]) }));
  });
});

describe('the assignment', () => {
  it('is the best of all, as trying every one shows', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 5 })
          .chain((n) => fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n * n, maxLength: n * n })),
        (gain) => {
          const n = Math.sqrt(gain.length);
          const total = (columns: ArrayLike<number>): number =>
            Array.from(columns).reduce((sum, column, row) => sum + gain[row * n + column], 0);
          const found = bestAssignment(gain, n);
          assert.equal(new Set(found).size, n);
          assert.equal(total(found), Math.max(...permutations(n).map(total)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('does not care how categories are called (matched_accuracy)', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { minLength: 1, maxLength: 60 }), fc.nat(1000), (labels, seed) => {
        const names = permutation(seed, 'names', 0, 7);
        const guess = list(labels.map((label) => names[label]));
        assert.equal(compute('matched_accuracy', { guess, label: list(labels) }), 1);
      }),
    );
  });

  it('takes each category once, also where there are fewer or more than classes', () => {
    const label = list([0, 0, 0, 1, 1, 2]);
    assert.equal(compute('matched_accuracy', { guess: list([1, 1, 1, 1, 1, 1]), label }), 0.5);
    assert.equal(compute('matched_accuracy', { guess: list([5, 5, 4, 3, 3, 3]), label }), 4 / 6);
    const scores = table([
      [0, 9],
      [0, 9],
      [0, 9],
      [9, 0],
      [9, 0],
      [9, 0],
    ]);
    assert.equal(compute('matched_accuracy', { guess: scores, label }), 5 / 6);
  });
});

describe('the probe', () => {
  const rows = 600;
  const label = list([...Array(rows).keys()].map((row) => row % 3));
  const noise = normals('probe', rows, 4);

  it('finds what a line can tell, however the codes are scaled', () => {
    const data = noise.map((x, i) =>
      i % 4 === 0 ? 1000 * (x / 20 + (Math.floor(i / 4) % 3)) : i % 4 === 3 ? 7 : x,
    );
    assert.isAbove(compute('probe', { code: { data, shape: [rows, 4] }, label }), 0.97);
  });

  it('finds nothing in noise', () => {
    const found = compute('probe', { code: { data: noise, shape: [rows, 2, 2] }, label });
    assert.closeTo(found, 1 / 3, 0.08);
    assert.equal(compute('probe', { code: { data: noise, shape: [rows, 2, 2] }, label }), found);
  });
});

describe('metrics of steps', () => {
  /** Rows of 3 steps: the class of each step as a onehot seq[2, 3], and codes of which channel 1 holds it. */
  const rows = 40;
  const classes = Float64Array.from({ length: rows * 3 }, (_, i) => (i * i + Math.floor(i / 5)) % 2);
  const seqOf = (channel: (c: number, value: number, i: number) => number): Values => {
    const data = new Float64Array(rows * 6);
    classes.forEach((value, i) => {
      for (const c of [0, 1]) data[Math.floor(i / 3) * 6 + c * 3 + (i % 3)] = channel(c, value, i);
    });
    return { data, shape: [rows, 2, 3] };
  };
  const label = seqOf((c, value) => Number(c === value));
  const code = seqOf((c, value, i) => (c === 0 ? Math.sin(i) : 3 * value));

  it('accuracy is the share of steps', () => {
    assert.equal(compute('accuracy', { guess: label, label }), 1);
    const guess = seqOf((c, value, i) => (i % 3 === 0 ? Number(c !== value) : Number(c === value)));
    assert.closeTo(compute('accuracy', { guess, label }), 2 / 3, 1e-12);
    assert.throws(
      () => compute('accuracy', { guess: table(Array(rows).fill([1, 0])), label }),
      /no steps and 3 steps/,
    );
  });

  it('of rows of lengths of their own, only their steps count', () => {
    const lengths = Array.from({ length: rows }, (_, row) => 1 + (row % 3));
    const guess = seqOf((c, value, i) => (i % 3 < lengths[Math.floor(i / 3)] ? Number(c === value) : NaN));
    assert.equal(compute('accuracy', { guess: { ...guess, lengths }, label: { ...label, lengths } }), 1);
    assert.throws(() => compute('accuracy', { guess: { ...guess, lengths }, label }), /have 3 steps/);
    const found = compute('probe', { code: { ...code, lengths }, label: { ...label, lengths } });
    assert.isAbove(found, 0.9);
    const ofRow = list([...Array(rows).keys()].map((row) => row % 2));
    assert.throws(() => compute('probe', { code: { ...code, lengths }, label: ofRow }), /rows of one length/);
  });

  it('a probe reads each step by itself', () => {
    assert.equal(compute('probe', { code, label, among: code, labels: label }), 1);
    assert.isAbove(compute('probe', { code, label }), 0.95);
    const blind = seqOf((_, __, i) => Math.sin(i));
    assert.isBelow(compute('probe', { code: blind, label, among: blind, labels: label }), 0.75);
  });
});

describe('the probe, trained on other rows', () => {
  it('measures on rows that it has not seen', () => {
    const among = table([[-1], [-2], [1], [2]]);
    const labels = list([0, 0, 1, 1]);
    const code = table([[-3], [3], [4]]);
    assert.closeTo(compute('probe', { code, label: list([0, 1, 0]), among, labels }), 2 / 3, 1e-12);
    assert.throws(() => compute('probe', { code, label: list([0, 1, 0]), among }), /given together/);
    assert.throws(
      () => compute('probe', { code, label: list([0, 1, 0]), among: table([[1, 2]]), labels: list([0]) }),
      /different sizes/,
    );
  });

  it('puts them on the scale of what it was trained on, not on their own', () => {
    const given = { among: table([[-1], [-2], [1], [2]]), labels: list([0, 0, 1, 1]) };
    const shifted = { code: table([[3], [4], [5]]), label: list([1, 1, 1]) };
    assert.equal(compute('probe', { ...shifted, ...given }), 1);
    const narrow = { code: table([[-0.1], [0.1], [-0.2], [0.2]]), label: list([0, 1, 0, 1]) };
    assert.equal(compute('probe', { ...narrow, ...given }), 1);
  });

  it('does not remember what it was trained on', () => {
    const [train, test] = [normals('seen', 60, 40), normals('unseen', 300, 40)];
    const classes = (rows: number): Values => list([...Array(rows).keys()].map((row) => row % 2));
    const given = { among: { data: train, shape: [60, 40] }, labels: classes(60) };
    const seen = compute('probe', { code: given.among, label: given.labels, ...given });
    const unseen = compute('probe', {
      code: { data: test, shape: [300, 40] },
      label: classes(300),
      ...given,
    });
    assert.isAbove(seen, 0.8);
    assert.closeTo(unseen, 0.5, 0.1);
  });
});

describe('moments', () => {
  it('are over all numbers of all rows', () => {
    const value = table([
      [1, 2],
      [3, 6],
    ]);
    assert.equal(compute('mean', { value }), 3);
    assert.closeTo(compute('std', { value }), Math.sqrt((4 + 1 + 0 + 9) / 4), 1e-15);
  });
});
