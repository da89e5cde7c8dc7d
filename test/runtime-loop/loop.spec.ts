import { assert } from 'chai';
import { runIteration } from '../../runtime/run/loop.ts';
import type { Applied, Done, Trainer } from '../../runtime/run/loop.ts';
import { Diverged } from '../../runtime/run/loop.ts';
import { start } from '../../runtime/run/schedule.ts';
import type { Position } from '../../runtime/run/schedule.ts';
import { initialState } from '../../runtime/run/initial-state.ts';
import { tinyEngine, tinyManifest, tinyTrainer } from './tiny.ts';
import type { State, Tensors } from '../../runtime/engines/engine.ts';

interface Run {
  readonly state: State;
  readonly done: readonly Done[];
  readonly position: Position;
  readonly applied: Applied;
}

async function iterations(
  trainer: Trainer,
  count: number,
  from?: Pick<Run, 'state' | 'position' | 'applied'>,
): Promise<Run> {
  const state = from?.state ?? (await trainer.engine.start(initialState(trainer.manifest, trainer.seed)));
  let [position, applied] = [from?.position ?? start, from?.applied ?? {}];
  const done: Done[] = [];
  for (let i = 0; i < count; i++) {
    const next = await runIteration(trainer, state, position, applied);
    done.push(next);
    [position, applied] = [next.iteration.next, next.applied];
  }
  return { state, done, position, applied };
}

const values = async (state: State): Promise<Record<string, number[]>> =>
  Object.fromEntries(Object.entries(await state.read()).map(([name, { data }]) => [name, [...data]]));

describe('the training loop', () => {
  it('trains: a line through noisy points is found', async () => {
    const { state, done } = await iterations(tinyTrainer(), 40);
    assert.isAbove(done[0].logged.losses.fit, 1);
    assert.isBelow(done[39].logged.losses.fit, 0.01);
    const { 'L.w': w, 'L.b': b } = await values(state);
    assert.closeTo(w[0], 2, 0.1);
    assert.closeTo(w[1], -1, 0.1);
    assert.closeTo(b[0], 0.5, 0.1);
  });

  it('gives the same bits for the same seed, others for another', async () => {
    const first = await iterations(tinyTrainer(), 10);
    const other = await iterations(tinyTrainer(tinyManifest(), 2), 10);
    assert.deepEqual(await values((await iterations(tinyTrainer(), 10)).state), await values(first.state));
    assert.notDeepEqual(await values(other.state), await values(first.state));
  });

  it('goes on from a state and a position as if it had not stopped', async () => {
    const whole = await iterations(tinyTrainer(), 17);
    const half = await iterations(tinyTrainer(), 9);
    const trainer = tinyTrainer();
    const rest = await iterations(trainer, 8, {
      state: await trainer.engine.start(initialState(tinyManifest(), 1, await half.state.read())),
      position: JSON.parse(JSON.stringify(half.position)) as Position,
      applied: half.applied,
    });
    assert.deepEqual(await values(rest.state), await values(whole.state));
    assert.deepEqual(rest.applied, whole.applied);
  });

  it('counts an update only when it is applied, and marks it when skipped', async () => {
    const { done, state, applied } = await iterations(tinyTrainer(), 40);
    assert.deepEqual(done[0].logged.skipped, ['update_2']);
    assert.deepEqual(done[39].logged.skipped, []);
    const times = done.filter(({ logged }) => logged.skipped.length === 0).length;
    assert.deepEqual(applied, { update_1: 40, update_2: times });
    assert.equal((await values(state))['C.seen'][0], times);
  });

  it('feeds host scalars: progress falls from the rate, `applied` counts this time in', async () => {
    const fed: number[][] = [];
    const spy = (feeds: Tensors): Tensors => {
      fed.push([feeds.rate.data[0], feeds.times.data[0]]);
      const zero = { shape: [], data: new Float32Array(2) };
      return {
        "L.w'": zero,
        "L.b'": { shape: [], data: new Float32Array(1) },
        "update_1.L.w.m'": zero,
        fit: zero,
        goal: zero,
      };
    };
    const quiet = (): Tensors => {
      const zero = { shape: [], data: new Float32Array(1) };
      return { "C.seen'": zero, fit: zero, applied: zero };
    };
    await iterations(tinyTrainer(tinyManifest(), 1, tinyEngine({ fit: spy, count: quiet })), 3);
    assert.deepEqual(
      fed,
      [0, 1, 2].map((i) => [Math.fround(0.1 / (1 + i / 40)), i + 1]),
    );
  });

  it('starts weights by the manifest: the mean and spread of a normal, bounds of a uniform, copies after originals', () => {
    const entry = { role: 'weight', network: 'L', shape: [4000] } as const;
    const manifest = tinyManifest({
      state: [
        { ...entry, name: 'copied', initial: { kind: 'copy', of: 'normal' } },
        { ...entry, name: 'normal', initial: { kind: 'normal', mean: 3, std: 0.5 } },
        { ...entry, name: 'uniform', initial: { kind: 'uniform', low: -2, high: 1 } },
      ],
    });
    const state = initialState(manifest, 5);
    const normal = Array.from(state.normal.data);
    const mean = normal.reduce((a, b) => a + b, 0) / 4000;
    assert.closeTo(mean, 3, 0.05);
    assert.closeTo(Math.sqrt(normal.reduce((a, b) => a + (b - mean) ** 2, 0) / 4000), 0.5, 0.03);
    const uniform = Array.from(state.uniform.data);
    assert.isTrue(uniform.every((v) => v >= -2 && v < 1));
    assert.isBelow(Math.min(...uniform), -1.9);
    assert.deepEqual(Array.from(state.copied.data), normal);
    assert.notStrictEqual(state.copied.data, state.normal.data);
  });
});

describe('a loss that is no number', () => {
  const explode = (at: number, network: 'before' | 'after' | 'loss') => {
    let runs = 0;
    const one = (value: number, size = 1) => ({ shape: [], data: new Float32Array(size).fill(value) });
    const fit = (): Tensors => {
      const now = ++runs >= at;
      const w = network === 'after' && now ? NaN : network === 'before' && runs === at - 1 ? Infinity : 0;
      return {
        "L.w'": one(w, 2),
        "L.b'": one(0),
        "update_1.L.w.m'": one(0, 2),
        fit: one(now ? NaN : 1),
        goal: one(1),
      };
    };
    return tinyEngine({ fit, count: () => ({ "C.seen'": one(0), fit: one(1), applied: one(1) }) });
  };
  const failure = async (network: 'before' | 'after' | 'loss') => {
    const trainer = tinyTrainer(tinyManifest(), 1, explode(4, network));
    const caught: unknown = await iterations(trainer, 10).catch((error: unknown) => error);
    assert.instanceOf(caught, Diverged);
    return caught as Diverged;
  };

  it('names the iteration, the update, the loss and the network that went first', async () => {
    const { failure: before } = await failure('before');
    assert.deepEqual(before, {
      iteration: 4,
      update: 'update_1',
      loss: 'fit',
      value: NaN,
      networks: ['L'],
      before: true,
    });
    const after = await failure('after');
    assert.deepEqual(after.failure, { ...before, before: false });
    assert.equal(
      after.message,
      'in iteration 4, the loss fit of update_1 became NaN; L is no longer finite after it',
    );
  });

  it('is diagnosed from what an engine says that applies updates in place, and stops before the bad one', async () => {
    const stopped = async (weight: number): Promise<string> => {
      const trainer = tinyTrainer();
      const values = initialState(tinyManifest(), 1);
      values['L.w'].data[1] = weight;
      const state = await trainer.engine.start(values);
      let committed = false;
      const inPlace: State = {
        ...state,
        step: async () => ({
          numbers: { fit: NaN },
          commit: () => void (committed = true),
          next: async () => ({}),
        }),
      };
      const caught: unknown = await runIteration(trainer, inPlace, start, {}).catch(
        (error: unknown) => error,
      );
      assert.instanceOf(caught, Diverged);
      assert.isFalse(committed);
      return (caught as Diverged).message;
    };
    assert.match(await stopped(NaN), /fit of update_1 became NaN; L was no longer finite before it/);
    assert.match(await stopped(1), /fit of update_1 became NaN; all weights are finite/);
  });

  it('says so when the weights are fine', async () => {
    assert.match((await failure('loss')).message, /all weights are finite, so the loss itself overflowed/);
  });
});
