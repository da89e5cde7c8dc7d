/** A run that waits for a better checkpoint no longer: it is done, also for who asks again. */
import { assert } from 'chai';
import { newestCheckpoint } from '../../runtime/run/checkpoint.ts';
import type { TrainingPlan } from '../../runtime/run/training.ts';
import { scratch } from './scratch.ts';
import { folderOf, newRun, trainTiny } from './scratch-run.ts';

describe('a run whose patience has ended', () => {
  const { path } = scratch();

  it('makes no iteration more, unless it has more patience or another judge', async () => {
    const run = path('impatient');
    newRun(run);
    const judge = { metric: 'error', better: 'higher' } as const;
    const end = async (changes: Partial<TrainingPlan> = {}): Promise<number> =>
      (await trainTiny(run, { keep: 1, judge, patience: 9, ...changes })).outcome.iteration;
    const ended = await end();
    const { best } = newestCheckpoint(folderOf(run))!;
    assert.equal(ended, best!.iteration + 9);
    assert.equal(await end(), ended);
    assert.equal(await end({ patience: 12 }), best!.iteration + 12);
    // A best checkpoint by another metric says nothing of this one's.
    assert.equal(await end({ judge: { metric: 'another', better: 'higher' } }), 40);
  });
});
