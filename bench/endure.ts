/**
 * One small spec for long: `npm run endure -- --iterations 1e6 [--target onnx|tfjs|torch] [--spec FILE]` (default:
 * bench/specs/ring.gan). Trains it as `ganc run` does, in a process of its own, and prints a table with a curve: at each
 * twentieth of the way the process's memory and how many iterations a second of its processor's time it made since the
 * last. Exit code 1 if the last quarter holds a tenth more memory than the second, or makes a tenth fewer iterations.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    iterations: { type: 'string', default: '1e6' },
    target: { type: 'string', default: 'onnx' },
    spec: { type: 'string', default: join(root, 'bench', 'specs', 'ring.gan') },
  },
});
const iterations = Number(values.iterations);
const parts = 20;

interface Sample {
  readonly iteration: number;
  /** MiB in memory. */
  readonly memory: number;
  /** Seconds of the processor's time, all threads. */
  readonly seconds: number;
}

/** Of a process, from /proc: this command is for Linux. */
function sampleOf(pid: number, iteration: number): Sample {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return {
    iteration,
    memory: Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024,
    seconds: (Number(fields[11]) + Number(fields[12])) / 100,
  };
}

const folder = mkdtempSync(join(tmpdir(), 'ganc-endure-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** A sample at the start, and one at each twentieth of the way. */
async function samples(): Promise<Sample[]> {
  const args = ['run', values.spec, '--target', values.target, '--device', 'cpu'];
  const child = spawn(
    process.execPath,
    [
      join(root, 'bin', 'ganc.js'),
      ...args,
      '--threads',
      '1',
      '--steps',
      String(iterations),
      '--json',
      '--out',
      join(folder, 'run'),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const found: Sample[] = [];
  createInterface(child.stdout).on('line', (line) => {
    const [, text] = /"kind":"iteration","iteration":(\d+)/.exec(line) ?? [];
    const iteration = Number(text ?? NaN);
    if (!(iteration >= (found.length * iterations) / parts) || iteration === iterations) return;
    found.push(sampleOf(child.pid!, iteration));
    console.error(`${iteration} of ${iterations} iterations`);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`ganc run ended with ${String(code)}`);
  return found;
}

interface Row extends Sample {
  /** Iterations a second since the last sample. */
  readonly rate: number;
}

const rowsOf = (found: readonly Sample[]): Row[] =>
  found.slice(1).map((one, i) => ({
    ...one,
    rate: (one.iteration - found[i].iteration) / (one.seconds - found[i].seconds),
  }));

const bar = (value: number, most: number): string => '█'.repeat(Math.round((20 * value) / most));

function print(rows: readonly Row[]): void {
  const [memory, rate] = [Math.max(...rows.map((r) => r.memory)), Math.max(...rows.map((r) => r.rate))];
  console.log('| iterations | MiB | | iterations a second | |\n|---|---|---|---|---|');
  for (const row of rows)
    console.log(
      `| ${row.iteration.toLocaleString('en')} | ${row.memory.toFixed(0)} | ${bar(row.memory, memory)} | ${row.rate.toFixed(0)} | ${bar(row.rate, rate)} |`,
    );
}

const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;

const rows = rowsOf(await samples());
print(rows);
const quarter = Math.floor(rows.length / 4);
const [early, late] = [rows.slice(quarter, 2 * quarter), rows.slice(-quarter)];
const grew = mean(late.map((r) => r.memory)) / mean(early.map((r) => r.memory));
const kept = mean(late.map((r) => r.rate)) / mean(early.map((r) => r.rate));
console.log(
  `\n${iterations.toLocaleString('en')} iterations; the last quarter against the second: memory × ${grew.toFixed(3)}, rate × ${kept.toFixed(3)}`,
);
process.exitCode = grew > 1.1 || kept < 0.9 ? 1 : 0;
