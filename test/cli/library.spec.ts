/** `ganc/runtime`: what programs import. That the package exports it: test/package/. */
import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import { compile } from '../../lib/ganc.ts';
import { resume, RunDirectoryError, train } from '../../lib/runtime.ts';
import { ring, shell } from './shell.ts';

const { path } = shell();
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
});
