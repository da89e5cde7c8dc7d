import { assert } from 'chai';
import fc from 'fast-check';
import { metrics } from '../../runtime/catalogue.ts';
import { bestAssignment } from '../../runtime/metrics/assignment.ts';
import type { Values } from '../../runtime/metrics/metric.ts';
import { nearestRows } from '../../runtime/metrics/neighbours.ts';
import { eigenSymmetric, fitGaussian } from '../../runtime/metrics/symmetric.ts';
import { draws, permutation } from '../../runtime/random.ts';

const table = (rows: number[][]): Values => ({ data: Float64Array.from(rows.flat()), shape: [rows.length, rows[0].length] }); // prettier-ignore
const list = (values: number[]): Values => ({ data: Float64Array.from(values), shape: [values.length] });

function normals(key: string, rows: number, width: number): Float64Array {
  const out = new Float64Array(rows * width);
  draws({ seed: 1, key, iteration: 0, scope: 0 }, 'normal', rows, width, out);
  return out;
}

function compute(name: string, values: Record<string, Values>, options: Record<string, number> = {}): number {
  return metrics[name].compute(values, options);
}

function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) =>
    [...Array(n).keys()].map((at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)]),
  );
}

describe('accuracy', () => {
  it('counts agreeing rows, from scores or class numbers; of equal scores the first class', () => {
    const label = list([0, 1, 2, 0]);
    const guess = table([[5, 1, 1], [0, 2, 3], [0, 0, 1], [1, 1, 0]]); // prettier-ignore
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
        fc.integer({ min: 1, max: 5 }).chain((n) => fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n * n, maxLength: n * n })), // prettier-ignore
        (gain) => {
          const n = Math.sqrt(gain.length);
          const total = (columns: ArrayLike<number>): number => Array.from(columns).reduce((sum, column, row) => sum + gain[row * n + column], 0); // prettier-ignore
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
    const scores = table([[0, 9], [0, 9], [0, 9], [9, 0], [9, 0], [9, 0]]); // prettier-ignore
    assert.equal(compute('matched_accuracy', { guess: scores, label }), 5 / 6);
  });
});

describe('nearest neighbours', () => {
  const assertNearest = (queries: Values, candidates: Values, k: number): void => {
    const [size, count] = [queries.shape[1], candidates.shape[0]];
    let rows = 0;
    nearestRows(queries, candidates, k, (row, neighbours, distances) => {
      const all = [...Array(count).keys()].map(
        (other) =>
        Math.sqrt([...Array(size).keys()].reduce((sum, j) => sum + (queries.data[row * size + j] - candidates.data[other * size + j]) ** 2, 0)), // prettier-ignore
      );
      const sorted = [...all.keys()].sort((a, b) => all[a] - all[b] || a - b).slice(0, k);
      assert.deepEqual([...neighbours], sorted);
      sorted.forEach((other, i) => assert.closeTo(distances[i], all[other], 1e-12));
      rows++;
    });
    assert.equal(rows, queries.shape[0]);
  };

  it('are those that sorting all distances gives', () => {
    const rows = (key: string, count: number): Values => ({ data: normals(key, count, 11), shape: [count, 11] }); // prettier-ignore
    assertNearest(rows('q', 20), rows('c', 50), 4);
  });

  it('are those of long rows too, whether they differ in all directions, in few, or not at all', () => {
    const size = 300;
    for (const rank of [300, 60, 5, 0]) {
      // Rows of this rank, a long way from the origin, some of them twice.
      const basis = normals('basis', rank, size);
      const rows = (key: string, count: number): Values => {
        const by = normals(key, count, rank);
        const data = Float32Array.from({ length: count * size }, (_, i) => {
          const [row, j] = [Math.floor(i / size) % 55, i % size];
          return 10 + [...Array(rank).keys()].reduce((sum, r) => sum + by[row * rank + r] * basis[r * size + j], 0);
        }); // prettier-ignore
        return { data, shape: [count, size] };
      };
      assertNearest(rows('q', 12), rows('c', 60), 4);
    }
  });

  it('vote (knn_accuracy); a tie goes to the nearest', () => {
    const among = table([[0], [1], [2], [10], [11]]);
    const labels = list([0, 0, 1, 1, 1]);
    const run = (code: number, label: number, k: number): number =>
      compute('knn_accuracy', { code: table([[code]]), label: list([label]), among, labels }, { k });
    assert.equal(run(0.1, 0, 1), 1);
    assert.equal(run(10.4, 1, 3), 1);
    assert.equal(run(1.9, 1, 1), 1);
    assert.equal(run(1.9, 0, 3), 1);
    assert.equal(run(1.6, 1, 2), 1);
    assert.throws(() => run(0, 0, 6), /k is from 1 to the 5 rows/);
  });

  it('say which classes are reached (coverage)', () => {
    const among = table([[0, 0], [5, 5], [9, 9]]); // prettier-ignore
    const labels = list([0, 1, 2]);
    const points = table([[0.1, 0], [5, 5.1], [7.5, 7.5]]); // prettier-ignore
    assert.equal(compute('coverage', { points, among, labels }), 1);
    assert.equal(compute('coverage', { points, among, labels }, { within: 1 }), 2 / 3);
  });
});

describe('the symmetric eigenproblem', () => {
  const random = (n: number): Float64Array => {
    const a = normals(`eigen ${n}`, n, n);
    return a.map((value, i) => value + a[(i % n) * n + Math.floor(i / n)]);
  };

  it('is solved: A v = λ v, orthonormal, ascending, with the trace kept', () => {
    const cases = [1, 2, 3, 10, 40].map((n) => [random(n), n] as const);
    const diagonal = Float64Array.of(3, 0, 0, 0, 1, 0, 0, 0, 3);
    for (const [a, n] of [
      ...cases,
      [diagonal, 3],
      [new Float64Array(16), 4],
      [new Float64Array(25).fill(1), 5],
    ] as const) {
      // prettier-ignore
      const { values, vectors } = eigenSymmetric(a, n);
      for (let i = 0; i < n; i++) {
        const v = vectors.subarray(i * n, (i + 1) * n);
        if (i > 0) assert.isAtLeast(values[i], values[i - 1]);
        for (let row = 0; row < n; row++) {
          const image = v.reduce((sum, x, j) => sum + a[row * n + j] * x, 0);
          assert.closeTo(image, values[i] * v[row], 1e-11);
        }
        for (let j = 0; j < n; j++) {
          const overlap = v.reduce((sum, x, k) => sum + x * vectors[j * n + k], 0);
          assert.closeTo(overlap, Number(i === j), 1e-12);
        }
      }
      eigenSymmetric(a, n, false).values.forEach((value, i) => assert.closeTo(value, values[i], 1e-11));
    }
    assert.throws(() => eigenSymmetric(Float64Array.of(NaN), 1), /not finite/);
  });

  it('gives known eigenvalues: the chain of springs has 2 - 2 cos(kπ / (n + 1))', () => {
    const n = 30;
    const chain = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      chain[i * n + i] = 2;
      if (i > 0) chain[i * n + i - 1] = chain[(i - 1) * n + i] = -1;
    }
    eigenSymmetric(chain, n).values.forEach((value, k) => assert.closeTo(value, 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 1e-13)); // prettier-ignore
  });
});

describe('the Fréchet distance', () => {
  /** Rows whose mean and covariance are exactly these (variances on the diagonal), by two points an axis. */
  const exact = (mean: number[], deviations: number[]): Values => {
    const scale = Math.sqrt((2 * mean.length - 1) / 2);
    return table(mean.flatMap((_, axis) => [1, -1].map((sign) => mean.map((m, j) => m + (j === axis ? sign * scale * deviations[j] : 0))))); // prettier-ignore
  };

  it('fits the Gaussian that the points were made for', () => {
    const { mean, covariance } = fitGaussian(exact([1, 2], [3, 0.5]).data, 2);
    [1, 2].forEach((value, i) => assert.closeTo(mean[i], value, 1e-12));
    [9, 0, 0, 0.25].forEach((value, i) => assert.closeTo(covariance[i], value, 1e-12));
  });

  it('is |m - m|² + Σ (σ - σ)² where the axes agree', () => {
    const [a, b] = [exact([0, 1, 2], [1, 2, 3]), exact([1, 1, 0], [2, 2, 0])];
    assert.closeTo(compute('frechet', { a, b }), 1 + 4 + 1 + 0 + 9, 1e-9);
    assert.closeTo(compute('frechet', { a, b: a }), 0, 1e-9);
  });

  it('is symmetric, unchanged by a common rotation, and 0 for the same rows in another order', () => {
    const [a, b] = [normals('a', 200, 5), normals('b', 200, 5).map((x, i) => x * (1 + (i % 5)) + 0.3)];
    const rotated = (data: Float64Array): Values => ({
      data: data.map((x, i) => (i % 5 === 0 ? 0.6 * x - 0.8 * data[i + 1] : i % 5 === 1 ? 0.8 * data[i - 1] + 0.6 * x : x)), // prettier-ignore
      shape: [200, 5],
    });
    const [va, vb] = [{ data: a, shape: [200, 5] }, { data: b, shape: [200, 5] }]; // prettier-ignore
    const distance = compute('frechet', { a: va, b: vb });
    assert.isAbove(distance, 10);
    assert.closeTo(compute('frechet', { a: vb, b: va }), distance, 1e-8);
    assert.closeTo(compute('frechet', { a: rotated(a), b: rotated(b) }), distance, 1e-8);
    const reversed = { data: Float64Array.from(a, (_, i) => a[(199 - Math.floor(i / 5)) * 5 + (i % 5)]), shape: [200, 5] }; // prettier-ignore
    assert.closeTo(compute('frechet', { a: va, b: reversed }), 0, 1e-8);
  });

  it('works with fewer rows than features, and refuses what it cannot compare', () => {
    const few = { data: normals('few', 5, 20), shape: [5, 20] };
    assert.closeTo(compute('frechet', { a: few, b: few }), 0, 1e-6);
    assert.throws(() => compute('frechet', { a: few, b: list([1, 2]) }), /rows of 20 and 1/);
    assert.throws(() => compute('frechet', { a: table([[1]]), b: table([[1]]) }), /at least two rows/);
    assert.isNaN(compute('frechet', { a: table([[1], [Infinity]]), b: table([[1], [2]]) }));
  });
});

describe('the probe', () => {
  const rows = 600;
  const label = list([...Array(rows).keys()].map((row) => row % 3));
  const noise = normals('probe', rows, 4);

  it('finds what a line can tell, however the codes are scaled', () => {
    const data = noise.map((x, i) => (i % 4 === 0 ? 1000 * (x / 20 + (Math.floor(i / 4) % 3)) : i % 4 === 3 ? 7 : x)); // prettier-ignore
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
    assert.throws(() => compute('accuracy', { guess: table(Array(rows).fill([1, 0])), label }), /no steps and 3 steps/); // prettier-ignore
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
    assert.throws(() => compute('probe', { code, label: list([0, 1, 0]), among: table([[1, 2]]), labels: list([0]) }), /different sizes/); // prettier-ignore
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
    const value = table([[1, 2], [3, 6]]); // prettier-ignore
    assert.equal(compute('mean', { value }), 3);
    assert.closeTo(compute('std', { value }), Math.sqrt((4 + 1 + 0 + 9) / 4), 1e-15);
  });
});
