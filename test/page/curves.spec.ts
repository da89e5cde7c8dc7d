/** Curves of bounded size: means over stretches of iterations, whatever their number, and the file read as it grows. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { curveReader } from '../../page/curves.ts';
import { spreadOrder } from '../../page/media.ts';
import { metricsLines } from '../../page/metrics-lines.ts';
import { thinned } from '../../page/thinned.ts';

describe('curves', () => {
  it('are the numbers themselves while there are few', () => {
    const reader = curveReader(4);
    for (const i of [1, 2, 3]) reader.add(i, [['a', 10 * i], ...(i === 2 ? [['b', 7] as const] : [])]);
    const { stride, iterations, series } = reader.curves();
    assert.deepEqual({ stride, iterations }, { stride: 1, iterations: [1, 2, 3] });
    assert.deepEqual(
      [...series],
      [
        ['a', [10, 20, 30]],
        ['b', [null, 7, null]],
      ],
    );
  });

  it('are means over equal stretches when there are many, and never more points than asked for', () => {
    const reader = curveReader(4);
    for (let i = 1; i <= 10; i++)
      reader.add(i, [
        ['a', i],
        ['gap', i <= 4 ? 1 : NaN],
      ]);
    const { stride, iterations, series } = reader.curves();
    assert.deepEqual({ stride, iterations }, { stride: 4, iterations: [4, 8, 10] });
    assert.deepEqual(
      [...series],
      [
        ['a', [2.5, 6.5, 9.5]],
        ['gap', [1, null, null]],
      ],
    );
  });

  it('thin evenly, with the ends', () => {
    assert.deepEqual(thinned([0, 1, 2, 3, 4, 5, 6], 3), [0, 3, 6]);
    assert.deepEqual(thinned([1, 2], 3), [1, 2]);
    assert.deepEqual(spreadOrder(5).slice(0, 3), [4, 0, 2]);
    for (const length of [0, 1, 2, 7, 100])
      assert.sameMembers(spreadOrder(length), [...Array(length).keys()]);
  });
});

describe('metrics.jsonl, read as it grows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-lines-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'metrics.jsonl');
  const line = (iteration: number): string =>
    JSON.stringify({ iteration, losses: { a: iteration }, objectives: {} }) + '\n';

  it('takes whole lines once, waits for half ones, passes over what is none, and starts again after a resume', () => {
    const lines = metricsLines(file);
    assert.equal(lines().iteration, 0);
    writeFileSync(file, line(1) + line(2).slice(0, 9));
    assert.deepEqual(lines().curves.iterations, [1]);
    appendFileSync(
      file,
      `${line(2).slice(9)}no JSON\n[]\n{"iteration":"3"}\n{"iteration":2,"metric":"é","value":5}\n`,
    );
    const two = lines();
    assert.deepEqual(two.curves.iterations, [1, 2]);
    assert.deepEqual([...two.metrics], [['é', [[2, 5]]]]);
    assert.deepEqual([...two.curves.series], [['loss:a', [1, 2]]]);
    writeFileSync(file, line(1));
    assert.deepEqual(lines().curves.iterations, [1]);
  });

  it('is read across its chunks', () => {
    writeFileSync(file, '');
    const lines = metricsLines(file);
    lines();
    const count = 30_000;
    writeFileSync(file, Array.from({ length: count }, (_, i) => line(i + 1)).join(''));
    const { curves, iteration } = lines();
    assert.equal(iteration, count);
    const values = curves.series.get('loss:a')!;
    assert.isAtMost(values.length, 1000);
    // The mean of the first stretch, 1 to its length.
    assert.equal(values[0], (curves.stride + 1) / 2);
    assert.equal(curves.iterations.at(-1), count);
  });
});
