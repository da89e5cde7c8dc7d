/** Batches: whose a sample's are, and that what nothing reads needs none. */
import { assert } from 'chai';
import { compile } from '../../compiler/compile.ts';
import { isError } from '../../grammar/diagnostics.ts';
import { host } from '../parity/host.ts';

const spec = (judged: string, objective: string): string => `gan B
data ring = gaussians(modes: 4)
sample z ~ normal[4] batch 16
network G(z: vec[4]) -> vec[2] { z |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(1) }
let judged = ${judged}
train for 20 steps { update D, G to minimize ${objective} with sgd(0.1) }
`;

const made = (text: string): ReturnType<typeof compile> =>
  compile({ path: 'b.gan', text }, host, { target: 'reference' });

describe('batches', () => {
  it('are not needed of a stream that stands in a part of a record that nothing reads', () => {
    const { program, diagnostics } = made(
      spec('{ real: D(ring.point), fake: D(G(z)) }', 'bce(judged.fake, 1)'),
    );
    assert.isEmpty(diagnostics.filter(isError));
    assert.deepEqual(
      program?.manifest.streams.map(({ name }) => name),
      [],
    );
  });

  it('are wanted of the stream whose rows a sample takes, though no objective reads it', () => {
    const game = spec('adversarial(real: D(ring.point), fake: D(G(z)))', 'judged.generator');
    const [error] = made(game.replace(' batch 16', '')).diagnostics.filter(isError);
    assert.equal(error.code, 'GAN5005');
    assert.match(error.what, /stream `ring`/);
  });
});
