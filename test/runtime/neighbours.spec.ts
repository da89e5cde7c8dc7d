import { assert } from 'chai';
import type { Values } from '../../runtime/reports/metrics/metric.ts';
import { nearestRows } from '../../runtime/reports/metrics/neighbours.ts';
import { compute, list, normals, table } from './metric-values.ts';

describe('nearest neighbours', () => {
  const assertNearest = (queries: Values, candidates: Values, k: number): void => {
    const [size, count] = [queries.shape[1], candidates.shape[0]];
    let rows = 0;
    nearestRows(queries, candidates, k, (row, neighbours, distances) => {
      const all = [...Array(count).keys()].map((other) =>
        Math.sqrt(
          [...Array(size).keys()].reduce(
            (sum, j) => sum + (queries.data[row * size + j] - candidates.data[other * size + j]) ** 2,
            0,
          ),
        ),
      );
      const sorted = [...all.keys()].sort((a, b) => all[a] - all[b] || a - b).slice(0, k);
      assert.deepEqual([...neighbours], sorted);
      sorted.forEach((other, i) => assert.closeTo(distances[i], all[other], 1e-12));
      rows++;
    });
    assert.equal(rows, queries.shape[0]);
  };

  it('are those that sorting all distances gives', () => {
    const rows = (key: string, count: number): Values => ({
      data: normals(key, count, 11),
      shape: [count, 11],
    });
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
          return (
            10 + [...Array(rank).keys()].reduce((sum, r) => sum + by[row * rank + r] * basis[r * size + j], 0)
          );
        });
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
    const among = table([
      [0, 0],
      [5, 5],
      [9, 9],
    ]);
    const labels = list([0, 1, 2]);
    const points = table([
      [0.1, 0],
      [5, 5.1],
      [7.5, 7.5],
    ]);
    assert.equal(compute('coverage', { points, among, labels }), 1);
    assert.equal(compute('coverage', { points, among, labels }, { within: 1 }), 2 / 3);
  });
});
