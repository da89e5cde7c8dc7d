/**
 * Iterations of one spec on one target and backend, on command: `npx tsx bench/target-steps.ts SPEC WAY [--profile NAME]
 * [--threads 2]`, WAY one of the names in `ways`. Answers each line of the standard input with a line of JSON:
 *
 *   step N       N iterations, minibatch and draws included: {"ms": milliseconds an iteration}
 *   memory       {"resident": bytes now, "tensors", "bytes": TensorFlow.js's own count; null on other engines}
 *   describe     {"name", "version", "device"}
 */
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type * as Tf from '@tensorflow/tfjs-core';
import type { CompileOptions } from '../compiler/input.ts';
import type { Program } from '../compiler/compiled.ts';
import { writeFolderAtomic } from '../runtime/atomic.ts';
import { openStreams } from '../runtime/catalogue.ts';
import type { Engine } from '../runtime/engines/engine.ts';
import { trainer } from '../runtime/run/loop.ts';
import type { Trainer } from '../runtime/run/loop.ts';
import { programFiles } from '../runtime/run/run-directory.ts';
import { schedule } from '../runtime/run/schedule.ts';
import { openEngine } from '../runtime/run/session.ts';
import { streams } from '../runtime/data/streams.ts';
import { chooseBackend } from '../runtime/engines/tensorflow/choose.ts';
import { tfjsEngine } from '../runtime/engines/tfjs-engine.ts';
import { compiled } from './program.ts';
import { iterating, timed } from './steps-of.ts';

type Open = (program: Program['manifest'], folder: string, threads: number) => Promise<Engine>;
interface Way extends Pick<CompileOptions, 'target' | 'device'> {
  readonly open: Open;
}

const tfjs = (backend: 'wasm' | 'cpu'): Way => ({
  target: 'tfjs',
  open: (manifest, folder, threads) => tfjsEngine(manifest, folder, { backend, device: 'cpu' }, threads),
});

/** What `ganc run --target ... --device ...` would open, and backends that it takes only where nothing better is there. */
const ways: Readonly<Record<string, Way>> = {
  'onnx-cpu': {
    target: 'onnx',
    open: (manifest, folder, threads) => openEngine(manifest, folder, { device: 'cpu', threads }),
  },
  'onnx-webgpu': {
    ...{ target: 'onnx', device: 'webgpu' },
    open: (manifest, folder, threads) => openEngine(manifest, folder, { device: 'webgpu', threads }),
  },
  'tfjs-tensorflow': {
    target: 'tfjs',
    async open(manifest, folder, threads) {
      const choice = await chooseBackend('cpu');
      if (choice.backend !== 'tensorflow')
        throw new Error('TensorFlow is not set up: npm run setup:tensorflow');
      return tfjsEngine(manifest, folder, choice, threads);
    },
  },
  'tfjs-webgpu': {
    target: 'tfjs',
    open: async (manifest, folder, threads) =>
      tfjsEngine(manifest, folder, await chooseBackend('webgpu'), threads),
  },
  'tfjs-wasm': tfjs('wasm'),
  'tfjs-cpu': tfjs('cpu'),
};

async function opened(
  spec: string,
  profile: string | undefined,
  way: Way,
  threads: number,
): Promise<Trainer> {
  const seed = 1;
  const { manifest, files } = compiled(spec, { target: way.target, device: way.device, profile });
  const folder = mkdtempSync(join(tmpdir(), 'ganc-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const place = join(folder, 'program');
  writeFolderAtomic(place, programFiles(manifest, files));
  const engine = await way.open(manifest, place, threads);
  const data = streams(manifest, await openStreams(manifest, dirname(spec)), seed);
  return trainer({ manifest, engine, streams: data, schedule: schedule(manifest, data.counts), seed });
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: 'string', default: '2' }, profile: { type: 'string' } },
});
const [spec, name] = positionals;
if (!Object.hasOwn(ways, name)) throw new Error(`no way ${name}; there are ${Object.keys(ways).join(', ')}`);
const run = await opened(spec, values.profile, ways[name], Number(values.threads));
const iterate = await iterating(run);

function memory(): object {
  const { rss } = process.memoryUsage();
  if (!name.startsWith('tfjs')) return { resident: rss, tensors: null, bytes: null };
  const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as typeof Tf;
  const { numTensors, numBytes } = tf.memory();
  return { resident: rss, tensors: numTensors, bytes: numBytes };
}

async function answer(command: string, argument: string): Promise<object> {
  if (command === 'step') return timed(Number(argument), iterate);
  if (command === 'memory') return memory();
  if (command !== 'describe') return { error: `unknown command ${command}` };
  const { name: engine, version, device } = run.engine;
  return { name: engine, version, device };
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, argument = ''] = line.split(' ');
  console.log(JSON.stringify(await answer(command, argument)));
}
process.exit(0);
