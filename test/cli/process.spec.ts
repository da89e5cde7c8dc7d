/** `ganc` as a process of its own, that signals reach. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';
import { newestCheckpoint } from '../../runtime/run/checkpoint.ts';
import { inside } from '../../runtime/run/run-directory.ts';
import { events, ring, shell } from './shell.ts';

const { run, write, path, read, weights } = shell();

describe('the ganc process', () => {
  const bin = fileURLToPath(new URL('../../bin/ganc.js', import.meta.url));
  const start = (args: string[]) =>
    spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

  it('killed with -9 leaves a run that ends with the same weights', async () => {
    write('ring.gan', ring);
    const common = [
      '--threads',
      '1',
      '--steps',
      '1500',
      '--json',
      '--checkpoint-every',
      '50',
      '--set',
      'pause=1000',
    ];
    const alone = await run(['run', path('ring.gan'), '--out', path('alone'), ...common]);
    assert.equal(alone.code, 0);
    const child = start(['run', path('ring.gan'), '--out', path('killed'), ...common]);
    await new Promise((resolve) => {
      child.stdout.on(
        'data',
        (text: Buffer) => text.includes('"checkpoint"') && setTimeout(() => child.kill('SIGKILL'), 15),
      );
      child.on('exit', resolve);
    });
    const reached = newestCheckpoint(inside(path('killed')).checkpoints)!.position.iteration;
    assert.isBelow(reached, 1500);
    const resumed = await run(['run', '--resume', path('killed'), '--steps', '1500', '--quiet']);
    assert.equal(resumed.code, 0, resumed.err);
    assert.deepEqual(weights('killed'), weights('alone'));
    assert.equal(read('killed/metrics.jsonl'), read('alone/metrics.jsonl'));
  });

  it('stops at SIGINT with a checkpoint and exit code 130', async () => {
    write('ring.gan', ring);
    const child = start([
      'run',
      path('ring.gan'),
      '--out',
      path('interrupted'),
      '--steps',
      '1000000',
      '--json',
    ]);
    let out = '';
    const code = await new Promise((resolve) => {
      child.stdout.on('data', (text: Buffer) => {
        out += text.toString();
        if (/"kind":"iteration"/.test(text.toString())) child.kill('SIGINT');
      });
      child.on('exit', resolve);
    });
    assert.equal(code, 130);
    const last = events(out).at(-1) as unknown as { kind: string; iteration: number };
    assert.equal(last.kind, 'stopped');
    assert.equal(
      newestCheckpoint(inside(path('interrupted')).checkpoints)!.position.iteration,
      last.iteration,
    );
  });

  it('ends at once at a second SIGINT', async () => {
    write('ring.gan', ring);
    const child = start(['run', path('ring.gan'), '--out', path('twice'), '--steps', '1000000', '--json']);
    const signal = await new Promise((resolve) => {
      child.stdout.on('data', () => child.kill('SIGINT'));
      child.stderr.on('data', () => child.kill('SIGINT'));
      child.on('exit', (code, by) => resolve(by ?? code));
    });
    // Both are what a shell calls 130: by the second signal, or done with the first before it came.
    assert.include(['SIGINT', 130], signal);
  });
});
