/** Convolutions through ONNX against the reference engine: any geometry, taps apart, channels in groups, sizes not known. */
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { Builder } from '../../compiler/ir/builder.ts';
import { meanAll, square, sumAll } from '../../compiler/ir/compose.ts';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { mulDims, symbol } from '../../compiler/ir/dim.ts';
import { simplify } from '../../compiler/ir/simplify.ts';
import type { OnnxOptions } from '../../compiler/targets/onnx/emit.ts';
import { assertSame } from './compare.ts';

const ways: OnnxOptions[] = [
  { float: 'float64' },
  { float: 'float32' },
  { float: 'float32', layout: 'channels-first' },
];
const N = symbol('N');
const T = symbol('T');

describe('ONNX: convolutions', () => {
  for (const way of ways)
    it(`sequences of any length, taps apart and in groups, ${way.float} ${way.layout ?? 'channels-last'}`, async () => {
      const b = new Builder();
      const [x, w1, w2] = [b.input('x', [N, 4, T]), b.input('w1', [6, 2, 3]), b.input('w2', [6, 1, 2])];
      const h = b.tanh(b.conv(x, w1, { strides: [1], pads: [[4, 0]], dilations: [2], groups: 2 }));
      const up = b.convInputGrad(h, w2, {
        strides: [2],
        pads: [[1, 1]],
        dilations: [3],
        groups: 3,
        size: [mulDims(2, T)],
      });
      const loss = meanAll(b, square(b, up));
      const roots = simplify([loss, up, ...differentiate(b, loss, [x, w1, w2])]).roots;
      for (const sizes of [
        { N: 2, T: 5 },
        { N: 3, T: 8 },
      ])
        await assertSame(roots, way, sizes);
    });

  it('convolutions of any geometry', async () => {
    const geometry = fc.record({
      size: fc.tuple(fc.integer({ min: 3, max: 7 }), fc.integer({ min: 3, max: 7 })),
      kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
      stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      pads: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
      channels: fc.constantFrom([1, 5], [3, 2]),
      dilations: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 })),
      groups: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(
        geometry,
        async ({ size, kernel, stride, pads, dilations, groups, channels: [c, o] }) => {
          const b = new Builder();
          const window = {
            dilations,
            groups,
            strides: stride,
            pads: [
              [pads[0], pads[1]],
              [pads[2], pads[3]],
            ] as [number, number][],
          };
          const reach = kernel.map((k, i) => (k - 1) * dilations[i] + 1);
          fc.pre(reach.every((k, i) => size[i] + pads[2 * i] + pads[2 * i + 1] >= k));
          const [x, w] = [b.input('x', [2, c * groups, ...size]), b.input('w', [o * groups, c, ...kernel])];
          const y = b.conv(x, w, window);
          const roots = [y, ...differentiate(b, sumAll(b, b.mul(y, b.add(y, 1))), [x, w])];
          for (const way of ways) await assertSame(roots, way);
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });
});
