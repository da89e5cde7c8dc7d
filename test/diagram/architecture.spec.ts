/** What a picture shows, against what was read off the specs by hand. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import type { Architecture } from '../../compiler/architecture/architecture.ts';
import { architectureOfText } from './spec.ts';

/** `a -> b (size)`, with what each update's gradient does there. */
const edgesOf = ({ edges }: Architecture): string[] =>
  edges
    .map(({ from, to, size, gradients }) => {
      const flows = Object.entries(gradients).map(
        ([update, gradient]) => `${update.replace('update_', '')} ${gradient}`,
      );
      return `${from} -> ${to}${size === '' ? '' : ` (${size})`}: ${flows.join(', ')}`;
    })
    .sort();

const head = `gan Picture
data ring = gaussians(layout: ring, modes: 8)
sample z ~ normal[4]
network G(z: vec[4]) -> vec[2] { z |> dense(16) |> relu |> dense(2) }
`;

describe('architecture', () => {
  it('a GAN: who reads what, who learns from which loss, and where its gradient flows', () => {
    const found = architectureOfText(`${head}
network D(x: vec[2]) -> logit { x |> dense(16) |> relu |> dense(1) }
let fake = G(z)
loss real_or_fake = bce(D(ring.point), 1) + bce(D(fake), 0)
loss fooling = bce(D(fake), 1)
train for 10 steps, batch 8 {
  update D to minimize real_or_fake with adam(1e-3)
  update G to minimize fooling with adam(1e-3)
}`);
    assert.deepEqual(edgesOf(found), [
      'field:ring.point -> network:D (2): 1 none',
      'network:D -> loss:fooling: 2 flows',
      'network:D -> loss:real_or_fake: 1 flows',
      'network:G -> network:D (2): 1 none, 2 flows',
      'sample:z -> network:G (4): 1 none, 2 none',
    ]);
    assert.deepEqual(
      found.updates.map(({ learns, objective }) => [...learns, objective]),
      [
        ['D', 'loss:real_or_fake'],
        ['G', 'loss:fooling'],
      ],
    );
    const generator = found.units.find(({ id }) => id === 'network:G')!;
    assert.deepEqual(
      generator.layers.map(({ text, size }) => `${text} ${size}`),
      ['dense(16) 16', 'relu 16', 'dense(2) 2'],
    );
    assert.equal(generator.weights, 4 * 16 + 16 + 16 * 2 + 2);
  });

  it('a trunk that two networks call stands inside both, whoever calls it first', () => {
    const found = architectureOfText(`${head}
shared network Trunk(x: vec[2]) -> vec[16] { x |> dense(16) |> relu }
network D(x: vec[2]) -> logit { Trunk(x) |> dense(1) }
network Q(x: vec[2]) -> vec[4] { Trunk(x) |> dense(4) }
let fake = G(z)
loss discriminator_loss = bce(D(ring.point), 1) + bce(D(fake), 0)
loss code = mse(Q(fake), z)
train for 10 steps, batch 8 {
  update D, Trunk, Q to minimize discriminator_loss + code with adam(1e-3)
  update G to minimize bce(D(fake), 1) + code with adam(1e-3)
}`);
    for (const name of ['D', 'Q']) {
      const { layers } = found.units.find(({ id }) => id === `network:${name}`)!;
      assert.deepEqual([layers[0].kind, layers[0].name, layers[0].size], ['network', 'Trunk', '16']);
    }
    const edges = edgesOf(found);
    assert.include(edges, 'network:G -> network:Q (2): 1 none, 2 flows');
    assert.isEmpty(edges.filter((edge) => edge.startsWith('network:D -> network:Q')));
    assert.include(
      found.units.map(({ id }) => id),
      'network:Trunk',
    );
  });

  it('a value that two networks only move about belongs to neither', () => {
    const found = architectureOfText(`gan Moved
data digits = mnist(split: validate)
network E(x: image[1, 28, 28]) -> vec[8] { x |> flatten |> dense(8) }
network D(x: image[1, 28, 28], z: vec[8]) -> logit { concat(x |> flatten, z) |> dense(1) }
loss discriminator_loss = bce(D(digits.image, E(digits.image)), 1)
train for 10 steps, batch 8 {
  update D to minimize discriminator_loss with adam(1e-3)
  update E to maximize discriminator_loss with adam(1e-3)
}`);
    assert.deepEqual(edgesOf(found), [
      'field:digits.image -> network:D (1×28×28): 1 none, 2 none',
      'field:digits.image -> network:E (1×28×28): 1 none, 2 none',
      'network:D -> loss:discriminator_loss: 1 flows, 2 flows',
      'network:E -> network:D (8): 1 none, 2 flows',
    ]);
  });

  it('says where a gradient is stopped and where it is reversed', () => {
    const found = architectureOfText(`${head}
network A(x: vec[2]) -> logit { x |> dense(1) }
network B(x: vec[2]) -> logit { x |> dense(1) }
network C(x: vec[2]) -> logit { x |> dense(1) }
let fake = G(z)
loss all = bce(A(ring.point), 0) + bce(A(fake), 1) + bce(B(stop(fake)), 1) + bce(C(reverse(fake)), 1)
train for 10 steps, batch 8 { update G, A, B, C to minimize all with adam(1e-3) }`);
    const edges = edgesOf(found).filter((edge) => edge.startsWith('network:G'));
    assert.deepEqual(edges, [
      'network:G -> network:A (2): 1 flows',
      'network:G -> network:B (2): 1 stopped',
      'network:G -> network:C (2): 1 reversed',
    ]);
  });
});
