/** What updates of a step compute once (compiler/targets/torch/shared.ts): where the meaning allows it, and nowhere else. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { programFrom } from '../parity/host.ts';

const networks = `gan Players
data ring = gaussians(modes: 8, rows: 64)
sample z ~ normal[4]
network G(z: vec[4]) -> vec[2] { z |> dense(8) |> batch_norm |> relu |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(8) |> leaky_relu |> dense(1) }
let fake = G(z)
let game = adversarial(real: D(ring.point), fake: D(fake))
`;
const critic = 'update D to minimize game.discriminator with adam(1e-3)';
const generator = 'update G to minimize game.generator with adam(1e-3)';

/** updates.py of a schedule over these networks. */
function updates(schedule: string): string {
  const text = `${networks}train for 10 steps, batch 8 { ${schedule} }\n`;
  const { files } = programFrom({ path: 'players.gan', text }, { target: 'torch' });
  return new TextDecoder().decode(files['updates.py']);
}

const callsOfG = (text: string): number => text.match(/networks\.G\(/g)?.length ?? 0;

describe('PyTorch: what updates share', () => {
  it('the fakes of the discriminator, which it reads detached, are those of the generator', () => {
    const text = updates(`${critic} ${generator}`);
    assert.include(text, '[Shared(shared_1), ("update_1",), ("update_2",)]');
    assert.equal(callsOfG(text), 1);
    assert.match(
      text,
      /def update_1\(networks, batch, draws, at, fake\):\n.*\n.*\n    fake = fake\.detach\(\)/,
    );
    assert.notMatch(text.slice(text.indexOf('def update_2')), /detach/);
  });

  it('so are they inside together, whoever comes first', () => {
    const text = updates(`together { ${generator} ${critic} }`);
    assert.equal(callsOfG(text), 1);
    assert.include(text, '[Shared(shared_1), ("update_1", "update_2")]');
  });

  it('nothing is shared across a step of the network, or between runs with other draws', () => {
    for (const schedule of [`${generator} ${critic}`, `repeat 2 { ${critic} } ${generator}`])
      assert.notInclude(updates(schedule), 'Shared(', schedule);
  });

  it('what rounds on the same draws compute alike is computed in the first', () => {
    const text = updates(`${generator} repeat 3 fresh: false { ${critic} }`);
    assert.include(text, '"step_2": [Shared(shared_1, kept=True), ("update_2",)]');
    assert.include(text, 'What update_2 reads, computed in the first round.');
    assert.notInclude(updates(`repeat 3 { ${critic} } ${generator}`), 'kept=True');
  });

  it('not what a round moves, in the same step or in another', () => {
    const alone = updates(`${critic} repeat 3 fresh: false { ${generator} }`);
    assert.notInclude(alone, 'kept=True');
    const both = updates(`repeat 3 fresh: false { ${critic} ${generator} }`);
    assert.include(both, '[Shared(shared_1), ("update_1",), ("update_2",)]');
    const apart = updates(`repeat 3 fresh: false { ${critic} repeat 2 { ${generator} } }`);
    assert.notInclude(apart, 'Shared(');
  });

  it('not what a network makes of other arguments, though it ends in a mean', () => {
    const text = `gan Pooled
data ring = gaussians(modes: 8, rows: 64)
sample z ~ normal[4]
network G(z: vec[4]) -> vec[2] { z |> dense(6) |> reshape(2, 3) |> mean(over: time) }
network D(x: vec[2]) -> logit { x |> dense(8) |> leaky_relu |> dense(1) }
network E(x: vec[2]) -> vec[4] { x |> dense(4) }
train for 10 steps, batch 8 {
  update D to minimize bce(D(G(z)), 0) + bce(D(ring.point), 1) with adam(1e-3)
  update E to minimize mse(G(E(ring.point)), ring.point) with adam(1e-3)
}
`;
    const { files } = programFrom({ path: 'pooled.gan', text }, { target: 'torch' });
    const made = new TextDecoder().decode(files['updates.py']);
    assert.notInclude(made, 'Shared(');
    assert.equal(callsOfG(made), 2);
  });
});
