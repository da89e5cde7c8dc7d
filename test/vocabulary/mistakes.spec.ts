/** What layers and functions refuse: the mistake's name, its words, a way out; and the kinds and ranges they give. */
import { assert } from 'chai';
import { printType, type TensorType } from '../../compiler/types.ts';
import { Workbench } from './workbench.ts';

const logit: Partial<TensorType> = { kind: 'logit' };

describe('vocabulary: what layers take', () => {
  const bench = new Workbench();
  const vec = bench.input('v', [1024]);
  const image = bench.input('i', [3, 8, 8], { range: [0, 1] });

  it('a list with a number for each axis says how many there are', () => {
    const bench = new Workbench();
    const of = (shape: number[], kernel: number[]): string =>
      bench.mistake('conv', { x: bench.input('x', shape), channels: 3, kernel }).what;
    assert.equal(of([2, 5], [3, 3]), '`kernel` has 2 numbers for 1 axis');
    assert.equal(of([2, 4, 5], [3, 3, 3]), '`kernel` has 3 numbers for 2 axes');
  });

  it('shapes that do not fit say what came, what is wanted, and the way out', () => {
    const conv = bench.mistake('conv', { x: vec, channels: 3, kernel: 3 });
    assert.deepEqual(conv, {
      name: 'shape',
      what: '`conv` takes image[C, H, W] or seq[C, T], and vec[1024] came in',
      hint: 'Bring it to an image with `|> reshape(C, H, W)` or a seq with `|> reshape(C, T)`, or use `dense`.',
    });
    const dense = bench.mistake('dense', { x: image, units: 3 });
    assert.equal(dense.hint, 'Put `|> flatten` before it.');
    const reshape = bench.mistake('reshape', { x: vec, shape: [3, 3] });
    assert.equal(reshape.what, 'vec[1024] has 1024 numbers, and [3, 3] would have 9');
    const names = [
      bench.mistake('gru', { x: vec, units: 3 }),
      bench.mistake('instance_norm', { x: vec }),
      bench.mistake('pixel_shuffle', { x: image }),
      bench.mistake('concat', { x: [image, bench.input('j', [3, 4, 4])] }),
      bench.mistake('max_pool', { x: image, size: 9 }),
    ].map(({ name }) => name);
    assert.deepEqual(names, ['shape', 'shape', 'shape', 'shape', 'shape']);
  });

  it('kinds: sigmoid and softmax are not applied twice, a label is no number', () => {
    const prob = bench.tensor('sigmoid', { x: bench.input('l', [], { kind: 'logit' }) });
    assert.equal(printType(prob.type), 'prob in [0, 1]');
    assert.equal(bench.mistake('sigmoid', { x: prob }).name, 'kind');
    assert.equal(bench.mistake('softmax', { x: bench.tensor('softmax', { x: vec }) }).name, 'kind');
    assert.equal(
      bench.mistake('relu', { x: bench.input('y', [], { kind: 'label', classes: 10 }) }).name,
      'kind',
    );
  });

  it('ranges: movement keeps, sigmoid and tanh establish, others forget', () => {
    const kept = ['flatten', 'upsample'].map((name) => bench.tensor(name, { x: image }).type.range);
    assert.deepEqual(kept, [
      [0, 1],
      [0, 1],
    ]);
    assert.deepEqual(bench.tensor('concat', { x: [image, image] }).type.range, [0, 1]);
    assert.deepEqual(bench.tensor('tanh', { x: vec }).type.range, [-1, 1]);
    assert.deepEqual(bench.tensor('sigmoid', { x: vec }).type.range, [0, 1]);
    assert.isNull(bench.tensor('relu', { x: image }).type.range);
    assert.isNull(bench.tensor('conv', { x: image, channels: 1, kernel: 1 }).type.range);
  });
});

describe('vocabulary: what functions take', () => {
  const bench = new Workbench();
  const prob = bench.tensor('sigmoid', { x: bench.input('l', [], logit) });
  const real = bench.input('x', [4]);

  it('logits are wanted, probabilities are not', () => {
    assert.deepEqual(bench.mistake('bce', { x: prob, target: 1 }), {
      name: 'kind',
      what: '`bce` takes a logit, and prob in [0, 1] came in',
      hint: "Leave out the `sigmoid`, and declare the network's result `-> logit`.",
    });
    const names = [
      bench.mistake('bce', { x: real, target: 1 }),
      bench.mistake('categorical', { logits: bench.tensor('softmax', { x: real }) }),
      bench.mistake('adversarial', { real: prob, fake: prob, kind: 'wasserstein' }),
      bench.mistake('adversarial', { real: prob, fake: prob }),
      bench.mistake('cross_entropy', { x: real, target: 1 }),
      bench.mistake('entropy', { x: real }),
    ].map(({ name }) => name);
    assert.deepEqual(names, ['kind', 'kind', 'kind', 'kind', 'kind', 'kind']);
  });

  it('targets lie in [0, 1]; classes are as many', () => {
    const l = bench.input('k', [4], logit);
    assert.equal(
      bench.mistake('bce', { x: l, target: bench.input('t', [4], { range: [-1, 1] }) }).name,
      'range',
    );
    assert.equal(bench.mistake('bce', { x: l, target: 2 }).name, 'range');
    const label = bench.input('y', [], { kind: 'label', classes: 10 });
    const mistake = bench.mistake('cross_entropy', { x: l, target: label });
    assert.equal(mistake.what, 'label[10] came in, and a label of 4 classes is wanted');
    assert.equal(bench.mistake('cross_entropy', { x: l, target: 4 }).name, 'outside');
    assert.equal(
      bench.mistake('nll', { distribution: bench.distribution('normal', { mean: real, std: 1 }), x: label })
        .name,
      'kind',
    );
  });

  it('shapes that do not combine, rows that do not meet, a normal without a spread', () => {
    assert.deepEqual(bench.mistake('mse', { a: real, b: bench.input('i', [1, 2, 2]) }), {
      name: 'shape',
      what: 'vec[4] and image[1, 2, 2] do not combine',
      hint: 'They hold as many numbers: `flatten` or `reshape` brings one to the shape of the other.',
    });
    assert.equal(bench.mistake('mse', { a: real, b: bench.input('o', [4], { rows: 'other' }) }).name, 'rows');
    assert.equal(bench.mistake('normal', { mean: real }).name, 'missingArgument');
    assert.equal(bench.mistake('normal', { mean: real, std: 1, log_variance: 0 }).name, 'tooManyArguments');
    assert.equal(bench.mistake('gradient', { y: real, x: real }).name, 'notScalar');
  });

  it('hidden stays hidden', () => {
    const secret = bench.input('s', [4], { hidden: 'data.s' });
    assert.equal(bench.tensor('mse', { a: real, b: secret }).type.hidden, 'data.s');
    assert.equal(bench.tensor('concat', { x: [real, secret] }).type.hidden, 'data.s');
  });
});
