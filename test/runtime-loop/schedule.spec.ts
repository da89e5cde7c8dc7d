import { assert } from 'chai';
import fc from 'fast-check';
import type { Action, Length, Manifest, PhaseEntry, Scope } from '../../program/manifest.ts';
import {
  iterationAt,
  reportDue,
  schedule,
  ScheduleError,
  start,
  stopAt,
} from '../../runtime/run/schedule.ts';
import type { Iteration, Position, Schedule } from '../../runtime/run/schedule.ts';
import { stream, tinyManifest } from './tiny.ts';

const step = (graph: string, every: Length | null = null): Action => ({
  do: 'step',
  graph,
  updates: [],
  every,
});
const repeat = (count: number, fresh: boolean, reads: string[], ...actions: Action[]): Action => ({
  do: 'repeat',
  count,
  fresh,
  scope: { reads, actions },
});
const body = (reads: string[], ...actions: Action[]): Scope => ({ reads, actions });
/** Its clock is its length's stream, else the first one that it reads. */
const phase = (name: string | null, length: Length | null, scope: Scope): PhaseEntry => ({
  name,
  length,
  clock: length?.of ?? readsIn(scope)[0] ?? null,
  body: scope,
});
const readsIn = ({ reads, actions }: Scope): string[] => [
  ...reads,
  ...actions.flatMap((action) => (action.do === 'repeat' ? readsIn(action.scope) : [])),
];
const steps = (count: number): Length => ({ count, unit: 'steps', of: null });
const epochs = (count: number, of: string): Length => ({ count, unit: 'epochs', of });

/** Streams a (10 rows in batches of 4: two an epoch) and b (9 rows in batches of 3). */
function make(length: Length, ...phases: PhaseEntry[]): Schedule {
  const changes: Partial<Manifest> = { streams: [stream('a', 4), stream('b', 3)], length, schedule: phases };
  return schedule(tinyManifest(changes), { a: 10, b: 9 });
}

function walk(plan: Schedule, count: number): { at: Iteration[]; positions: Position[] } {
  const at: Iteration[] = [];
  const positions = [start];
  for (let i = 0; i < count; i++) {
    at.push(iterationAt(plan, positions[i]));
    positions.push(at[i].next);
  }
  return { at, positions };
}

/** `D@1(a2)`: graph D in scope 1 on a's minibatch 2. */
const printed = ({ runs }: Iteration): string =>
  runs
    .map(({ graph, scope, batches }) => {
      const read = Object.entries(batches).map(([name, batch]) => name + batch);
      return `${graph}@${scope}(${read.join()})`;
    })
    .join(' ');

describe('a schedule', () => {
  it('runs the body once an iteration, in order, on one minibatch of each stream', () => {
    const plan = make(steps(3), phase(null, null, body(['a', 'b'], step('D'), step('G'))));
    assert.deepEqual(walk(plan, 3).at.map(printed), [
      'D@0(a0,b0) G@0(a0,b0)',
      'D@0(a1,b1) G@0(a1,b1)',
      'D@0(a2,b2) G@0(a2,b2)',
    ]);
  });

  it('gives each pass of a repeat a scope and a minibatch of its own', () => {
    const plan = make(steps(2), phase(null, null, body([], repeat(2, true, ['a'], step('D')), step('G'))));
    assert.deepEqual(walk(plan, 2).at.map(printed), ['D@1(a0) D@2(a1) G@0()', 'D@1(a2) D@2(a3) G@0()']);
  });

  it('keeps the scope and the minibatch in a repeat that is not fresh, and numbers nested scopes in order', () => {
    const inner = repeat(2, false, [], step('J'), repeat(2, true, ['b'], step('K')));
    const plan = make(
      steps(1),
      phase(null, null, body(['a'], inner, repeat(1, true, ['a'], step('L')), step('G'))),
    );
    assert.equal(
      printed(walk(plan, 1).at[0]),
      'J@0(a0) K@1(a0,b0) K@2(a0,b1) J@0(a0) K@3(a0,b2) K@4(a0,b3) L@5(a1) G@0(a0)',
    );
  });

  it('advances a stream also when `every` leaves the update out', () => {
    const plan = make(
      steps(6),
      phase(null, null, body(['a'], step('D', steps(3)), step('G', epochs(2, 'a')))),
    );
    assert.deepEqual(walk(plan, 6).at.map(printed), ['', '', 'D@0(a2)', 'G@0(a3)', '', 'D@0(a5)']);
    assert.equal(walk(plan, 6).positions[6].taken.a, 6);
  });

  it('counts step, epoch and progress from the start of each phase', () => {
    const plan = make(
      steps(7),
      phase('warm', steps(3), body(['a'], step('W'))),
      phase('play', null, body(['b'], step('P'))),
    );
    const { at } = walk(plan, 9);
    assert.deepEqual(
      at.map(({ phase, time }) => [phase.name, time.step, time.epoch, time.progress]),
      [
        ['warm', 0, 0, 0],
        ['warm', 1, 0, 1 / 3],
        ['warm', 2, 1, 2 / 3],
        ['play', 0, 0, 0],
        ['play', 1, 0, 1 / 4],
        ['play', 2, 0, 1 / 2],
        ['play', 3, 1, 3 / 4],
        // Past the spec's end: the last phase, at progress 1.
        ['play', 4, 1, 1],
        ['play', 5, 1, 1],
      ],
    );
  });

  it('counts an epoch in minibatches taken, not in iterations', () => {
    const critic = body([], repeat(4, true, ['a'], step('D')), step('G'));
    assert.equal(make(epochs(6, 'a'), phase(null, null, critic)).steps, 3);
    assert.equal(make(epochs(7, 'a'), phase(null, null, critic)).steps, 4);
    assert.equal(make(epochs(6, 'a'), phase(null, epochs(6, 'a'), body(['a'], step('D')))).steps, 12);
  });

  it('gives what remains to the phase without a length', () => {
    const once = body(['a'], step('D'));
    const twice = body([], repeat(2, true, ['a'], step('D')));
    const lengths = (plan: Schedule) => plan.phases.map((p) => p.steps);
    assert.deepEqual(
      lengths(make(steps(20), phase('x', epochs(3, 'a'), once), phase('y', null, once))),
      [6, 14],
    );
    assert.deepEqual(
      lengths(make(epochs(10, 'a'), phase('x', steps(4), once), phase('y', null, twice))),
      [4, 8],
    );
    assert.deepEqual(lengths(make(steps(5), phase('x', steps(6), once), phase('y', null, once))), [6, 0]);
  });

  it('refuses epochs of a stream that the phase does not read, and a batch larger than its stream', () => {
    const play = phase('play', epochs(2, 'b'), body(['a'], step('D')));
    assert.throws(
      () => make(steps(5), play),
      ScheduleError,
      /phase play is counted in epochs, but no update in it reads b/,
    );
    assert.throws(
      () => schedule(tinyManifest(), { points: 7 }),
      ScheduleError,
      'points has 7 rows, fewer than its batch of 8',
    );
  });

  it('stops where the spec, --steps or --epochs say', () => {
    const plan = make(
      steps(10),
      phase('x', steps(4), body(['a'], step('D'))),
      phase('y', null, body([], repeat(3, true, ['a'], step('D')))),
    );
    assert.equal(stopAt(plan, null, null), 10);
    assert.equal(stopAt(plan, 3, null), 3);
    assert.equal(stopAt(plan, null, 2), 4);
    assert.equal(stopAt(plan, null, 5), 6);
    assert.equal(stopAt(plan, null, 50), 4 + 32);
    assert.throws(
      () => stopAt(make(steps(2), phase(null, null, body([], step('D')))), null, 1),
      /use --steps/,
    );
  });

  it('has reports due after iterations n, 2n, ... or as epochs end, and at moments', () => {
    const plan = make(steps(8), phase(null, null, body([], repeat(3, true, ['a'], step('D')))));
    const { positions } = walk(plan, 8);
    const due = (every: Length, at?: readonly Length[]) =>
      positions
        .slice(1)
        .flatMap((after, i) => (reportDue({ every, at }, plan, positions[i], after) ? [i + 1] : []));
    assert.deepEqual(due(steps(3)), [3, 6]);
    // Six batches are three epochs, reached after iterations 2, 4, ...
    assert.deepEqual(due(epochs(3, 'a')), [2, 4, 6, 8]);
    assert.deepEqual(due(epochs(1, 'a')), [1, 2, 3, 4, 5, 6, 7, 8]);
    // And once at each moment, whether or not its turn is there anyway.
    assert.deepEqual(due(steps(3), [steps(1), steps(6), steps(8), steps(90)]), [1, 3, 6, 8]);
    assert.deepEqual(due(epochs(6, 'a'), [epochs(1, 'a'), epochs(2, 'a'), steps(7)]), [1, 2, 4, 7, 8]);
  });

  it('goes the same way from a position that was written down', () => {
    const plan = make(
      steps(30),
      phase(
        'x',
        epochs(4, 'b'),
        body(['a', 'b'], step('D', epochs(1, 'a')), repeat(2, true, ['b'], step('E'))),
      ),
      phase('y', null, body(['a'], step('G'))),
    );
    const { at, positions } = walk(plan, 40);
    fc.assert(
      fc.property(fc.nat(39), (i) => {
        const written = JSON.parse(JSON.stringify(positions[i])) as Position;
        assert.deepEqual(iterationAt(plan, written), at[i]);
      }),
    );
  });
});
