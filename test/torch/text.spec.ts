/** Programs for PyTorch say things as people do. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { programFrom } from '../parity/host.ts';

const spec = `sample z ~ normal[4]
network D(x: image[2, 4, 4]) -> logit { x |> conv(3, kernel: 3) |> relu |> flatten |> dense(1) }
network G(z: vec[4]) -> image[2, 4, 4] { z |> dense(32) |> reshape(2, 4, 4) }
train for 5 steps, batch 4 { update D, G to minimize D(G(z)) with sgd(0.1) }
`;

describe('PyTorch: the text of networks', () => {
  const { files } = programFrom({ path: 'players.gan', text: spec }, { target: 'torch' });
  const networks = new TextDecoder().decode(files['networks.py']);

  it('flattens the axes behind the rows, and names sizes where there are several', () => {
    assert.include(networks, 'self.dense_1(F.relu(self.conv_1(x)).flatten(1))');
    assert.include(networks, 'self.dense_1(z).reshape(-1, 2, 4, 4)');
  });
});
