import { assert } from 'chai';
import { productByLoops, productOn } from '../../runtime/engines/product.ts';
import type { Product } from '../../runtime/engines/product.ts';
import type { Values } from '../../runtime/reports/metrics/metric.ts';
import { nearestOfFew, nearestRows } from '../../runtime/reports/metrics/neighbours.ts';
import type { Each } from '../../runtime/reports/metrics/neighbours.ts';
import { compute, computed, list, normals, table } from './metric-values.ts';

/** Whose rows differ in so many directions, a long way from the origin, some of them twice. */
function rowsOf(key: string, count: number, { rank = 300, scale = 1 }): Values {
  const size = 300;
  const basis = normals('basis', rank, size);
  const by = normals(key, count, rank);
  const data = Float32Array.from({ length: count * size }, (_, i) => {
    const [row, j] = [Math.floor(i / size) % 55, i % size];
    let sum = 10;
    for (let r = 0; r < rank; r++) sum += by[row * rank + r] * basis[r * size + j];
    return scale * sum;
  });
  return { data, shape: [count, size] };
}

/** Holds what is found against a sort of all distances. */
async function assertNearest(
  queries: Values,
  candidates: Values,
  k: number,
  find: (each: Each) => void | Promise<void>,
): Promise<void> {
  const [size, count] = [queries.shape[1], candidates.shape[0]];
  let rows = 0;
  await find((row, neighbours, squares) => {
    const all = Array.from({ length: count }, (_, other) => {
      let sum = 0;
      for (let j = 0; j < size; j++)
        sum += (queries.data[row * size + j] - candidates.data[other * size + j]) ** 2;
      return Math.sqrt(sum);
    });
    const sorted = [...all.keys()].sort((a, b) => all[a] - all[b] || a - b).slice(0, k);
    assert.deepEqual([...neighbours], sorted);
    sorted.forEach((other, i) => assert.closeTo(Math.sqrt(squares[i]), all[other], 1e-12 * (1 + all[other])));
    rows++;
  });
  assert.equal(rows, queries.shape[0]);
}

const engines: Readonly<Record<string, Product>> = { loops: productByLoops, onnxruntime: productOn(1) };

describe('products of rows', () => {
  it('are the same by onnxruntime, whatever the sizes', async () => {
    for (const [rows, columns, width] of [
      [1, 1, 1],
      [5, 3, 7],
      [40, 60, 130],
    ]) {
      const a = { data: Float32Array.from(normals('a', rows, width)), width };
      const b = { data: Float32Array.from(normals('b', columns, width)), width };
      const [wanted, found] = [await productByLoops(a, b), await engines.onnxruntime(a, b)];
      assert.lengthOf(found, rows * columns);
      found.forEach((x, i) => assert.closeTo(x, wanted[i], 1e-5 * (width + 4)));
    }
  });
});

describe('nearest neighbours', () => {
  for (const [name, product] of Object.entries(engines)) {
    it(`are those that sorting all distances gives, by products of ${name}`, async () => {
      const rows = (key: string, count: number): Values => ({
        data: normals(key, count, 11),
        shape: [count, 11],
      });
      // More than one block of queries and of candidates.
      for (const [queries, candidates] of [
        [rows('q', 20), rows('c', 50)],
        [rows('q', 300), rows('c', 50)],
        [rows('q', 3), rows('c', 4200)],
      ])
        await assertNearest(queries, candidates, 4, (each) =>
          nearestRows(queries, candidates, 4, each, product),
        );
    });

    it(`are those of long rows too, whether they differ in all directions, in few, or not at all, by ${name}`, async () => {
      for (const shape of [
        ...[300, 60, 5, 0].map((rank) => ({ rank })),
        // Products of these are beyond float32, or next to nothing in it.
        { rank: 5, scale: 1e25 },
        { rank: 5, scale: 1e-30 },
      ]) {
        const [queries, candidates] = [rowsOf('q', 12, shape), rowsOf('c', 60, shape)];
        await assertNearest(queries, candidates, 4, (each) =>
          nearestRows(queries, candidates, 4, each, product),
        );
      }
    });
  }

  it('of few rows are the same, at once', async () => {
    const [queries, candidates] = [rowsOf('q', 12, { rank: 5 }), rowsOf('c', 60, { rank: 5 })];
    await assertNearest(queries, candidates, 4, (each) => nearestOfFew(queries, candidates, 4, each));
  });

  it('are measured one by one only where products leave it open', async () => {
    // 2,000 candidates: a search that measured each would take them all.
    const [queries, candidates] = [rowsOf('q', 4, {}), rowsOf('c', 55, {})];
    let measured = 0;
    const counting: Values = {
      shape: candidates.shape,
      data: new Proxy(candidates.data, {
        get(rows, at) {
          if (typeof at === 'string' && /^\d+$/.test(at)) measured++;
          const value: unknown = Reflect.get(rows, at);
          return value;
        },
      }),
    };
    await nearestRows(queries, counting, 1, () => undefined);
    const prepared = 2 * candidates.data.length;
    assert.isBelow(measured - prepared, 0.3 * queries.shape[0] * candidates.data.length);
  });

  it('vote (knn_accuracy); a tie goes to the nearest', async () => {
    const among = table([[0], [1], [2], [10], [11]]);
    const labels = list([0, 0, 1, 1, 1]);
    const run = (code: number, label: number, k: number): Promise<number> =>
      computed('knn_accuracy', { code: table([[code]]), label: list([label]), among, labels }, { k });
    assert.equal(await run(0.1, 0, 1), 1);
    assert.equal(await run(10.4, 1, 3), 1);
    assert.equal(await run(1.9, 1, 1), 1);
    assert.equal(await run(1.9, 0, 3), 1);
    assert.equal(await run(1.6, 1, 2), 1);
    assert.throws(
      () => compute('knn_accuracy', { code: table([[0]]), label: list([0]), among, labels }, { k: 6 }),
      /k is from 1 to the 5 rows/,
    );
  });

  it('say which classes are reached (coverage)', async () => {
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
    assert.equal(await computed('coverage', { points, among, labels }), 1);
    assert.equal(await computed('coverage', { points, among, labels }, { within: 1 }), 2 / 3);
  });
});
