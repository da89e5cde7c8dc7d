/** Which calls of a network an update makes as one (compiler/targets/torch/at-once.ts), and which it doesn't. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { programFrom } from '../parity/host.ts';

const dense = 'x |> dense(8) |> leaky_relu |> dense(1)';

interface Players {
  readonly D?: string;
  readonly fake?: string;
  /** Of what D minimises. */
  readonly more?: string;
  /** What G minimises. */
  readonly maker?: string;
}

/** The lines of updates.py, by update, in which D is called. There are twice as many real rows as fakes. */
function callsOfD({ D = dense, fake = 'D(G(z))', more = '', maker = '-b' }: Players): string[][] {
  const text = `gan Players
data ring = gaussians(modes: 8, rows: 64) batch 16
sample z ~ normal[4] batch 8
network G(z: vec[4]) -> vec[2] { z |> dense(2) }
network D(x: vec[2]) -> vec[1] { ${D} }
let a = D(ring.point)
let b = ${fake}
train for 10 steps {
  update D to minimize sum(softplus(-a)) + sum(softplus(b))${more} with adam(1e-3)
  update G to minimize sum(${maker}) with adam(1e-3)
}
`;
  const { files } = programFrom({ path: 'players.gan', text }, { target: 'torch' });
  const [, ...updates] = new TextDecoder().decode(files['updates.py']).split(/^def update_/m);
  return updates.map((update) =>
    update
      .split('\n')
      .filter((line) => /networks\.D\b/.test(line) && !line.includes('ops.trained'))
      .map((line) => line.trim()),
  );
}

describe('PyTorch: calls of a network that are made as one', () => {
  it('of a discriminator, over its real rows and its fakes, of which there may be fewer', () => {
    const [[line, ...others]] = callsOfD({});
    assert.equal(line, 'a, b = ops.at_once(networks.D, [batch.ring.point], [g])');
    assert.isEmpty(others);
  });

  const apart: readonly [string, Players][] = [
    ['batch norm', { D: 'x |> dense(8) |> batch_norm |> relu |> dense(1)' }],
    ['a mean over rows', { D: 'let h = x |> dense(8)\n (h - mean(h, over: rows)) |> dense(1)' }],
    ['how many rows there are', { D: '(x |> dense(8)) / sum(1 + 0 * x[0], over: rows) |> dense(1)' }],
    ['a vector that each call moves', { D: 'x |> dense(8, spectral: true) |> relu |> dense(1)' }],
    ['a single product, which is done before its rows are copied', { D: 'x |> dense(1)' }],
    ['draws inside', { D: 'x |> dropout(0.5) |> dense(1)' }],
    ['another as its input', { fake: 'D(G(z) + mean(a, over: rows)[0])' }],
    ['a derivative through one', { more: ' + square(norm(gradient(a, ring.point)))' }],
  ];
  for (const [why, given] of apart)
    it(`not with ${why}`, () => {
      const [calls] = callsOfD(given);
      assert.isAtLeast(calls.length, 2, calls.join('\n'));
      assert.notInclude(calls.join('\n'), 'at_once');
    });

  it('not of rows that no gradient is passed on to, with rows that one is', () => {
    const [, calls] = callsOfD({ maker: 'softplus(a - b)' });
    assert.notInclude(calls.join('\n'), 'at_once');
  });

  it('with a condition beside each row', () => {
    const text = `gan Conditional
data mnist = mnist(split: train)
sample z ~ normal[4]
network G(z: vec[4], y: onehot[10]) -> image[1, 28, 28] in [0, 1] {
  concat(z, y) |> dense(784) |> sigmoid |> reshape(1, 28, 28)
}
network D(x: image[1, 28, 28], y: onehot[10]) -> logit { concat(x |> flatten, y) |> dense(8) |> relu |> dense(1) }
let game = adversarial(real: D(mnist.image, mnist.label), fake: D(G(z, mnist.label), mnist.label))
train for 10 steps, batch 8 {
  update D to minimize game.discriminator with adam(1e-3)
  update G to minimize game.generator with adam(1e-3)
}
`;
    const { files } = programFrom({ path: 'conditional.gan', text }, { target: 'torch' });
    const made = new TextDecoder().decode(files['updates.py']);
    assert.equal(made.match(/ops\.at_once/g)?.length, 1);
  });
});
