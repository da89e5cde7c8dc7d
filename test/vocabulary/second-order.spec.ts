/** Derivatives of derivatives: gradient penalties by weights, against central differences. */
import { assert } from 'chai';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { sumAll } from '../../compiler/ir/compose.ts';
import { Workbench } from './workbench.ts';

describe('vocabulary: second derivatives', () => {
  /** The gradient penalty of a critic, differentiated by its weights. */
  it('a convolutional critic: the slope of its gradient norm', () => {
    const bench = new Workbench({ sizes: { data: 2 } });
    const x = bench.tensor('between', { a: bench.input('a', [1, 4, 4]), b: bench.input('b', [1, 4, 4]) });
    const h = bench.tensor('leaky_relu', {
      x: bench.tensor('conv', { x, channels: 2, kernel: 3, stride: 2 }),
    });
    const g = bench.tensor('tanh', { x: bench.tensor('layer_norm', { x: h }) });
    const score = bench.tensor('dense', { x: bench.tensor('flatten', { x: g }), units: 1 });
    const norm = bench.tensor('norm', { x: bench.tensor('gradient', { y: score, x }) });
    const penalty = bench.tensor('mse', { a: norm, b: 1 });
    bench.checkGradients(
      penalty.node,
      ['conv.weight', 'conv.bias', 'layer_norm.gain', 'dense.weight', 'a'],
      1e-6,
    );
  });

  it('a recurrent critic', () => {
    const bench = new Workbench({ sizes: { data: 2 } });
    const x = bench.input('x', [2, 3]);
    const h = bench.tensor('gru', { x, units: 2, both: true });
    const score = bench.tensor('dense', { x: bench.tensor('mean', { x: h, over: 'time' }), units: 1 });
    const penalty = bench.tensor('sum', {
      x: bench.tensor('square', { x: bench.tensor('gradient', { y: score, x }) }),
    });
    bench.checkGradients(
      penalty.node,
      ['x', 'gru.weight', 'gru.back_recurrent_weight', 'dense.weight'],
      1e-6,
    );
  });

  for (const cell of ['rnn', 'gru', 'lstm']) {
    it(`a recurrent critic of rows of varying length, by its last state: ${cell}`, () => {
      const bench = new Workbench({ sizes: { data: 2 } });
      const x = bench.input('x', [2, 3]);
      bench.set('n', [2], [3, 2]);
      const where = bench.tensor('within', { n: bench.input('n', []), like: x });
      const start = bench.input('h', [2]);
      const h = bench.tensor(cell, { x, units: 2, both: true, last: true, start, where });
      const score = bench.tensor('dense', { x: h, units: 1 });
      const penalty = bench.tensor('norm', { x: bench.tensor('gradient', { y: score, x }), where });
      bench.checkGradients(penalty.node, ['x', 'h', `${cell}.weight`, `${cell}.back_recurrent_weight`], 1e-6);
    });
  }

  it('smooth activations and the norm at a zero gradient', () => {
    for (const name of ['elu', 'selu', 'gelu', 'softplus', 'swish', 'sigmoid', 'softmax']) {
      const bench = new Workbench();
      const x = bench.input('x', [3]);
      const y = bench.tensor('sum', { x: bench.tensor('square', { x: bench.tensor(name, { x }) }) });
      bench.checkGradients(bench.tensor('gradient', { y, x }).node, ['x'], 1e-6);
    }
    const bench = new Workbench({ sizes: { data: 1 } });
    bench.set('x', [1, 2], [0, 0]);
    const x = bench.input('x', [2]);
    const y = bench.tensor('sum', { x: bench.tensor('square', { x }) });
    const norm = bench.tensor('norm', { x: bench.tensor('gradient', { y, x }) });
    const [g] = differentiate(bench.b, sumAll(bench.b, norm.node), [x.node]);
    assert.deepEqual([...bench.run(g)[0].data], [0, 0]);
  });
});
