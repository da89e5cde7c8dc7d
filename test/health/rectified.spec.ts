/** Which units can die: those in front of a function that is flat on one side. */
import { assert } from 'chai';
import { compile } from '../../compiler/compile.ts';
import { host } from '../parity/host.ts';

/** Biases behind which units can die, of a network with this body and an optimizer with these arguments. */
function rectified(body: string, optimizer = ''): readonly string[] {
  const text = `gan Units
data ring = gaussians(modes: 4)
network A(x: vec[2]) -> logits[4] {
  ${body}
}
train for 4 steps, batch 4 {
  update A to minimize cross_entropy(A(ring.point), ring.label) with sgd(0.1${optimizer})
}
`;
  const { program, diagnostics } = compile({ path: 'units.gan', text }, host, { target: 'reference' });
  assert.isDefined(program, diagnostics.map(({ what }) => what).join());
  return (program!.manifest.updates[0].rectified ?? []).map((name) => name.replace(/^A\.(.*)\.bias$/, '$1'));
}

describe('units that can die', () => {
  const cases: readonly (readonly [what: string, body: string, expected: readonly string[]])[] = [
    ['relu', 'x |> dense(8) |> relu |> dense(4)', ['dense_1']],
    ['an activation with a slope', 'x |> dense(8) |> leaky_relu |> dense(4)', []],
    ['one that saturates', 'x |> dense(8) |> tanh |> dense(4)', []],
    ['relu behind a norm', 'x |> dense(8) |> batch_norm |> relu |> dense(4)', ['batch_norm_1']],
    ['a bound', 'max(x |> dense(8), -1) |> dense(4)', ['dense_1']],
    ['two bounds', 'clamp(x |> dense(8), -1, 1) |> dense(4)', ['dense_1']],
    ['relu of a difference', 'relu(3 - (x |> dense(8))) |> dense(4)', ['dense_1']],
    ['relu behind the next layer', 'x |> dense(8) |> dense(6) |> relu |> dense(4)', ['dense_2']],
    [
      'relu of a part',
      'let both = concat(x |> dense(8), x |> dense(6))\n  both[8..] |> relu |> dense(4)',
      ['dense_2'],
    ],
    ['relu of a part of a part', 'relu((x |> dense(8))[2..][..3]) |> dense(4)', ['dense_1']],
    [
      'a layer that counts for nothing',
      'relu(0 * (x |> dense(8)) + (x |> dense(8))) |> dense(4)',
      ['dense_2'],
    ],
  ];
  for (const [what, body, expected] of cases)
    it(what, () => {
      assert.deepEqual(rectified(body), expected);
    });

  it('none where weights are cut to a bound, at which one that lives may rest', () => {
    const body = 'x |> dense(8) |> relu |> dense(4)';
    assert.deepEqual(rectified(body, ', clip_weights: 0.01'), []);
    assert.deepEqual(rectified(body, ', momentum: 0.5'), ['dense_1']);
  });
});
