/**
 * An iteration of voice disentanglement against PyTorch's, on this machine: `npx tsx bench/voice.ts [--rounds 20]
 * [--threads 2]`, after bench/setup-pytorch.sh. Both are processes of their own and take turns in random order. Prints
 * one table: time on the clock, and of all cores, which other work on the machine disturbs less.
 * That both have as many weights is checked; that they compute the same is not, as it is for the GANs (compare.ts).
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openProgram } from './program.ts';
import { startPeer } from './peer.ts';
import type { Peer } from './peer.ts';
import { measure, spread } from './rounds.ts';

const here = dirname(fileURLToPath(import.meta.url));
const spec = join(here, 'specs', 'voice.gan');
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, threads: { type: 'string', default: '2' } },
});
const threads = ['--threads', values.threads];
const rounds = Number(values.rounds);
const iterationsATurn = 5;

const tsx = [...['--import', 'tsx'], join(here, 'steps.ts'), spec, ...threads];
const python = join(here, '.venv', 'bin', 'python');
const peers: readonly Peer[] = [
  startPeer('ganc', process.execPath, tsx),
  startPeer('PyTorch', python, [join(here, 'pytorch', 'voice.py'), ...threads]),
];

async function checkWeights(theirs: number): Promise<void> {
  const { program } = await openProgram(spec, 1);
  const { networks, updates } = program.manifest;
  const trained = networks.filter(({ name }) => updates.some((update) => update.networks.includes(name)));
  const ours = trained.reduce((sum, { weights }) => sum + weights, 0);
  if (ours !== theirs) throw new Error(`the networks differ: ${ours} weights here, ${theirs} in PyTorch`);
}

const cpu: number[][] = [];
try {
  const [ours, theirs] = await Promise.all(
    peers.map((peer) => peer.ask<{ version: string; threads: number; weights: number }>('describe')),
  );
  await checkWeights(theirs.weights);
  const contenders = peers.map((peer, at) => ({
    name: peer.name,
    async turn() {
      const answer = await peer.ask<{ ms: number; cpu: number }>(`step ${iterationsATurn}`);
      (cpu[at] ??= []).push(answer.cpu);
      return answer.ms;
    },
  }));
  await measure(contenders, 2, () => undefined);
  cpu.length = 0;
  const rows = await measure(contenders, rounds, () => undefined);
  console.log(
    `onnxruntime ${ours.version}, PyTorch ${theirs.version}; ${values.threads} threads each; ${rounds} rounds.\n`,
  );
  console.log('| | ms an iteration | ratio to PyTorch | ms of all cores |\n| --- | --- | --- | --- |');
  peers.forEach(({ name }, at) => {
    const ratio = spread(rows.map((row) => row[at] / row[1]));
    const [clock, cores] = [spread(rows.map((row) => row[at])), spread(cpu[at])];
    const cell = ({ low, median, high }: typeof ratio, digits: number): string =>
      `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
    console.log(`| ${name} | ${cell(clock, 1)} | ${cell(ratio, 2)} | ${cell(cores, 1)} |`);
  });
} finally {
  for (const peer of peers) peer.close();
}
