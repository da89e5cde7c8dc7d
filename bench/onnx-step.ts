/**
 * Times InfoGAN's iteration on onnxruntime's CPU provider: `npx tsx bench/onnx-step.ts [--batch 128] [--rounds 10]
 * [--profile]`. Ways of emitting are timed in turns, so that a drifting machine hits them alike; prints medians.
 */
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as ort from 'onnxruntime-node';
import { emitOnnx } from '../compiler/targets/onnx/emit.ts';
import type { OnnxModel, OnnxOptions } from '../compiler/targets/onnx/emit.ts';
import { infoganStep } from './infogan.ts';

const { values } = parseArgs({
  options: {
    batch: { type: 'string', default: '128' },
    rounds: { type: 'string', default: '8' },
    profile: { type: 'boolean', default: false },
    threads: { type: 'string', default: '0' },
    ways: { type: 'string', default: 'channels-last,channels-first' },
  },
});
const batch = Number(values.batch);

type Way = Omit<OnnxOptions, 'float'>;
const ways: Readonly<Record<string, Way>> = {
  'channels-last': {},
  'channels-first': { layout: 'channels-first' },
};

interface Runner {
  readonly session: ort.InferenceSession;
  /** One iteration; milliseconds on the clock, and of all cores' time. */
  step(): Promise<[number, number]>;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function filled(name: string, shape: readonly number[]): ort.Tensor {
  const size = sizeOf(shape);
  const data = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const noise = ((i * 7919 + 31) % 1000) / 1000;
    if (name.endsWith('@m') || name.endsWith('@v')) data[i] = 0;
    else if (name.endsWith('.gain') || name.startsWith('correction')) data[i] = 1;
    else if (name === 'draw:digit') data[i] = i % 10;
    else if (name.startsWith('draw:') || name === 'image') data[i] = noise;
    else data[i] = (noise - 0.5) * 0.07;
  }
  return new ort.Tensor(data, shape);
}

/** State lives in two sets of tensors used in turn: what is read and what is written. */
async function runner(model: OnnxModel, profile: boolean): Promise<Runner> {
  const session = await ort.InferenceSession.create(model.model, {
    logSeverityLevel: 3,
    intraOpNumThreads: Number(values.threads),
    ...(profile ? { enableProfiling: true, profileFilePrefix: join(tmpdir(), 'ganc-profile') } : {}),
  });
  const feeds = Object.fromEntries(
    model.inputs.map(({ name, shape }) => [name, filled(name, shape as number[])]),
  );
  const sets = [0, 1].map(() =>
    Object.fromEntries(model.outputs.map(({ name, shape }) => [name, filled(name, shape as number[])])),
  );
  return {
    session,
    async step() {
      const start = performance.now();
      const used = process.cpuUsage();
      const result = await session.run(feeds, sets[0]);
      const time = performance.now() - start;
      const { user, system } = process.cpuUsage(used);
      if (!Number.isFinite((result.discriminator_loss.data as Float32Array)[0]))
        throw new Error('the loss is not finite');
      for (const [name, tensor] of Object.entries(sets[0]))
        if (name.startsWith('next:')) feeds[name.slice(5)] = tensor;
      sets.reverse();
      return [time, (user + system) / 1000];
    },
  };
}

interface Event {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly node_index?: string;
    readonly output_type_shape?: unknown;
    readonly input_type_shape?: unknown;
  };
}

/** Where the time went, by operator and by node. */
function printProfile(path: string, rounds: number): void {
  const events = JSON.parse(readFileSync(path, 'utf8')) as Event[];
  const kernels = events.filter((event) => event.cat === 'Node' && event.name.endsWith('_kernel_time'));
  const total = kernels.reduce((sum, event) => sum + event.dur, 0);
  const table = (title: string, key: (event: Event) => string, rows: number): void => {
    const sums = new Map<string, number>();
    for (const event of kernels) sums.set(key(event), (sums.get(key(event)) ?? 0) + event.dur);
    console.log(`${title} (${(total / rounds / 1000).toFixed(1)} ms an iteration in kernels)`);
    for (const [name, time] of [...sums].sort((a, b) => b[1] - a[1]).slice(0, rows)) {
      console.log(
        `  ${(time / rounds / 1000).toFixed(2).padStart(8)} ms ${((time / total) * 100).toFixed(1).padStart(5)} % ${name}`,
      );
    }
  };
  table('by operator', (event) => event.args?.op_name ?? '?', 20);
  const shapes = (event: Event): string =>
    `${event.args?.op_name} ${JSON.stringify(event.args?.input_type_shape)} → ${JSON.stringify(event.args?.output_type_shape)}`
      .replaceAll('"float":', '')
      .replaceAll('"', '');
  table('by shape', shapes, 50);
}

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1];

const rounds = Number(values.rounds);
const chosen = values.ways.split(',');
const { outputs } = infoganStep(batch);
const runners = await Promise.all(
  chosen.map(async (name) => {
    const start = performance.now();
    const model = emitOnnx({ name: 'infogan', outputs }, { float: 'float32', ...ways[name] });
    console.log(
      `${name}: emitted in ${(performance.now() - start).toFixed(0)} ms, ${(model.model.length / 1e6).toFixed(1)} MB`,
    );
    return { name, runner: await runner(model, values.profile), times: [] as [number, number][] };
  }),
);
for (let round = -2; round < rounds; round++) {
  for (const { runner: each, times } of runners) {
    const time = await each.step();
    if (round >= 0) times.push(time);
  }
}
for (const { name, runner: each, times } of runners) {
  const [clock, cores] = [0, 1].map((i) => times.map((time) => time[i]));
  const show = (all: number[]): string =>
    `${median(all).toFixed(1)} ms (best ${Math.min(...all).toFixed(1)})`;
  console.log(`${name}: ${show(clock)}; cores' time ${show(cores)}`);
  if (!values.profile) continue;
  each.session.endProfiling();
  for (const file of readdirSync(tmpdir()).filter((entry) => entry.startsWith('ganc-profile'))) {
    printProfile(join(tmpdir(), file), rounds + 2);
    rmSync(join(tmpdir(), file));
  }
}
