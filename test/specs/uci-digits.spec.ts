/** The UCI digits as IDX files: what setup/data/fetch.ts writes, read by the source that the specs use. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { uciDigits } from '../../setup/data/uci-digits.ts';
import { idx } from '../../runtime/data/idx.ts';

const line = (first: number, label: number): string => [first, ...Array<number>(63).fill(8), label].join(',');

describe('the UCI digits', () => {
  it('become images from 0 to 1 and classes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ganc-uci-'));
    try {
      const { images, labels } = uciDigits(`${line(0, 3)}\n${line(16, 9)}\n`);
      writeFileSync(join(folder, 'images.idx'), images);
      writeFileSync(join(folder, 'labels.idx'), labels);
      const source = await idx.open({ images: 'images.idx', labels: 'labels.idx', size: 8 }, folder);
      const [image, label] = [new Float64Array(128), new Int32Array(2)];
      source.read('image', { from: 0, to: 2 }, image);
      source.read('label', { from: 0, to: 2 }, label);
      assert.deepEqual([...label], [3, 9]);
      assert.deepEqual([image[0], image[64]], [0, 1]);
      assert.closeTo(image[1], 0.5, 1 / 255);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('a line that is no digit is named', () => {
    assert.throws(() => uciDigits(`${line(0, 3)}\n${line(17, 3)}`), /line 2 is not 64 numbers from 0 to 16/);
    assert.throws(() => uciDigits('1,2,3'), /line 1/);
    assert.throws(() => uciDigits(line(1, 10)), /line 1/);
    assert.throws(() => uciDigits(line(NaN, 1)), /line 1/);
  });
});
