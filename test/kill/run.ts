/**
 * `npm run kill -- --times 200 --seed 1 [--targets onnx,tfjs,torch]`: kills runs of the shipped specs' tiny profiles with
 * -9 at random moments, half of them meant for a checkpoint's write; resumes after each, and compares with a run that was
 * left alone (kill.ts). Prints a line for each spec and target; exit code 1 if any resumed run differs, or fewer than
 * 30 % of the kills fell into a write.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { numbers } from '../numbers.ts';
import { root } from '../parity/host.ts';
import { torchPython } from '../torch/where.ts';
import { killed, type Fell, type Subject } from './kill.ts';
import { momentOf } from './moments.ts';

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    targets: { type: 'string', default: torchPython === null ? 'onnx,tfjs' : 'onnx,tfjs,torch' },
  },
});
const [times, seed] = [Number(values.times), Number(values.seed)];
const targets = values.targets.split(',') as Subject['target'][];
const specs = readdirSync(join(root, 'specs')).filter((name) => name.endsWith('.gan'));
const pick = numbers(seed);
const env = torchPython === null ? {} : { GANC_PYTHON: torchPython };
/** Kills of one run before it is compared. */
const chain = 4;

/** In another order for each seed, so that few kills come to other specs and targets. */
function shuffled(list: readonly Subject[]): Subject[] {
  const [left, order]: [Subject[], Subject[]] = [[...list], []];
  while (left.length > 0) order.push(...left.splice(pick(left.length), 1));
  return order;
}

const totals: Record<Fell, number> = { write: 0, training: 0, empty: 0 };
let [done, wrong] = [0, 0];

async function one(subject: Subject, count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-kill-'));
  const moments = Array.from({ length: count }, () => momentOf(pick));
  const name = `${subject.spec.replace(/^specs\/|\.gan$/g, '')} on ${subject.target}`;
  try {
    const fell = await killed(subject, moments, folder, env);
    for (const how of fell) totals[how]++;
    console.log(`${name}: ${fell.join(' ')}: the same to the bit`);
  } catch (error) {
    wrong++;
    console.log(
      `${name}: ${JSON.stringify(moments)}: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  done += count;
  console.error(`${done} of ${times} kills`);
}

const subjects = shuffled(
  specs.flatMap((name) =>
    targets.map((target) => ({ spec: `specs/${name}`, target, options: ['--profile', 'tiny'] })),
  ),
);
for (let turn = 0; done < times; turn++)
  await one(subjects[turn % subjects.length], Math.min(chain, times - done));
const share = totals.write / (totals.write + totals.training + totals.empty);
console.log(
  `${times} kills, seed ${seed}: ${totals.write} inside a checkpoint's write (${(100 * share).toFixed(0)} %), ${totals.training} elsewhere in a run, ${totals.empty} before there was one; runs that differ: ${wrong}`,
);
process.exitCode = wrong > 0 || share < 0.3 ? 1 : 0;
