/**
 * How far roundings alone carry a run. The reference is run again with every number that it computes, and every number
 * that it is fed, moved at random by a few roundings of float32 (Monte Carlo arithmetic: Parker 1997). What then differs
 * from the reference may differ between two correct engines too, on any processor; what does not, may not.
 */
import { assert } from 'chai';
import type { Program } from '../../compiler/compiled.ts';
import { ops } from '../../compiler/ir/primitives/catalog.ts';
import * as movement from '../../compiler/ir/primitives/movement.ts';
import type { Tensor } from '../../compiler/ir/primitives/op.ts';
import type { Engine, Tensors } from '../../runtime/engines/engine.ts';
import { hostEngine } from '../../runtime/engines/host-engine.ts';
import { referenceEngine, trainedOn, type Trained } from './train.ts';

/**
 * A number is moved by at most so many roundings: an engine rounds a sum once for each of its terms, in an order of its
 * own, and its exp and tanh are a few roundings off.
 */
const roundings = 4;

/**
 * The runs. The first two move every number by as much in opposite directions, so that what stands near a kink or near
 * zero is on the other side in one of them; the third finds what those moved by next to nothing.
 */
const runs = [
  { seed: 1, sign: 1 },
  { seed: 1, sign: -1 },
  { seed: 2, sign: 1 },
];

/** More of them, where some rectifier is always near its kink: what seldom tips is found by many runs. */
const manyRuns = Array.from({ length: 10 }, (_, i) => ({ seed: 10 + i, sign: 1 }));

/** How far one of the runs ended from the reference: each element of the state, each number of the log. */
export interface Spread {
  readonly after: Readonly<Record<string, Float64Array>>;
  readonly losses: readonly Readonly<Record<string, number>>[];
  readonly objectives: readonly Readonly<Record<string, number>>[];
}

export async function spreadsOf(
  program: Program,
  iterations: number,
  seed: number,
  wanted: Trained,
  tips = false,
): Promise<Spread[]> {
  const spreads: Spread[] = [];
  for (const run of tips ? manyRuns : runs) {
    const moved = await trainedOn(roundedEngine(program, noise(run)), program, iterations, seed);
    const why = 'roundings alone decide whether an update is applied: take another seed';
    assert.deepEqual([moved.applied, skips(moved)], [wanted.applied, skips(wanted)], why);
    spreads.push(distance(moved, wanted));
  }
  return spreads;
}

const skips = ({ logged }: Trained): string[] => logged.map(({ skipped }) => skipped.join());

function distance(moved: Trained, wanted: Trained): Spread {
  const numbers = (what: 'losses' | 'objectives') =>
    wanted.logged.map((log, i) =>
      mapValues(log[what], (value, name) => Math.abs(moved.logged[i][what][name] - value)),
    );
  const after = mapValues(wanted.after, ({ data }, name) =>
    Float64Array.from(moved.after[name].data).map((value, i) => Math.abs(value - data[i])),
  );
  return { after, losses: numbers('losses'), objectives: numbers('objectives') };
}

const mapValues = <A, B>(
  of: Readonly<Record<string, A>>,
  map: (value: A, name: string) => B,
): Record<string, B> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, map(value, name)]));

/** Moves every number of a tensor. Whole numbers are exact in float32 too: labels, masks, counts, dead units stay. */
type Noise = (data: ArrayLike<number>) => Float64Array;

function noise({ seed, sign }: (typeof runs)[number]): Noise {
  // Numerical Recipes' generator: as good as is needed, and cheap for some hundred million numbers.
  let at = seed;
  const next = (): number => (at = (Math.imul(at, 1664525) + 1013904223) | 0) / 2 ** 31;
  const most = sign * roundings * 2 ** -24;
  return (data) => {
    // A loop: Float64Array.from with a function takes several times as long.
    const moved = new Float64Array(data.length);
    for (let i = 0; i < data.length; i++) {
      const by = most * next();
      moved[i] = Number.isInteger(data[i]) ? data[i] : data[i] * (1 + by);
    }
    return moved;
  };
}

/** The reference, every number moved. State is moved as what the steps compute, not once more when it is read. */
function roundedEngine(program: Program, noise: Noise): Engine {
  const exact = referenceEngine(program);
  const identity = { name: 'reference, moved', version: '1', device: 'cpu', threads: 1 } as const;
  return hostEngine(program.manifest, identity, async (graph) => {
    const executable = await exact.open(graph);
    return {
      run: (feeds, fetches, into) =>
        withNoise(noise, () => executable.run(moved(feeds, noise), fetches, into)),
    };
  });
}

function moved(feeds: Tensors, noise: Noise): Tensors {
  const fed = (name: string): boolean => /^(field|draw):/.test(name);
  return mapValues(feeds, (tensor, name) => (fed(name) ? { ...tensor, data: noise(tensor.data) } : tensor));
}

/** Primitives that give numbers which they were given: every engine gives the same. */
const exact: ReadonlySet<string> = new Set([
  ...Object.keys(movement),
  ...'constant iota extent neg abs sign floor max min less equal select amax argmax stop reverse scan'.split(
    ' ',
  ),
]);

type Evaluate = (...args: unknown[]) => Tensor;

/** The interpreter looks each primitive up in the catalogue: while `job` runs, what stands there moves its results. */
function withNoise<T>(noise: Noise, job: () => T): T {
  const arithmetic = Object.entries(ops)
    .filter(([name]) => !exact.has(name))
    .map(([, op]) => op as { evaluate: Evaluate })
    .map((op) => [op, op.evaluate] as const);
  for (const [op, evaluate] of arithmetic)
    op.evaluate = (...args) => {
      const { shape, data } = evaluate.apply(op, args);
      return { shape, data: noise(data) };
    };
  try {
    return job();
  } finally {
    for (const [op, evaluate] of arithmetic) op.evaluate = evaluate;
  }
}
