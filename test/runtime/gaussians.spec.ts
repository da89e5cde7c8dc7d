import { assert } from 'chai';
import type { Values } from '../../runtime/reports/metrics/metric.ts';
import { metrics } from '../../runtime/catalogue.ts';
import { fitGaussian, gaussianReducer } from '../../runtime/reports/metrics/gaussian.ts';
import { eigenSymmetric } from '../../runtime/reports/metrics/symmetric.ts';
import { compute, list, normals, table } from './metric-values.ts';

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

  it('is solved where most eigenvalues are 0: roundoff on the diagonal is no measure of what lies beside it', () => {
    for (const [rows, n] of [
      [20, 64],
      [72, 192],
      [1, 50],
    ]) {
      const x = normals(`few ${rows}`, rows, n);
      const product = (of: (i: number, k: number) => number, size: number, inner: number): Float64Array =>
        Float64Array.from({ length: size * size }, (_, at) => {
          let sum = 0;
          for (let k = 0; k < inner; k++) sum += of(Math.floor(at / size), k) * of(at % size, k);
          return sum;
        });
      const large = eigenSymmetric(
        product((i, k) => x[k * n + i], n, rows),
        n,
      ).values;
      const small = eigenSymmetric(
        product((i, k) => x[i * n + k], rows, n),
        rows,
      ).values;
      const most = large[n - 1];
      large.forEach((value, i) =>
        assert.closeTo(value, i < n - rows ? 0 : small[i - n + rows], 1e-13 * most),
      );
    }
  });

  it('gives known eigenvalues: the chain of springs has 2 - 2 cos(kπ / (n + 1))', () => {
    const n = 30;
    const chain = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      chain[i * n + i] = 2;
      if (i > 0) chain[i * n + i - 1] = chain[(i - 1) * n + i] = -1;
    }
    eigenSymmetric(chain, n).values.forEach((value, k) =>
      assert.closeTo(value, 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 1e-13),
    );
  });
});

describe('the Fréchet distance', () => {
  /** Rows whose mean and covariance are exactly these (variances on the diagonal), by two points an axis. */
  const exact = (mean: number[], deviations: number[]): Values => {
    const scale = Math.sqrt((2 * mean.length - 1) / 2);
    return table(
      mean.flatMap((_, axis) =>
        [1, -1].map((sign) => mean.map((m, j) => m + (j === axis ? sign * scale * deviations[j] : 0))),
      ),
    );
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
      data: data.map((x, i) =>
        i % 5 === 0 ? 0.6 * x - 0.8 * data[i + 1] : i % 5 === 1 ? 0.8 * data[i - 1] + 0.6 * x : x,
      ),
      shape: [200, 5],
    });
    const [va, vb] = [
      { data: a, shape: [200, 5] },
      { data: b, shape: [200, 5] },
    ];
    const distance = compute('frechet', { a: va, b: vb });
    assert.isAbove(distance, 10);
    assert.closeTo(compute('frechet', { a: vb, b: va }), distance, 1e-8);
    assert.closeTo(compute('frechet', { a: rotated(a), b: rotated(b) }), distance, 1e-8);
    const reversed = {
      data: Float64Array.from(a, (_, i) => a[(199 - Math.floor(i / 5)) * 5 + (i % 5)]),
      shape: [200, 5],
    };
    assert.closeTo(compute('frechet', { a: va, b: reversed }), 0, 1e-8);
  });

  it('works with fewer rows than features, and refuses what it cannot compare', () => {
    const few = { data: normals('few', 5, 20), shape: [5, 20] };
    assert.closeTo(compute('frechet', { a: few, b: few }), 0, 1e-6);
    assert.throws(() => compute('frechet', { a: few, b: list([1, 2]) }), /rows of 20 and 1/);
    assert.throws(() => compute('frechet', { a: table([[1]]), b: table([[1]]) }), /at least two rows/);
    assert.isNaN(compute('frechet', { a: table([[1], [Infinity]]), b: table([[1], [2]]) }));
  });

  it('is exact where rows are far fewer than numbers, and the other set is larger', () => {
    const [rows, width, times, factor, shift] = [72, 192, 3, 1.5, 0.25];
    const few = normals('rank', rows, width);
    // The same rows three times, scaled and shifted: the covariance is the other's by a number.
    const many = Float64Array.from(
      { length: times * few.length },
      (_, i) => factor * few[i % few.length] + shift,
    );
    const { mean, covariance } = fitGaussian(few, width);
    const ratio = (factor ** 2 * times * (rows - 1)) / (times * rows - 1);
    let wanted = mean.reduce((sum, m) => sum + ((factor - 1) * m + shift) ** 2, 0);
    for (let j = 0; j < width; j++) wanted += covariance[j * width + j] * (Math.sqrt(ratio) - 1) ** 2;
    const [a, b] = [
      { data: few, shape: [rows, width] },
      { data: many, shape: [times * rows, width] },
    ];
    assert.closeTo(compute('frechet', { a, b }), wanted, 1e-5 * wanted);
    assert.closeTo(compute('frechet', { a: b, b: a }), wanted, 1e-5 * wanted);
  });

  it('is the same by the rows as by the covariances', () => {
    const [a, b] = ['a', 'b'].map((name, i) => ({
      data: normals(name, 12, 14).map((x) => x * (1 + i) + i),
      shape: [12, 14],
    }));
    const gaussians = [a, b].map(({ data }) => ({
      data: new Float64Array(0),
      shape: [12, 14],
      gaussian: fitGaussian(data, 14),
    }));
    const byCovariance = compute('frechet', { a: gaussians[0], b: gaussians[1] });
    assert.isAbove(byCovariance, 10);
    assert.closeTo(compute('frechet', { a, b }), byCovariance, 1e-5 * byCovariance);
    assert.closeTo(compute('frechet', { a: b, b: a }), byCovariance, 1e-5 * byCovariance);
    assert.closeTo(compute('frechet', { a, b: gaussians[1] }), byCovariance, 1e-5 * byCovariance);
    assert.closeTo(compute('frechet', { a: gaussians[0], b }), byCovariance, 1e-5 * byCovariance);
  });
});

describe('rows that are folded as they come', () => {
  const rows = 300;
  const width = 7;
  const data = normals('folded', rows, width).map((x, i) => 1e6 + x * (1 + (i % width)));
  const chunks = [0, 3, 8, 130, rows].flatMap((to, i, all) =>
    i === 0 ? [] : [{ data: data.subarray(all[i - 1] * width, to * width), shape: [to - all[i - 1], width] }],
  );

  it('have the Gaussian of all of them, and are let go', () => {
    const reducer = gaussianReducer();
    for (const chunk of chunks) reducer.add(chunk);
    const { gaussian, data: kept } = reducer.values();
    assert.lengthOf(kept, 0);
    const whole = fitGaussian(data, width);
    assert.equal(gaussian!.rows, rows);
    gaussian!.mean.forEach((x, i) => assert.closeTo(x, whole.mean[i], 1e-8));
    gaussian!.covariance.forEach((x, i) => assert.closeTo(x, whole.covariance[i], 1e-7));
  });

  it('have no distance where one of them is not finite', () => {
    for (const strange of [NaN, Infinity]) {
      const [good, bad] = [gaussianReducer(), gaussianReducer()];
      for (const chunk of chunks) good.add(chunk);
      for (const chunk of [
        ...chunks,
        { data: Float64Array.from({ length: width }, () => strange), shape: [1, width] },
      ])
        bad.add(chunk);
      assert.isNaN(compute('frechet', { a: good.values(), b: bad.values() }));
      assert.isNaN(compute('frechet', { a: bad.values(), b: good.values() }));
    }
  });

  it('are kept while there are no more of them than numbers in one', () => {
    const reducer = gaussianReducer();
    for (const chunk of chunks.slice(0, 1)) reducer.add(chunk);
    assert.deepEqual([...reducer.values().data], [...chunks[0].data]);
  });

  for (const name of ['mean', 'std'])
    it(`give the same ${name}`, () => {
      const reducer = metrics[name].reduce!.value();
      for (const chunk of chunks) reducer.add(chunk);
      const whole = compute(name, { value: { data, shape: [rows, width] } });
      assert.closeTo(compute(name, { value: reducer.values() }), whole, 1e-9 * whole);
    });
});
