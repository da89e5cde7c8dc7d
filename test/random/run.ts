/**
 * `npm run random -- --specs 1000 [--seed 1] [--show]`: random valid specs, trained on every engine (agree.ts). Prints
 * each disagreement with the smallest spec that shows it, at the end, or where Ctrl-C ends it, how many agreed, and how many
 * say nothing because they diverge; exit code 1 if there was any disagreement. `--show` prints the specs alone.
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { enginesAgree } from './agree.ts';
import { randomSpecs } from './specs.ts';

const { values } = parseArgs({
  options: {
    specs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    show: { type: 'boolean', default: false },
  },
});
const [count, seed] = [Number(values.specs), Number(values.seed)];

if (values.show) {
  for (const text of fc.sample(randomSpecs, { numRuns: count, seed })) console.log(`${text}\n----`);
  process.exit(0);
}

const done = { agree: 0, diverges: 0 };
let findings = 0;
/** A finding that is being made smaller. */
let shrinking = false;
function end(): never {
  if (shrinking) findings++;
  const last = shrinking ? ', the last of them ended while it was made smaller' : '';
  console.log(`${done.agree} specs agreed, ${done.diverges} diverged, ${findings} findings${last}`);
  process.exit(findings > 0 ? 1 : 0);
}
process.once('SIGINT', end);

// A part at a time, so that a finding ends only its part.
for (let part = 0; part < count / 10; part++) {
  const details = await fc.check(
    fc.asyncProperty(randomSpecs, async (text) => {
      try {
        const said = await enginesAgree(text);
        if (!shrinking) done[said]++;
      } catch (error) {
        shrinking = true;
        throw error;
      }
    }),
    { numRuns: Math.min(10, count - 10 * part), seed: seed + part },
  );
  shrinking = false;
  console.error(`${Math.min(10 * (part + 1), count)} of ${count} specs`);
  if (!details.failed || details.counterexample === null) continue;
  findings++;
  const why =
    details.errorInstance instanceof Error ? details.errorInstance.message : String(details.errorInstance);
  console.log(`seed ${seed + part}:\n${details.counterexample[0]}\n${why}\n`);
}
end();
