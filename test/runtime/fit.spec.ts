import { assert } from 'chai';
import { cutShare, fitInto } from '../../runtime/data/fit.ts';
import type { Fit, Size } from '../../runtime/data/fit.ts';
import { naturally } from '../../runtime/data/natural.ts';
import type { Raster } from '../../runtime/formats/png.ts';

/** Gray pixels, row by row. */
const raster = (width: number, values: readonly number[]): Raster => ({
  width,
  height: values.length / width,
  data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
});
const fitted = (of: Raster, to: Size, fit: Fit): number[] => {
  const out = new Uint8Array(1 + to[0] * to[1]).fill(7);
  fitInto(of, to, 1, fit, out, 1);
  assert.equal(out[0], 7);
  return [...out.subarray(1)];
};

describe('fitting pictures', () => {
  const wide = raster(4, [1, 2, 3, 4, 5, 6, 7, 8]);

  it('cover: the central part of the shape', () => {
    assert.deepEqual(fitted(wide, [2, 2], 'cover'), [2, 3, 6, 7]);
    assert.deepEqual(fitted(wide, [1, 2], 'cover'), [4, 6]);
    assert.equal(cutShare([2, 4], [2, 2]), 0.5);
    assert.equal(cutShare([48, 64], [24, 32]), 0);
  });

  it('contain: all of it, on black', () => {
    assert.deepEqual(fitted(wide, [4, 4], 'contain'), [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0]);
    assert.deepEqual(fitted(raster(1, [9, 9]), [2, 3], 'contain'), [0, 9, 0, 0, 9, 0]);
  });

  it('stretch: all of it, distorted', () => {
    assert.deepEqual(fitted(raster(4, [1, 3, 5, 7, 2, 4, 6, 8]), [2, 2], 'stretch'), [2, 6, 3, 7]);
    assert.deepEqual(fitted(raster(1, [5, 6]), [2, 2], 'stretch'), [5, 5, 6, 6]);
  });
});

describe('natural order', () => {
  it('counts runs of digits as numbers', () => {
    const names = [
      'a10',
      'a2',
      'a',
      '10',
      '2',
      '02',
      'b1',
      'a2b',
      '0',
      'B1',
      'a9007199254740993',
      'a9007199254740992',
    ];
    const sorted = [...names].sort(naturally);
    assert.deepEqual(sorted, [
      '0',
      '02',
      '2',
      '10',
      'B1',
      'a',
      'a2',
      'a2b',
      'a10',
      'a9007199254740992',
      'a9007199254740993',
      'b1',
    ]);
    assert.deepEqual([...names].reverse().sort(naturally), sorted);
  });
});
