/** Which checkpoint of a run is meant, by its iteration, of which a name has eight digits or more. */
import { assert } from 'chai';
import { opened } from '../../cli/chosen.ts';
import { Exit } from '../../cli/exit.ts';
import { newestCheckpoint, writeCheckpoint } from '../../runtime/run/checkpoint.ts';
import { scratch } from '../runtime-loop/scratch.ts';
import { folderOf, trainedTo } from '../runtime-loop/scratch-run.ts';

describe('a checkpoint of many iterations', () => {
  const { path } = scratch();

  it('is found by its number, and is told by it', async () => {
    const run = await trainedTo(path('long'), 5);
    const long = 1_234_567_890;
    const { values, applied, metricsBytes, position: early } = newestCheckpoint(folderOf(run))!;
    const position = { ...early, iteration: long };
    const progress = { position, applied, metricsBytes, best: null, unreported: null };
    writeCheckpoint(folderOf(run), values, progress);
    assert.equal(opened(run, String(long)).checkpoint.position.iteration, long);
    assert.throws(() => opened(run, '34567890'), Exit, `those of the iterations ${long}, 5`);
  });
});
