/**
 * Minibatches in parts: of a spec without anything that couples rows, n parts of a batch are one batch n times as large, on
 * every target, to what roundings do.
 */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import type { CompileOptions } from '../../compiler/input.ts';
import type { Source } from '../../grammar/source.ts';
import { agreesInFloat32, furthest, oracleOf, sameLogs, type Oracle } from '../parity/agreement.ts';
import { load, programFrom } from '../parity/host.ts';
import { conditional, settled } from '../parity/settled.ts';
import { smaller } from '../parity/smaller.ts';
import { trained } from '../parity/train.ts';
import { wholes, wholeShapes, wholeSums } from '../parity/wholes.ts';
import { itOnTorch } from '../torch/where.ts';

const forms = [
  'every',
  'kept-batch',
  'noisy',
  'penalty',
  'phases',
  'repeat',
  'sequential',
  'together',
  'convolutions',
];
const iterations = 5;
const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** What else is moved: statistics of no batch, states, averages, draws for rows below others, a condition without rows, 3 parts. */
const others: Source = {
  path: 'others.gan',
  text: `gan Others
data ring = gaussians(modes: 8, rows: 96)
sample z ~ normal[4]
state level: vec[2] = 0.5
state turns: real = 0
state heard: real = 0
optimizer maker = rmsprop(1e-2)
network G(z: vec[4]) -> vec[2] { z |> dense(8) |> dropout(0.2) |> relu |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(8) |> dense(8, spectral: true) |> tanh |> dropout(0.1) |> dense(1) }
let both = stack(ring.point, G(z))
let answers = D(both)
loss critic = bce(part(answers, 0), 1) + bce(part(answers, 1), 0)
loss fool = bce(D(G(z)), 1)
train for 9 steps, batch 12 {
  together {
    update D to minimize critic with adam(1e-2, clip_norm: 0.3, weight_decay: 0.1) when turns < 3
    update G to minimize fool with maker
    set heard to 0.5 * heard + mean(critic, over: rows)
  }
  set level to 0.9 * level + 0.1 * mean(ring.point, over: rows)
  set turns to turns + 1 when progress < 0.4
  average G decay 0.5
  every 2 average D decay 0.9
}
report every 3 steps { metric score = mean(D.average(G.average(z))) }
`,
};

describe('minibatches in parts', () => {
  const oracles = new Map<string, Promise<Oracle>>();
  const own: Readonly<Record<string, Source>> = {
    others,
    settled,
    wholes,
    'whole-shapes': wholeShapes,
    'whole-sums': wholeSums,
  };
  const sourceOf = (name: string): Source => own[name] ?? load(`test/cases/schedule/${name}.gan`);
  const lengthOf = (name: string): number => (name === 'settled' ? 12 : iterations);
  const oracleFor = (name: string): Promise<Oracle> => {
    const made = oracles.get(name) ?? oracleOf(sourceOf(name), {}, lengthOf(name));
    oracles.set(name, made);
    return made;
  };
  const inParts = (name: string, parts: number, options: CompileOptions) =>
    programFrom(smaller(sourceOf(name), parts), { ...options, accumulate: parts });

  async function agreesInFloat64(
    name: string,
    parts: number,
    target: CompileOptions['target'],
  ): Promise<void> {
    const { wanted } = await oracleFor(name);
    const program = inParts(name, parts, { target, float: 'float64' });
    assert.equal(program.manifest.accumulate?.parts, parts);
    const found = await trained(program, lengthOf(name));
    sameLogs(found, wanted, 1e-8);
    for (const state of Object.keys(wanted.after))
      assert.isAtMost(furthest(found.after, wanted.after, state), 1e-8, state);
  }

  const cases = [
    ...forms.map((form) => [form, 2] as const),
    ['others', 3],
    ['settled', 3],
    ['wholes', 3],
    ['whole-shapes', 3],
    ['whole-sums', 3],
  ] as const;
  for (const [name, parts] of cases) {
    it(`${name}: the graphs of ${parts} parts`, () => agreesInFloat64(name, parts, 'reference'));
    it(`${name}: onnx in float64`, () => agreesInFloat64(name, parts, 'onnx'));
    it(`${name}: tfjs`, async () => {
      const program = inParts(name, parts, { target: 'tfjs' });
      agreesInFloat32(await oracleFor(name), program, await trained(program, lengthOf(name)));
    });
    itOnTorch(`${name}: torch in float64`, () => agreesInFloat64(name, parts, 'torch'));
  }

  it('settled: every condition holds now and then, and parts by themselves would decide otherwise', async () => {
    const { wanted } = await oracleFor('settled');
    for (const name of conditional) {
      const held = wanted.logged.filter(({ skipped }) => !skipped.includes(name)).length;
      assert.isAbove(held, 0, name);
      assert.isBelow(held, wanted.logged.length, name);
    }
    // Means over the rows of each part, as sums: some parts of one minibatch lie on either side of what they are compared with.
    const { runs } = await trained(inParts('settled', 3, { target: 'reference' }), 12);
    const apart = range(12).filter((iteration) => {
      const sums = runs
        .filter((run) => run.iteration === iteration && /^step_1_(part|apply)_1$/.test(run.graph))
        .map(({ state }) => state['sum.update_1.means.1'].data[0]);
      assert.lengthOf(sums, 4);
      const sides = sums.slice(1).map((sum, part) => sum - sums[part] > 1.35);
      return new Set(sides).size > 1;
    });
    assert.isAbove(apart.length, 0);
  });
});
