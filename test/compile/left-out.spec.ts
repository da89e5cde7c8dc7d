/** A term whose weight is 0 when compiling is no part of the program: not computed, not drawn, not logged, moving nothing. */
import { assert } from 'chai';
import type { Program } from '../../compiler/compiled.ts';
import { programFrom } from '../parity/host.ts';

const spec = (loss: string, weight: string): string => `
param weight: real = ${weight}
data d = gaussians(modes: 3)
network C(x: vec[2]) -> vec[2] { x |> dense(3) |> batch_norm |> dense(2) }
network E(x: vec[2]) -> vec[2] { x |> dense(3) |> batch_norm |> dropout(0.5) |> dense(2) }
loss near = mse(C(d.point), d.point)
loss far = mse(E(d.point), d.point)
loss all = ${loss}
train for 10 steps, batch 6 { update C, E to minimize all with sgd(0.1) }
`;

const compiled = (loss: string, weight: string): Program =>
  programFrom({ path: 'spec.gan', text: spec(loss, weight) }, { target: 'reference' });

/** What the update's graph reads and gives. */
function ends({ manifest }: Program): { reads: string[]; gives: string[] } {
  const [{ inputs, outputs }] = Object.values(manifest.graphs);
  return { reads: inputs.map(({ name }) => name), gives: outputs.map(({ name }) => name) };
}

describe('terms of weight 0', () => {
  for (const loss of ['near + weight * far', 'near + far * weight', 'near + weight * (far + far)'])
    it(`leave the program: ${loss}`, () => {
      const [with1, without] = [ends(compiled(loss, '1')), ends(compiled(loss, '0'))];
      const drawn = (names: readonly string[]): string[] => names.filter((name) => name.startsWith('draw'));
      assert.isNotEmpty(drawn(with1.reads));
      assert.isEmpty(drawn(without.reads));
      const moves = (names: readonly string[]): boolean =>
        names.some((name) => name.includes('E.batch_norm') && name.includes('mean'));
      assert.isTrue(moves(with1.gives), with1.gives.join(' '));
      assert.isFalse(moves(without.gives), without.gives.join(' '));
      const logged = (program: Program): boolean => JSON.stringify(program.manifest.updates).includes('far');
      assert.isTrue(logged(compiled(loss, '1')));
      assert.isFalse(logged(compiled(loss, '0')));
    });

  it('are what they are in reports, and have a gradient of 0', () => {
    const text = `${spec('near + weight * far', '0')
      .replace(
        'train for',
        `sample z ~ normal[2]
network S(x: vec[2]) -> real { x |> dense(4) |> tanh |> dense(1) }
let still = weight * S(d.point)
loss slope = mean(square(gradient(still, d.point)))
train for`,
      )
      .replace('update C, E to minimize all', 'update C, E, S to minimize all + slope')}
report every 5 steps { metric off = frechet(C(weight * z), d.point) }`;
    const { manifest } = programFrom({ path: 'spec.gan', text }, { target: 'onnx' });
    assert.include(Object.keys(manifest.graphs).join(' '), 'report');
  });

  it('are what they are where a state is set', () => {
    const text = spec('near + weight * far', '0').replace('train for', 'state k: real = 0\ntrain for');
    const set = ' set k to clamp(k + weight * mean(near, over: rows), 0, 1) }';
    const { manifest } = programFrom(
      { path: 'spec.gan', text: text.replace('sgd(0.1) }', `sgd(0.1)${set}`) },
      { target: 'onnx' },
    );
    assert.include(JSON.stringify(manifest.state), '"k"');
  });
});
