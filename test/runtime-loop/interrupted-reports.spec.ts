/** Reports that take long: their checkpoint stands before they begin, and a run that is cut in one loses nothing. */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { assert } from 'chai';
import { newestCheckpoint } from '../../runtime/run/checkpoint.ts';
import { inside } from '../../runtime/run/run-directory.ts';
import type { Reporter } from '../../runtime/reports/result.ts';
import { scratch } from './scratch.ts';
import {
  folderOf,
  iterations,
  newRun,
  tinyReporter,
  trainedTo,
  trainTiny,
  weights,
  withReporter,
} from './scratch-run.ts';

const { path } = scratch();
const read = (file: string): string => readFileSync(file, 'utf8');

const trained = (name: string, stop?: number): Promise<string> => trainedTo(path(name), stop);

describe('a report', () => {
  const never: Reporter = () => new Promise(() => undefined);

  it('begins when its checkpoint stands, the last one too', async () => {
    const run = path('before-last');
    newRun(run);
    let seen: number[] = [];
    const looking: Reporter = (items, moment) => {
      seen = iterations(run);
      return tinyReporter(items, moment);
    };
    await withReporter(run, looking, 5);
    assert.deepEqual(seen, [5]);
    assert.isNull(newestCheckpoint(folderOf(run))!.unreported);
  });

  it('that is killed is made again by the resume, which ends as the run that was never cut', async () => {
    const whole = await trained('reported', 20);
    const run = path('killed-in-report');
    newRun(run);
    let clock = 0;
    void withReporter(run, never, 20, { now: () => (clock += 10_000) });
    while (iterations(run)[0] !== 7) await new Promise((resolve) => setImmediate(resolve));
    // The first report, of iteration 7, hangs: what a kill leaves is what the disk holds now.
    const left = path('left-by-kill');
    cpSync(run, left, { recursive: true });
    await trainTiny(left, { stop: 20 });
    assert.deepEqual(weights(left), weights(whole));
    assert.equal(read(inside(left).metrics), read(inside(whole).metrics));
  });

  it('is given up at once when the run is to stop, and made when it goes on', async () => {
    const whole = await trained('reported-too', 20);
    const run = path('stopped-in-report');
    newRun(run);
    let asked = false;
    const long: Reporter = async (_items, { pulse }) => {
      for (;;) {
        pulse!('error', 0.5);
        asked = true;
      }
    };
    const outcome = await withReporter(run, long, 20, { stopRequested: () => asked });
    assert.deepEqual(outcome, { kind: 'stopped', iteration: 7 });
    assert.equal(newestCheckpoint(folderOf(run))!.position.iteration, 7);
    await trainTiny(run, { stop: 20 });
    assert.deepEqual(weights(run), weights(whole));
    assert.equal(read(inside(run).metrics), read(inside(whole).metrics));
    assert.deepEqual(readdirSync(inside(run).pictures), readdirSync(inside(whole).pictures));
  });

  it('says how far it is', async () => {
    const run = path('said');
    newRun(run);
    const shares: number[] = [];
    let clock = 0;
    const slow: Reporter = async (items, moment) => {
      for (const share of [0.25, 0.5]) moment.pulse!('error', share);
      return tinyReporter(items, moment);
    };
    await withReporter(run, slow, 7, {
      now: () => (clock += 1000),
      emit: (event) => event.kind === 'report' && shares.push(event.share),
    });
    assert.deepEqual(shares, [0.25, 0.5]);
  });
});
