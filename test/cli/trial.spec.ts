/** How long a report is said to take, by a clock that only the report's own work moves. */
import { assert } from 'chai';
import { reportSeconds } from '../../cli/trial-reports.ts';
import { warmed } from '../../cli/trial.ts';
import type { ReportItem } from '../../program/manifest.ts';
import { GivenUp } from '../../runtime/reports/pulse.ts';
import type { Moment, Reporter } from '../../runtime/reports/result.ts';

const patience = 1000;
const time = { iteration: 0, step: 0, phase: 0, taken: {} };

/** An engine whose graphs take so long each time, the first time `warming` more. */
function engine(ms: number, warming = 0) {
  const clock = { ms: 0 };
  const ran: string[] = [];
  const state: Moment['state'] = {
    read: () => Promise.resolve({}),
    report(graph, feeds) {
      clock.ms += ran.includes(graph) ? ms : ms + warming;
      ran.push(graph);
      const [rows] = feeds.x.shape;
      return Promise.resolve({ y: { shape: [rows], data: new Float32Array(rows).fill(ran.length) } });
    },
  };
  return { clock, ran, state, timing: { now: () => clock.ms, patience } };
}

/** Rows of a graph, some at a time, as reports ask for them; how many rows came. */
async function rowsOf({ state }: Pick<Moment, 'state'>, graph: string, chunks: readonly number[]) {
  let rows = 0;
  for (const size of chunks) {
    const x = { shape: [size], data: new Float32Array(size) };
    rows += (await state.report(graph, { x }, ['y'])).y.data.length;
  }
  return rows;
}

const items: readonly ReportItem[] = [];
const seconds = (
  { state, timing }: Pick<ReturnType<typeof engine>, 'state' | 'timing'>,
  reporter: Reporter,
): Promise<number> =>
  reportSeconds(reporter, items, { state, time: time as unknown as Moment['time'], applied: {} }, timing);

describe('the time of a report', () => {
  it('is that of all of its rows, though a graph that takes long runs over a part of them', async () => {
    const { ran, ...tried } = engine(100, 5000);
    let rows = 0;
    const chunks = [...Array<number>(195).fill(256), 80];
    const said = await seconds(tried, async (_, moment) => {
      rows = await rowsOf(moment, 'E', chunks);
      return [];
    });
    assert.equal(rows, 195 * 256 + 80, 'a metric gets as many rows as in a run');
    assert.isBelow(ran.length, 20);
    // What the first run prepares is taken once, by each shape too, but never multiplied by how often a graph runs.
    assert.closeTo(said, (196 * 100 + 5000) / 1000, 1e-6);
  });

  it('runs each graph to the end whose report is short', async () => {
    const { ran, ...tried } = engine(10);
    const said = await seconds(tried, async (_, moment) => {
      await rowsOf(moment, 'E', Array<number>(40).fill(256));
      await rowsOf(moment, 'G', Array<number>(40).fill(256));
      return [];
    });
    assert.equal(ran.length, 80);
    assert.closeTo(said, 0.8, 1e-9);
  });

  it('reckons what a line computes from its own pace, not from the time that its values took', async () => {
    const { clock, ...tried } = engine(900);
    let given = 0;
    const said = await seconds(tried, async (_, moment) => {
      for (const name of ['first', 'second']) {
        // Both read the same values, which are made once: for 7.2 seconds, told as they come.
        if (name === 'first')
          for (let i = 0; i < 8; i++) {
            moment.pulse?.(name, i / 8);
            await rowsOf(moment, 'E', [256]);
          }
        // Setting out takes half a second, comparing 20.
        clock.ms += 500;
        try {
          for (let i = 0; i < 200; i++) {
            moment.pulse?.(name, i / 200);
            clock.ms += 100;
          }
        } catch (error) {
          if (!(error instanceof GivenUp)) throw error;
          given++;
        }
      }
      return [];
    });
    assert.equal(given, 2);
    assert.isBelow(clock.ms, 8 * 900 + 2 * (500 + 1300));
    assert.closeTo(said, (8 * 900 + 2 * (500 + 20_000)) / 1000, 1e-6);
  });

  it('takes work that begins anew as other work', async () => {
    const { clock, ...tried } = engine(1);
    const said = await seconds(tried, (_, moment) => {
      for (const steps of [8, 9])
        for (let i = 0; i < steps; i++) {
          moment.pulse?.('difference', i / steps);
          clock.ms += 100;
        }
      return Promise.resolve([]);
    });
    assert.closeTo(said, 1.7, 1e-9);
  });
});

describe('the time of an iteration', () => {
  /** What is said where iterations take these times, the last of them from then on. */
  const said = async (times: readonly number[], iterations: number) => {
    let ran = 0;
    const one = () => {
      ran++;
      return Promise.resolve({ ms: times[Math.min(ran, times.length) - 1], graphs: [`step_${ran}`] });
    };
    return { ...(await warmed(one, iterations)), ran };
  };

  it('is that of those that no longer become faster; what the first ones took more is told apart', async () => {
    const { iterationMs, warmingMs, timed, graphs, ran } = await said(
      [900, 400, 300, 200, 60, 40, 20, 20],
      100,
    );
    assert.deepEqual([iterationMs, timed, ran], [20, 3, 16]);
    assert.equal(warmingMs, 900 + 400 + 300 + 200 + 60 + 40 - 6 * 20);
    assert.deepEqual(graphs, ['step_8', 'step_9', 'step_10']);
  });

  it('is not believed after a few that something else made slow', async () => {
    const times = [900, 80, 80, 80, 95, 95, 95, 60, 60, 60, 60];
    assert.include(await said(times, 100), { iterationMs: 60, ran: 16 });
    assert.include(await said([...times.slice(0, 8), 60, 60, 90], 100), { iterationMs: 60 });
  });

  it('tries no more iterations than there are, and long ones for ten seconds', async () => {
    assert.include(await said([500, 400, 300, 200, 100], 3), { ran: 3, iterationMs: 350, timed: 2 });
    assert.include(await said([500], 1), { ran: 2, iterationMs: 500, timed: 1 });
    assert.include(await said([9000, 6000, 5000, 4000], 100), { ran: 4, iterationMs: 5000, timed: 3 });
  });
});
