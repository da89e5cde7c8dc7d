/**
 * `npm run fuzz -- --inputs 1e6 [--from 0] [--show NUMBER]`: tries so many inputs in a process of its own, which is ended
 * where it hangs (ten times the 2 s a kilobyte, of the processor's time) and begun again behind that input. Prints findings
 * as they come, at the end the counts by pass; exit code 1 if there was any finding, or fewer than 30 % of the inputs
 * parsed, or 5 % compiled. `--show` prints one input.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { inputAt } from './inputs.ts';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000' },
    from: { type: 'string', default: '0' },
    show: { type: 'string' },
  },
});
const script = fileURLToPath(new URL('./child.ts', import.meta.url));

/** Seconds of the processor that an input may take. */
const limit = (length: number): number => 2 * Math.max(1, length / 1000);

/** Seconds of the processor that a process has had: other processes' work is not ganc's. By the clock where /proc isn't. */
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

/** Tries the inputs from `from` on; how far it came. */
function part(from: number, to: number): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      ['--import=tsx', '--max-old-space-size=1024', script, String(from), String(to)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let at = from;
    let done = 0;
    let complete = false;
    let [begun, most] = [secondsOf(child.pid!), Infinity];
    const watch = setInterval(() => {
      if (secondsOf(child.pid!) - begun > most) child.kill('SIGKILL');
    }, 1000);
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      if (line.at !== undefined) {
        at = line.at;
        done = at - from;
        [begun, most] = [secondsOf(child.pid!), 10 * limit(line.length ?? 0)];
      }
      if (line.finding !== undefined) found(line.finding, line.index!, line.detail!);
      for (const [pass, count] of Object.entries(line.counts ?? {}))
        totals[pass] = (totals[pass] ?? 0) + count;
      complete ||= line.counts !== undefined;
    });
    child.on('close', (code, signal) => {
      clearInterval(watch);
      if (!complete) {
        found(
          signal === 'SIGKILL' ? 'hang' : 'memory',
          at,
          `the process ended (${signal ?? code}), ${done} inputs of its part done`,
        );
        totals.uncounted = (totals.uncounted ?? 0) + done + 1;
      }
      resolve(at + 1);
    });
  });
}

async function fuzz(from: number, inputs: number): Promise<number> {
  const begun = performance.now();
  const size = 5_000;
  for (let at = from; at < from + inputs;) {
    const end = Math.min(from + inputs, at + size);
    at = await part(at, end);
    const seconds = (performance.now() - begun) / 1000;
    console.error(
      `${at - from} of ${inputs} inputs, ${((at - from) / seconds).toFixed(0)} a second, findings: ${findings}`,
    );
  }
  const counted = ['none', 'parsed', 'checked', 'compiled'].map((pass) => totals[pass] ?? 0);
  const all = counted.reduce((a, b) => a + b, 0);
  const share = (least: number): number => counted.slice(least).reduce((a, b) => a + b, 0) / all;
  console.log(
    `inputs ${from} to ${from + inputs - 1}: ${JSON.stringify(totals)}; parse ${(100 * share(1)).toFixed(1)} %, compile ${(100 * share(3)).toFixed(1)} %; findings: ${findings}`,
  );
  return findings === 0 && share(1) >= 0.3 && share(3) >= 0.05 ? 0 : 1;
}

if (values.show !== undefined) console.log(inputAt(Number(values.show)));
else process.exitCode = await fuzz(Number(values.from), Number(values.inputs));
