/** What each primitive computes, by its definition, and that every sample has the shape that its rule says. */
import { assert } from 'chai';
import { Builder } from '../../compiler/ir/builder.ts';
import type { Elementwise, Node } from '../../compiler/ir/node.ts';
import { isElementwise, opNames, opOf } from '../../compiler/ir/primitives/catalog.ts';
import { ShapeError, type Tensor } from '../../compiler/ir/primitives/op.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';
import { allSamples, randomTensor, sampleGraph, stream } from './samples.ts';
import { valueOf } from './differences.ts';

const b = new Builder();
const vector = (...values: number[]): Node => b.constant(values, [values.length]);
const matrix = (rows: number[][]): Node => b.constant(rows.flat(), [rows.length, rows[0].length]);
const numbers = (node: Node): number[] => [...valueOf(node, new Map()).data];

/** Row-major element. */
const at = (x: Tensor, ...index: number[]): number =>
  x.data[index.reduce((place, i, axis) => place * x.shape[axis] + i, 0)];

describe('values of primitives', () => {
  it('every sample evaluates to the shape of its rule', () => {
    for (const { name, sample, title } of allSamples) {
      const { node, values } = sampleGraph(name, sample);
      if (name === 'input' || name === 'draw') continue;
      verify([node]);
      const value = valueOf(node, values);
      assert.deepEqual([...value.shape], [...(node.shape as number[])], title);
      assert(value.data.length > 0 && value.data.every(Number.isFinite), title);
    }
  });

  it('every primitive has a doc and samples', () => {
    for (const name of opNames) {
      const op = opOf(name);
      assert(op.doc.length > 0 && op.samples.length > 0, name);
    }
  });

  it('every primitive has a method of the builder', () => {
    const methods = opNames.map((name) =>
      name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    );
    assert.deepEqual(
      methods.filter((method) => !(method in b)),
      [],
    );
  });

  const xs = [-1.5, -0.25, 0, 0.75, 2];
  const unary: [Elementwise, (x: number) => number, number[]][] = [
    ['neg', (x) => 0 - x, xs],
    ['exp', Math.exp, xs],
    ['log', Math.log, [0.5, 1, 3]],
    ['sqrt', Math.sqrt, [0, 0.25, 9]],
    ['tanh', Math.tanh, xs],
    ['sin', Math.sin, [...xs, 1e4]],
    ['cos', Math.cos, [...xs, 1e4]],
    ['sigmoid', (x) => 1 / (1 + Math.exp(-x)), [...xs, -800, 800]],
    ['abs', Math.abs, xs],
    ['sign', Math.sign, xs],
    ['floor', Math.floor, xs],
  ];
  it('the table has every primitive of one operand but erf, which has a test of its own', () => {
    const wanted = opNames.filter(
      (name) => isElementwise(name) && opOf(name).samples[0].inputs.length === 1 && name !== 'erf',
    );
    assert.sameMembers(
      unary.map(([name]) => name),
      wanted,
    );
  });

  for (const [name, f, values] of unary) {
    it(name, () => {
      const got = numbers(b.make(name, [vector(...values)], {}));
      got.forEach((y, i) => assert.closeTo(y, f(values[i]), 1e-15, `${name}(${values[i]})`));
    });
  }

  it('erf, to float64 (values from its series in exact arithmetic)', () => {
    const wanted: [number, number][] = [
      [0, 0],
      [0.1, 0.1124629160182849],
      [0.5, 0.5204998778130465],
      [1, 0.8427007929497149],
      [2, 0.9953222650189527],
      [3, 0.9999779095030014],
      [4.5, 0.9999999998033839],
      [-1, -0.8427007929497149],
      [30, 1],
    ];
    for (const [x, y] of wanted) assert.closeTo(numbers(b.erf(vector(x)))[0], y, 3e-16, `erf(${x})`);
    assert(Number.isNaN(numbers(b.erf(vector(NaN)))[0]));
  });

  const pairs: [number, number][] = [
    [3, 2],
    [2, 3],
    [2, 2],
    [0.5, -1],
  ];
  const binary: [Elementwise, (x: number, y: number) => number][] = [
    ['add', (x, y) => x + y],
    ['sub', (x, y) => x - y],
    ['mul', (x, y) => x * y],
    ['div', (x, y) => x / y],
    ['pow', (x, y) => x ** y],
    ['max', Math.max],
    ['min', Math.min],
    ['less', (x, y) => (x < y ? 1 : 0)],
    ['equal', (x, y) => (x === y ? 1 : 0)],
  ];
  for (const [name, f] of binary) {
    it(`${name}, with numbers on either side`, () => {
      const [left, right] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
      const each = pairs.map(([x, y]) => f(x, y));
      assert.deepEqual(numbers(b.make(name, [vector(...left), vector(...right)], {})), each);
      const by3 = left.map((x) => f(x, 3));
      assert.deepEqual(numbers(b.make(name, [vector(...left), b.constant(3)], {})), by3);
      const of3 = left.map((x) => f(3, x));
      assert.deepEqual(numbers(b.make(name, [b.constant(3), vector(...left)], {})), of3);
      assert.deepEqual(numbers(b.make(name, [b.constant(5), b.constant(3)], {})), [f(5, 3)]);
    });
  }

  it('select takes the side, not a product with 0', () => {
    assert.deepEqual(numbers(b.select(vector(1, 0, -2), vector(1, NaN, 3), vector(NaN, 5, NaN))), [1, 5, 3]);
  });

  it('movement', () => {
    const m = matrix([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    assert.deepEqual(numbers(b.reshape(m, [3, 2])), [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(numbers(b.transpose(m, [1, 0])), [1, 4, 2, 5, 3, 6]);
    assert.deepEqual(numbers(b.expand(b.slice(m, 0, 0, 1), [2, 3])), [1, 2, 3, 1, 2, 3]);
    assert.deepEqual(numbers(b.slice(m, 1, 0, 3, 2)), [1, 3, 4, 6]);
    assert.deepEqual(numbers(b.pad(vector(1, 2), [1], [2], [1])), [0, 1, 0, 2, 0, 0]);
    assert.deepEqual(numbers(b.concat([m, b.slice(m, 1, 0, 1)], 1)), [1, 2, 3, 1, 4, 5, 6, 4]);
    assert.deepEqual(numbers(b.flip(m, 0)), [4, 5, 6, 1, 2, 3]);
    assert.deepEqual(numbers(b.flip(m, 1)), [3, 2, 1, 6, 5, 4]);
  });

  it('a transpose of three axes puts axis perm[i] at i', () => {
    const x = randomTensor([2, 3, 4], stream(3));
    const y = valueOf(b.transpose(b.constant([...x.data], [2, 3, 4]), [2, 0, 1]), new Map());
    for (let i = 0; i < 4; i++) for (let j = 0; j < 2; j++) assert.equal(at(y, i, j, 1), at(x, j, 1, i));
  });

  it('reductions', () => {
    const m = matrix([
      [1, 7, 3],
      [7, 5, 6],
    ]);
    assert.deepEqual(numbers(b.sum(m, [0])), [8, 12, 9]);
    assert.deepEqual(numbers(b.sum(m, [1, 0])), [29]);
    assert.deepEqual(numbers(b.sum(m, [])), numbers(m));
    assert.deepEqual(numbers(b.amax(m, [1])), [7, 7]);
    assert.deepEqual(numbers(b.argmax(m, 0)), [1, 0, 1]);
    assert.deepEqual(numbers(b.argmax(vector(2, 5, 5), 0)), [1]);
  });

  it('matmul in its three forms', () => {
    const x = randomTensor([2, 3, 4], stream(4));
    const w = randomTensor([2, 4, 5], stream(5));
    const [nx, nw] = [b.constant([...x.data], [2, 3, 4]), b.constant([...w.data], [2, 4, 5])];
    const shared = b.reshape(b.slice(nw, 0, 0, 1), [4, 5]);
    const single = b.reshape(b.slice(nx, 0, 0, 1), [3, 4]);
    const [both, one, flat] = evaluate([b.matmul(nx, nw), b.matmul(nx, shared), b.matmul(single, shared)], {
      inputs: new Map(),
      draws: new Map(),
    });
    const dot = (n: number, i: number, j: number, from: number): number =>
      [0, 1, 2, 3].reduce((sum, k) => sum + at(x, n, i, k) * at(w, from, k, j), 0);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 5; j++) {
        assert.closeTo(at(both, 1, i, j), dot(1, i, j, 1), 1e-14);
        assert.closeTo(at(one, 1, i, j), dot(1, i, j, 0), 1e-14);
        assert.closeTo(at(flat, i, j), dot(0, i, j, 0), 1e-14);
      }
    }
  });

  it('conv is the sum over channels and window, with zeros outside', () => {
    const [x, w] = [randomTensor([2, 2, 5, 4], stream(6)), randomTensor([3, 2, 3, 2], stream(7))];
    const node = b.conv(b.constant([...x.data], [2, 2, 5, 4]), b.constant([...w.data], [3, 2, 3, 2]), {
      strides: [2, 1],
      pads: [
        [1, 0],
        [0, 2],
      ],
    });
    const y = valueOf(node, new Map());
    assert.deepEqual([...y.shape], [2, 3, 2, 5]);
    const pixel = (n: number, c: number, i: number, j: number): number =>
      i < 0 || j < 0 || i >= 5 || j >= 4 ? 0 : at(x, n, c, i, j);
    for (const [n, o, p, q] of [
      [0, 0, 0, 0],
      [1, 2, 1, 4],
      [0, 1, 1, 3],
      [1, 0, 0, 2],
    ]) {
      let sum = 0;
      for (let c = 0; c < 2; c++)
        for (let i = 0; i < 3; i++)
          for (let j = 0; j < 2; j++) sum += pixel(n, c, 2 * p + i - 1, q + j) * at(w, o, c, i, j);
      assert.closeTo(at(y, n, o, p, q), sum, 1e-14);
    }
  });

  it('the adjoints of conv are its adjoints: <conv(x, w), g> = <x, input_grad(g, w)> = <w, weight_grad(x, g)>', () => {
    const window = { strides: [2, 2], pads: [[1, 1] as const, [1, 0] as const] };
    const random = (shape: number[], seed: number): Node =>
      b.constant([...randomTensor(shape, stream(seed)).data], shape);
    const [x, w, g] = [random([2, 3, 7, 6], 1), random([4, 3, 3, 3], 2), random([2, 4, 4, 3], 3)];
    const inner = (p: Node, q: Node): number => numbers(b.sum(b.mul(p, q), [0, 1, 2, 3]))[0];
    const wanted = inner(b.conv(x, w, window), g);
    assert.closeTo(inner(x, b.convInputGrad(g, w, { ...window, size: [7, 6] })), wanted, 1e-12);
    assert.closeTo(inner(w, b.convWeightGrad(x, g, { ...window, size: [3, 3] })), wanted, 1e-12);
  });

  it('leaves: iota counts, extent is a size, feeds are looked up and checked', () => {
    assert.deepEqual(numbers(b.iota(4)), [0, 1, 2, 3]);
    assert.deepEqual(numbers(b.extent(7)), [7]);
    assert.throws(() => valueOf(b.input('x', [2]), new Map()), 'nothing was fed for input x');
    const fed = new Map([['x', { shape: [3], data: new Float64Array(3) }]]);
    assert.throws(() => valueOf(b.input('x', [2]), fed), 'input x is [2], but was fed [3]');
  });
});

describe('shape rules refuse', () => {
  const x = b.input('m', [2, 3]);
  const window = { strides: [1], pads: [[0, 0] as const] };
  const wrong: [string, () => Node][] = [
    ['elementwise operands that differ', () => b.add(x, b.input('n', [3, 2]))],
    ['a reshape to another count', () => b.reshape(x, [5])],
    ['a transpose that is no order', () => b.transpose(x, [0, 0])],
    ['an expand of a size other than 1', () => b.expand(x, [2, 6])],
    ['an expand to another rank', () => b.expand(x, [1, 2, 3])],
    ['a slice out of bounds', () => b.slice(x, 1, 1, 4)],
    ['a slice that ends before it starts', () => b.slice(x, 1, 2, 1)],
    ['a step of 0', () => b.slice(x, 1, 0, 3, 0)],
    ['an axis that is not there', () => b.flip(x, 2)],
    ['padding below 0', () => b.pad(x, [0, -1], [0, 0])],
    ['a concat of shapes that differ elsewhere', () => b.concat([x, b.input('n', [3, 3])], 1)],
    ['a concat of nothing', () => b.concat([], 0)],
    ['an axis summed twice', () => b.sum(x, [1, 1])],
    ['a matmul with inner sizes that differ', () => b.matmul(x, x)],
    [
      'a conv with channels that differ',
      () => b.conv(b.input('i', [1, 2, 5]), b.input('w', [1, 3, 2]), window),
    ],
    [
      'a window larger than the image',
      () => b.conv(b.input('i', [1, 2, 2]), b.input('w', [1, 2, 3]), window),
    ],
    [
      'a transposed conv to a size that would not give its input',
      () => b.convInputGrad(b.input('g', [1, 1, 3]), b.input('w', [1, 2, 3]), { ...window, size: [4] }),
    ],
    ['values that do not fill a constant', () => b.constant([1, 2], [3])],
    ['a reversal factor with axes', () => b.reverse(x, x)],
    ['too few inputs', () => b.make('add', [x], {})],
    [
      'a scan whose body changes the state',
      () => b.scan(b.input('h', [2, 3]), [b.input('s', [4, 2, 5])], [], (g, state) => g.sum(state, [1])),
    ],
    [
      'a sequence of other rows',
      () => b.scan(b.input('h', [2, 3]), [b.input('s', [4, 1, 5])], [], (_, state) => state),
    ],
  ];
  for (const [title, make] of wrong) it(title, () => assert.throws(make, ShapeError));
});
