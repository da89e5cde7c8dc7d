/** Values of normalisations, of activations and of weights. */
import { assert } from 'chai';
import { close } from './close.ts';
import { Workbench } from './workbench.ts';

const meanOf = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;
const varianceOf = (xs: readonly number[]): number => meanOf(xs.map((x) => (x - meanOf(xs)) ** 2));

describe('vocabulary: normalisations', () => {
  it('normalisations without gain and bias are those with a gain of 1 and a bias of 0', () => {
    for (const mode of ['train', 'report'] as const) {
      for (const norm of ['batch_norm', 'instance_norm', 'layer_norm']) {
        const [plain, learned] = [true, false].map((alone) => {
          const bench = new Workbench({ mode });
          bench.set(`${norm}.gain`, [2], [1, 1]);
          bench.set(`${norm}.bias`, [2], [0, 0]);
          const y = bench.tensor(norm, { x: bench.input('x', [2, 3]), ...(alone && { affine: false }) });
          const weights = [...bench.owned].filter(([, own]) => own.kind === 'weight');
          assert.lengthOf(weights, alone ? 0 : 2, norm);
          if (alone) bench.checkGradients(y.node, ['x']);
          return bench.run(y.node)[0].data;
        });
        close(plain, [...learned]);
      }
    }
  });

  it('batch_norm: its batch in training, running statistics in reports, unbiased variance observed', () => {
    const bench = new Workbench();
    const y = bench.tensor('batch_norm', { x: bench.input('x', [2]) });
    const [mean, variance] = [bench.observed.get('mean')![0], bench.observed.get('variance')![0]];
    const [got, m, v] = bench.run(y.node, mean, variance);
    const data = bench.values.get('x')!.data;
    const [gain, bias] = [
      bench.values.get('batch_norm.gain')!.data,
      bench.values.get('batch_norm.bias')!.data,
    ];
    const columns = [0, 1].map((c) => [0, 1, 2].map((row) => data[2 * row + c]));
    const wanted = [...data].map((x, i) => {
      const column = columns[i % 2];
      return ((x - meanOf(column)) / Math.sqrt(varianceOf(column) + 1e-5)) * gain[i % 2] + bias[i % 2];
    });
    close(got.data, wanted);
    close(m.data, columns.map(meanOf));
    close(
      v.data,
      columns.map((c) => (varianceOf(c) * 3) / 2),
    );

    const report = new Workbench({ mode: 'report' });
    report.set('batch_norm.mean', [2], [1, 2]);
    report.set('batch_norm.variance', [2], [4, 9]);
    report.set('batch_norm.gain', [2], [1, 2]);
    report.set('batch_norm.bias', [2], [0, 5]);
    report.set('x', [3, 2], [3, 5, 1, 2, 1, 2]);
    const [used] = report.run(report.tensor('batch_norm', { x: report.input('x', [2]) }).node);
    close(used.data, [1, 7, 0, 5, 0, 5], 1e-5);
    assert.equal(report.observed.size, 0);
  });

  it('layer_norm takes a row, instance_norm a channel of a row', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    const x = bench.input('x', [2, 3]);
    for (const name of ['layer_norm', 'instance_norm']) {
      bench.set(`${name}.gain`, [2], [1, 1]);
      bench.set(`${name}.bias`, [2], [0, 0]);
    }
    const [layer, instance] = bench.run(
      bench.tensor('layer_norm', { x }).node,
      bench.tensor('instance_norm', { x }).node,
    );
    const data = [...bench.values.get('x')!.data];
    const normal = (xs: readonly number[]): number[] =>
      xs.map((v) => (v - meanOf(xs)) / Math.sqrt(varianceOf(xs) + 1e-5));
    close(layer.data, normal(data));
    close(instance.data, [...normal(data.slice(0, 3)), ...normal(data.slice(3))]);
  });

  it('spectral: the power iteration finds the largest singular value', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    bench.set('dense.weight', [2, 2], [3, 0, 0, 1]);
    bench.set('dense.singular', [2], [1, 1]);
    bench.set('x', [1, 2], [1, 1]);
    const y = bench.tensor('dense', { x: bench.input('x', [2]), units: 2, spectral: true, bias: false });
    const next = bench.movedTo.get('singular')!;
    for (let i = 0; i < 30; i++) bench.set('dense.singular', [2], bench.run(next)[0].data);
    close(bench.run(y.node)[0].data, [1, 1 / 3], 1e-9);
    const still = new Workbench({ trained: false });
    still.tensor('dense', { x: still.input('x', [2]), units: 2, spectral: true });
    assert.equal(still.movedTo.size, 0, 'an update of another network moves nothing');
  });

  it('weight_norm: the weights into each unit have length 1, or a learned one', () => {
    const cases = { unit: [-0.2, 1], learned: [-0.4, -3] };
    for (const [kind, wanted] of Object.entries(cases)) {
      const bench = new Workbench({ sizes: { data: 1 } });
      bench.set('dense.weight', [2, 2], [3, 0, 4, -2]);
      bench.set('dense.gain', [2], [2, -3]);
      bench.set('x', [1, 2], [1, -1]);
      const y = bench.tensor('dense', { x: bench.input('x', [2]), units: 2, weight_norm: kind, bias: false });
      close(bench.run(y.node)[0].data, wanted, 1e-9);
      assert.equal(bench.owned.get('dense.gain')?.decay, kind === 'learned' ? false : undefined);
    }
    const both = new Workbench();
    const x = both.input('x', [2]);
    assert.throws(
      () => both.tensor('dense', { x, units: 2, spectral: true, weight_norm: 'unit' }),
      /not by both/,
    );
  });

  it('weight_norm: channels of a convolution and of a transposed one', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    bench.set('x', [1, 1, 1], [1]);
    bench.set('conv.weight', [2, 1, 1], [-3, 0.5]);
    bench.set('conv_transpose.weight', [1, 2, 1], [-3, 0.5]);
    for (const layer of ['conv', 'conv_transpose']) {
      const x = bench.input('x', [1, 1]);
      const y = bench.tensor(layer, { x, channels: 2, kernel: 1, weight_norm: 'unit', bias: false });
      close(bench.run(y.node)[0].data, [-1, 1], 1e-9);
    }
  });
});
