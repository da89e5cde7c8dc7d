/** A name that means nothing where it stands: what is said of what was meant, across kinds and from other libraries. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { checkSpec } from '../../compiler/compile.ts';
import { host } from '../parity/host.ts';

/** A small GAN in which one part is written otherwise. */
const spec = (part: Readonly<Record<string, string>>): string => `gan T
data ring = ${part.data ?? 'gaussians(modes: 8)'}
sample z ~ ${part.sample ?? 'normal[4]'}
network G(z: vec[4]) -> vec[2] { z |> ${part.layer ?? 'dense(8)'} |> tanh |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(8) |> tanh |> dense(1) }
let fake = G(z)
let game = adversarial(real: D(ring.point), fake: D(fake), kind: ${part.kind ?? 'hinge'})
initialize G with ${part.start ?? 'normal(0, 0.02)'}
loss d = ${part.loss ?? 'game.discriminator'}
loss g = game.generator
train for 20 steps, batch 16 {
  update D to ${part.aim ?? 'minimize'} d with adam(1e-3)
  update ${part.network ?? 'G'} to minimize g with ${part.optimizer ?? 'adam(1e-3)'}
}
report every 5 steps { ${part.report ?? 'metric m = frechet(fake, ring.point)'} }
`;

const meant = (name: string): string => `Did you mean \`${name}\`?`;
const called = (name: string): string => `It is called \`${name}\` here.`;

/** The part, and what the hint of the first error has in it. */
const cases: readonly (readonly [part: string, text: string, hint: string])[] = [
  // Slips of the hand.
  ['loss', 'mean(coss(z))', meant('cos')],
  ['loss', 'mean(resise(z))', meant('resize')],
  ['loss', 'crossentropy(D(fake), 1)', meant('cross_entropy')],
  ['loss', 'game.generater', meant('generator')],
  ['loss', 'mean(sum(ring.points))', meant('point')],
  ['loss', 'mean(sum(z, over: chanels))', meant('channels')],
  ['layer', 'desne(8)', meant('dense')],
  ['layer', 'dense(unit: 8)', meant('units')],
  ['sample', 'normall[4]', meant('normal')],
  ['data', 'gausians(modes: 8)', meant('gaussians')],
  ['data', 'gaussians(mode: 8)', meant('modes')],
  ['kind', 'wasserstien', meant('wasserstein')],
  ['start', 'orthogonel', meant('orthogonal')],
  ['optimizer', 'adma(1e-3)', meant('adam')],
  ['optimizer', 'adam(1e-3 * (1 - progres))', meant('progress')],
  ['aim', 'minimise', meant('minimize')],
  ['network', 'Gen', meant('G')],
  ['report', 'metric m = frechett(fake, ring.point)', meant('frechet')],
  // Words of other libraries.
  ['layer', 'Linear(8)', called('dense')],
  ['layer', 'Conv2DTranspose(8)', called('conv_transpose')],
  ['layer', 'BatchNorm2d', called('batch_norm')],
  ['layer', 'LeakyReLU', called('leaky_relu')],
  ['layer', 'dense(units=8)', 'Write `units: 8`.'],
  ['loss', 'mse_loss(fake, ring.point)', called('mse')],
  ['loss', 'bce_with_logits(D(fake), 1)', called('bce')],
  ['loss', 'detach(D(fake))', called('stop')],
  ['loss', 'pow(D(fake), 2)', 'Write `x ^ 2`.'],
  ['loss', 'mean(randn(2))', 'sample z ~ normal'],
  ['optimizer', 'Adam(1e-3)', called('adam')],
  ['optimizer', 'adam(lr: 1e-3)', called('rate')],
  ['start', 'kaiming_normal', called('he_normal')],
  // Nothing to list.
  ['start', 'zeros(1)', 'It takes no arguments.'],
  // Names of another kind.
  ['loss', 'hinge(D(fake))', '`adversarial(..., kind: hinge)`'],
  ['loss', 'reflect(z)', '`pad(..., fill: reflect)`'],
  ['loss', 'frechet(fake, ring.point)', 'Measure it in a `report`'],
  ['loss', 'adam(1e-3)', 'Write it behind `with`'],
  ['loss', 'mnist(split: train)', 'Declare a stream first'],
  ['report', 'metric m = grid(fake)', '`picture p = grid(...)`'],
  ['report', 'picture m = frechet(fake, ring.point)', '`metric m = frechet(...)`'],
];

/** Short names that are near to something else by their letters alone: no guess is better than a wrong one. */
const unlike = ['buffer', 'relay', 'median', 'fft', 'hist', 'cdf'];

const hintOf = (part: string, text: string): string => {
  const { diagnostics } = checkSpec({ path: 'test.gan', text: spec({ [part]: text }) }, host);
  const [first] = diagnostics.filter(({ severity }) => severity === 'error');
  assert(first !== undefined, `${text} is an error`);
  return first.hint ?? '';
};

describe('what was meant', () => {
  it('the spec is right as it is', () => {
    const { diagnostics } = checkSpec({ path: 'test.gan', text: spec({}) }, host);
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'error'),
      [],
    );
  });

  for (const [part, text, hint] of cases)
    it(`${part}: ${text}`, () => {
      assert.include(hintOf(part, text), hint);
    });

  for (const name of unlike)
    it(`nothing by ${name}`, () => {
      assert.notInclude(hintOf('loss', `mean(${name}(z))`), 'Did you mean');
    });

  it('an update that does not read on trains nobody twice', () => {
    const text = spec({ network: 'G[0]' }).replace(
      'update D to',
      'update G to minimize g with sgd(1)\n  update D to',
    );
    const { diagnostics } = checkSpec({ path: 'test.gan', text }, host);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['GAN1010'],
    );
  });
});
