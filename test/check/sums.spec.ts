/** Adding losses relates rows only where that is unambiguous, whatever the order in which a spec says so. */
import { assert } from 'chai';
import { programFrom } from '../parity/host.ts';

const spec = (loss: string, more = ''): string => `
data few = gaussians(modes: 8, rows: 64) batch 4
data many = gaussians(modes: 8, rows: 640) batch 12
sample z ~ normal[2]
network G(z: vec[2]) -> vec[2] { z |> dense(2) }
network C(x: vec[2]) -> categorical[8] { categorical(x |> dense(8)) }
network D(x: vec[2]) -> logit { x |> dense(1) }
loss discriminator_loss = ${loss}
${more}
train for 5 steps, batch 7 {
  update C, D to minimize discriminator_loss with sgd(0.1)
  update G to minimize bce(D(G(z)), 1) with sgd(0.1)
}`;

/** How many rows of z are drawn. */
function rows(text: string): number | string {
  const { manifest } = programFrom({ path: 'sums.gan', text }, { target: 'reference' });
  const inputs = Object.values(manifest.graphs).flatMap((graph) => graph.inputs);
  return inputs.find(({ name }) => name === 'draw:z')!.shape[0];
}

describe('sums of losses', () => {
  const terms = ['nll(C(few.point), few.label)', 'bce(D(G(z)), 0)', 'bce(D(many.point), 1)'];
  const orders = [
    [0, 1, 2],
    [1, 0, 2],
    [2, 1, 0],
    [1, 2, 0],
  ];

  for (const order of orders) {
    it(`leave samples alone that they relate to two streams (${order.join(', ')})`, () => {
      assert.equal(rows(spec(order.map((i) => terms[i]).join(' + '))), 7);
    });
  }

  it('join samples with the one stream that they are added to', () => {
    assert.equal(
      rows(
        spec(`${terms[1]} + ${terms[2]}`)
          .replace('C, D', 'D')
          .replace(/network C.*\n/, '')
          .replace(/data few.*\n/, ''),
      ),
      12,
    );
  });

  it('obey a meeting row by row elsewhere', () => {
    assert.equal(
      rows(
        spec(terms.join(' + '), 'loss near = l1(G(z), many.point)').replace(
          'bce(D(G(z)), 1)',
          'bce(D(G(z)), 1) + near',
        ),
      ),
      12,
    );
  });
});
