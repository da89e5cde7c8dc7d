/**
 * Targets and backends side by side on this machine: `npx tsx bench/targets.ts [--rounds 10] [--only infogan,mlp]
 * [--ways onnx-cpu,tfjs-tensorflow] [--threads 2]`. All take turns, each a process of its own. Then `--leak 1000`: memory
 * after so many iterations beside that after a tenth of them. Ways that this machine lacks are named and left out.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { profileOptions, startPeer } from './peer.ts';
import type { Peer } from './peer.ts';
import { measure, spread } from './rounds.ts';

const here = dirname(fileURLToPath(import.meta.url));

interface Bench {
  readonly title: string;
  readonly spec: string;
  /** Which of its profiles; none: its defaults. */
  readonly profile?: string;
  readonly ways: readonly string[];
  /** Iterations of a turn. */
  readonly turn: number;
}

const benches: Readonly<Record<string, Bench>> = {
  infogan: {
    title: 'InfoGAN, batch 128',
    spec: 'specs/infogan.gan',
    profile: 'paper',
    ways: ['onnx-cpu', 'tfjs-tensorflow', 'tfjs-wasm'],
    turn: 2,
  },
  mlp: {
    title: 'Dense GAN, batch 64',
    spec: 'bench/specs/mlp-gan.gan',
    ways: ['onnx-cpu', 'tfjs-tensorflow', 'tfjs-wasm', 'tfjs-cpu'],
    turn: 20,
  },
};

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    only: { type: 'string', default: Object.keys(benches).join(',') },
    ways: { type: 'string' },
    threads: { type: 'string', default: '2' },
    leak: { type: 'string' },
  },
});

function start({ spec, profile }: Bench, way: string): Peer {
  const script = join(here, 'target-steps.ts');
  return startPeer(way, process.execPath, [
    '--import',
    'tsx',
    script,
    join(dirname(here), spec),
    way,
    ...profileOptions(profile),
    '--threads',
    values.threads,
  ]);
}

/** Those that answer, each with one iteration behind it. */
async function those(bench: Bench): Promise<Peer[]> {
  const found: Peer[] = [];
  for (const way of values.ways?.split(',') ?? bench.ways) {
    const peer = start(bench, way);
    try {
      await peer.ask('step 1');
      found.push(peer);
    } catch (error) {
      console.log(
        `${way}: not here (${String((error as Error).message)
          .split('\n')
          .at(-1)})`,
      );
    }
  }
  return found;
}

async function compare(bench: Bench): Promise<void> {
  console.log(`\n## ${bench.title}\n`);
  const peers = await those(bench);
  const turns = peers.map((peer) => ({
    name: peer.name,
    turn: async () => (await peer.ask<{ ms: number }>(`step ${bench.turn}`)).ms,
  }));
  await measure(turns, 1, () => undefined);
  const rows = await measure(turns, Number(values.rounds), () => undefined);
  console.log('| way | engine | iterations a second | time, ratio to the first | resident |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const [at, peer] of peers.entries()) {
    const { name, version } = await peer.ask<{ name: string; version: string }>('describe');
    const { resident } = await peer.ask<{ resident: number }>('memory');
    const rate = spread(rows.map((row) => 1000 / row[at]));
    const ratio = spread(rows.map((row) => row[at] / row[0]));
    const cells = [
      peer.name,
      `${name} ${version}`,
      `${rate.median.toPrecision(3)} (${rate.low.toPrecision(3)}–${rate.high.toPrecision(3)})`,
      `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`,
      `${Math.round(resident / 2 ** 20)} MiB`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  peers.forEach((peer) => peer.close());
}

interface Memory {
  readonly resident: number;
  readonly tensors: number | null;
  readonly bytes: number | null;
}

async function leak(bench: Bench, iterations: number): Promise<void> {
  console.log(
    `\n## Memory: ${bench.title}\n\n| way | iterations | tensors | bytes in tensors | resident |\n| --- | --- | --- | --- | --- |`,
  );
  for (const peer of await those(bench)) {
    let done = 1;
    for (const goal of [Math.round(iterations / 10), iterations]) {
      await peer.ask(`step ${goal - done}`);
      done = goal;
      const { tensors, bytes, resident } = await peer.ask<Memory>('memory');
      console.log(
        `| ${peer.name} | ${goal} | ${tensors ?? '–'} | ${bytes ?? '–'} | ${Math.round(resident / 2 ** 20)} MiB |`,
      );
    }
    peer.close();
  }
}

const chosen = values.only.split(',');
const unknown = chosen.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined) {
  console.error(`there is no benchmark ${unknown}; there are ${Object.keys(benches).join(' and ')}`);
  process.exitCode = 2;
} else
  for (const name of chosen)
    await (values.leak === undefined ? compare(benches[name]) : leak(benches[name], Number(values.leak)));
