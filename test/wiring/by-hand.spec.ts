/** Games written by hand (GAN4036): both players on one side is said, in whatever form; what papers write is not. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { checkSpec } from '../../compiler/compile.ts';
import { host } from '../parity/host.ts';
import { source } from './hand.ts';

/** What is said of a critic's loss and a generator's, but that not all that is declared is used. */
function said(of: string, made: string, { critic = 'minimize', generator = 'minimize' } = {}): string[] {
  const text = `gan ByHand
data ring = gaussians(modes: 8, rows: 64)
sample z ~ normal[4]
sample soft ~ uniform(0.7, 1)
network G(z: vec[4]) -> vec[2] { z |> dense(5) |> tanh |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(5) |> tanh |> dense(1) }
let fake = G(z)
let real = D(ring.point)
let made = D(fake)
loss both = log(sigmoid(real)) + log(1 - sigmoid(made))
train for 20 steps, batch 16 {
  update D to ${critic} ${of} with sgd(0.1)
  update G to ${generator} ${made} with sgd(0.1)
}`;
  return checkSpec(source(text), host)
    .diagnostics.filter(({ code }) => code !== 'GAN4003' && code !== 'GAN4004')
    .map(({ code }) => code);
}

/** Losses of a critic, and of a generator: against it, with it. */
const games: readonly (readonly [critic: string, against: string, withIt: string])[] = [
  ['bce(real, 1) + bce(made, 0)', 'bce(made, 1)', 'bce(made, 0)'],
  ['bce(real, 0) + bce(made, 1)', 'bce(made, 0)', 'bce(made, 1)'],
  ['bce(real, 0.9) + bce(made, 0.1)', 'bce(made, 1)', 'bce(made, 0)'],
  ['made - real', '(-1) * made', 'made'],
  ['real - made', 'made', '-made'],
  ['made - real + 10 * gradient_penalty(D, ring.point, fake)', '-made', 'made'],
  ['made - real + 0.001 * square(real)', '-made', 'made'],
  ['max(0, 1 - real) + max(0, 1 + made)', '-made', 'made'],
  ['hinge_real(real) + hinge_fake(made)', '-made', 'relu(1 + made)'],
  ['square(real - 1) + square(made)', 'square(made - 1)', 'square(made)'],
  ['square_real(real) + square(made + 1)', 'square_real(made)', 'square(made + 1)'],
  ['softplus(-real) + softplus(made)', 'softplus(-made)', 'softplus(made)'],
  ['-log(sigmoid(real)) - log(1 - sigmoid(made))', '-log(sigmoid(made))', '-log(1 - sigmoid(made))'],
  ['exp(made - 1) - real', '-exp(made - 1)', 'exp(made - 1)'],
  ['softplus(made - real)', 'softplus(real - made)', 'softplus(2 * made - 2 * real)'],
];

describe('games written by hand (GAN4036)', () => {
  for (const [critic, against, withIt] of games)
    it(critic, () => {
      assert.isEmpty(said(critic, against), against);
      assert.deepEqual(said(critic, withIt), ['GAN4036'], withIt);
    });

  it('to maximise is to minimise with a minus', () => {
    const value = 'both';
    assert.isEmpty(said(value, value, { critic: 'maximize' }));
    assert.deepEqual(said(value, value, { critic: 'maximize', generator: 'maximize' }), ['GAN4036']);
  });

  it('what is not certain is left alone', () => {
    assert.isEmpty(said('bce(real, 1) + bce(made, 0)', 'bce(made, 0.5)'));
    assert.isEmpty(said('bce(real, soft) + bce(made, 0)', 'bce(made, soft)'));
    assert.isEmpty(said('bce(real, 1) + bce(made, 0)', 'square(made - mean(real, over: rows))'));
    assert.isEmpty(said('bce(made, 0)', 'bce(made, 0) + bce(made, 1)'));
  });

  it('the same summands in another order are the same relativistic loss', () => {
    const [r, f] = ['square(real - mean(made, over: rows) - 1)', 'square(made - mean(real, over: rows) + 1)'];
    assert.deepEqual(said(`${r} + ${f}`, `${f} + ${r}`), ['GAN4013']);
    assert.isEmpty(said(`${r} + ${f}`, 'square(made - mean(real, over: rows) - 1)'));
  });

  it('a reversal turns the generator round', () => {
    const wanted = 'bce(real, 1) + bce(made, 0)';
    assert.isEmpty(said(wanted, 'bce(D(reverse(fake)), 0)'));
    assert.isEmpty(said(wanted, 'reverse(bce(made, 0))'));
  });
});
