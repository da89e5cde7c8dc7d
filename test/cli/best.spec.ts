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
});
