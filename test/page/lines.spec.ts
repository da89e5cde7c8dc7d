/** Lines of files: by parts, of files that grow, and of ones that are longer than a text can be. */
import { constants as buffers } from 'node:buffer';
import { appendFileSync, closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { assert } from 'chai';
import { metricsLines } from '../../page/metrics-lines.ts';
import { linesIn } from '../../runtime/lines.ts';
import { ring, shell } from '../cli/shell.ts';

const sh = shell();

describe('lines of a file', () => {
  it('are whole, wherever its parts end, and read on from where the last ended', () => {
    const file = sh.path('long.txt');
    const lines = Array.from({ length: 50_000 }, (_, i) => `${i} ${'äöü€😀'.repeat(i % 17)}`);
    writeFileSync(file, `${lines.join('\n')}\nnot yet`);
    const parts = [...linesIn(file)];
    assert.isAbove(parts.length, 2);
    assert.deepEqual(
      parts.flatMap((part) => part.lines),
      lines,
    );
    const { end } = parts.at(-1)!;
    assert.deepEqual([...linesIn(file, end)], []);
    appendFileSync(file, ' but now\n\nlast');
    assert.deepEqual(
      [...linesIn(file, end)].map((part) => part.lines),
      [['not yet but now', '']],
    );
    assert.deepEqual(
      [...linesIn(file, 0, parts[0].end)].flatMap((part) => part.lines),
      parts[0].lines,
    );
  });

  it('of a run go into tables, event files and pages, however many there are', async () => {
    const run = sh.path('run');
    const { code, err } = await sh.run([
      'run',
      sh.write('r.gan', ring),
      '--out',
      run,
      '--steps',
      '3',
      '-q',
      '--no-report',
    ]);
    assert.equal(code, 0, err);
    const table = (await sh.run(['report', run, '--csv'])).out;
    // Damage that takes no room on the disk: lines of zeros, longer than a text can be together.
    const metrics = `${run}/metrics.jsonl`;
    const file = openSync(metrics, 'r+');
    const gap = 2 ** 22;
    for (let at = gap; at < buffers.MAX_STRING_LENGTH + 2 * gap; at += gap) writeSync(file, '\n', at);
    closeSync(file);
    const later = '{"iteration":4,"losses":{"discriminator_loss":0.5}}\n';
    appendFileSync(metrics, later);
    const said = await sh.run(['report', run, '--csv', '--out', sh.path('t.csv')]);
    assert.equal(said.code, 0, said.err);
    const [heads, ...rows] = sh.read('t.csv').trim().split('\r\n');
    assert.equal(table.trim(), [heads, ...rows.slice(0, -1)].join('\r\n'));
    assert.match(rows.at(-1)!, /^4,/);
    assert.equal((await sh.run(['report', run, '--tensorboard'])).code, 0);
    assert.equal(metricsLines(metrics)().iteration, 4);
  });
});
