/** Specs that look like the bugs of the rules on parts, reversals, games and turns, and are right; and those rules' edges. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { checkSpec } from '../../compiler/compile.ts';
import { render } from '../../grammar/render.ts';
import { host } from '../parity/host.ts';
import { source } from './hand.ts';

/** The codes of what is wrong with a spec. */
function codes(text: string): string[] {
  const { diagnostics } = checkSpec(source(text), host);
  for (const { hint } of diagnostics) assert.isString(hint, render(diagnostics, { color: false }));
  return diagnostics.map(({ code }) => code);
}

describe('networks that stand on others (GAN4011)', () => {
  const infogan = (
    train: string,
    q = 'Q(x: vec[2]) -> categorical[3] { categorical(Trunk(x) |> dense(3)) }',
    asked = 'Q(fake)',
  ) => `gan Parts
data ring = gaussians(modes: 3, rows: 64)
sample z ~ normal[4]
sample kind ~ categorical[3]
network G(z: vec[4], kind: onehot[3]) -> vec[2] { concat(z, kind) |> dense(5) |> tanh |> dense(2) }
shared network Trunk(x: vec[2]) -> vec[5] { x |> dense(5) |> tanh }
network D(x: vec[2]) -> logit { Trunk(x) |> dense(1) }
network ${q}
let fake = G(z, kind)
let game = adversarial(real: D(ring.point), fake: D(fake))
loss mutual_information = nll(${asked}, kind)
train for 20 steps, batch 16 { ${train} }`;
  const byD = 'update D, Trunk to minimize game.discriminator with sgd(0.1)';
  const byG = 'update G to minimize game.generator with sgd(0.1)';

  it('the inner one is left out and trained for other ends', () => {
    assert.deepEqual(
      codes(infogan(`${byD} update G, Q to minimize game.generator + mutual_information with sgd(0.1)`)),
      ['GAN4011'],
    );
    assert.deepEqual(codes(infogan(`${byD} ${byG} update Q to minimize mutual_information with sgd(0.1)`)), [
      'GAN4011',
    ]);
    assert.deepEqual(
      codes(
        infogan(
          `together { ${byD} update G, Q to minimize game.generator + mutual_information with sgd(0.1) }`,
        ),
      ),
      ['GAN4011'],
    );
  });

  it('it is named too, or learns for the outer one in another update', () => {
    assert.isEmpty(
      codes(
        infogan(`${byD} update G, Q, Trunk to minimize game.generator + mutual_information with sgd(0.1)`),
      ),
    );
    assert.isEmpty(
      codes(
        infogan(
          'update D, Trunk to minimize game.discriminator + mutual_information with sgd(0.1) update G, Q to minimize game.generator + mutual_information with sgd(0.1)',
        ),
      ),
    );
  });

  it('it is not to learn from the outer one: cut off, passed in, or trained in another phase', () => {
    const cut = 'Q(x: vec[2]) -> categorical[3] { categorical(stop(Trunk(x)) |> dense(3)) }';
    const passed = 'Q(h: vec[5]) -> categorical[3] { categorical(h |> dense(3)) }';
    const probe = 'update Q to minimize mutual_information with sgd(0.1)';
    assert.isEmpty(codes(infogan(`${byD} ${byG} ${probe}`, cut)));
    assert.isEmpty(codes(infogan(`${byD} ${byG} ${probe}`, passed, 'Q(Trunk(fake))')));
    assert.isEmpty(codes(infogan(`phase a for 10 steps { ${byD} ${byG} } phase b { ${probe} }`)));
  });
});

describe('reversals (GAN4012)', () => {
  const adapted = (
    domain: string,
    train = 'update F, L, D to minimize domain + label with sgd(0.1)',
    more = '',
  ) => `gan Adapted
data here = gaussians(modes: 4, rows: 64)
data there = gaussians(modes: 4, rows: 64, radius: 3)
network F(x: vec[2]) -> vec[3] { x |> dense(3) |> tanh }
network L(f: vec[3]) -> categorical[4] { categorical(f |> dense(4)) }
network D(f: vec[3]) -> logit { f |> dense(4) |> tanh |> dense(1) }
${more}
loss label = nll(L(F(here.point)), here.label)
loss domain = ${domain}
train for 20 steps, batch 16 { ${train} }`;
  const both = (x: (f: string) => string): string =>
    `bce(D(${x('F(here.point)')}), 1) + bce(D(${x('F(there.point)')}), 0)`;

  it('one for each side is right, in one update or in two', () => {
    const turned = both((f) => `reverse(${f}, progress)`);
    assert.isEmpty(codes(adapted(turned)));
    assert.isEmpty(
      codes(
        adapted(
          turned,
          'update D to minimize domain with sgd(0.1) update F, L to minimize domain + label with sgd(0.1)',
        ),
      ),
    );
  });

  it('two with a trained network in between are two games', () => {
    const more = 'network M(f: vec[3]) -> vec[3] { reverse(f) |> dense(3) }';
    assert.isEmpty(
      codes(
        adapted(
          both((f) => `reverse(M(${f}))`),
          'update F, L, D, M to minimize domain + label with sgd(0.1)',
          more,
        ),
      ),
    );
  });

  it('two in a row are none, whatever stands between them that has no weights', () => {
    assert.deepEqual(codes(adapted(both((f) => `reverse(tanh(2 * reverse(${f})))`))), ['GAN4012', 'GAN4012']);
  });

  it('the factor may change with time, as long as it is somewhere positive', () => {
    for (const k of [
      '0.1',
      'progress',
      'progress - 0.5',
      'ramp(0, 1, over: 5 steps)',
      '2 / (1 + exp(-10 * progress)) - 1',
      '0',
    ])
      assert.isEmpty(codes(adapted(both((f) => `reverse(${f}, ${k})`))), k);
    for (const k of ['-0.1', '-progress', '1 - exp(progress)', '-ramp(0, 1, over: 5 steps)'])
      assert.deepEqual(codes(adapted(both((f) => `reverse(${f}, ${k})`))), ['GAN4012', 'GAN4012'], k);
  });

  it('one behind a `stop` turns nothing', () => {
    assert.deepEqual(codes(adapted(both((f) => `reverse(stop(${f}))`))), ['GAN4021', 'GAN4021']);
    assert.deepEqual(codes(adapted(both((f) => `stop(reverse(${f}))`))), ['GAN4021', 'GAN4021']);
  });
});

describe('sides of a game (GAN4013)', () => {
  const played = (train: string, fake = 'G(z)') => `gan Sides
data ring = gaussians(modes: 8, rows: 64)
sample z ~ normal[4]
network G(z: vec[4]) -> vec[2] { z |> dense(5) |> tanh |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(5) |> tanh |> dense(1) }
let fake = ${fake}
let game = adversarial(real: D(ring.point), fake: D(fake))
train for 20 steps, batch 16 { ${train} }`;
  const by = (objective: string): string[] =>
    codes(
      played(`update D to minimize game.discriminator with sgd(0.1) update G to ${objective} with sgd(0.1)`),
    );

  it('the generator may minimise its own loss or resist the discriminator', () => {
    for (const right of [
      'minimize game.generator',
      'minimize game.generator + game.encoder',
      'maximize game.discriminator',
      'minimize -game.discriminator',
      'maximize 0.5 * game.discriminator - 3',
      'minimize 2 * game.generator + 0.1 * mean(square(fake))',
    ])
      assert.isEmpty(by(right), right);
  });

  it('it may not help it', () => {
    for (const wrong of [
      'minimize game.discriminator',
      'maximize game.generator',
      'minimize -(game.generator + game.encoder)',
      'minimize 0.1 * mean(square(fake)) + progress * game.discriminator / 2',
      'maximize -(game.discriminator - 1)',
    ])
      assert.deepEqual(by(wrong), ['GAN4013'], wrong);
  });

  it('where the sign is not certain, or both losses are there, nothing is said', () => {
    for (const open of [
      'minimize game.discriminator + 2 * game.generator',
      'minimize square(game.discriminator)',
      'minimize game.discriminator - 2 * game.discriminator',
    ])
      assert.isEmpty(by(open), open);
    assert.deepEqual(by('minimize (progress - 0.5) * game.discriminator'), ['GAN4040'], 'of the sign alone');
  });

  it('one update of both is right with a reversal, and wrong without', () => {
    const one = 'update D, G to minimize game.discriminator with sgd(0.1)';
    assert.isEmpty(codes(played(one, 'reverse(G(z))')));
    assert.deepEqual(codes(played(one)), ['GAN4013']);
  });
});

describe('turns that come (GAN4017)', () => {
  const said = (train: string, length = '20 steps') =>
    codes(`gan Turns
data ring = gaussians(modes: 8, rows: 64)
network N(x: vec[2]) -> vec[2] { x |> dense(2) }
train for ${length}, batch 16 { ${train} }
report every 500 steps { metric near = mse(N.average(ring.point), ring.point) }`);
  const update = 'update N to minimize mse(N(ring.point), ring.point) with sgd(0.1)';
  const average = 'average N decay 0.9';

  it('a turn at the very end comes', () => {
    assert.isEmpty(said(`every 20 ${update} every 20 ${average}`));
    assert.isEmpty(said(`every 3 epochs ${update} ${average}`, '3 epochs'));
  });

  it('one beyond the end does not', () => {
    assert.deepEqual(said(`every 21 ${update} ${average}`), ['GAN4017']);
    assert.deepEqual(said(`repeat 5 { every 21 ${update} } every 21 ${average}`), ['GAN4017', 'GAN4017']);
    assert.deepEqual(said(`every 4 epochs ${update} ${average}`, '3 epochs'), ['GAN4017']);
    assert.deepEqual(said(`phase a for 15 steps { ${update} } phase b { ${update} every 6 ${average} }`), [
      'GAN4017',
    ]);
  });

  it('steps and epochs are not compared', () => assert.isEmpty(said(`every 2 epochs ${update} ${average}`)));
});
