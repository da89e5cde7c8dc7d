/** What stands around the points of a plot. */
import { assert } from 'chai';
import { pictures } from '../../runtime/catalogue.ts';
import { faint, textHeight } from '../../runtime/reports/pictures/canvas.ts';
import { pixelsOf } from './pixels.ts';

describe('plots', () => {
  it('are framed by four lines of one length that meet', () => {
    const values = {
      codes: { data: Float32Array.of(0, 0, 1, 1), shape: [2, 2] },
      colour: { data: Float32Array.of(0, 0), shape: [2] },
    };
    const { data, width, height } = pixelsOf(pictures.embedding.draw(values, {}, {}).png);
    const isFaint = (x: number, y: number): boolean =>
      faint.every((channel, k) => data[3 * (y * width + x) + k] === channel);
    const count = (length: number, at: (i: number) => boolean): number =>
      Array.from({ length }, (_, i) => at(i)).filter(Boolean).length;
    const across = Array.from({ length: height }, (_, y) => count(width, (x) => isFaint(x, y)));
    const down = Array.from({ length: width }, (_, x) => count(height, (y) => isFaint(x, y)));
    const long = Math.max(...across);
    assert.isAbove(long, 100);
    assert.lengthOf(
      across.filter((line) => line === long),
      2,
    );
    assert.isAbove(down.indexOf(long), textHeight(), 'room for the name of the axis');
    assert.lengthOf(
      down.filter((line) => line === long),
      2,
    );
  });
});
