/** Layers' values against their definitions, written out in plain loops; sizes for all windows; buffers. */
import { assert } from 'chai';
import fc from 'fast-check';
import { printType } from '../../compiler/types.ts';
import { sumAll } from '../../compiler/ir/compose.ts';
import { printShape, type Dim } from '../../compiler/ir/dim.ts';
import { close } from './close.ts';
import { Workbench } from './workbench.ts';

describe('vocabulary: layers', () => {
  it('dense is x·W + b, at every time step of a seq', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    bench.set('dense.weight', [2, 2], [1, 2, 3, 4]);
    bench.set('dense.bias', [2], [10, 20]);
    bench.set('x', [1, 2], [5, 6]);
    bench.set('s', [1, 2, 2], [5, 1, 6, 0]);
    const [vec, seq] = ['x', 's'].map((name) => bench.input(name, name === 'x' ? [2] : [2, 2]));
    const results = [vec, seq].map((x) => bench.tensor('dense', { x, units: 2 }).node);
    const [a, b] = bench.run(...results);
    close(a.data, [33, 54]);
    close(b.data, [33, 11, 54, 22]);
  });

  it('weights start Glorot uniform, biases at 0, and only weights decay', () => {
    const bench = new Workbench();
    void bench.tensor('conv', { x: bench.input('x', [3, 8, 8]), channels: 5, kernel: 2 }).node;
    const high = Math.sqrt(6 / ((3 + 5) * 4));
    assert.deepEqual(bench.owned.get('conv.weight'), {
      shape: [5, 3, 2, 2],
      initial: { kind: 'uniform', low: -high, high },
      decay: true,
      kind: 'weight',
    });
    assert.deepEqual(bench.owned.get('conv.bias'), {
      shape: [5],
      initial: { kind: 'constant', value: 0 },
      decay: false,
      kind: 'weight',
    });
  });

  it('a bias that a normalisation cancels is never made', () => {
    for (const norm of ['batch_norm', 'instance_norm']) {
      const bench = new Workbench();
      const h = bench.tensor('conv', { x: bench.input('x', [2, 4, 4]), channels: 3, kernel: 3 });
      bench.tensor(norm, { x: bench.tensor('upsample', { x: h }) });
      assert.isFalse(bench.owned.has('conv.bias'), norm);
    }
    const bench = new Workbench();
    const h = bench.tensor('dense', { x: bench.input('x', [2]), units: 8 });
    bench.tensor('batch_norm', { x: bench.tensor('reshape', { x: h, shape: [2, 2, 2] }) });
    assert.isTrue(bench.owned.has('dense.bias'), 'a bias for each unit is not cancelled channel by channel');
  });

  it('conv gives ceil(size / stride), the odd zero at the end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        (size, kernel, stride) => {
          const bench = new Workbench({ sizes: { data: 1 } });
          const x = bench.input('x', [1, size]);
          const y = bench.tensor('conv', { x, channels: 1, kernel, stride, bias: false });
          const out = Math.ceil(size / stride);
          assert.deepEqual(y.type.shape, [1, out]);
          const [got] = bench.run(y.node);
          const [given, weight] = [bench.values.get('x')!.data, bench.values.get('conv.weight')!.data];
          const low = Math.floor(Math.max(0, (out - 1) * stride + kernel - size) / 2);
          const wanted = Array.from({ length: out }, (_, o) =>
            [...weight].reduce((sum, w, k) => sum + w * (given[o * stride + k - low] ?? 0), 0),
          );
          close(got.data, wanted);
        },
      ),
    );
  });

  it('conv_transpose is the adjoint of conv and gives size · stride', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(null, 0, 1),
        (size, kernel, stride, pad) => {
          const long = pad === null ? size * stride : (size - 1) * stride + kernel - 2 * pad;
          fc.pre(long >= 1);
          const bench = new Workbench({ sizes: { data: 1 } });
          const [x, g] = [bench.input('x', [2, long, long]), bench.input('g', [3, size, size])];
          const options = { kernel, stride, bias: false, ...(pad === null ? {} : { pad }) };
          const y = bench.tensor('conv', { x, channels: 3, ...options });
          const back = bench.tensor('conv_transpose', { x: g, channels: 2, ...options });
          assert.deepEqual(back.type.shape, [2, long, long]);
          bench.run(y.node);
          const { data } = bench.values.get('conv.weight')!;
          bench.set('conv_transpose.weight', [3, 2, kernel, kernel], data);
          const { b } = bench;
          const [p, q] = bench.run(sumAll(b, b.mul(y.node, g.node)), sumAll(b, b.mul(back.node, x.node)));
          assert.closeTo(p.data[0], q.data[0], 1e-9);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('symbolic lengths: stride 2 of 2·t is t, transposed back 2·t; an inexact division is a mistake', () => {
    const even: Dim = { terms: { t: 2 }, constant: 0 };
    const bench = new Workbench({ sizes: { t: 4 } });
    const half = bench.tensor('conv', { x: bench.input('x', [2, even]), channels: 3, kernel: 5, stride: 2 });
    assert.equal(printShape(half.type.shape), '[3, t]');
    const again = bench.tensor('conv_transpose', { x: half, channels: 2, kernel: 4, stride: 2 });
    assert.equal(printShape(again.type.shape), '[2, 2*t]');
    const shuffled = bench.tensor('pixel_shuffle', { x: again, factor: 2 });
    assert.equal(printShape(shuffled.type.shape), '[1, 4*t]');
    assert.deepEqual(bench.run(shuffled.node)[0].shape, [3, 1, 16]);
    const odd = bench.input('y', [2, { terms: { t: 1 }, constant: 0 }]);
    const mistake = bench.mistake('conv', { x: odd, channels: 1, kernel: 3, stride: 2 });
    assert.equal(mistake.name, 'division');
  });

  it('pooling and resizing', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    bench.set('x', [1, 1, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8]);
    const x = bench.input('x', [1, 2, 4]);
    const value = (name: string, more: Record<string, number>): number[] => [
      ...bench.run(bench.tensor(name, { x, ...more }).node)[0].data,
    ];
    assert.deepEqual(value('max_pool', { size: 2 }), [6, 8]);
    assert.deepEqual(value('avg_pool', { size: 2 }), [3.5, 5.5]);
    assert.deepEqual(value('max_pool', { size: 2, stride: 1 }), [6, 7, 8]);
    assert.deepEqual(
      value('upsample', { factor: 2 }).slice(0, 16),
      [1, 1, 2, 2, 3, 3, 4, 4, 1, 1, 2, 2, 3, 3, 4, 4],
    );
    bench.set('c', [1, 4, 1, 1], [1, 2, 3, 4]);
    const shuffled = bench.tensor('pixel_shuffle', { x: bench.input('c', [4, 1, 1]) });
    assert.deepEqual(shuffled.type.shape, [1, 2, 2]);
    assert.deepEqual([...bench.run(shuffled.node)[0].data], [1, 2, 3, 4]);
    bench.set('s', [1, 2, 2], [1, 2, 3, 4]);
    assert.deepEqual(
      [...bench.run(bench.tensor('pixel_shuffle', { x: bench.input('s', [2, 2]) }).node)[0].data],
      [1, 3, 2, 4],
    );
  });

  it('concat: scalars, labels, rowless values; a vec at every place of an image', () => {
    const bench = new Workbench({ sizes: { data: 2 } });
    bench.set('l', [2], [1, 0]);
    bench.set('s', [2], [7, 8]);
    bench.set('w', [1], [9]);
    const label = bench.input('l', [], { kind: 'label', classes: 2 });
    const parts = [label, bench.input('s', []), bench.input('w', [1], { rows: null })];
    const y = bench.tensor('concat', { x: parts });
    assert.equal(printType(y.type), 'vec[4]');
    assert.deepEqual([...bench.run(y.node)[0].data], [0, 1, 7, 9, 1, 0, 8, 9]);
    const image = bench.tensor('concat', { x: [bench.input('i', [1, 1, 2]), label] });
    assert.equal(printType(image.type), 'image[3, 1, 2]');
    assert.deepEqual([...bench.run(image.node)[0].data].slice(2, 6), [0, 0, 1, 1]);
  });

  it('dropout and noise are active in training only', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    const x = bench.input('x', [3]);
    const y = bench.tensor('dropout', { x, rate: 0.25 }).node;
    bench.set('dropout_1/mask', [1, 3], [0.1, 0.8, 0.74]);
    bench.set('x', [1, 3], [3, 3, 3]);
    close(bench.run(y)[0].data, [4, 0, 4]);
    const noisy = bench.tensor('noise', { x, std: 2 }).node;
    bench.set('noise_2/noise', [1, 3], [1, -1, 0]);
    close(bench.run(noisy)[0].data, [5, 1, 3]);
    bench.set('s', [], [0.75]);
    const s = bench.input('s', [], { rows: null });
    const dropped = bench.tensor('dropout', { x, rate: s }).node;
    bench.set('dropout_3/mask', [1, 3], [0.1, 0.8, 0.24]);
    close(bench.run(dropped)[0].data, [12, 0, 12]);
    const faint = bench.tensor('noise', { x, std: s }).node;
    bench.set('noise_4/noise', [1, 3], [1, -1, 0]);
    close(bench.run(faint)[0].data, [3.75, 2.25, 3]);
    for (const mode of ['report', 'recalibrate'] as const) {
      const still = new Workbench({ mode });
      const input = still.input('x', [3]);
      assert.equal(still.tensor('dropout', { x: input }).node, input.node);
      assert.equal(still.tensor('noise', { x: input, std: 1 }).node, input.node);
    }
  });

  it('activations', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    bench.set('x', [1, 5], [-20, -1, 0, 0.5, 800]);
    const x = bench.input('x', [5]);
    const value = (name: string): number[] => [...bench.run(bench.tensor(name, { x }).node)[0].data];
    close(value('relu'), [0, 0, 0, 0.5, 800]);
    close(value('leaky_relu'), [-4, -0.2, 0, 0.5, 800]);
    close(value('elu'), [Math.expm1(-20), Math.expm1(-1), 0, 0.5, 800]);
    close(value('selu').slice(1, 4), [
      1.6732632423543772 * 1.0507009873554805 * Math.expm1(-1),
      0,
      1.0507009873554805 / 2,
    ]);
    close(value('gelu').slice(1), [-0.15865525393145707, 0, 0.34573123063700656, 800], 1e-6);
    close(value('softplus'), [
      Math.log1p(Math.exp(-20)),
      Math.log1p(Math.exp(-1)),
      Math.log(2),
      Math.log1p(Math.exp(0.5)),
      800,
    ]);
    close(value('softsign'), [-20 / 21, -0.5, 0, 1 / 3, 800 / 801]);
    close(value('softmax'), [0, 0, 0, 0, 1]);
  });
});
