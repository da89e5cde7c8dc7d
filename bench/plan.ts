/**
 * What `ganc plan` says against what a run then takes, for each spec: `npx tsx bench/plan.ts [SPECS...] [--steps 100]
 * [--profile NAME]`. Runs of so many iterations, reports at their end; memory is the process's at its peak (VmHWM, Linux).
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { peakIn } from '../cli/peak.ts';
import { columns } from '../cli/columns.ts';
import type { PlanFacts } from '../cli/plan-facts.ts';

const ganc = new URL('../bin/ganc.js', import.meta.url).pathname;

interface Measured {
  readonly seconds: number;
  readonly peak: number;
}

async function measured(spec: string, options: readonly string[]): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-bench-'));
  const begun = performance.now();
  const args = [ganc, 'run', spec, ...options, '--out', join(folder, 'run'), '--quiet'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  let peak = 0;
  const look = setInterval(() => (peak = Math.max(peak, residentAtMost(child.pid!))), 100);
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  clearInterval(look);
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0) throw new Error(`${spec}: the run ended with ${code}`);
  return { seconds: (performance.now() - begun) / 1000, peak };
}

function residentAtMost(pid: number): number {
  try {
    return peakIn(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? 0;
  } catch {
    return 0;
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { steps: { type: 'string', default: '100' }, profile: { type: 'string' } },
});
const shipped = readdirSync('specs').filter((name) => name.endsWith('.gan'));
const specs = positionals.length > 0 ? positionals : shipped.map((name) => join('specs', name));
const ratio = (a: number, b: number): string => `${a > b ? '+' : ''}${Math.round(100 * (a / b - 1))} %`;
const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

const rows: string[][] = [];
for (const spec of specs) {
  const options = ['--steps', values.steps, ...(values.profile ? ['--profile', values.profile] : [])];
  const said = execFileSync(process.execPath, [ganc, 'plan', spec, ...options, '--json'], {
    maxBuffer: 1e8,
  });
  const { time, memory } = JSON.parse(said.toString()) as PlanFacts;
  const run = await measured(spec, options);
  rows.push([
    spec,
    `${time!.seconds.toFixed(1)} s`,
    `${run.seconds.toFixed(1)} s`,
    ratio(time!.seconds, run.seconds),
    mb(memory.counted),
    mb(memory.tried!),
    mb(run.peak),
    ratio(memory.counted, run.peak),
    ratio(memory.tried!, run.peak),
  ]);
  console.error(rows.at(-1)!.join('  '));
}
const heads = [
  'spec',
  'time planned',
  'taken',
  'off by',
  'memory counted',
  'tried',
  'taken',
  'counted off by',
  'tried off by',
];
console.log(columns(heads, rows));
