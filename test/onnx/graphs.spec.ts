/** Compositions through ONNX against the reference engine: symbolic sizes, recurrences, layouts, second order. */
import { assert } from 'chai';
import fc from 'fast-check';
import { Builder } from '../../compiler/ir/builder.ts';
import {
  alongAxes,
  broadcastTo,
  leakyRelu,
  mean,
  meanAll,
  moments,
  relu,
  softmax,
  square,
  sumAll,
} from '../../compiler/ir/compose.ts';
import { addDims, mulDims, symbol } from '../../compiler/ir/dim.ts';
import type { Node } from '../../compiler/ir/node.ts';
import { nameOf } from '../ops/samples.ts';
import { simplify } from '../../compiler/ir/simplify.ts';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { emitOnnx } from '../../compiler/targets/onnx/emit.ts';
import type { OnnxOptions } from '../../compiler/targets/onnx/emit.ts';
import { assertNear, assertSame, feedsFor, referenceValues } from './compare.ts';
import { onnxValues, runModel } from './run.ts';

const ways: OnnxOptions[] = [
  { float: 'float64' },
  { float: 'float32' },
  { float: 'float32', layout: 'channels-first' },
];
const N = symbol('N');
const T = symbol('T');

/** The loss and its gradients for all inputs named. */
function withGradients(b: Builder, y: Node, inputs: readonly Node[]): Node[] {
  const loss = meanAll(b, square(b, y));
  return simplify([loss, y, ...differentiate(b, loss, inputs)]).roots;
}

function batchNorm(b: Builder, x: Node, name: string): Node {
  const axes = [...x.shape.keys()].filter((axis) => axis !== 1);
  const { variance, centred } = moments(b, x, axes);
  const along = (c: Node): Node => alongAxes(b, c, x.shape, axes);
  const scaled = b.div(centred, along(b.sqrt(b.add(variance, 1e-5))));
  const [gain, shift] = ['gain', 'shift'].map((part) => b.input(`${name}.${part}`, [x.shape[1]]));
  return b.add(b.mul(scaled, along(gain)), along(shift));
}

/** Convolutions down and up with batch norms between, and what is differentiated with respect to. */
function convNet(b: Builder, rows: typeof N): { y: Node; inputs: Node[] } {
  const half = {
    strides: [2, 2],
    pads: [
      [1, 1],
      [1, 1],
    ] as [number, number][],
  };
  const x = b.input('x', [rows, 2, 12, 12]);
  const [w1, w2, w3, bias] = [
    b.input('w1', [16, 2, 4, 4]),
    b.input('w2', [16, 8, 4, 4]),
    b.input('w3', [288, 6]),
    b.input('bias', [8]),
  ];
  const h1 = leakyRelu(b, batchNorm(b, b.conv(x, w1, half), 'n1'), 0.1);
  const up = b.convInputGrad(h1, w2, { ...half, size: [12, 12] });
  const h2 = batchNorm(b, relu(b, b.add(up, broadcastTo(b, bias, up.shape, [1]))), 'n2');
  const small = b.slice(b.slice(h2, 2, 0, 12, 2), 3, 1, 12, 2);
  const y = b.matmul(b.reshape(small, [rows, 288]), w3);
  return { y, inputs: [x, w1, w2, w3, bias] };
}

describe('ONNX: graphs', () => {
  it('outputs that are inputs, equal outputs, and an output named like an input', async () => {
    const b = new Builder();
    const [x, y] = [b.input('x', [2]), b.input('y', [2])];
    const sum = b.add(x, y);
    const model = emitOnnx(
      { name: 'names', outputs: { x, same: x, a: sum, b: sum, y: sum } },
      { float: 'float64' },
    );
    assert.deepEqual(
      model.outputs.map(({ name }) => name),
      ['next:x', 'same', 'a', 'b', 'next:y'],
    );
    const feeds = new Map(
      [x, y].map((node, i) => [nameOf(node), { shape: [2], data: Float64Array.of(i, 3) }]),
    );
    const got = await runModel(model, 'float64', feeds);
    assert.deepEqual(
      [...got.values()].map(({ data }) => [...data]),
      [
        [0, 3],
        [0, 3],
        [1, 6],
        [1, 6],
        [1, 6],
      ],
    );
  });

  for (const way of ways) {
    const title = `${way.float} ${way.layout ?? 'channels-last'}`;
    it(`a convolutional network with batch norms and its gradients, ${title}`, async () => {
      const b = new Builder();
      const { y, inputs } = convNet(b, 16);
      await assertSame(withGradients(b, y, inputs), way);
    });

    it(`the same for any number of rows, ${title}`, async () => {
      const b = new Builder();
      const { y, inputs } = convNet(b, N);
      const roots = withGradients(b, y, inputs);
      for (const rows of [3, 5]) await assertSame(roots, way, { N: rows }, `N = ${rows}`);
    });

    it(`sequences of any length, ${title}`, async () => {
      const b = new Builder();
      const long = mulDims(4, T);
      const x = b.input('x', [N, 3, long]);
      const [w1, w2] = [b.input('w1', [4, 3, 4]), b.input('w2', [4, 2, 4])];
      const half = { strides: [2], pads: [[1, 1]] as [number, number][] };
      const down = b.tanh(b.conv(x, w1, half));
      const up = b.convInputGrad(down, w2, { ...half, size: [long] });
      const weights = softmax(b, up, 2);
      const place = b.mul(broadcastTo(b, b.iota(long), up.shape, [2]), weights);
      const roots = withGradients(b, b.div(b.sum(place, [2]), b.extent(long)), [x, w1, w2]);
      for (const sizes of [
        { N: 2, T: 1 },
        { N: 3, T: 3 },
      ])
        await assertSame(roots, way, sizes);
    });
  }

  for (const float of ['float64', 'float32'] as const) {
    for (const [steps, unroll] of [
      [3, 8],
      [3, 0],
      [T, 8],
    ] as const) {
      const title = typeof steps === 'number' ? (unroll > 0 ? 'unrolled' : 'looped') : 'of any length';
      it(`a recurrence and its gradients, ${title}, ${float}`, async () => {
        const b = new Builder();
        const [x, h, w] = [b.input('x', [steps, N, 2]), b.input('h', [N, 3]), b.input('w', [3, 3])];
        const u = b.input('u', [2, 3]);
        const states = b.scan(h, [x], [w, u], (c, state, [xt], [wc, uc]) =>
          c.tanh(c.add(c.matmul(xt, uc), c.matmul(state, wc))),
        );
        const roots = withGradients(b, states, [x, h, w, u]);
        for (const length of [3, 1]) {
          if (typeof steps === 'number' && length !== steps) continue;
          await assertSame(roots, { float, unroll }, { N: 4, T: length });
        }
      });
    }
  }

  it('a gradient penalty through convolutions, differentiated again', async () => {
    const b = new Builder();
    const [x, w, v] = [b.input('x', [3, 2, 6, 6]), b.input('w', [4, 2, 4, 4]), b.input('v', [36, 1])];
    const h = b.tanh(
      b.conv(x, w, {
        strides: [2, 2],
        pads: [
          [1, 1],
          [1, 1],
        ],
      }),
    );
    const score = b.matmul(b.reshape(h, [3, 36]), v);
    const [slope] = differentiate(b, sumAll(b, score), [x]);
    const penalty = meanAll(b, square(b, b.sub(b.sqrt(b.sum(square(b, slope), [1, 2, 3])), 1)));
    const roots = simplify([penalty, ...differentiate(b, penalty, [w, v])]).roots;
    for (const way of ways) await assertSame(roots, way);
  });

  it('shapes of several lengths, their sums and products', async () => {
    const b = new Builder();
    const K = symbol('K');
    const flat = b.reshape(b.exp(b.input('x', [N, T, 2, K])), [mulDims(2, mulDims(N, T)), K]);
    const beside = b.concat([b.input('left', [N, T]), b.input('right', [N, K])], 1);
    const turned = b.reshape(beside, [addDims(T, K), N]);
    await assertSame([flat, turned], { float: 'float64' }, { N: 2, T: 3, K: 5 }, 'several');
  });

  it('shapes of nothing: a size of 0 is none of what came in', async () => {
    const b = new Builder();
    const roots = [
      b.reshape(b.exp(b.input('none', [2, 0])), [0, 3]),
      b.reshape(b.exp(b.input('x', [N, T])), [T, N]),
    ];
    await assertSame(roots, { float: 'float64' }, { N: 2, T: 0 }, 'nothing');
    await assertSame(roots, { float: 'float64' }, { N: 2, T: 3 }, 'something');
  });

  it('erf in doubles', async () => {
    const b = new Builder();
    const values = Array.from({ length: 161 }, (_, i) => (i - 80) / 13);
    await assertSame([b.erf(b.input('x', [4])), b.erf(b.constant(values, [161]))], { float: 'float64' });
  });

  it('functions and movements of a large tensor times a number, which is only written as such', async () => {
    const b = new Builder();
    const scaled = b.mul(b.input('x', [64, 80]), 0.7);
    const made = [b.erf(scaled), b.sign(scaled), b.flip(scaled, 0)];
    for (const way of ways)
      await assertSame(
        made.map((y) => b.mul(b.add(y, 1), 2)),
        way,
      );
  });

  it('rectifiers and their gradients are exact on both sides and at 0', async () => {
    const b = new Builder();
    const x = b.input('x', [2, 1024]);
    const loss = (y: Node): Node => sumAll(b, b.mul(y, b.input('c', [2, 1024])));
    const all = [relu(b, x), leakyRelu(b, x, 0.25)].flatMap((y) => [y, ...differentiate(b, loss(y), [x])]);
    const { roots } = simplify(all);
    const feeds = feedsFor(roots);
    feeds.get('x')!.data.set([0, -0, 1e-30, -1e-30, 3e38, -3e38]);
    const wanted = referenceValues(roots, feeds, {});
    const got = await onnxValues(roots, { float: 'float32' }, feeds);
    got.forEach((value, i) => assertNear(value, wanted[i], 1e-6, `rectifier ${i}`));
    const mask = (values: readonly number[]): number[] => values.map((value) => Math.sign(Math.abs(value)));
    assert.deepEqual(mask([...got[1].data]), mask([...wanted[1].data]));
  });

  it('layouts survive any chain of movements, broadcasts and sums', async () => {
    const step = fc.record({ kind: fc.nat(7), pick: fc.nat(23) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), async (steps) => {
        const b = new Builder();
        const w = b.input('w', [4, 2, 2, 2]);
        const x = b.conv(b.input('x', [3, 2, 5, 5]), w, {
          strides: [2, 2],
          pads: [
            [0, 1],
            [0, 1],
          ],
        });
        const y = steps.reduce((node, { kind, pick }) => moved(b, node, kind, pick), x);
        await assertSame(simplify([y, x]).roots, { float: 'float64' });
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});

/** One of some changes to a node, chosen by numbers. */
function moved(b: Builder, x: Node, kind: number, pick: number): Node {
  const rank = x.shape.length;
  const axis = rank === 0 ? 0 : pick % rank;
  const shape = x.shape as number[];
  const turned = [...shape.keys()].sort((p, q) => ((p * 7 + pick) % 5) - ((q * 7 + pick) % 5));
  if (rank === 0) return b.add(x, 1);
  if (kind === 0) return b.transpose(x, turned);
  if (kind === 1)
    return b.reshape(x, [...shape.slice(0, axis), shape.slice(axis).reduce((p, q) => p * q, 1)]);
  if (kind === 2) return b.add(x, alongAxes(b, mean(b, x, [axis]), shape, [axis]));
  if (kind === 3) return b.mul(x, b.input(`r${shape.join('x')}`, shape));
  if (kind === 4) return b.concat([x, b.flip(x, axis)], axis);
  if (kind === 5) return b.slice(x, axis, 0, Math.ceil(shape[axis] / 2));
  if (kind === 6) return b.expand(b.reshape(x, shape.toSpliced(axis, 0, 1)), shape.toSpliced(axis, 0, 2));
  return rank > 1 ? b.sum(x, [axis]) : b.tanh(x);
}
