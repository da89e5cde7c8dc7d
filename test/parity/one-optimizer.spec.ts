/** Updates that name one optimizer, against runs without the name that must come to the same numbers, in float64. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { close, compiled, run } from './recorded.ts';
import type { Trained } from './train.ts';
import { gan } from './small-gan.ts';

const adam = 'adam(0.01, betas: [0.5, 0.9])';
const declared = `optimizer o = ${adam}`;
const turns = (optimizer: string, more = ''): string =>
  `update D to minimize discriminator_loss with ${optimizer}${more}`;

/** Weights and moments at the end, whatever their optimizer is called. */
async function endOf(train: string, more: string, iterations: number): Promise<Record<string, Float64Array>> {
  const { after } = await run(gan(train, more), iterations);
  return Object.fromEntries(
    Object.entries(after).map(([name, { data }]) => [
      name.replace(/^(o|update_\d)\./, 'moments.'),
      Float64Array.from(data),
    ]),
  );
}

async function same(train: string, more: string, other: string, iterations: number): Promise<void> {
  const [one, two] = await Promise.all([endOf(train, more, iterations), endOf(other, '', iterations)]);
  assert.sameMembers(Object.keys(one), Object.keys(two));
  for (const [name, data] of Object.entries(one)) close(data, two[name], name);
}

const generator = `update G to minimize generator_loss with ${adam}`;

describe('a declared optimizer', () => {
  it('moves its moments and counts its steps in every update that names it', () =>
    same(
      `${turns('o')} ${turns('o')} ${generator}`,
      declared,
      `repeat 2 fresh: false { ${turns(adam)} } ${generator}`,
      5,
    ));

  it('goes on through phases, and counts no step that a condition held back', async () => {
    // Of a schedule with phases, so many iterations of the last one.
    const weightsAlone = (train: string, iterations: number): Promise<Trained> =>
      run(
        {
          path: 'test.gan',
          text: `gan Test
network N(x: vec[3]) -> vec[1] { x |> dense(1, bias: false) }
let error = sum(square(N.dense_1.weight - 1))
optimizer o = ${adam}
train for 20 steps, batch 1 { ${train} }`,
        },
        iterations,
      );
    const turn = 'update N to minimize error with o';
    const [plain, phases, held] = await Promise.all([
      weightsAlone(`phase one for 2 steps { ${turn} } phase two { ${turn} ${turn} }`, 2),
      weightsAlone(`phase one for 2 steps { ${turn} } phase two { repeat 2 { ${turn} } }`, 2),
      weightsAlone(`${turn} when step >= 2 ${turn}`, 4),
    ]);
    for (const { after } of [phases, held])
      for (const [name, { data }] of Object.entries(plain.after)) close(after[name].data, data, name);
    assert.deepEqual(held.applied, { update_1: 2, update_2: 4 });
  });

  it('keeps moments and steps of networks apart that no update joins', () =>
    same(
      `${turns('o')} update G to minimize generator_loss with o`,
      declared,
      `${turns(adam)} update G to minimize generator_loss with ${adam}`,
      4,
    ));

  it('does nothing on other turns: its work is a graph of its own', () => {
    const { manifest } = compiled(gan(`${turns('o')} every 4 ${turns('o')} ${generator}`, declared));
    const [{ body }] = manifest.schedule;
    assert.deepEqual(
      body.actions.map((action) => action.do === 'step' && [action.updates, action.every?.count ?? null]),
      [
        [['update_1'], null],
        [['update_2'], 4],
        [['update_3'], null],
      ],
    );
    const moments = manifest.state.filter(({ role, network }) => role === 'moment' && network === 'D');
    assert.lengthOf(
      moments,
      2 * manifest.state.filter((s) => s.role === 'weight' && s.network === 'D').length,
    );
  });
});
