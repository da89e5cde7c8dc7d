/** What an embedding hands to the page: principal axes, codes of few numbers, pictures of rows. */
import { assert } from 'chai';
import { most, pointsOf, thumbnailsOf } from '../../runtime/reports/pictures/points.ts';
import { groupColour } from '../../runtime/reports/pictures/plot.ts';
import { principalAxes } from '../../runtime/reports/pictures/principal.ts';
import { pixelsOf } from './pixels.ts';

describe('points of an embedding', () => {
  it('axes of most variance, orthogonal, the largest first', () => {
    const spreads = [5, 0.1, 3, 0.2, 1];
    const data = Float64Array.from(
      { length: 200 * 5 },
      (_, i) => 7 + spreads[i % 5] * Math.sin((i % 5) * 3 + Math.floor(i / 5) * (1 + (i % 5) * 0.7)),
    );
    const out = principalAxes({ data, shape: [200, 5] }, 5, { count: 3, steps: 60 });
    const variance = (k: number): number =>
      out.reduce((sum, value, i) => sum + (i % 3 === k ? value * value : 0), 0) / 200;
    const wanted = [5, 3, 1].map((scale) => (scale * scale) / 2);
    wanted.forEach((value, k) => assert.closeTo(variance(k), value, 0.1 * value));
    let overlap = 0;
    for (let row = 0; row < 200; row++) overlap += out[3 * row] * out[3 * row + 1];
    assert.closeTo(overlap / 200, 0, 1e-6);
  });

  it('holds so many rows, in four digits', () => {
    const rows = most.rows + 10;
    const codes = { data: new Float32Array(rows * 2).fill(1 / 3), shape: [rows, 2] };
    const said = { name: 'E(x)', classes: null, groups: new Int32Array(rows) };
    const made = pointsOf(codes, new Float64Array(rows * 2).fill(2 / 3), said);
    assert.deepEqual([made.groups.length, made.codes.length, made.plane.length], [2000, 4000, 4000]);
    assert.deepEqual([made.codes[0], made.plane[0], made.width], [0.3333, 0.6667, 2]);
  });

  it('large images become smaller by means, sequences by frames', () => {
    const image = { data: new Float32Array(96 * 96).map((_, i) => i % 2), shape: [1, 1, 96, 96] };
    const small = thumbnailsOf(image, 'x')!;
    assert.deepEqual([small.width, small.height, small.columns, small.name], [48, 48, 1, 'x']);
    assert.isTrue(pixelsOf(Buffer.from(small.png, 'base64')).data.every((value) => value === 128));
    const sequence = { data: new Float32Array(2 * 40 * 300), shape: [2, 40, 300] };
    const strip = thumbnailsOf(sequence, 'sound')!;
    assert.deepEqual([strip.width, strip.height, strip.columns], [100, 40, 2]);
    assert.throws(() => thumbnailsOf({ data: new Float32Array(4), shape: [2, 2] }, 'x'), /shape \[2, 2\]/);
  });
});

describe('colours of groups', () => {
  for (const groups of [10, 11, 40])
    it(`${groups} of them are all different`, () => {
      const colours = Array.from({ length: groups }, (_, group) => groupColour(group, groups));
      assert.equal(new Set(colours.map(String)).size, groups);
      for (const channel of colours.flat()) assert.isTrue(channel >= 0 && channel <= 255);
    });
});
