/** `ganc/runtime`: what programs import. That the package exports it: test/package/. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { assert } from 'chai';
import { compile } from '../../lib/ganc.ts';
import { resume, RunDirectoryError, train } from '../../lib/runtime.ts';
import { newestCheckpoint } from '../../runtime/run/checkpoint.ts';
import { inside } from '../../runtime/run/run-directory.ts';
import { ring, shell } from './shell.ts';

const { run, write, path, metric } = shell();
const program = () => compile(ring).program!;

describe('the library', () => {
  before(() => train(program(), { out: path('run'), steps: 4, threads: 1 }));

  it('trains a run once at a time', async () => {
    const both = await Promise.allSettled([6, 6].map((steps) => resume(path('run'), { steps })));
    const refused = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    assert.instanceOf(refused.reason, RunDirectoryError);
    assert.include((refused.reason as Error).message, 'is being trained by this process');
    assert.lengthOf(
      both.filter(({ status }) => status === 'fulfilled'),
      1,
    );
    const lines = readFileSync(path('run/metrics.jsonl'), 'utf8').split('\n');
    assert.lengthOf(
      lines.filter((line) => line.includes('"iteration":5,')),
      1,
    );
    assert.equal((await resume(path('run'), { steps: 7 })).outcome.iteration, 7);
  });

  it('goes on with a run as it was told to be judged', async () => {
    const how = ['--best', 'lowest:spread', '--patience', '1', '--set', 'pause=2', '--threads', '1'];
    const made = ['run', write('ring.gan', ring), '--out', path('judged'), '--steps', '1', '--quiet', ...how];
    assert.equal((await run([...made, '--no-report'])).code, 0);
    const { outcome } = await resume(path('judged'), { steps: 1000 });
    assert.equal(outcome.kind, 'done');
    const { best } = newestCheckpoint(inside(path('judged')).checkpoints)!;
    assert.equal(outcome.iteration, best!.iteration + 1);
    const values = metric('judged', 'spread').map(({ value }) => value);
    assert.equal(best!.value, Math.min(...values));
  });

  it('makes and changes nothing for options that it refuses', async () => {
    const both = { steps: 9, epochs: 1 };
    const refused = async (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => '',
        (error: Error) => error.message,
      );
    assert.include(await refused(train(program(), { out: path('none'), ...both })), 'steps or epochs');
    assert.isFalse(existsSync(path('none')));
    const before = readdirSync(path('run'));
    const info = statSync(path('run/run.json')).mtimeMs;
    assert.include(await refused(resume(path('run'), { force: true, ...both })), 'steps or epochs');
    assert.deepEqual(readdirSync(path('run')), before);
    assert.equal(statSync(path('run/run.json')).mtimeMs, info);
  });
});
