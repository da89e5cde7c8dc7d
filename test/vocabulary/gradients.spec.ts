/**
 * Every layer and function: its gradient by what comes in and by its weights agrees with central differences in
 * float64. The table (samples.ts) must name every item of the vocabulary that has a gradient.
 */
import { assert } from 'chai';
import { families } from '../../compiler/vocabulary/distributions.ts';
import { inputsOf, samples, tensorsIn } from './samples.ts';
import { vocabulary, Workbench } from './workbench.ts';

/** Their gradient is none, or not that of what they compute; other tests say what it is. */
const withoutGradient = [
  'floor',
  'sign',
  'within',
  'box',
  'widen',
  'quantize',
  'stop',
  'reverse',
  'normal',
  'categorical',
  'bernoulli',
];

const vec = [4];

describe('vocabulary: gradients', () => {
  it('the table has every item that has a gradient', () => {
    const wanted = Object.keys(vocabulary).filter((name) => !withoutGradient.includes(name));
    const missing = wanted.filter((name) => !(name in samples));
    assert.deepEqual(missing, [], 'give it a row in test/vocabulary/samples.ts');
    const spare = Object.keys(samples).filter((name) => !wanted.includes(name));
    assert.deepEqual(spare, [], 'test/vocabulary/samples.ts has a row of nothing');
  });

  for (const [name, list] of Object.entries(samples)) {
    list.forEach((one, i) =>
      it(`${name} ${i + 1}`, () => {
        const bench = new Workbench({ trained: false });
        const result = bench.apply(name, one.args(inputsOf(bench, one.inputs), bench));
        for (const { node } of tensorsIn(result)) {
          const weights = [...bench.owned].filter(([, own]) => own.kind === 'weight').map(([path]) => path);
          const reads = one.by ?? [...Object.keys(one.inputs), ...weights];
          const there = tensorsIn(result).length > 1 ? reads.filter((r) => bench.reads(node, r)) : reads;
          bench.checkGradients(node, there);
        }
      }),
    );
  }

  it('batch norm by running statistics', () => {
    const bench = new Workbench({ mode: 'report' });
    bench.set('batch_norm.variance', [4], [0.5, 1, 2, 0.1]);
    const { node } = bench.tensor('batch_norm', { x: bench.input('x', vec) });
    bench.checkGradients(node, ['x', 'batch_norm.gain', 'batch_norm.bias']);
  });

  it('draws of a normal carry gradient to mean and spread', () => {
    const bench = new Workbench();
    const d = bench.distribution('normal', {
      mean: bench.input('m', vec),
      log_variance: bench.input('v', vec),
    });
    bench.checkGradients(families.normal.fields.draw(bench.call('draw'), d).node, ['m', 'v']);
  });

  it('a symbolic length', () => {
    const T = { terms: { T: 2 }, constant: 0 };
    const bench = new Workbench({ sizes: { T: 4 } });
    const x = bench.input('x', [2, T]);
    const h = bench.tensor('conv', { x, channels: 3, kernel: 5, stride: 2 });
    const y = bench.tensor('gru', { x: bench.tensor('instance_norm', { x: h }), units: 2 });
    assert.deepEqual(y.type.shape, [2, { terms: { T: 1 }, constant: 0 }]);
    bench.checkGradients(y.node, ['x', 'conv.weight', 'gru.recurrent_weight', 'instance_norm.gain']);
  });
});
