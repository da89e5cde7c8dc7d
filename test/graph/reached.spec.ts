/** Kernels larger than their image: what meets only padding is cut away, and nothing of the values is. */
import { assert } from 'chai';
import fc from 'fast-check';
import { Builder } from '../../compiler/ir/builder.ts';
import { sumAll } from '../../compiler/ir/compose.ts';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import type { Node, Window } from '../../compiler/ir/node.ts';
import { reachable } from '../../compiler/ir/node.ts';
import type { Tensor } from '../../compiler/ir/primitives/op.ts';
import { simplify } from '../../compiler/ir/simplify.ts';
import { assertClose, valueOf } from '../ops/differences.ts';
import { randomTensor, stream } from '../ops/samples.ts';

const axis = fc.record({
  size: fc.integer({ min: 1, max: 4 }),
  kernel: fc.integer({ min: 1, max: 11 }),
  stride: fc.integer({ min: 1, max: 3 }),
  gap: fc.integer({ min: 1, max: 3 }),
  pads: fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })),
});
const axes = fc.array(axis, { minLength: 1, maxLength: 2 });

const windowOf = (all: readonly { stride: number; gap: number; pads: [number, number] }[]): Window => ({
  strides: all.map(({ stride }) => stride),
  pads: all.map(({ pads }) => pads),
  dilations: all.map(({ gap }) => gap),
});

/** y, and of a square of it the gradients by both. */
function withGradients(b: Builder, y: Node, by: readonly Node[]): Node[] {
  return [y, ...differentiate(b, sumAll(b, b.mul(y, b.add(y, 1))), by)];
}

function assertKept(roots: readonly Node[], inputs: readonly Node[]): void {
  const next = stream(3);
  const values = new Map<string, Tensor>();
  for (const { op, attrs, shape } of inputs)
    if (op === 'input') values.set(attrs.name, randomTensor(shape as number[], next));
  simplify(roots).roots.forEach((root, i) =>
    assertClose(valueOf(root, values), valueOf(roots[i], values), 1e-9, `${i}`),
  );
}

describe('kernels larger than their image', () => {
  it('convolve as before, with both gradients', () => {
    let cut = 0;
    fc.assert(
      fc.property(axes, (all) => {
        const room = all.map(({ size, pads, kernel, gap }) => size + pads[0] + pads[1] - (kernel - 1) * gap);
        fc.pre(room.every((left) => left >= 1));
        const b = new Builder();
        const x = b.input('x', [2, 2, ...all.map(({ size }) => size)]);
        const w = b.input('w', [3, 2, ...all.map(({ kernel }) => kernel)]);
        const roots = withGradients(b, b.conv(x, w, windowOf(all)), [x, w]);
        assertKept(roots, [x, w]);
        cut += reachable(simplify(roots).roots).filter(({ op }) => op === 'slice').length;
      }),
      { numRuns: 300, seed: 4 },
    );
    assert.isAbove(cut, 50);
  });

  it('and so their adjoints', () => {
    fc.assert(
      fc.property(axes, (all) => {
        const size = all.map(
          (a) => (a.size - 1) * a.stride + (a.kernel - 1) * a.gap + 1 - a.pads[0] - a.pads[1],
        );
        fc.pre(size.every((length) => length >= 1));
        const b = new Builder();
        const g = b.input('g', [2, 3, ...all.map((a) => a.size)]);
        const w = b.input('w', [3, 2, ...all.map((a) => a.kernel)]);
        const y = b.convInputGrad(g, w, { ...windowOf(all), size });
        assertKept(withGradients(b, y, [g, w]), [g, w]);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it('leave no tap that meets nothing: 31 of 1,500 a side over 16 pixels', () => {
    const b = new Builder();
    const [x, w] = [b.input('x', [2, 3, 16, 16]), b.input('w', [3, 3, 1500, 1500])];
    const window = {
      strides: [1, 1],
      pads: [
        [749, 750],
        [749, 750],
      ] as [number, number][],
    };
    const [y, byX, byW] = simplify(withGradients(b, b.conv(x, w, window), [x, w])).roots;
    const kernels = reachable([y, byX])
      .filter(({ op }) => op === 'slice')
      .map(({ shape }) => shape);
    assert.deepInclude(kernels, [3, 3, 31, 31]);
    assert.deepEqual(byW.shape, [3, 3, 1500, 1500]);
    assert.deepEqual(reachable([byW]).find(({ op }) => op === 'conv_weight_grad')?.shape, [3, 3, 31, 31]);
  });

  it('are left whole where half of the taps meet the image', () => {
    const b = new Builder();
    const [x, w] = [b.input('x', [2, 1, 4]), b.input('w', [1, 1, 9])];
    const [y] = simplify([b.conv(x, w, { strides: [1], pads: [[4, 4]] })]).roots;
    assert.equal(y.op, 'conv');
    assert.deepEqual(y.inputs[1].shape, [1, 1, 9]);
  });
});
