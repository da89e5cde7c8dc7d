/** What is emitted, as text: one small graph of each family; and the wire format's corners. */
import { assert } from 'chai';
import { Builder } from '../../compiler/ir/builder.ts';
import { broadcastTo, leakyRelu, relu, sumAll } from '../../compiler/ir/compose.ts';
import { symbol } from '../../compiler/ir/dim.ts';
import type { Node } from '../../compiler/ir/node.ts';
import { simplify } from '../../compiler/ir/simplify.ts';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { emitOnnx } from '../../compiler/targets/onnx/emit.ts';
import type { OnnxOptions } from '../../compiler/targets/onnx/emit.ts';
import { intField, messageField, stringField } from '../../program/protobuf.ts';
import { golden } from '../golden.ts';

const N = symbol('N');
const half = {
  strides: [2, 2],
  pads: [
    [1, 1],
    [1, 1],
  ] as [number, number][],
};

type Family = (b: Builder) => Record<string, Node>;

const families: Readonly<Record<string, Family>> = {
  dense(b) {
    const [x, w, bias] = [b.input('x', [N, 3]), b.input('w', [3, 2]), b.input('b', [2])];
    const product = b.matmul(x, w);
    const y = b.add(product, broadcastTo(b, bias, product.shape, [1]));
    const loss = sumAll(b, b.mul(y, b.draw('normal', 'noise', y.shape)));
    const [dw, db] = differentiate(b, loss, [w, bias]);
    return { y, dw, db };
  },
  convolution(b) {
    const [x, w] = [b.input('x', [N, 8, 6, 6]), b.input('w', [16, 8, 4, 4])];
    const y = b.conv(x, w, half);
    const [dx, dw] = differentiate(b, sumAll(b, b.mul(y, y)), [x, w]);
    return { y, dx, dw };
  },
  fold: (b) => ({
    y: b.convInputGrad(b.input('x', [N, 8, 2, 2]), b.input('w', [8, 1, 4, 4]), { ...half, size: [4, 4] }),
  }),
  rectifiers(b) {
    const x = b.input('x', [8, 256]);
    const y = leakyRelu(b, relu(b, x), 0.25);
    return { y, dx: differentiate(b, sumAll(b, b.mul(y, y)), [x])[0] };
  },
  symbolic: (b) => ({
    y: b.add(b.iota(N), b.div(b.extent(N), b.sum(b.input('x', [N, symbol('T'), 2]), [0, 1, 2]))),
  }),
  scan(b) {
    const [x, h, w] = [b.input('x', [symbol('T'), N, 2]), b.input('h', [N, 2]), b.input('w', [2, 2])];
    return { y: b.scan(h, [x], [w], (c, state, [xt], [wc]) => c.tanh(c.add(xt, c.matmul(state, wc)))) };
  },
};

function textOf(family: Family, options: OnnxOptions): string {
  const outputs = family(new Builder());
  const { roots } = simplify(Object.values(outputs));
  const named = Object.fromEntries(Object.keys(outputs).map((name, i) => [name, roots[i]]));
  return emitOnnx({ name: 'golden', outputs: named }, options).text();
}

describe('ONNX: text', () => {
  for (const [name, family] of Object.entries(families)) {
    it(name, () => golden(`onnx/${name}.txt`, textOf(family, { float: 'float32' })));
  }
  it('convolution by native kernels', () => {
    golden(
      'onnx/convolution-native.txt',
      textOf(families.convolution, { float: 'float32', layout: 'channels-first' }),
    );
  });
  it('the same twice', () => {
    for (const family of Object.values(families)) {
      assert.equal(textOf(family, { float: 'float64' }), textOf(family, { float: 'float64' }));
    }
  });
});

describe('ONNX: wire format', () => {
  it('encodes what protobuf.dev shows', () => {
    assert.deepEqual([...intField(1, 150)], [0x08, 0x96, 0x01]);
    assert.deepEqual([...stringField(2, 'testing')], [0x12, 0x07, ...Buffer.from('testing')]);
    assert.deepEqual([...messageField(3, [intField(1, 150)])], [0x1a, 0x03, 0x08, 0x96, 0x01]);
  });
  it('gives negative numbers ten bytes', () => {
    assert.deepEqual([...intField(1, -2)], [0x08, 0xfe, ...new Array<number>(8).fill(0xff), 0x01]);
  });
});
