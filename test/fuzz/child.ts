/**
 * The process that tries the fuzz's inputs. In: the first number and one past the last, as arguments; out: a line of JSON
 * before each thousand inputs and for each finding. The number in hand lies in shared sight (`at` lines), so that whoever
 * watches knows which input hangs or takes the memory.
 */
import { writeSync } from 'node:fs';
import { inputAt } from './inputs.ts';
import { judge, passes } from './judge.ts';

const [from, to] = process.argv.slice(2).map(Number);
const say = (line: object): void => void writeSync(1, JSON.stringify(line) + '\n');
const counts = Object.fromEntries(passes.map((pass) => [pass, 0]));

for (let index = from; index < to; index++) {
  const text = inputAt(index);
  say({ at: index, length: text.length });
  const begun = process.cpuUsage();
  const { pass, problem } = await judge(text);
  // Of the processor, not of the clock: other processes' work is not ganc's slowness.
  const { user, system } = process.cpuUsage(begun);
  const seconds = (user + system) / 1e6;
  counts[pass]++;
  const limit = 2 * Math.max(1, text.length / 1000);
  if (problem !== null) say({ finding: 'exception', index, detail: problem });
  if (seconds > limit)
    say({ finding: 'slow', index, detail: `${seconds.toFixed(1)} s for ${text.length} characters` });
  const memory = process.memoryUsage().rss;
  if (memory > 1e9) {
    say({ finding: 'memory', index, detail: `${Math.round(memory / 1e6)} MB` });
    break;
  }
}
say({ counts });
