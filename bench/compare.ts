/**
 * Our training steps against PyTorch's, on this machine: `npx tsx bench/compare.ts [--rounds 30] [--only infogan,mlp]
 * [--threads 2]`, after bench/setup-pytorch.sh. First checks that both compute the same (in float64, from the same
 * weights, with the same draws), then lets all take turns, each a process of its own. Prints one table a network.
 * Peers are the best hand-written PyTorch we know: fakes shared, critic frozen, fused Adam, both memory layouts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Equality } from './equality.ts';
import { profileOptions, startPeer } from './peer.ts';
import type { Peer } from './peer.ts';
import { gemmSide } from './program.ts';
import { measure, spread } from './rounds.ts';
import type { Contender, Spread } from './rounds.ts';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const python = join(here, '.venv', 'bin', 'python');

interface Bench {
  readonly title: string;
  readonly spec: string;
  /** Which of its profiles; none: its defaults. */
  readonly profile?: string;
  /** Options of pytorch/steps.py for each way of writing it. */
  readonly peers: Readonly<Record<string, readonly string[]>>;
  /** Iterations of a turn. */
  readonly turn: number;
}

const benches: Readonly<Record<string, Bench>> = {
  infogan: {
    title: 'InfoGAN, batch 128',
    spec: 'specs/infogan.gan',
    profile: 'paper',
    peers: { PyTorch: ['infogan'], 'PyTorch, channels last': ['infogan', '--channels-last'] },
    turn: 2,
  },
  mlp: {
    title: 'Dense GAN, batch 64',
    spec: 'bench/specs/mlp-gan.gan',
    peers: { PyTorch: ['mlp'] },
    turn: 50,
  },
};

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    only: { type: 'string', default: Object.keys(benches).join(',') },
    threads: { type: 'string', default: '2' },
  },
});
const rounds = Number(values.rounds);
const warmUp = 2;
const gemmsATurn = 10;

// ---------------------------------------------------------------- equality

interface Checked {
  readonly exact: Equality;
  readonly rounded: Equality;
}

const worst = (table: Readonly<Record<string, number>>): string =>
  Math.max(...Object.values(table)).toExponential(1);

/** The same three iterations on both sides; throws if they are not the same. */
async function checkEqual(ours: Peer, theirs: Peer): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-equal-'));
  try {
    const path = join(folder, 'start.safetensors');
    await theirs.ask(`export ${path} 3`);
    const { exact, rounded } = await ours.ask<Checked>(`equal ${path}`);
    const off = Math.max(...Object.values(exact.weights), ...Object.values(exact.losses));
    if (!(off < 1e-8)) throw new Error(`the programs differ: ${JSON.stringify(exact)}`);
    return (
      `The same computation: after ${exact.iterations} iterations in float64 the weights are ${worst(exact.weights)} of their way apart, ` +
      `the losses ${worst(exact.losses)}; rounded to float32, ours are ${worst(rounded.weights)} and PyTorch's ${worst(rounded.theirs)} off.`
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// ---------------------------------------------------------------- one network

/** What both kinds of program say of themselves; flops and compiledMs are ours alone. */
interface Description {
  readonly version: string;
  readonly threads: number;
  readonly flops: number;
  readonly compiledMs: number;
}

function peersOf(bench: Bench): Peer[] {
  const threads = ['--threads', values.threads];
  const ours = startPeer('ganc', process.execPath, [
    ...['--import', 'tsx', join(here, 'steps.ts'), join(root, bench.spec)],
    ...profileOptions(bench.profile),
    ...threads,
  ]);
  const script = join(here, 'pytorch', 'steps.py');
  const theirs = Object.entries(bench.peers).map(([name, options]) =>
    startPeer(name, python, [script, ...options, ...threads]),
  );
  return [ours, ...theirs];
}

const contender = (peer: Peer, work: string, name = peer.name): Contender => ({
  name,
  turn: async () => (await peer.ask<{ ms: number }>(work)).ms,
});

async function compare(bench: Bench): Promise<void> {
  const peers = peersOf(bench);
  try {
    const [ours, theirs] = await Promise.all(
      peers.slice(0, 2).map((peer) => peer.ask<Description>('describe')),
    );
    console.log(`\n## ${bench.title}\n`);
    console.log(
      `onnxruntime ${ours.version}, PyTorch ${theirs.version}; ${ours.threads} threads each; ${rounds} rounds.\n`,
    );
    // In processes that end before anything is measured: they hold both precisions.
    const checkers = peersOf({ ...bench, peers: { PyTorch: bench.peers.PyTorch } });
    console.log(
      await checkEqual(checkers[0], checkers[1]).finally(() => checkers.forEach((one) => one.close())),
    );
    const steps = peers.map((peer) => contender(peer, `step ${bench.turn}`));
    const gemms = peers.slice(0, 2).map((peer) => contender(peer, `gemm ${gemmsATurn}`));
    await measure(steps, warmUp, () => undefined);
    const memory = await Promise.all(peers.map((peer) => peer.ask<{ peak: number }>('memory')));
    await measure(gemms, warmUp, () => undefined);
    const rows = await measure([...steps, ...gemms], rounds, progress);
    printTable(
      peers,
      rows,
      memory.map(({ peak }) => peak),
      ours.flops,
    );
    printCompiler(bench, ours.compiledMs);
  } finally {
    for (const peer of peers) peer.close();
  }
}

function progress(round: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${round} of ${rounds} rounds `);
  if (process.stderr.isTTY && round === rounds) process.stderr.write('\r\x1b[K');
}

// ---------------------------------------------------------------- what is told

const show = ({ low, median, high }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;

/** Medians with quartiles; ratios within rounds to the faster way of writing it in PyTorch. */
function printTable(
  peers: readonly Peer[],
  rows: readonly (readonly number[])[],
  memory: readonly number[],
  flops: number,
): void {
  const column = (at: number): number[] => rows.map((row) => row[at]);
  const times = peers.map((_, at) => spread(column(at)));
  const best = times.reduce(
    (low, time, at) => (at > 0 && (low === 0 || time.median < times[low].median) ? at : low),
    0,
  );
  // GFLOP/s of ours, of PyTorch's.
  const rates = [0, 1].map((at) => (2 * gemmSide ** 3) / spread(column(peers.length + at)).median / 1e6);
  console.log(
    `\n| | ms an iteration | ratio to ${peers[best].name} | GFLOP/s | of its own GEMM's rate | peak memory |`,
  );
  console.log('| --- | --- | --- | --- | --- | --- |');
  peers.forEach(({ name }, at) => {
    const ratio = spread(rows.map((row) => row[at] / row[best]));
    const rate = flops / times[at].median / 1e6;
    const share = (100 * rate) / rates[Math.min(at, 1)];
    const digits = times[at].median < 20 ? 2 : 1;
    const cells = [
      name,
      show(times[at], digits),
      show(ratio, 2),
      rate.toFixed(0),
      `${share.toFixed(0)} %`,
      `${(memory[at] / 2 ** 20).toFixed(0)} MiB`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  });
  const known = `${(flops / 1e9).toFixed(2)} GFLOP an iteration in products and convolutions`;
  console.log(
    `\n${known}; a ${gemmSide}³ product runs at ${rates[0].toFixed(0)} GFLOP/s in onnxruntime, ${rates[1].toFixed(0)} in PyTorch.`,
  );
}

/** From typing the command to its end. */
function printCompiler(bench: Bench, compiledMs: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-build-'));
  const time = (...args: string[]): string => {
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, [join(root, 'bin', 'ganc.js'), ...args], {
        cwd: root,
      });
      if (status !== 0) throw new Error(`ganc ${args.join(' ')} ended with ${status}: ${stderr.toString()}`);
      return performance.now() - start;
    });
    return `${(spread(times).median / 1000).toFixed(2)} s`;
  };
  try {
    const [check, build] = [
      time('check', bench.spec, ...profileOptions(bench.profile)),
      time('build', bench.spec, ...profileOptions(bench.profile), '--out', join(folder, 'program')),
    ];
    console.log(
      `\`ganc check\` takes ${check}, \`ganc build\` ${build}, of which compiling ${(compiledMs / 1000).toFixed(2)} s (medians of 5; compiling once).`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// ---------------------------------------------------------------- main

const chosen = values.only.split(',');
const unknown = chosen.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined) {
  console.error(`there is no benchmark ${unknown}; there are ${Object.keys(benches).join(' and ')}`);
  process.exitCode = 2;
} else if (!existsSync(python)) {
  console.error('PyTorch is not there yet: run bench/setup-pytorch.sh once');
  process.exitCode = 1;
} else {
  for (const name of chosen) await compare(benches[name]);
}
