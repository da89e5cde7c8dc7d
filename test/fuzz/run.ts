/**
 * `npm run fuzz -- --inputs 1e6 [--from 0] [--show NUMBER]`: tries so many inputs in a process of its own, which is ended
 * where it hangs (ten times the 2 s a kilobyte, of the processor's time) and begun again behind that input. Prints findings
 * as they come, at the end the counts by pass; exit code 1 if there was any finding, or fewer than 30 % of the inputs
 * parsed, or 5 % compiled. `--show` prints one input.
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

const totals: Record<string, number> = {};
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

/** Tries the inputs from `from` on; the first that was not tried. */
function part(script: string, from: number, to: number): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...options, script, String(from), String(to)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let at = { number: from, length: 0 };
    let complete = false;
    const relieve = watch(
      child.pid!,
      () => at,
      () => child.kill('SIGKILL'),
    );
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      if (line.at !== undefined) at = { number: line.at, length: line.length ?? 0 };
      if (line.finding !== undefined) found(line.finding, line.index!, line.detail!);
      for (const [pass, count] of Object.entries(line.counts ?? {}))
        totals[pass] = (totals[pass] ?? 0) + count;
      complete ||= line.counts !== undefined;
    });
    child.on('close', (code, signal) => {
      relieve();
      if (!complete) {
        const done = at.number - from;
        const kind = signal === 'SIGKILL' ? 'hang' : 'memory';
        found(kind, at.number, `the process ended (${signal ?? code}), ${done} inputs of its part done`);
        totals.uncounted = (totals.uncounted ?? 0) + done + 1;
      }
      resolve(at.number + 1);
    });
  });
}

async function fuzz(from: number, inputs: number): Promise<number> {
  const script = await bundled();
  const begun = performance.now();
  try {
    for (let at = from; at < from + inputs;) {
      at = await part(script, at, Math.min(from + inputs, at + inPart));
      const seconds = (performance.now() - begun) / 1000;
      console.error(
        `${at - from} of ${inputs} inputs, ${((at - from) / seconds).toFixed(0)} a second, findings: ${findings}`,
      );
    }
  } finally {
    rmSync(script);
  }
  const counted = passes.map((pass) => totals[pass] ?? 0);
  const all = counted.reduce((a, b) => a + b, 0);
  const share = (least: number): number => counted.slice(least).reduce((a, b) => a + b, 0) / all;
  console.log(
    `inputs ${from} to ${from + inputs - 1}: ${JSON.stringify(totals)}; parse ${(100 * share(1)).toFixed(1)} %, compile ${(100 * share(3)).toFixed(1)} %; findings: ${findings}`,
  );
  return findings === 0 && share(1) >= 0.3 && share(3) >= 0.05 ? 0 : 1;
}

if (values.show !== undefined) console.log(inputAt(Number(values.show)));
else process.exitCode = await fuzz(Number(values.from), Number(values.inputs));
