/** Orthogonal starts: rows, or columns where they are fewer, are at right angles and of the length that is asked for. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { initialState } from '../../runtime/run/initial-state.ts';
import { tinyManifest } from './tiny.ts';

/** The products of all pairs of the first axis of a matrix, or of the last. */
function products(data: ArrayLike<number>, rows: number, columns: number, ofRows: boolean): number[] {
  const [count, size] = ofRows ? [rows, columns] : [columns, rows];
  const at = (i: number, j: number): number => data[ofRows ? i * columns + j : j * columns + i];
  return Array.from({ length: count * count }, (_, pair) => {
    const [a, b] = [Math.floor(pair / count), pair % count];
    return Array.from({ length: size }, (__, j) => at(a, j) * at(b, j)).reduce((x, y) => x + y, 0);
  });
}

describe('orthogonal starts', () => {
  const initial = { kind: 'orthogonal', gain: 1.5 } as const;
  const entry = { role: 'weight', network: 'L', initial } as const;
  for (const [name, shape, [rows, columns], ofRows] of [
    ['wide', [4, 9], [4, 9], true],
    ['tall', [9, 4], [9, 4], false],
    ['square', [6, 6], [6, 6], true],
    ['kernel', [5, 3, 2, 2], [5, 12], true],
  ] as const)
    it(name, () => {
      const manifest = tinyManifest({ state: [{ ...entry, name, shape: [...shape] }], float: 'float64' });
      const { data } = initialState(manifest, 3)[name];
      const count = ofRows ? rows : columns;
      products(data, rows, columns, ofRows).forEach((product, i) =>
        assert.closeTo(product, i % (count + 1) === 0 ? 1.5 ** 2 : 0, 1e-12),
      );
      assert.notDeepEqual(data, initialState(manifest, 4)[name].data, 'another seed, other directions');
    });
});
