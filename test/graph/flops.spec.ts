/** Operations of products, counted by hand: twice the multiplications. */
import { assert } from 'chai';
import { flops } from '../../compiler/costs/flops.ts';
import { Builder } from '../../compiler/ir/builder.ts';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { sumAll } from '../../compiler/ir/compose.ts';
import type { Node } from '../../compiler/ir/node.ts';

describe('floating-point operations', () => {
  const b = new Builder();
  const all = (...nodes: Node[]): number =>
    flops(Object.fromEntries(nodes.map((node, i) => [`y${i}`, node])));

  it('of a matrix product are two for each term of each sum', () => {
    const product = b.matmul(b.input('x', [2, 3]), b.input('y', [3, 4]));
    assert.equal(all(product), 2 * (2 * 4) * 3);
    assert.equal(
      all(b.exp(product)),
      2 * (2 * 4) * 3,
      'what is done to each number by itself is not counted',
    );
  });

  it('of a convolution and of both of its derivatives are the same: each product of it is one of theirs', () => {
    const [x, w] = [b.input('x', [5, 2, 8, 8]), b.input('w', [3, 2, 3, 3])];
    const y = b.conv(x, w, {
      strides: [2, 2],
      pads: [
        [1, 1],
        [1, 1],
      ],
    });
    assert.deepEqual(y.shape, [5, 3, 4, 4]);
    const one = 2 * (5 * 3 * 4 * 4) * (2 * 3 * 3);
    assert.equal(all(y), one);
    const [byX, byW] = differentiate(b, sumAll(b, b.mul(y, b.input('g', [5, 3, 4, 4]))), [x, w]);
    assert.deepEqual(
      [byX, byW].map(({ op }) => op),
      ['conv_input_grad', 'conv_weight_grad'],
    );
    assert.deepEqual([all(byX), all(byW)], [one, one]);
    assert.equal(all(y, byX, byW), 3 * one);
  });

  it('of a recurrence are those of its body, once a step', () => {
    const [start, steps, w] = [b.input('h', [6, 4]), b.input('xs', [7, 6, 4]), b.input('u', [4, 4])];
    const states = b.scan(start, [steps], [w], (inner, h, [x], [u]) => inner.add(inner.matmul(h, u), x));
    assert.equal(all(states), 7 * (2 * (6 * 4) * 4));
  });
});
