/**
 * The second derivative of a gradient penalty reaches the weights: gradients of the emitted updates against central
 * differences of their objectives, through every kind of layer that PyTorch computes by a kernel of its own. With
 * `gradient` detached, as a mistake would, they must differ, or the test would tell nothing.
 */
import { join } from 'node:path';
import { assert } from 'chai';
import { describe } from 'mocha';
import { load, programFrom, root } from '../parity/host.ts';
import { built, python } from './built.ts';
import { itOnTorch } from './where.ts';

const layers = `gan Layers
data ring = gaussians(modes: 8, rows: 32)
network D(x: vec[2]) -> logit {
  x |> dense(16) |> tanh |> reshape(1, 4, 4)
    |> conv(4, kernel: 3) |> instance_norm |> softplus
    |> conv_transpose(2, kernel: 4, stride: 2) |> layer_norm |> sigmoid
    |> conv(3, kernel: 3, stride: 2) |> elu |> flatten |> dense(6) |> leaky_relu |> dense(1)
}
loss critic = 100 * mean(square(gradient(D(ring.point), ring.point))) + bce(D(ring.point), 1)
train for 5 steps, batch 4 { update D to minimize critic with adam(1e-3) }
`;

describe('PyTorch: gradient penalties', () => {
  itOnTorch('their second derivative reaches the weights', async () => {
    const sources = [load('test/cases/schedule/penalty.gan'), { path: 'layers.gan', text: layers }];
    const programs = sources.map((source) => programFrom(source, { target: 'torch', float: 'float64' }));
    const folders = await Promise.all(programs.map(built));
    const { code, out, err } = await python(1, [join(root, 'test/torch/slopes.py'), ...folders]);
    assert.equal(code, 0, err);
    const found = JSON.parse(out) as (readonly [string, number, number])[][];
    const penalized = found.map((updates) => updates.find(([name]) => name === 'update_1')!);
    for (const updates of found) for (const [name, exact] of updates) assert.isBelow(exact, 1e-6, name);
    for (const [name, , dropped] of penalized) assert.isAbove(dropped, 1e-2, name);
  });
});
