/** Recurrent layers and masks: values against loops, rows of varying length against rows that are cut, mistakes. */
import { assert } from 'chai';
import { printType } from '../../compiler/types.ts';
import type { TensorValue } from '../../compiler/values.ts';
import { Workbench, type Given } from './workbench.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function close(got: ArrayLike<number>, wanted: readonly number[]): void {
  assert.equal(got.length, wanted.length);
  wanted.forEach((value, i) => assert.closeTo(got[i], value, 1e-10, `[${i}]`));
}

/** Rows of 4 steps, of which 3 and 1 count; what stands in the others is NaN by default. */
function ragged(filler: number): { bench: Workbench; x: TensorValue; where: TensorValue } {
  const bench = new Workbench({ sizes: { data: 2 } });
  const steps = [0.5, -1, 2, filler, 0.25, filler, filler, filler];
  const second = steps.map((value) => value * 0.5 + 0.1);
  bench.set(
    'x',
    [2, 2, 4],
    [...steps.slice(0, 4), ...second.slice(0, 4), ...steps.slice(4), ...second.slice(4)],
  );
  bench.set('n', [2], [3, 1]);
  const x = bench.input('x', [2, 4]);
  return { bench, x, where: bench.tensor('within', { n: bench.input('n', []), like: x }) };
}

/** The first `steps` steps of row `row` by themselves. */
function cut(from: Workbench, row: number, steps: number): { bench: Workbench; x: TensorValue } {
  const bench = new Workbench({ sizes: { data: 1 } });
  const { data } = from.values.get('x')!;
  const values = [0, 1].flatMap((channel) => [
    ...data.slice(row * 8 + channel * 4, row * 8 + channel * 4 + steps),
  ]);
  bench.set('x', [1, 2, steps], values);
  for (const [name, value] of from.values) if (name.includes('.')) bench.set(name, value.shape, value.data);
  return { bench, x: bench.input('x', [2, steps]) };
}

describe('vocabulary: recurrent layers', () => {
  it('lstm is its equations', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    bench.set('x', [1, 1, 3], [1, -2, 0.5]);
    const [w, u] = [
      [0.1, 0.2, 0.3, 0.4],
      [-0.5, 0.6, 0.7, -0.8],
    ];
    bench.set('lstm.weight', [1, 4], w);
    bench.set('lstm.recurrent_weight', [1, 4], u);
    bench.set('lstm.bias', [4], [0.01, 0.02, 0.03, 0.04]);
    bench.set('lstm.recurrent_bias', [4], [0, 0, 0, 0]);
    let [h, c] = [0, 0];
    const wanted = [1, -2, 0.5].map((x) => {
      const [i, f, o, g] = w.map((weight, k) => x * weight + h * u[k] + 0.01 * (k + 1));
      c = sigmoid(f) * c + sigmoid(i) * Math.tanh(g);
      return (h = sigmoid(o) * Math.tanh(c));
    });
    close(bench.run(bench.tensor('lstm', { x: bench.input('x', [1, 3]), units: 1 }).node)[0].data, wanted);
  });

  it('`last` is the last step read: of the backward layer, the first', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    const x = bench.input('x', [2, 5]);
    const all = bench.tensor('gru', { x, units: 2, both: true });
    const last = bench.tensor('gru', { x, units: 2, both: true, last: true });
    assert.equal(printType(last.type), 'vec[4]');
    const [{ data }, end] = bench.run(all.node, last.node);
    close(end.data, [data[4], data[9], data[10], data[15]]);
  });

  it('`start` is the state before the first step', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    const x = bench.input('x', [2, 1]);
    bench.set('h', [1, 2], [0.3, -0.4]);
    bench.set('rnn.weight', [2, 2], [0, 0, 0, 0]);
    bench.set('rnn.recurrent_weight', [2, 2], [1, 0, 0, 1]);
    for (const name of ['bias', 'recurrent_bias']) bench.set(`rnn.${name}`, [2], [0, 0]);
    const [{ data }] = bench.run(bench.tensor('rnn', { x, units: 2, start: bench.input('h', [2]) }).node);
    close(data, [Math.tanh(0.3), Math.tanh(-0.4)]);
  });

  for (const cell of ['rnn', 'gru', 'lstm']) {
    it(`${cell}: rows of varying length end as they do by themselves, whatever stands after them`, () => {
      const { bench, x, where } = ragged(1e30);
      const given = { x, units: 2, both: true, last: true };
      const [{ data }] = bench.run(bench.tensor(cell, { ...given, where }).node);
      for (const [row, steps] of [
        [0, 3],
        [1, 1],
      ]) {
        const alone = cut(bench, row, steps);
        const [own] = alone.bench.run(alone.bench.tensor(cell, { ...given, x: alone.x }).node);
        close(data.slice(row * 4, row * 4 + 4), [...own.data]);
      }
    });
  }
});

describe('vocabulary: masks', () => {
  it('within marks the first steps of each row', () => {
    const { bench, where } = ragged(0);
    assert.equal(printType(where.type), 'seq[1, 4] in [0, 1]');
    close(bench.run(where.node)[0].data, [1, 1, 1, 0, 1, 0, 0, 0]);
  });

  it('what does not count reaches no reduction, even NaN', () => {
    const { bench, x, where } = ragged(NaN);
    const reduced = ['sum', 'mean', 'norm'].map((name) => bench.tensor(name, { x, where }).node);
    const overTime = bench.tensor('mean', { x, over: 'time', where }).node;
    const other = ['l1', 'mse', 'distance'].map((name) => bench.tensor(name, { a: x, b: 0.5, where }).node);
    const got = bench.run(...reduced, overTime, ...other).map(({ data }) => [...data]);
    const rows = [
      [0.5, -1, 2, 0.35, -0.4, 1.1],
      [0.25, 0.225],
    ];
    const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
    const gaps = rows.map((row) => row.map((value) => value - 0.5));
    const squares = (xs: readonly number[]): number => sum(xs.map((value) => value * value));
    const wanted = [
      rows.map(sum),
      rows.map((row) => sum(row) / row.length),
      rows.map((row) => Math.sqrt(squares(row))),
      [0.5, 0.35, 0.25, 0.225],
      gaps.map((row) => sum(row.map(Math.abs)) / row.length),
      gaps.map((row) => squares(row) / row.length),
      gaps.map((row) => Math.sqrt(squares(row))),
    ];
    wanted.forEach((values, i) => close(got[i], values));
  });

  it('no step counts: the mean is 0', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    const x = bench.input('x', [2, 3]);
    const where = bench.tensor('within', { n: 0, like: x });
    close(bench.run(bench.tensor('mean', { x, where }).node)[0].data, [0]);
  });

  it('cross entropy of the steps that count', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    bench.set('l', [1, 2, 2], [1, 5, 3, 5]);
    bench.set('t', [1, 2, 2], [1, 0, 0, 1]);
    const x = bench.input('l', [2, 2], { kind: 'logit' });
    const target = bench.input('t', [2, 2], { range: [0, 1] });
    const where = bench.tensor('within', { n: 1, like: x });
    const first = Math.log(1 + Math.exp(2));
    const nodes = [
      bench.tensor('cross_entropy', { x, target }),
      bench.tensor('cross_entropy', { x, target, where }),
    ];
    const [all, one] = bench.run(...nodes.map(({ node }) => node));
    close(all.data, [first + Math.LN2]);
    close(one.data, [first]);
  });

  it('refuses what is no mask, no seq, no length', () => {
    const bench = new Workbench();
    const [x, vec, wide] = [
      bench.input('x', [2, 4]),
      bench.input('v', [2]),
      bench.input('w', [2, 4], { range: [0, 1] }),
    ];
    const logits = bench.input('l', [3, 4], { kind: 'logit' });
    const mistakes: [string, Record<string, Given>, string][] = [
      ['mean', { x, where: wide }, 'shape'],
      ['mean', { x, where: bench.input('m', [1, 4]) }, 'range'],
      ['mean', { x, where: bench.input('n', [1, 3], { range: [0, 1] }) }, 'shape'],
      ['l1', { a: vec, b: vec, where: bench.input('o', [1, 2], { range: [0, 1] }) }, 'shape'],
      ['gru', { x, units: 3, start: vec }, 'shape'],
      ['hold', { x, steps: 3 }, 'shape'],
      ['hold', { x: vec }, 'missingArgument'],
      ['hold', { x: vec, steps: 3, like: x }, 'tooManyArguments'],
      ['hold', { x: vec, like: vec }, 'shape'],
      ['within', { n: vec, like: x }, 'notScalar'],
      ['cross_entropy', { x: logits, target: 1 }, 'kind'],
      ['cross_entropy', { x: logits, target: bench.input('t', [3, 4]) }, 'kind'],
      ['cross_entropy', { x: logits, target: wide }, 'kind'],
    ];
    const names = mistakes.map(([name, given]) => bench.mistake(name, given).name);
    assert.deepEqual(names.slice(0, -1), mistakes.map(([, , wanted]) => wanted as never).slice(0, -1));
    assert.equal(names.at(-1), 'shape');
  });
});
