/** Sequences made step by step against the definition: the whole fn anew for each step, of which one is taken. */
import { assert } from 'chai';
import { broadcastTo } from '../../compiler/ir/compose.ts';
import { tensor } from '../../compiler/ir/primitives/tensor.ts';
import type { TensorValue } from '../../compiler/values.ts';
import { close } from './close.ts';
import { Workbench, type Given } from './workbench.ts';

const f = { sort: 'network', name: 'any', averaged: false } as const;
const [channels, steps, rows] = [2, 6, 3];

type Fn = (x: TensorValue) => TensorValue;
type Apply = (name: string, x: TensorValue, given?: Record<string, Given>) => TensorValue;

/** A bench whose fn of one value is this one. */
function benchFor(fn: (apply: Apply, bench: Workbench) => Fn): Workbench {
  const bench = new Workbench({ sizes: { data: rows } });
  const made = fn((name, x, given) => bench.tensor(name, { x, ...given }), bench);
  bench.called = ([x]) => made(x as TensorValue);
  return bench;
}

const before = (apply: Apply, x: TensorValue): TensorValue => apply('shift', x, { by: 1, over: 'time' });

/** x[.., t] from f of x, all of it, for one t after the other, the first of them as they are given. */
function oneByOne(bench: Workbench, first: (row: number, t: number) => number | undefined): number[] {
  const next = (bench.called([bench.input('x', [channels, steps])]) as TensorValue).node;
  const data = new Float64Array(rows * channels * steps);
  for (let t = 0; t < steps; t++) {
    bench.values.set('x', tensor([rows, channels, steps], data.slice()));
    const [made] = bench.run(next);
    for (let row = 0; row < rows * channels; row++)
      data[row * steps + t] = first(row, t) ?? made.data[row * steps + t];
  }
  return [...data];
}

/** What looks back by this convolution, a shift and recurrences, beside what does not depend on x. */
const looking = (conv: Record<string, Given>): Workbench =>
  benchFor((apply, bench) => {
    const [z, noise] = [bench.input('z', [3]), bench.input('noise', [channels, steps])];
    const beside = (a: TensorValue, b: TensorValue): TensorValue => bench.tensor('concat', { x: [a, b] });
    return (x) => {
      const held = apply('rnn', apply('hold', z, { steps }), { units: 2 });
      const looked = apply('conv', before(apply, x), { channels: 4, pad: 'causal', ...conv });
      const normed = apply('pixel_norm', beside(apply('tanh', looked), held));
      const moved = apply('shift', normed, { by: 3, over: 'time' });
      const read = apply('gru', beside(normed, moved), { units: 3, start: apply('tanh', z) });
      return apply('dense', beside(apply('lstm', read, { units: 2 }), noise), { units: 2 });
    };
  });
const rich = (): Workbench => looking({ kernel: 3, dilation: 2, groups: 2 });

describe('vocabulary: generate', () => {
  it('is what the whole fn gives, step after step', () => {
    const bench = rich();
    const made = bench.tensor('generate', { f, like: bench.input('like', [channels, steps]) });
    const [got] = bench.run(made.node);
    assert.deepEqual(made.type.shape, [channels, steps]);
    assert.isAbove(new Set(got.data).size, 30, 'no constant');
    close(
      got.data,
      oneByOne(bench, () => undefined),
      1e-10,
    );
  });

  it('keeps what convolutions read of the steps before', () => {
    const convolutions: Record<string, Given>[] = [
      { kernel: 3 },
      { kernel: 1 },
      { kernel: 2, dilation: 4 },
      { kernel: 9 },
    ];
    for (const conv of convolutions) {
      const bench = looking(conv);
      const [got] = bench.run(
        bench.tensor('generate', { f, like: bench.input('like', [channels, steps]) }).node,
      );
      close(
        got.data,
        oneByOne(bench, () => undefined),
        1e-10,
      );
    }
  });

  it('keeps the keys and values that attention reads of the steps before', () => {
    for (const heads of [1, 2]) {
      const bench = benchFor((apply, own) => {
        const place = own.tensor('weight', { shape: [4, steps], form: 'seq' });
        return (x) => {
          const seen = apply('pixel_norm', apply('conv', before(apply, x), { channels: 4, kernel: 1 }));
          const placed = {
            ...seen,
            node: own.b.add(seen.node, broadcastTo(own.b, place.node, seen.node.shape, [1, 2])),
          };
          const first = apply('attention', placed, { heads, causal: true });
          const second = apply('attention', apply('tanh', first), { heads: 2, causal: true });
          return apply('dense', second, { units: channels });
        };
      });
      const [got] = bench.run(
        bench.tensor('generate', { f, like: bench.input('like', [channels, steps]) }).node,
      );
      close(
        got.data,
        oneByOne(bench, () => undefined),
        1e-10,
      );
    }
  });

  it('goes on from steps that are given', () => {
    const bench = rich();
    const start = bench.input('start', [channels, 2]);
    const made = bench.tensor('generate', { f, like: bench.input('like', [channels, steps]), start });
    const [got] = bench.run(made.node);
    const given = bench.values.get('start')!.data;
    close(
      got.data,
      oneByOne(bench, (row, t) => (t < 2 ? given[row * 2 + t] : undefined)),
      1e-10,
    );
  });

  it('draws classes of logits, and reads what it drew', () => {
    // Whoever follows class k is class k + 1, all but surely.
    const bench = benchFor((apply, own) => (x) => {
      const last = before(apply, x);
      const { b } = own;
      const [low, high] = [b.slice(last.node, 1, 2, 3), b.slice(last.node, 1, 0, 2)];
      const node = b.mul(b.concat([low, high], 1), 1000);
      return { ...last, node, type: { ...last.type, kind: 'logit' } };
    });
    const like = bench.input('like', [3, steps], { kind: 'onehot' });
    const start = bench.input('start', [3, 1], { kind: 'onehot' });
    bench.values.set('start', tensor([rows, 3, 1], Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)));
    const made = bench.tensor('generate', { f, like, start });
    assert.equal(made.type.kind, 'onehot');
    const [{ data }] = bench.run(made.node);
    const classes = Array.from({ length: rows }, (_, row) =>
      Array.from({ length: steps }, (__, t) =>
        [0, 1, 2].filter((k) => data[(row * 3 + k) * steps + t] === 1).join(),
      ).join(''),
    );
    assert.deepEqual(classes, ['012012', '120120', '201201']);
  });

  it('refuses what is not made step by step', () => {
    const refused = (fn: (apply: Apply, x: TensorValue) => TensorValue, why: RegExp): void => {
      const bench = benchFor((apply) => (x) => fn(apply, x));
      const mistake = bench.mistake('generate', { f, like: bench.input('like', [channels, steps]) });
      assert.equal(mistake.name, 'notCausal');
      assert.match(mistake.what, why);
    };
    const units = channels;
    refused((apply, x) => apply('tanh', x), /itself/);
    refused((apply, x) => apply('conv', before(apply, x), { channels, kernel: 4 }), /itself/);
    refused((apply, x) => apply('shift', x, { by: -1, over: 'time' }), /itself/);
    refused((apply, x) => apply('gru', before(apply, x), { units: 1, both: true }), /step by step/);
    refused((apply, x) => apply('instance_norm', before(apply, x)), /step by step/);
    refused((apply, x) => apply('attention', before(apply, x), { heads: 1 }), /step by step/);
    refused((apply, x) => apply('attention', x, { heads: 1, causal: true }), /itself/);
    refused(
      (apply, x) => apply('hold', apply('mean', before(apply, x), { over: 'time' }), { steps }),
      /step by step/,
    );
    const plain = benchFor((apply) => (x) => apply('gru', before(apply, x), { units }));
    assert.doesNotThrow(() => plain.tensor('generate', { f, like: plain.input('like', [channels, steps]) }));
  });

  it('refuses another shape, kind or range than it makes', () => {
    const named = (like: Parameters<Workbench['input']>, units = channels): string => {
      const bench = benchFor((apply) => (x) => apply('gru', before(apply, x), { units }));
      return bench.mistake('generate', { f, like: bench.input(...like) }).name;
    };
    assert.equal(named(['like', [channels, steps]], 3), 'shape');
    assert.equal(named(['like', [channels]]), 'shape');
    assert.equal(named(['like', [channels, steps], { range: [0, 1] }]), 'range');
    assert.equal(named(['like', [channels, steps], { kind: 'onehot' }]), 'kind');
    assert.equal(named(['like', [channels, steps], { rows: null }]), 'noRows');
  });
});
