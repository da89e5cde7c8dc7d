/** One graph for any number of rows and any length equals the graphs built for each, gradients included. */
import { assert } from 'chai';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { Builder } from '../../compiler/ir/builder.ts';
import { alongAxes, leakyRelu, meanAll, moments, square, sumAll } from '../../compiler/ir/compose.ts';
import { mulDims, printShape, symbol, type Dim } from '../../compiler/ir/dim.ts';
import type { Node } from '../../compiler/ir/node.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { ShapeError } from '../../compiler/ir/primitives/op.ts';
import { randomTensor, stream } from '../ops/samples.ts';
import { assertClose, valueOf } from '../ops/differences.ts';

const half = { strides: [2], pads: [[1, 1] as const] };

/** Down by a convolution, instance norm, up by its adjoint, then a penalty on the input's gradient. */
function network(b: Builder, rows: Dim, length: Dim): Node[] {
  const [x, w, v] = [b.input('x', [rows, 2, length]), b.input('w', [3, 2, 4]), b.input('v', [3, 2, 4])];
  const down = leakyRelu(b, b.conv(x, w, half), 0.2);
  const { variance, centred } = moments(b, down, [2]);
  const normed = b.div(centred, alongAxes(b, b.sqrt(b.add(variance, 1e-3)), down.shape, [2]));
  const up = b.tanh(b.convInputGrad(normed, v, { ...half, size: [length] }));
  const ends = b.concat([b.slice(up, 2, 0, 3), b.flip(b.slice(up, 2, 1, length), 2)], 2);
  const score = meanAll(b, b.mul(ends, b.pad(up, [0, 0, 1], [0, 0, 1])));
  const [dx] = differentiate(b, score, [x]);
  const loss = b.add(score, sumAll(b, square(b, dx)));
  return [up, loss, ...differentiate(b, loss, [w, v, x])];
}

describe('symbolic sizes', () => {
  it('a network over N rows and 2·T samples equals the fixed ones, to second order', () => {
    const any = network(new Builder(), symbol('N'), mulDims(2, symbol('T')));
    verify(any);
    for (const [N, T] of [
      [1, 2],
      [3, 5],
    ]) {
      const fixed = network(new Builder(), N, 2 * T);
      const next = stream(N);
      const shapes: [string, number[]][] = [
        ['x', [N, 2, 2 * T]],
        ['w', [3, 2, 4]],
        ['v', [3, 2, 4]],
      ];
      const values = new Map(shapes.map(([name, shape]) => [name, randomTensor(shape, next)]));
      any.forEach((root, i) => {
        assertClose(
          valueOf(root, values, { N, T }),
          valueOf(fixed[i], values),
          1e-12,
          `N ${N}, T ${T}, root ${i}`,
        );
      });
    }
  });

  it('go through shape rules: a window, a stride, a slice, a concat', () => {
    const b = new Builder();
    const T = symbol('T');
    const x = b.input('x', [1, 1, T]);
    const w = b.input('w', [1, 1, 5]);
    const same = { strides: [1], pads: [[2, 2] as const] };
    assert.equal(printShape(b.conv(x, w, same).shape), '[1, 1, T]');
    assert.equal(printShape(b.conv(x, w, { strides: [1], pads: [[0, 0]] }).shape), '[1, 1, T - 4]');
    assert.equal(printShape(b.concat([x, x, w], 2).shape), '[1, 1, 2*T + 5]');
    assert.equal(
      printShape(b.reshape(b.input('y', [symbol('N'), T, 3]), [mulDims(symbol('N'), T), 3]).shape),
      '[N*T, 3]',
    );
    assert.throws(() => b.conv(x, w, half), ShapeError, "isn't a multiple of stride 2");
    assert.throws(() => b.add(x, b.input('z', [1, 1, symbol('L')])), ShapeError);
  });
});
