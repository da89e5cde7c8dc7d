/**
 * What rules of health cost: `npx tsx bench/health.ts SPECS... [--profile NAME]`. A look (each hundred iterations) beside a
 * hundred iterations without; the part must stay below 3 %.
 */
import { parseArgs } from 'node:util';
import { columns } from '../cli/columns.ts';
import { between } from '../runtime/health/looks.ts';
import { healthWatch } from '../runtime/health/watch.ts';
import { initialState } from '../runtime/run/initial-state.ts';
import { runIteration } from '../runtime/run/loop.ts';
import type { Applied } from '../runtime/run/loop.ts';
import { start } from '../runtime/run/schedule.ts';
import { openProgram } from './program.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { profile: { type: 'string' }, threads: { type: 'string', default: '2' } },
});
const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
const timed = 5;

async function costOf(spec: string): Promise<string[]> {
  const { trainer } = await openProgram(spec, Number(values.threads), { profile: values.profile });
  const state = await trainer.engine.start(initialState(trainer.manifest, 1));
  const watch = healthWatch(trainer.manifest, trainer.streams);
  const [iterations, looks]: [number[], number[]] = [[], []];
  let [position, applied]: [typeof start, Applied] = [start, {}];
  for (let i = 0; i < timed + 2; i++) {
    const number = between * (i + 1);
    const begun = performance.now();
    await watch.before(number, state);
    const ready = performance.now();
    const done = await runIteration(trainer, state, position, applied);
    const ran = performance.now();
    await watch.after(number, done.logged, state, { before: applied, now: done.applied });
    looks.push(ready - begun + performance.now() - ran);
    iterations.push(ran - ready);
    [position, applied] = [done.iteration.next, done.applied];
  }
  // The first ones warm up.
  const [iteration, look] = [median(iterations.slice(2)), median(looks.slice(2))];
  const part = look / (between * iteration);
  return [spec, `${iteration.toFixed(2)} ms`, `${look.toFixed(2)} ms`, `${(100 * part).toFixed(3)} %`];
}

const rows: string[][] = [];
for (const spec of positionals) rows.push(await costOf(spec));
console.log(columns(['spec', 'an iteration', 'a look', 'part of the time'], rows));
