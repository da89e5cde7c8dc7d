/**
 * `npm run fuzz -- --inputs 1e6 [--from 0] [--show NUMBER]`: tries so many inputs in a process of its own, which is ended
 * where it hangs (ten times the 2 s a kilobyte, of the processor's time) and begun again behind that input. Prints findings
 * as they come, at the end, or where Ctrl-C ends it, the counts by pass; exit code 1 if there was any finding, or fewer than
 * 30 % of the inputs parsed, or 5 % compiled. `--show` prints one input.
 */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { root } from '../parity/host.ts';
import { inputAt } from './inputs.ts';
import { passes } from './judge.ts';
import { limitOf } from './limits.ts';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000' },
    from: { type: 'string', default: '0' },
    show: { type: 'string' },
  },
});

/** So many inputs, then a new process: what one leaves behind in memory is not the next one's. */
const inPart = 20_000;
/** Times the limit, after which an input hangs. */
const patience = 10;

/**
 * The child as one script: it starts at once, and its functions run as they are in dist/. It lies as deep in the checkout as
 * the sources do, which find the checkout's root by where they are.
 */
async function bundled(): Promise<string> {
  const outfile = join(root, '.cache', 'fuzz', `child-${process.pid}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL('./child.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'error',
  });
  return outfile;
}

/** A large young generation: most of what an input makes is garbage before it is looked through. */
const options = ['--enable-source-maps', '--max-old-space-size=1024', '--max-semi-space-size=64'];

/** Seconds of the processor that a process has had. By the clock where /proc isn't. */
function secondsOf(pid: number): number {
  try {
    // Behind the command's name, which may hold blanks: the 12th and 13th, in hundredths.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return performance.now() / 1000;
  }
}

interface Line {
  readonly at?: number;
  readonly length?: number;
  readonly finding?: string;
  readonly index?: number;
  readonly detail?: string;
  readonly counts?: Readonly<Record<string, number>>;
}

const totals: Record<string, number> = Object.fromEntries(passes.map((pass) => [pass, 0]));
const counted = (least = 0): number => passes.slice(least).reduce((sum, pass) => sum + totals[pass], 0);
let findings = 0;

function found(kind: string, index: number, detail: string): void {
  findings++;
  console.log(`${kind}, input ${index}: ${detail}\n`);
}

/** Calls `hangs` when the number that `at` gives is the same for longer than its input may take. */
function watch(pid: number, at: () => { number: number; length: number }, hangs: () => void): () => void {
  let [seen, begun] = [-1, 0];
  const timer = setInterval(() => {
    const { number, length } = at();
    if (number !== seen) [seen, begun] = [number, secondsOf(pid)];
    else if (secondsOf(pid) - begun > patience * limitOf(length)) hangs();
  }, 1000);
  return () => clearInterval(timer);
}

/** Seconds between two lines of progress. */
const lull = 20;

/** A line now and then: how far it is, and how fast. */
function progress(inputs: number): () => void {
  const begun = performance.now();
  let last = begun;
  return () => {
    const now = performance.now();
    if (now - last < 1000 * lull) return;
    last = now;
    const rate = (1000 * counted()) / (now - begun);
    console.error(`${counted()} of ${inputs} inputs, ${rate.toFixed(0)} a second, findings: ${findings}`);
  };
}

/** Tries the inputs from `from` on; the first that was not tried. */
function part(script: string, [from, to]: readonly number[], told: () => void): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...options, script, String(from), String(to)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let at = { number: from, length: 0 };
    let hangs = false;
    const relieve = watch(
      child.pid!,
      () => at,
      () => (hangs = child.kill('SIGKILL')),
    );
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      if (line.at !== undefined) at = { number: line.at, length: line.length ?? 0 };
      if (line.finding !== undefined) found(line.finding, line.index!, line.detail!);
      for (const [pass, count] of Object.entries(line.counts ?? {})) totals[pass] += count;
      told();
      if (stopped) child.kill();
    });
    child.on('close', (code, signal) => {
      relieve();
      const why = `the process ended (${signal ?? code})`;
      if ((hangs || code !== 0) && !stopped) found(hangs ? 'hang' : 'memory', at.number, why);
      resolve(at.number + 1);
    });
  });
}

/** By Ctrl-C: what was found by then is said. */
let stopped = false;
process.once('SIGINT', () => (stopped = true));

async function fuzz(from: number, inputs: number): Promise<number> {
  const script = await bundled();
  const told = progress(inputs);
  try {
    for (let at = from; at < from + inputs && !stopped;)
      at = await part(script, [at, Math.min(from + inputs, at + inPart)], told);
  } finally {
    rmSync(script);
  }
  const [parse, compile] = [1, 3].map((least) => counted(least) / counted());
  const shares = `parse ${(100 * parse).toFixed(1)} %, compile ${(100 * compile).toFixed(1)} %`;
  console.log(
    `${counted()} inputs from ${from} on: ${JSON.stringify(totals)}; ${shares}; findings: ${findings}`,
  );
  return findings === 0 && parse >= 0.3 && compile >= 0.05 ? 0 : 1;
}

if (values.show !== undefined) console.log(inputAt(Number(values.show)));
else process.exitCode = await fuzz(Number(values.from), Number(values.inputs));
