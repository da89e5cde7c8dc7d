/** Functions, distributions and games against their definitions. */
import { assert } from 'chai';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { sumAll } from '../../compiler/ir/compose.ts';
import type { Shape } from '../../compiler/ir/dim.ts';
import { nameOf } from '../ops/samples.ts';
import { printType, type TensorType } from '../../compiler/types.ts';
import { families, printDistribution } from '../../compiler/vocabulary/distributions.ts';
import { close } from './close.ts';
import { Workbench, type Given } from './workbench.ts';

const sigma = (x: number): number => 1 / (1 + Math.exp(-x));
const logit: Partial<TensorType> = { kind: 'logit' };

/** A bench of one row of data, and an input with these values. */
function one(): {
  bench: Workbench;
  input: (
    name: string,
    values: readonly number[],
    type?: Partial<TensorType>,
    shape?: Shape,
  ) => ReturnType<Workbench['input']>;
} {
  const bench = new Workbench({ sizes: { data: 1, other: 1 } });
  return {
    bench,
    input(name, values, type = {}, shape = values.length === 1 ? [] : [values.length]) {
      const lead = type.rows === null ? [] : [1];
      bench.set(name, [...lead, ...(shape as number[])], values);
      return bench.input(name, shape, type);
    },
  };
}
const numbers = (bench: Workbench, name: string, given: Record<string, Given>): number[] => [
  ...bench.run(bench.tensor(name, given).node)[0].data,
];

describe('vocabulary: functions', () => {
  it('reductions are over a row, over time, or the mean over rows', () => {
    const bench = new Workbench({ sizes: { data: 2 } });
    bench.set('x', [2, 2, 2], [1, 2, 3, -4, 5, 6, 7, 8]);
    const x = bench.input('x', [2, 2]);
    close(numbers(bench, 'sum', { x }), [2, 26]);
    close(numbers(bench, 'mean', { x, over: 'time' }), [1.5, -0.5, 5.5, 7.5]);
    close(numbers(bench, 'mean', { x, over: 'rows' }), [3, 4, 5, 2]);
    close(numbers(bench, 'max', { x }), [3, 8]);
    close(numbers(bench, 'min', { x, over: 'time' }), [1, -4, 5, 7]);
    close(numbers(bench, 'norm', { x }), [Math.sqrt(30), Math.sqrt(174)]);
    close(numbers(bench, 'max', { x, y: 2.5 }), [2.5, 2.5, 3, 2.5, 5, 6, 7, 8]);
    const batch = bench.tensor('mean', { x, over: 'rows' });
    assert.isNull(batch.type.rows);
    assert.equal(printType(bench.tensor('mean', { x, over: 'time' }).type), 'vec[2]');
    assert.equal(bench.mistake('mean', { x: batch, over: 'rows' }).name, 'noRows');
  });

  it('a map of answers pays the mean of what each would; one answer what it pays alone', () => {
    const softplus = (x: number): number => Math.log(1 + Math.exp(x));
    const kinds = {
      non_saturating: [softplus, softplus],
      least_squares: [(x: number) => (x + 1) ** 2 / 2, (x: number) => x ** 2 / 2],
      hinge: [(x: number) => Math.max(0, 1 + x), (x: number) => Math.max(0, 1 + x)],
      wasserstein: [(x: number) => x, (x: number) => x],
    };
    const [real, fake] = [
      [0.5, -2, 1, 0.3],
      [1, -1, 0.2, 3],
    ];
    const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x) / list.length;
    for (const [kind, [left, right]] of Object.entries(kinds)) {
      const { bench, input } = one();
      const [r, f] = [input('r', real, logit), input('f', fake, logit)];
      const { fields } = bench.record('adversarial', { real: r, fake: f, kind });
      const { discriminator } = fields;
      assert(discriminator.sort === 'tensor');
      close(bench.run(discriminator.node)[0].data, [
        mean(real.map((x) => left(-x))) + mean(fake.map((x) => right(x))),
      ]);
    }
  });

  it('widen adds classes behind those there are', () => {
    const bench = new Workbench({ sizes: { data: 2 } });
    const y = bench.input('y', [], { kind: 'label', classes: 10 });
    assert.equal(printType(bench.tensor('widen', { x: y }).type), 'label[11]');
    assert.equal(bench.tensor('widen', { x: y, by: 3 }).node, y.node);
    assert.equal(bench.mistake('widen', { x: bench.input('v', [3]) }).name, 'kind');
  });

  it('norm and distance have gradient 0 at 0', () => {
    const { bench, input } = one();
    const x = input('x', [0, 0]);
    const y = bench.tensor('distance', { a: x, b: 0 });
    const [gradient] = differentiate(bench.b, sumAll(bench.b, y.node), [x.node]);
    const [value, slope] = bench.run(y.node, gradient);
    close(value.data, [0]);
    close(slope.data, [0, 0]);
  });

  it('losses: bce and cross_entropy sum over a row, l1 and mse average', () => {
    const { bench, input } = one();
    const l = input('l', [0.5, -2, 100], logit);
    const x = input('x', [1, 2, 4]);
    close(numbers(bench, 'bce', { x: l, target: 1 }), [-Math.log(sigma(0.5)) - Math.log(sigma(-2))]);
    close(numbers(bench, 'bce', { x: l, target: 0 }), [
      -Math.log(1 - sigma(0.5)) - Math.log(1 - sigma(-2)) + 100,
    ]);
    const t = input('t', [0.3, 1, 0.5]);
    const wanted = -0.3 * Math.log(sigma(0.5)) - 0.7 * Math.log(1 - sigma(0.5)) - Math.log(sigma(-2)) + 50;
    close(numbers(bench, 'bce', { x: l, target: t }), [wanted]);
    close(numbers(bench, 'l1', { a: x, b: 2 }), [1]);
    close(numbers(bench, 'mse', { a: x, b: 2 }), [5 / 3]);
    const k = input('k', [1, 2, 3], logit);
    const total = Math.exp(1) + Math.exp(2) + Math.exp(3);
    const log = (i: number): number => Math.log(total) - i;
    close(numbers(bench, 'cross_entropy', { x: k, target: 1 }), [log(2)]);
    close(numbers(bench, 'cross_entropy', { x: k, target: 'uniform' }), [(log(1) + log(2) + log(3)) / 3]);
    const label = input('y', [2], { kind: 'label', classes: 3 });
    close(numbers(bench, 'cross_entropy', { x: k, target: label }), [log(3)]);
    close(numbers(bench, 'cross_entropy', { x: bench.tensor('softmax', { x: k }), target: label }), [log(3)]);
  });

  it('total_variation sums the steps between neighbours', () => {
    const { bench, input } = one();
    const x = input('x', [1, 2, 4, 0], {}, [1, 2, 2]);
    close(numbers(bench, 'total_variation', { x }), [1 + 4 + 3 + 2]);
  });

  it('normal: nll, kl, entropy and fields', () => {
    const { bench, input } = one();
    const m = input('m', [0.5, -1]);
    const d = bench.distribution('normal', { mean: m, std: 2 });
    assert.equal(printDistribution(d), 'normal[2]');
    const density = (x: number, mean: number): number =>
      0.5 * Math.log(2 * Math.PI * 4) + (x - mean) ** 2 / 8;
    close(numbers(bench, 'nll', { distribution: d, x: 0 }), [density(0, 0.5) + density(0, -1)]);
    const toStandard = (mean: number): number => 0.5 * (4 + mean ** 2 - 1 - Math.log(4));
    close(numbers(bench, 'kl', { from: d }), [toStandard(0.5) + toStandard(-1)]);
    const standard = bench.distribution('normal', { mean: 0, std: 1 });
    close(numbers(bench, 'kl', { from: d, to: standard }), [toStandard(0.5) + toStandard(-1)]);
    close(numbers(bench, 'entropy', { x: d }), [Math.log(2 * Math.PI * Math.E * 4)]);
    const draw = families.normal.fields.draw(bench.call('draw'), d);
    const key = nameOf(draw.node.inputs[1].inputs[1]);
    bench.set(key, [1, 2], [1, -1]);
    close(bench.run(draw.node)[0].data, [2.5, -3]);
  });

  it('categorical and bernoulli: nll, kl, entropy, draws', () => {
    const { bench, input } = one();
    const l = input('l', [Math.log(0.2), Math.log(0.3), Math.log(0.5)]);
    const c = bench.distribution('categorical', { logits: l });
    const p = [0.2, 0.3, 0.5];
    close(numbers(bench, 'nll', { distribution: c, x: 1 }), [-Math.log(0.3)]);
    const h = -p.reduce((sum, q) => sum + q * Math.log(q), 0);
    close(numbers(bench, 'entropy', { x: c }), [h]);
    close(numbers(bench, 'entropy', { x: families.categorical.fields.probs(bench.call('probs'), c) }), [h]);
    close(numbers(bench, 'kl', { from: c }), [Math.log(3) - h]);
    close(numbers(bench, 'kl', { from: c, to: c }), [0]);
    close(bench.run(families.categorical.fields.mode(bench.call('mode'), c).node)[0].data, [0, 0, 1]);

    const b = bench.distribution('bernoulli', { logits: input('b', [1]) });
    const q = sigma(1);
    const hb = -q * Math.log(q) - (1 - q) * Math.log(1 - q);
    close(numbers(bench, 'entropy', { x: b }), [hb]);
    close(numbers(bench, 'kl', { from: b }), [Math.log(2) - hb]);
    close(numbers(bench, 'nll', { distribution: b, x: 0 }), [-Math.log(1 - q)]);
  });

  it('draws of a categorical follow its probabilities, of a bernoulli its chance', () => {
    const rows = 4000;
    const bench = new Workbench({ sizes: { data: rows } });
    bench.set('l', [3], [Math.log(0.2), Math.log(0.3), Math.log(0.5)]);
    const l = bench.tensor('max', { x: bench.input('l', [3], { rows: null }), y: bench.input('floor', []) });
    bench.set('floor', [rows], new Float64Array(rows).fill(-100));
    const c = bench.distribution('categorical', { logits: l });
    const [drawn] = bench.run(families.categorical.fields.draw(bench.call('draw'), c).node);
    const share = [0, 1, 2].map((k) => drawn.data.filter((v, i) => i % 3 === k && v === 1).length / rows);
    // The bench's uniforms lie in [0.02, 0.98]: the tails of the Gumbel noise are cut, the shares hardly change.
    [0.2, 0.3, 0.5].forEach((p, k) => assert.closeTo(share[k], p, 0.03));
    const first = bench.tensor('sum', { x: bench.input('chance', []) });
    bench.set('chance', [rows], new Float64Array(rows).fill(-1));
    const [flips] = bench.run(
      families.bernoulli.fields.draw(bench.call('flip'), bench.distribution('bernoulli', { logits: first }))
        .node,
    );
    assert.closeTo(flips.data.reduce((a, b) => a + b, 0) / rows, sigma(-1), 0.03);
  });

  it('games: one loss for each player', () => {
    const { bench, input } = one();
    const [real, fake] = [input('r', [0.4], logit), input('f', [-0.3], logit)];
    const play = (kind: string): number[] => {
      const { fields } = bench.record('adversarial', { real, fake, kind });
      return ['discriminator', 'generator', 'encoder'].map((name) => {
        const value = fields[name];
        assert(value.sort === 'tensor');
        return bench.run(value.node)[0].data[0];
      });
    };
    const bce = (x: number, t: number): number => -Math.log(t === 1 ? sigma(x) : 1 - sigma(x));
    const right = bce(0.4, 1) + bce(-0.3, 0);
    close(play('non_saturating'), [right, bce(-0.3, 1), bce(0.4, 0)]);
    close(play('minimax'), [right, -bce(-0.3, 0), -bce(0.4, 1)]);
    close(play('least_squares'), [(0.6 ** 2 + 0.3 ** 2) / 2, 1.3 ** 2 / 2, 0.4 ** 2 / 2]);
    close(play('hinge'), [0.6 + 0.7, 0.3, 0.4]);
    close(play('wasserstein'), [-0.7, 0.3, 0.4]);
  });

  it('losses of different rows are added as their means', () => {
    const bench = new Workbench({ sizes: { data: 2, other: 3 } });
    bench.set('r', [2], [1, 3]);
    bench.set('f', [3], [1, 2, 6]);
    const [real, fake] = [bench.input('r', [], logit), bench.input('f', [], { ...logit, rows: 'other' })];
    const { discriminator } = bench.record('adversarial', { real, fake, kind: 'wasserstein' }).fields;
    assert(discriminator.sort === 'tensor');
    assert.isNull(discriminator.type.rows);
    close(bench.run(discriminator.node)[0].data, [1]);
  });

  it('stack and part, between, clamp', () => {
    const bench = new Workbench({ sizes: { data: 1, other: 2 } });
    bench.set('a', [1, 2], [1, 2]);
    bench.set('b', [2, 2], [3, 4, 5, 6]);
    const [a, b] = [bench.input('a', [2]), bench.input('b', [2], { rows: 'other' })];
    const stacked = bench.tensor('stack', { x: [a, b] });
    close(bench.run(stacked.node)[0].data, [1, 2, 3, 4, 5, 6]);
    const back = bench.tensor('part', { x: bench.tensor('square', { x: stacked }), i: 1 });
    assert.equal(back.type.rows, 'other');
    close(bench.run(back.node)[0].data, [9, 16, 25, 36]);
    const label = bench.input('y', [], { kind: 'label', classes: 2 });
    assert.equal(bench.tensor('stack', { x: [label, bench.tensor('softmax', { x: a })] }).type.kind, 'prob');
    assert.equal(bench.mistake('part', { x: a, i: 0 }).name, 'rows');
    assert.equal(bench.mistake('part', { x: stacked, i: 2 }).name, 'outside');
    const middle = bench.tensor('between', { a, b: bench.tensor('square', { x: a }) });
    const [m] = bench.run(middle.node);
    const u = [...bench.values].find(([name]) => name.endsWith('/place'))![1].data[0];
    close(m.data, [1, 2 + u * 2]);
    assert.deepEqual(bench.tensor('clamp', { x: a, low: 0, high: 1 }).type.range, [0, 1]);
  });

  it('reverse turns the gradient, stop cuts it', () => {
    const { bench, input } = one();
    const x = input('x', [3, 4]);
    const slope = (name: string, more: Record<string, number> = {}): number[] => {
      const y = bench.tensor('sum', { x: bench.tensor('square', { x: bench.tensor(name, { x, ...more }) }) });
      const [g] = differentiate(bench.b, sumAll(bench.b, y.node), [x.node]);
      return [...bench.run(g)[0].data];
    };
    close(slope('reverse', { k: 0.5 }), [-3, -4]);
    close(slope('stop'), [0, 0]);
  });
});
