/** `--best` and `--patience` of the target torch: kept by `train.py`, by itself and under `ganc run`. */
import { spawnSync } from 'node:child_process';
import { assert } from 'chai';
import { describe } from 'mocha';
import { newestCheckpoint } from '../../runtime/run/checkpoint.ts';
import { inside } from '../../runtime/run/run-directory.ts';
import { ring, shell } from '../cli/shell.ts';
import { itOnTorch, torchPython } from '../torch/where.ts';

describe('the best checkpoint of the target torch', () => {
  const home = shell();

  itOnTorch('is kept by train.py too, by itself and under ganc', async () => {
    process.env.GANC_PYTHON = torchPython!;
    const scored = ring.replace(
      'metric spread = std(fake, rows: 50)',
      'metric score = mean(D(fake))\n  metric spread = std(fake, rows: 50)',
    );
    const file = home.write('scored.gan', scored);
    const set = ['--set', 'pause=3'];
    const built = await home.run(['build', file, '--target', 'torch', '--out', home.path('program'), ...set]);
    assert.equal(built.code, 0, built.err);
    const python = (...args: string[]): string =>
      spawnSync(torchPython!, ['train.py', '--device', 'cpu', '--threads', '1', ...args], {
        cwd: home.path('program'),
        encoding: 'utf8',
      }).stderr;
    python('--out', home.path('own'), '--best', 'lowest:score', '--steps', '9');
    assert.notInclude(python('--resume', home.path('own')), 'from here on');
    const scores = home.metric('own', 'score');
    const best = (out: string) => newestCheckpoint(inside(home.path(out)).checkpoints)!.best!;
    assert.equal(best('own').value, Math.min(...scores.map(({ value }) => value)));
    assert.include(
      python('--resume', home.path('own'), '--best', 'highest:score', '--steps', '31'),
      'best: score from here on',
    );
    python('--out', home.path('spread'), '--best', 'lowest:spread', '--steps', '9');
    const spreads = home.metric('spread', 'spread');
    assert.equal(best('spread').value, Math.min(...spreads.map(({ value }) => value)));
    assert.include(
      python('--out', home.path('other'), '--best', 'lowest:nothing'),
      'there are score, spread',
    );
    python('--out', home.path('short'), '--best', 'lowest:score', '--patience', '4');
    const { position, best: last } = newestCheckpoint(inside(home.path('short')).checkpoints)!;
    assert.isTrue(position.iteration === last!.iteration + 4 || position.iteration === 30);
    // Whoever asks again is told that it is done.
    python('--resume', home.path('short'));
    assert.deepEqual(
      newestCheckpoint(inside(home.path('short')).checkpoints)!.position.iteration,
      position.iteration,
    );
    const under = await home.run([
      'run',
      file,
      '--target',
      'torch',
      '--out',
      home.path('under'),
      '--best',
      'highest:spread',
      '--no-report',
      ...set,
    ]);
    assert.equal(under.code, 0, under.err);
    assert.equal(best('under').value, Math.max(...home.metric('under', 'spread').map(({ value }) => value)));
  });
});
