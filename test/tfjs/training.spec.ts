/**
 * Programs of the target tfjs at work: on the backends that npm brings, without losing tensors, and going on from
 * checkpoints of the other target.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { after, describe, it } from 'mocha';
import type { Program } from '../../compiler/compiled.ts';
import { metrics, openStreams, pictures } from '../../runtime/catalogue.ts';
import { newestCheckpoint, writeCheckpoint } from '../../runtime/run/checkpoint.ts';
import type { Engine, State, Tensors } from '../../runtime/engines/engine.ts';
import { initialState } from '../../runtime/run/initial-state.ts';
import { runIteration, trainer, type Applied } from '../../runtime/run/loop.ts';
import { reporter } from '../../runtime/reports/reports.ts';
import { schedule, start, type Position } from '../../runtime/run/schedule.ts';
import { streams } from '../../runtime/data/streams.ts';
import type { Streams } from '../../runtime/data/streams.ts';
import { agreesInFloat32, oracleOf } from '../parity/agreement.ts';
import { load, programFrom, root } from '../parity/host.ts';
import { engineOf, trained } from '../parity/train.ts';
import { onCpu, onTensorflow, onWasm } from './run.ts';

const seed = 7;

describe('TensorFlow.js without TensorFlow trains as the reference does', () => {
  const cases = [
    ...['batch-norm', 'penalty', 'when'].map((name) => `test/cases/schedule/${name}.gan`),
    ...['convolution', 'recurrent', 'spectral'].map((name) => `test/cases/compile/${name}.gan`),
  ];
  for (const path of cases)
    it(path, async () => {
      const source = load(path);
      const oracle = await oracleOf(source, {}, 5, seed);
      const program = programFrom(source, { target: 'tfjs' });
      for (const { choice } of [onWasm, onCpu])
        agreesInFloat32(oracle, program, await trained(program, 5, seed, choice));
    });
});

/** Everything that keeps tensors: statistics, power iterations, conditions, averages, a penalty, moments, reports. */
const everything = `gan Everything
data ring = gaussians(modes: 5, rows: 64)
sample z ~ normal[4]
network G(z: vec[4]) -> vec[2] { z |> dense(8) |> batch_norm |> relu |> dense(2) }
network D(x: vec[2]) -> vec[1] { x |> dense(8, spectral: true) |> tanh |> dense(1) }
network E(x: vec[2]) -> vec[2] { x |> dense(8) |> batch_norm |> relu |> dense(2) }
let fake = G(z)
let m = between(ring.point, fake)
let slope = norm(gradient(D(m), m))
loss critic = mean(D(fake)) - mean(D(ring.point)) + 10 * mean(square(slope - 1))
loss generator_loss = 0 - mean(D(fake))
loss copy = mse(E(ring.point), ring.point)
train for 50 steps, batch 16 {
  update D to minimize critic with adam(1e-3) when generator_loss < 100
  together {
    update G to minimize generator_loss with rmsprop(1e-3, clip_norm: 1)
    update E to minimize copy with adamw(1e-3, weight_decay: 0.1) when copy > 100
  }
  average G decay 0.9
}
report every 1 steps {
  metric far = norm(G.average(z))
  recalibrate E(ring.point) for 2 steps
  metric off = mse(E(ring.point), ring.point)
  metric steep = norm(gradient(D(ring.point), ring.point))
  picture samples = scatter(fake)
}`;
const source = { path: 'everything.gan', text: everything };

/** A run in this process, iteration by iteration, with its reports. */
class Run {
  readonly program: Program;
  readonly state: State;
  private readonly parts: Omit<Parameters<typeof trainer>[0], never>;
  position: Position = start;
  applied: Applied = {};

  private constructor(program: Program, engine: Engine, data: Streams, state: State) {
    const { manifest } = program;
    this.program = program;
    this.state = state;
    this.parts = { manifest, engine, streams: data, schedule: schedule(manifest, data.counts), seed };
  }

  static async start(program: Program, engine: Engine, values?: Tensors): Promise<Run> {
    const { manifest } = program;
    const data = streams(manifest, await openStreams(manifest, root), seed);
    return new Run(program, engine, data, await engine.start(values ?? initialState(manifest, seed)));
  }

  async iterations(count: number): Promise<void> {
    const run = trainer(this.parts);
    for (let i = 0; i < count; i++) {
      const done = await runIteration(run, this.state, this.position, this.applied);
      this.position = done.iteration.next;
      this.applied = done.applied;
    }
  }

  async report(): Promise<Record<string, number>> {
    const context = { ...this.parts, metrics, pictures };
    const time = { step: 0, epoch: 0, epochs: 0, progress: 0 };
    const moment = { state: this.state, time, applied: this.applied };
    const shown = await reporter(context)(this.program.manifest.reports[0].items, moment);
    return Object.fromEntries(
      shown.flatMap((one) => {
        assert(one.kind !== 'problem', JSON.stringify(one));
        return one.kind === 'metric' ? [[one.name, one.value] as const] : [];
      }),
    );
  }
}

describe('TensorFlow.js programs lose no tensor', () => {
  for (const { choice, it, ready } of [onTensorflow, onWasm])
    it(`after many steps and reports on ${choice.backend} there are as many as after few`, async () => {
      const { tf } = await ready();
      const before = tf.memory().numTensors;
      const program = programFrom(source, { target: 'tfjs' });
      const run = await Run.start(program, await engineOf(program, choice));
      const counted = async (iterations: number): Promise<number[]> => {
        await run.iterations(iterations);
        await run.report();
        const { numTensors, numBytes } = tf.memory();
        return [numTensors, numBytes];
      };
      const few = await counted(2);
      assert.isAtLeast(few[0] - before, program.manifest.state.length);
      assert.deepEqual(await counted(8), few);
      assert.containsAllKeys(run.applied, ['update_1', 'update_2']);
      assert.notProperty(run.applied, 'update_3');
      await run.state.dispose();
      assert.equal(tf.memory().numTensors, before);
    });
});

describe('checkpoints go from one target to the other', () => {
  const folders: string[] = [];
  after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

  /** By a file and back. */
  async function handedOver(from: Run, to: Program): Promise<Run> {
    const folder = mkdtempSync(join(tmpdir(), 'ganc-'));
    folders.push(folder);
    const values = await from.state.read();
    const { position, applied } = from;
    writeCheckpoint(folder, values, { position, applied, best: null, metricsBytes: 0, unreported: null });
    const stored = newestCheckpoint(folder)!;
    const run = await Run.start(to, await engineOf(to), stored.values);
    run.position = stored.position;
    run.applied = stored.applied;
    assert.deepEqual(
      Object.keys(stored.values),
      to.manifest.state.map(({ name }) => name),
    );
    const found = await run.state.read();
    for (const [name, { shape, data }] of Object.entries(values)) {
      assert.deepEqual([...found[name].shape], [...shape], name);
      assert.deepEqual([...found[name].data], [...data], name);
    }
    return run;
  }

  for (const [first, second] of [
    ['onnx', 'tfjs'],
    ['tfjs', 'onnx'],
  ] as const)
    for (const spec of [source, load('test/cases/compile/convolution.gan')])
      it(`${spec.path}: ${first}, then ${second}`, async () => {
        const before = programFrom(spec, { target: first });
        const there = await Run.start(before, await engineOf(before));
        await there.iterations(3);
        const here = await handedOver(there, programFrom(spec, { target: second }));
        // Each shows what the other would, and both go on alike.
        if (before.manifest.reports.length > 0) closeNumbers(await here.report(), await there.report());
        await there.iterations(1);
        await here.iterations(1);
        const [wanted, found] = [await there.state.read(), await here.state.read()];
        for (const [name, { data }] of Object.entries(wanted))
          data.forEach((value, i) =>
            assert.closeTo(found[name].data[i], value, 1e-3 * Math.max(1, Math.abs(value)), name),
          );
      });

  function closeNumbers(found: Record<string, number>, wanted: Record<string, number>): void {
    assert.hasAllKeys(found, ['far', 'off', 'steep']);
    for (const [name, value] of Object.entries(wanted))
      assert.closeTo(found[name], value, 1e-4 * Math.max(1, Math.abs(value)), name);
  }
});
