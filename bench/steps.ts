/**
 * Times iterations of one spec's program on command: `npx tsx bench/steps.ts SPEC [--profile NAME] [--threads 2]`.
 * What pytorch/steps.py is for PyTorch; answers each line of the standard input with a line of JSON:
 *
 *   step N       N iterations, minibatch and draws included: {"ms": milliseconds an iteration, "cpu": of all cores}
 *   gemm N       N products of 1024 × 1024 matrices: {"ms": milliseconds each}
 *   memory       {"peak": bytes resident at most, up to now}
 *   equal PATH   the peer's export there, done again here: see equality.ts
 *   describe     {"version", "threads", "flops": of an iteration, "compiledMs"}
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { peakBytes } from '../cli/peak.ts';
import { allocate } from '../runtime/engines/engine.ts';
import type { Tensor } from '../runtime/engines/engine.ts';
import { compareWith } from './equality.ts';
import { flops } from '../compiler/costs/flops.ts';
import { gemmSide, openProgram } from './program.ts';
import type { Opened } from './program.ts';
import { iterating, timed } from './steps-of.ts';

function multiplying({ engine }: Opened): () => Promise<void> {
  const matrix = (): Tensor => {
    const made = allocate('float32', [gemmSide, gemmSide]);
    for (let i = 0; i < made.data.length; i++) made.data[i] = ((i * 7919) % 1000) / 1000 - 0.5;
    return made;
  };
  const [a, b, product] = [matrix(), matrix(), matrix()];
  return async () => {
    await (await engine.open('gemm')).run({ a, b }, ['product'], { product });
  };
}

/** Of all step graphs that one iteration runs; a benchmark's spec has no phases and no repeats. */
function flopsOf({ program }: Opened): number {
  const steps = program.manifest.schedule[0].body.actions.flatMap((action) =>
    action.do === 'step' ? [action.graph] : [],
  );
  return steps.reduce((sum, graph) => sum + flops(program.graphs[graph]), 0);
}

/** In float64, where any difference is a mistake, and in float32, where Adam blows roundoff up. */
async function equal(path: string): Promise<object> {
  const exact = await openProgram(positionals[0], Number(values.threads), {
    profile: values.profile,
    float: 'float64',
  });
  return { exact: await compareWith(path, exact.trainer), rounded: await compareWith(path, opened.trainer) };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: 'string', default: '2' }, profile: { type: 'string' } },
});
const opened = await openProgram(positionals[0], Number(values.threads), { profile: values.profile });
const iterate = await iterating(opened.trainer);
const multiply = multiplying(opened);

async function answer(command: string, argument: string): Promise<object> {
  if (command === 'step') return timed(Number(argument), iterate);
  if (command === 'gemm') return timed(Number(argument), multiply);
  if (command === 'memory') return { peak: peakBytes() };
  if (command === 'equal') return equal(argument);
  if (command !== 'describe') return { error: `unknown command ${command}` };
  const { version, threads } = opened.trainer.engine;
  return { version, threads, flops: flopsOf(opened), compiledMs: opened.compiledMs };
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, argument = ''] = line.split(' ');
  console.log(JSON.stringify(await answer(command, argument)));
}
