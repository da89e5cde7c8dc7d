/** A metric that was measured once, in a real browser: what its chart says beside the point. */
import { readFileSync, writeFileSync } from 'node:fs';
import { assert } from 'chai';
import { ring, shell } from '../cli/shell.ts';
import { chromium, loaded } from './chromium.ts';

const { run, write, path } = shell();

/** Writes what the charts' canvases are told to write where a test can read it. */
const spy =
  '<script>CanvasRenderingContext2D.prototype.fillText = (text) => document.documentElement.append(` [${text}]`)</script>';

describe('a metric that was measured once', () => {
  for (const [goal, side] of [
    [0.001, 'above'],
    [1000, 'below'],
  ] as const)
    it(`stands where the run is, on an axis from its start, ${side} its goal`, async function () {
      if (chromium === undefined) return this.skip();
      this.timeout(120_000);
      write(`${side}.gan`, ring.replace('std(fake, rows: 50)', `std(fake, rows: 50) goal ${goal}`));
      const { code, err } = await run([
        'run',
        path(`${side}.gan`),
        '--out',
        path(side),
        '--set',
        'pause=30',
        '--threads',
        '1',
      ]);
      assert.equal(code, 0, err);
      const page = readFileSync(path(`${side}/report.html`), 'utf8');
      writeFileSync(
        path(`${side}/spied.html`),
        page.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, spy),
      );
      const drawn = await loaded(path(`${side}/spied.html`));
      const value = /spread is ([\d.]+)\./.exec(drawn)?.[1];
      assert.isDefined(value);
      assert.match(drawn, new RegExp(`\\[${value}, [\\d.]+ ${side} the goal\\]`));
      // Iterations of the metric's axis: from 0, where losses' begin at 1.
      for (const words of ['[0]', '[30]', `[goal ${goal.toLocaleString('en')}]`])
        assert.include(drawn, words);
    });
});
