/** Bug 14, counting turns: what `repeat` and `every` run, and on which batches and draws. Shown on compiled programs. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { compiled, run } from '../parity/recorded.ts';
import type { Recorded } from '../parity/train.ts';
import { gan } from './hand.ts';

const play = 'update D to minimize discriminator_loss with sgd(0.1)';
const forge = 'update G to minimize generator_loss with sgd(0.1)';

/** `D` or `G` for each run of a step, by iteration. */
async function turns(
  train: string,
  iterations: number,
): Promise<{ runs: readonly Recorded[]; said: string[] }> {
  const of = gan(train);
  const { graphs } = compiled(of).manifest;
  const { runs } = await run(of, iterations);
  const player = ({ graph }: Recorded): string =>
    graphs[graph].outputs.flatMap(({ to }) => (to.kind === 'state' ? [to.state[0]] : [])).includes('G')
      ? 'G'
      : 'D';
  const count = runs[runs.length - 1].iteration + 1;
  const said = Array.from({ length: count }, (_, i) =>
    runs
      .filter((one) => one.iteration === i)
      .map(player)
      .join(''),
  );
  return { runs, said };
}

const fed = (runs: readonly Recorded[], name: string): string[] =>
  runs.flatMap(({ feeds }) => (name in feeds ? [feeds[name].data.join()] : []));

describe('bug 14: whose turn it is', () => {
  it('`repeat 5` is five turns of the critic before each one of the generator', async () => {
    const { said } = await turns(`repeat 5 { ${play} } ${forge}`, 3);
    assert.deepEqual(said, ['DDDDDG', 'DDDDDG', 'DDDDDG']);
  });

  it('each of them on a batch and fakes of its own', async () => {
    const { runs } = await turns(`repeat 5 { ${play} } ${forge}`, 3);
    assert.equal(new Set(fed(runs, 'draw:z')).size, 18);
    assert.equal(new Set(fed(runs, 'field:ring.point')).size, 15);
  });

  it('`every 5` is the fifth, the tenth, ... iteration', async () => {
    const { said } = await turns(`${play} every 5 ${forge}`, 12);
    assert.deepEqual(
      said.map((all) => all.length),
      [1, 1, 1, 1, 2, 1, 1, 1, 1, 2, 1, 1],
    );
    assert.equal(said[4], 'DG');
  });

  it('a turn counts iterations, not updates, and not those of another phase', async () => {
    const { said } = await turns(
      `phase a for 3 steps { ${play} } phase b { repeat 2 { ${play} } every 2 ${forge} }`,
      4,
    );
    assert.deepEqual(said, ['D', 'D', 'D', 'DD', 'DDG', 'DD', 'DDG']);
  });
});
