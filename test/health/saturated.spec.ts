/** The rule `saturated`, on rows of known numbers. */
import { assert } from 'chai';
import { saturated } from '../../runtime/health/rules/saturated.ts';
import type { Tensor } from '../../runtime/engines/engine.ts';

const rows = (count: number, shape: readonly number[], value: (row: number, i: number) => number): Tensor => {
  const width = shape.reduce((a, b) => a * b, 1);
  return {
    shape: [count, ...shape],
    data: Float32Array.from({ length: count * width }, (_, at) => value(Math.floor(at / width), at % width)),
  };
};
const said = (drawn: Tensor, real: Tensor): readonly unknown[] =>
  saturated.samples!({ name: 'samples', drawn, real });

describe('the rule saturated', () => {
  /** Ages around 40, incomes around 30,000. */
  const people = (count: number, spread: number): Tensor =>
    rows(count, [2], (row, i) => (i === 0 ? 40 : 30_000) * (1 + spread * Math.sin(1 + row * (i + 1.3))));

  it('is silent on columns of different sizes, each of which lies inside its own range', () => {
    assert.deepEqual(said(people(48, 0.3), people(100, 0.5)), []);
  });

  it('speaks of columns that stand at the ends of their own', () => {
    const ends = rows(
      48,
      [2],
      (row, i) =>
        [
          [20, 60],
          [15_000, 45_000],
        ][i][(row + i) % 2],
    );
    const inside = rows(
      100,
      [2],
      (row, i) => [20 + 0.4 * row, 15_000 + 300 * row][i] + (row === 99 ? [0.4, 300][i] : 0),
    );
    assert.lengthOf(said(ends, inside), 1);
  });

  it('takes the places of an image together, whatever lies at one of them', () => {
    const real = rows(60, [1, 2, 2], (row, i) => (i === 0 ? 0.001 * row : (row + i) / 64));
    assert.lengthOf(
      said(
        rows(48, [1, 2, 2], (row, i) => Number((row + i) % 2 === 0) * (62 / 64)),
        real,
      ),
      1,
    );
    assert.deepEqual(
      said(
        rows(48, [1, 2, 2], (row) => 0.2 + row / 100),
        real,
      ),
      [],
    );
  });

  it('is silent where nothing varies', () => {
    const still = rows(48, [2], () => 1);
    assert.deepEqual(said(still, still), []);
  });
});
