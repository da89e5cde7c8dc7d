/** Sentences at the width of a terminal, and as they are elsewhere. */
import { assert } from 'chai';
import { findingLine } from '../../cli/finding.ts';
import { textWatcher } from '../../cli/progress.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { wrapped } from '../../cli/wrapped.ts';
import { ring, shell } from './shell.ts';

const { run, write } = shell();

const longest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

const terminal = (around: Partial<Terminal>): Terminal => ({
  ...{ out: () => undefined, err: () => undefined, live: false, color: false, outColor: false, width: 80 },
  ...{ input: async () => '', onInterrupt: () => () => undefined, die: () => undefined },
  ...around,
});

describe('sentences on a terminal', () => {
  it('are broken between words, later lines under a column; a long word stays whole', () => {
    assert.equal(wrapped('one two three', 8), 'one two\n  three');
    assert.equal(wrapped('name  one two', 10, 0, 6), 'name  one\n      two');
    assert.equal(wrapped('a abcdefghijklm b', 6, 1, 1), ' a\n abcdefghijklm\n b');
    assert.equal(wrapped('one two\nthree', 5, 0, 0), 'one\ntwo\nthree');
    assert.equal(wrapped('one two three', Infinity), 'one two three');
  });

  it('of explain keep to its width, names apart from what they are; a pipe has a line for each', async () => {
    for (const topic of ['layers', 'metrics', 'frechet', 'conv', 'GAN3007']) {
      const { out } = await run(['explain', topic], { outWidth: 80 });
      assert.isAtMost(longest(out), 80, topic);
    }
    const piped = (await run(['explain', 'metrics'])).out.trimEnd().split('\n');
    for (const line of piped) assert.match(line, /^\w+ {2,}\S.*$/);
    assert.isAbove(longest(piped.join('\n')), 80);
  });

  it('of explain say that metrics and pictures take rows', async () => {
    for (const [topic, rows] of [
      ['frechet', 10000],
      ['grid', 64],
    ] as const)
      assert.include((await run(['explain', topic])).out, `  rows: int in [1, ∞) = ${rows}\n`, topic);
  });

  it('of help and of a plan keep to it', async () => {
    const { out } = await run(['--help']);
    assert.deepEqual(
      out.split('\n').filter((line) => line.length > 80),
      [],
    );
    const planned = ['plan', write('planned.gan', ring), '--no-time', '--quiet'];
    const { out: plan } = await run(planned, { outWidth: 80 });
    const sentences = plan.split('\n').filter((line) => /^(uses:|update_\d+:|Ring)/.test(line));
    assert.lengthOf(sentences, 4);
    assert.isAtMost(longest(sentences.join('\n')), 80);
    assert.include((await run(planned)).out, 'read from an update before it; recomputes: computed before');
  });

  it('of doctor and of health keep to it', () => {
    const hint = 'a word and another '.repeat(12).trim();
    const finding = { what: 'webgpu', fine: false, found: 'nothing', hint };
    const lines = findingLine(finding, terminal({ outWidth: 80 }))
      .trimEnd()
      .split('\n');
    assert.isAbove(lines.length, 3);
    for (const line of lines.slice(1)) assert.match(line, /^ {21}\S.{0,58}$/);
    assert.lengthOf(findingLine(finding, terminal({})).trimEnd().split('\n'), 2);
    for (const live of [true, false]) {
      let said = '';
      const watcher = textWatcher(terminal({ live, err: (text) => void (said += text) }), []);
      watcher.see({ kind: 'health', iteration: 100, rule: 'x', about: 'y', text: hint });
      assert.equal(longest(said) <= 80, live);
    }
  });
});
