/**
 * What the shipped comparisons promise: a system and what it is held against have the same networks, weight for weight;
 * the eye that measures never plays, and is the same eye in every spec that trains it.
 */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import type { Tensors } from '../../runtime/engines/engine.ts';
import { programOf } from '../parity/host.ts';
import { trained, type Trained } from '../parity/train.ts';

/** Systems of one kind, and the networks that they have in common. */
const alike: readonly (readonly [specs: readonly string[], networks: readonly string[]])[] = [
  [
    ['vae_gan', 'vae_gan_three_classes', 'vae'],
    ['Eye', 'Enc', 'Dec'],
  ],
  [
    ['bigan', 'bigan_autoencoder'],
    ['E', 'G'],
  ],
  [['triple_gan', 'triple_alone'], ['C']],
  [
    ['domain_adversarial', 'domain_alternating', 'domain_source_only', 'domain_on_target'],
    ['F', 'L'],
  ],
  [['domain_adversarial', 'domain_alternating'], ['D']],
];

/** The weights of a network by name: `dense_1.weight [64, 10]`. */
function weightsOf(spec: string, profile: string | undefined, network: string): string[] {
  const { state } = programOf(`specs/${spec}.gan`, { target: 'reference', profile }).manifest;
  const own = state.filter((entry) => entry.network === network && entry.role === 'weight');
  assert.isNotEmpty(own, `${spec} has no network ${network}`);
  return own.map(({ name, shape }) => `${name} [${shape.join(', ')}]`);
}

describe('shipped comparisons', () => {
  for (const [[first, ...others], networks] of alike) {
    for (const profile of [undefined, 'paper'] as const) {
      it(`${first} and ${others.join(', ')} share ${networks.join(', ')} (${profile ?? 'default'})`, () => {
        for (const network of networks) {
          const wanted = weightsOf(first, profile, network);
          for (const other of others) assert.deepEqual(weightsOf(other, profile, network), wanted, other);
        }
      });
    }
  }
});

const eyeOf = (tensors: Tensors): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith('Eye.'))
      .map(([name, { data }]) => [name, [...data]]),
  );

describe('the eye', () => {
  const runs = new Map<string, Trained>();
  before(async () => {
    for (const spec of ['vae', 'vae_gan', 'vae_gan_three_classes']) {
      const program = programOf(`specs/${spec}.gan`, {
        target: 'reference',
        float: 'float64',
        profile: 'tiny',
      });
      runs.set(spec, await trained(program, 3));
    }
  });

  it('learns in its own phase, and no update of the game changes it', () => {
    for (const [spec, { before, after, runs: steps }] of runs) {
      const game = steps.find(({ state }) => JSON.stringify(eyeOf(state)) !== JSON.stringify(eyeOf(before)));
      assert.isDefined(game, `${spec}: the eye learns nothing`);
      assert.deepEqual(eyeOf(after), eyeOf(game!.state), spec);
      assert.isAbove(steps.length, steps.indexOf(game!) + 1, `${spec}: the game has steps`);
    }
  });

  it('is the same in every spec that trains it, to the bit', () => {
    const [first, ...others] = [...runs.values()].map(({ after }) => eyeOf(after));
    assert.isNotEmpty(first);
    for (const other of others) assert.deepEqual(other, first);
  });
});
