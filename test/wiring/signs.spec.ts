/** Bug 11, signs: what follows from a declared game and from `reverse`. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { close, run } from '../parity/recorded.ts';
import { updateGradients, valuesAt } from '../parity/gradients.ts';
import { gan, gradientsAt, source } from './hand.ts';

const adapted = (domain: string) =>
  source(`gan Adapted
data here = gaussians(modes: 4, rows: 64)
data there = gaussians(modes: 4, rows: 64, radius: 3)
network F(x: vec[2]) -> vec[3] { x |> dense(3) |> tanh }
network L(f: vec[3]) -> categorical[4] { categorical(f |> dense(4)) }
network D(f: vec[3]) -> logit { f |> dense(4) |> tanh |> dense(1) }
loss label = nll(L(F(here.point)), here.label)
loss domain = ${domain}
train for 20 steps, batch 16 {
  update F, L, D to minimize domain + 0 * label with sgd(0.1)
}`);
const domainOf = (wrap: (x: string) => string): string =>
  `bce(D(${wrap('F(here.point)')}), 1) + bce(D(${wrap('F(there.point)')}), 0)`;

describe('bug 11: signs', () => {
  it('`reverse` turns the gradient of the features times k, and leaves the classifier’s alone', async () => {
    const [plain, turned] = [adapted(domainOf((x) => x)), adapted(domainOf((x) => `reverse(${x}, 0.7)`))];
    const [at] = (await run(plain, 1)).runs;
    const [before, after] = [gradientsAt(plain, 'update_1', at), gradientsAt(turned, 'update_1', at)];
    const names = Object.keys(before);
    assert.isAbove(Math.hypot(...before['F.dense_1.weight']), 1e-3);
    for (const name of names) {
      const factor = name.startsWith('F.') ? -0.7 : 1;
      close(
        after[name],
        before[name].map((g) => factor * g),
        name,
      );
    }
  });

  for (const kind of ['non_saturating', 'minimax', 'least_squares', 'hinge', 'wasserstein']) {
    it(`in a declared game (${kind}) the generator pulls the answer the other way than the discriminator does`, async () => {
      const of = source(
        gan(
          'update D to minimize game.discriminator with sgd(0.1) update G to minimize game.generator with sgd(0.1)',
        )
          .text.replace(/loss (discriminator|generator)_loss.*\n/g, '')
          .replace(
            'let fake',
            `let game = adversarial(real: D(ring.point), fake: D(fake), kind: ${kind})\nlet fake`,
          ),
      );
      const [at] = (await run(of, 1)).runs;
      // the bias of D's last layer moves every answer alike: only G's rows count in `generator`
      const { update_2 } = updateGradients(of);
      const bias = at.state['D.dense_2.bias'];
      const paid = (by: number): number =>
        valuesAt([update_2.objective], at, {
          'D.dense_2.bias': { ...bias, data: Float64Array.from(bias.data, (b) => b + by) },
        })[0][0];
      assert.isBelow(paid(0.01), paid(-0.01), 'a larger answer to a fake is less to pay');
      const turned = source(of.text.replace('minimize game.generator', 'maximize game.discriminator'));
      const [wanted, found] = [gradientsAt(turned, 'update_2', at), gradientsAt(of, 'update_2', at)];
      const along = Object.keys(found).reduce(
        (sum, name) => sum + found[name].reduce((s, g, i) => s + g * wanted[name][i], 0),
        0,
      );
      assert.isAbove(along, 0, 'downhill for the generator is uphill for the discriminator');
    });
  }
});
