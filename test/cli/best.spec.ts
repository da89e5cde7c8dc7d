/** `ganc run --best` and `--patience`: which metric names the best checkpoint, and when there is no better one to come. */
import { existsSync } from 'node:fs';
import { assert } from 'chai';
import { newestCheckpoint } from '../../runtime/run/checkpoint.ts';
import { inside } from '../../runtime/run/run-directory.ts';
import { ring, shell } from './shell.ts';

describe('ganc run --best', () => {
  const home = shell();
  const run = (out: string, ...args: string[]) =>
    home.run([
      'run',
      home.write('ring.gan', ring),
      '--out',
      home.path(out),
      '--no-report',
      '--threads',
      '1',
      ...args,
    ]);

  it('takes any metric of the spec, a plain spread too, and is done when no better one came', async () => {
    for (const [way, out] of [
      ['lowest', 'low'],
      ['highest', 'high'],
    ]) {
      const { code, err } = await run(out, '--best', `${way}:spread`, '--set', 'pause=3');
      assert.equal(code, 0, err);
    }
    const [low, high] = ['low', 'high'].map(
      (out) => newestCheckpoint(inside(home.path(out)).checkpoints)!.best!,
    );
    assert.isBelow(low.value, high.value);
    const { code } = await run('soon', '--best', 'highest:spread', '--patience', '4', '--set', 'pause=3');
    assert.equal(code, 0);
    const { best, position } = newestCheckpoint(inside(home.path('soon')).checkpoints)!;
    assert.isTrue(position.iteration === best!.iteration + 4 || position.iteration === 30);
  });

  it('says what there is where it is misspelt, and leaves no directory', async () => {
    const { code, err } = await run('none', '--best', 'lowest:spred');
    assert.equal(code, 2);
    assert.include(err, 'no metric is called spred; did you mean spread? (there are spread)');
    assert.isFalse(existsSync(home.path('none')));
    assert.equal((await run('none', '--best', 'spread')).code, 2);
  });

  it('is kept by the run, which goes on with it, and says so where it is told otherwise', async () => {
    const bestOf = (out: string) => newestCheckpoint(inside(home.path(out)).checkpoints)!.best!;
    assert.equal((await run('kept', '--best', 'lowest:spread', '--steps', '9', '--set', 'pause=3')).code, 0);
    const before = bestOf('kept');
    const resumed = (...args: string[]) =>
      home.run(['run', '--resume', home.path('kept'), '--no-report', ...args]);
    const first = await resumed('--steps', '18');
    assert.equal(first.code, 0, first.err);
    assert.notInclude(first.err, 'best checkpoint');
    assert.isAtMost(bestOf('kept').value, before.value);
    const told = await resumed('--steps', '21', '--best', 'highest:spread');
    assert.include(told.err, 'best checkpoint: the highest spread (before: the lowest spread)');
    assert.include(home.read('kept/log.txt'), 'best checkpoint: the highest spread');
    const again = await resumed();
    assert.equal(again.code, 0, again.err);
    // The lowest so far gives way to the first value after it was told, and that to higher ones.
    const late = home.metric('kept', 'spread').filter(({ iteration }) => iteration > 18);
    assert.equal(bestOf('kept').value, Math.max(bestOf('kept').value, ...late.map(({ value }) => value)));
  });
});
