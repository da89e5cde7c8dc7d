/**
 * The process that tries the fuzz's inputs. In: the first number and one past the last, as arguments; out: a line of JSON
 * with each input's number before it is tried, so that whoever watches knows which one hangs or takes the memory; a line for
 * each finding, and now and then how many came how far since the last time.
 */
import { writeSync } from 'node:fs';
import { peakBytes } from '../../cli/peak.ts';
import { inputAt } from './inputs.ts';
import { judge, passes } from './judge.ts';
import { limitOf, mostMemory } from './limits.ts';

const [from, to] = process.argv.slice(2).map(Number);
const say = (line: object): void => void writeSync(1, JSON.stringify(line) + '\n');
const none = (): Record<string, number> => Object.fromEntries(passes.map((pass) => [pass, 0]));
let counts = none();
/** Inputs after which counts are said, and the memory is looked at. */
const inSight = 50;
/** Of this many, one is laid out: the formatter reads a text several times over. */
const laidOut = 4;

/** Seconds of the processor, not of the clock: other processes' work is not ganc's slowness. */
async function seconds(text: string): Promise<number> {
  const begun = process.cpuUsage();
  await judge(text);
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
}

async function tried(index: number): Promise<void> {
  const text = inputAt(index);
  say({ at: index, length: text.length });
  const begun = performance.now();
  const { pass, problem } = await judge(text, index % laidOut === 0);
  counts[pass]++;
  if (problem !== null) say({ finding: 'exception', index, detail: problem });
  const limit = limitOf(text.length);
  // Within the limit by the clock is within it by the processor.
  if (performance.now() - begun < 1000 * limit) return;
  const taken = await seconds(text);
  if (taken > limit)
    say({ finding: 'slow', index, detail: `${taken.toFixed(1)} s for ${text.length} characters` });
}

for (let index = from; index < to; index++) {
  await tried(index);
  if (index % inSight !== inSight - 1 && index !== to - 1) continue;
  say({ counts });
  counts = none();
  // The most that the process ever had: nothing is missed between two looks.
  const memory = peakBytes();
  if (memory <= mostMemory) continue;
  const detail = `${Math.round(memory / 1e6)} MB, in one of the last ${inSight} inputs or of all together`;
  say({ finding: 'memory', index, detail });
  break;
}
