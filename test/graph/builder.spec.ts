/** Building: equal nodes are one, trivial ones vanish, nothing hides a NaN; rebuilding elsewhere and for other sizes. */
import { assert } from 'chai';
import { Builder } from '../../compiler/ir/builder.ts';
import {
  broadcastTo,
  fill,
  leakyRelu,
  logSoftmax,
  logSumExp,
  meanAll,
  moments,
  movedAxis,
  oneHot,
  relu,
  softmax,
  sumAll,
} from '../../compiler/ir/compose.ts';
import { addDims, mulDims, symbol } from '../../compiler/ir/dim.ts';
import { reachable, type Node } from '../../compiler/ir/node.ts';
import { simplify } from '../../compiler/ir/simplify.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { tensor } from '../../compiler/ir/primitives/tensor.ts';
import { randomTensor, stream } from '../ops/samples.ts';
import { assertClose, valueOf } from '../ops/differences.ts';

const operators = (node: Node): string[] => reachable([node]).map((n) => n.op);

describe('hash-consing', () => {
  it('keeps copies apart, and gives the first of them where an equal node is made', () => {
    const b = new Builder();
    const x = b.input('x', [2]);
    const [first, second] = [b.copied('exp', [x], {}), b.copied('exp', [x], {})];
    assert.notEqual(first, second);
    assert.equal(b.exp(x), first);
  });

  it('makes equal nodes one node, draws included, and others not', () => {
    const b = new Builder();
    const x = b.input('x', [2, 3]);
    assert.strictEqual(b.exp(b.mul(x, 2)), b.exp(b.mul(x, 2)));
    assert.strictEqual(b.sum(x, [0, 1]), b.sum(x, [1, 0]));
    assert.strictEqual(b.draw('normal', 'z', [4]), b.draw('normal', 'z', [4]));
    assert.notStrictEqual(b.draw('normal', 'z', [4]), b.draw('normal', 'again', [4]));
    assert.notStrictEqual(b.sub(x, 2), b.sub(2, x));
    assert.notStrictEqual(b.constant(0), b.constant(-0));
    assert.notStrictEqual(b.constant([1, 2], [2]), b.constant([1, 2], [1, 2]));
  });

  it('compares sizes by value', () => {
    const b = new Builder();
    const N = symbol('N');
    assert.strictEqual(b.iota(addDims(N, N)), b.iota(mulDims(2, N)));
  });

  it('keeps the origin of the first', () => {
    const b = new Builder();
    const source = { path: 'a.gan', text: 'a b' };
    const [first, second] = [
      { source, start: 0, end: 1 },
      { source, start: 2, end: 3 },
    ];
    const x = b.input('x', []);
    const a = b.withOrigin(first, () => b.exp(x));
    const again = b.withOrigin(second, () => b.exp(x));
    assert.strictEqual(a, again);
    assert.strictEqual(again.origin, first);
    assert.isUndefined(b.log(x).origin);
  });
});

describe('simplification while building', () => {
  const b = new Builder();
  const x = b.input('x', [2, 3]);
  const s = b.input('s', []);
  const same: [string, Node, Node][] = [
    ['x + 0', b.add(x, 0), x],
    ['0 + x', b.add(0, x), x],
    ['x + zeros', b.add(x, fill(b, 0, [2, 3])), x],
    ['x - 0', b.sub(x, 0), x],
    ['0 - x', b.sub(0, x), b.neg(x)],
    ['x · 1', b.mul(x, 1), x],
    ['-1 · x', b.mul(-1, x), b.neg(x)],
    ['x / 1', b.div(x, 1), x],
    ['x to the 1', b.pow(x, 1), x],
    ['x to the 2', b.pow(x, 2), b.mul(x, x)],
    ['numbers', b.add(b.mul(2, 3), b.exp(0)), b.constant(7)],
    ['tensors of one number', b.add(fill(b, 1, [2, 3]), fill(b, 2, [2, 3])), fill(b, 3, [2, 3])],
    ['a known condition', b.select(1, x, s), x],
    ['reshape to itself', b.reshape(x, [2, 3]), x],
    ['expand to itself', b.expand(x, [2, 3]), x],
    ['axes in order', b.transpose(x, [0, 1]), x],
    ['the whole slice', b.slice(x, 1, 0, 3), x],
    ['no padding', b.pad(x, [0, 0], [0, 0]), x],
    ['concat of one', b.concat([x], 0), x],
    ['a sum over nothing', b.sum(x, []), x],
    [
      'a sum over an axis of size 1',
      b.sum(b.reshape(x, [2, 1, 3]), [1]),
      b.reshape(b.reshape(x, [2, 1, 3]), [2, 3]),
    ],
    ['a known size', b.extent(5), b.constant(5)],
  ];
  for (const [title, got, wanted] of same) it(title, () => assert.strictEqual(got, wanted));

  it('keeps the shape: s + zeros is no number', () => {
    assert.deepEqual(b.add(s, fill(b, 0, [2, 3])).shape, [2, 3]);
    assert.deepEqual(b.mul(fill(b, 1, [2, 3]), s).shape, [2, 3]);
    assert.deepEqual(b.pow(s, fill(b, 2, [2, 3])).shape, [2, 3]);
  });

  it('hides no NaN: x · 0 and x - x stay', () => {
    assert.equal(b.mul(x, 0).op, 'mul');
    assert.equal(b.sub(x, x).op, 'sub');
  });
});

describe('simplification after differentiation', () => {
  const after = (make: (b: Builder, x: Node) => Node): Node => {
    const b = new Builder();
    return simplify([make(b, b.input('x', [2, 3]))]).roots[0];
  };
  const wanted: [string, (b: Builder, x: Node) => Node, string[]][] = [
    ['neg of neg', (b, x) => b.neg(b.neg(x)), ['input']],
    ['reshapes', (b, x) => b.reshape(b.reshape(x, [6]), [3, 2]), ['input', 'reshape']],
    ['reshape there and back', (b, x) => b.reshape(b.reshape(x, [6]), [2, 3]), ['input']],
    ['transposes', (b, x) => b.transpose(b.transpose(x, [1, 0]), [1, 0]), ['input']],
    ['flips', (b, x) => b.flip(b.flip(x, 1), 1), ['input']],
    ['stop and reverse', (b, x) => b.stop(b.reverse(b.exp(x), 2)), ['input', 'exp']],
    ['adding a negation', (b, x) => b.add(b.exp(x), b.neg(x)), ['input', 'exp', 'sub']],
    ['relu', (b, x) => relu(b, x), ['input', 'constant', 'max']],
    ['a spread number', (b, x) => b.mul(x, fill(b, b.input('s', []), [2, 3])), ['input', 'input', 'mul']],
  ];
  for (const [title, make, ops] of wanted) it(title, () => assert.sameMembers(operators(after(make)), ops));

  it('keeps the values of a network, its gradient and its gradient penalty', () => {
    const b = new Builder();
    const [x, w] = [b.input('x', [4, 3]), b.input('w', [3, 5])];
    const critic = meanAll(b, leakyRelu(b, relu(b, b.matmul(x, w)), 0.2));
    const [dx] = differentiate(b, critic, [x]);
    const loss = b.add(critic, sumAll(b, b.mul(dx, dx)));
    const roots = [loss, ...differentiate(b, loss, [w])];
    const simple = simplify(roots).roots;
    verify(simple);
    assert.isBelow(reachable(simple).length, reachable(roots).length);
    const next = stream(5);
    const values = new Map([
      ['x', randomTensor([4, 3], next)],
      ['w', randomTensor([3, 5], next)],
    ]);
    roots.forEach((root, i) =>
      assertClose(valueOf(simple[i], values), valueOf(root, values), 1e-13, `root ${i}`),
    );
  });
});

describe('instantiate', () => {
  it('rebuilds for fixed sizes, in another builder, with other leaves', () => {
    const b = new Builder();
    const N = symbol('N');
    const [x, w] = [b.input('x', [N, 3]), b.input('w', [3, 2])];
    const y = meanAll(b, b.matmul(x, w));
    const other = new Builder();
    const fixed = other.input('fixed', [4, 3]);
    const [made] = other.instantiate([y], new Map([[x, fixed]]), { N: 4 });
    verify([made]);
    assert(!operators(made).includes('extent'), 'the count is a number now');
    const values = new Map([
      ['x', randomTensor([4, 3], stream(1))],
      ['fixed', randomTensor([4, 3], stream(1))],
      ['w', randomTensor([3, 2], stream(2))],
    ]);
    assert.deepEqual(valueOf(made, values), valueOf(y, values, { N: 4 }));
    assert.throws(() => valueOf(y, values), 'no number for the size N');
  });

  it('gives back the nodes themselves where nothing changes', () => {
    const b = new Builder();
    const y = b.exp(b.input('x', [2]));
    assert.deepEqual(b.instantiate([y], new Map()), [y]);
    assert.isTrue(b.has(y));
    assert.isFalse(new Builder().has(y));
  });

  it('replaces interior nodes', () => {
    const b = new Builder();
    const x = b.input('x', [2]);
    const [made] = b.instantiate([b.neg(b.exp(x))], new Map([[b.exp(x), x]]));
    assert.strictEqual(made, b.neg(x));
  });
});

describe('compositions', () => {
  const b = new Builder();
  const numbers = (node: Node): number[] => [...valueOf(node, new Map()).data];
  const m = b.constant([1, 2, 3, 4, 5, 9], [2, 3]);
  const close = (got: number[], wanted: number[]): void => {
    assert.equal(got.length, wanted.length);
    got.forEach((value, i) => assert.closeTo(value, wanted[i], 1e-12));
  };

  it('broadcastTo puts axes where they belong', () => {
    assert.deepEqual(numbers(broadcastTo(b, b.constant([1, 2], [2]), [2, 2], [0])), [1, 1, 2, 2]);
    assert.deepEqual(numbers(broadcastTo(b, b.constant([1, 2], [2]), [2, 2], [1])), [1, 2, 1, 2]);
  });

  it('moments', () => {
    const { mean, variance, centred } = moments(b, m, [1]);
    close(numbers(mean), [2, 6]);
    close(numbers(variance), [2 / 3, 14 / 3]);
    close(numbers(centred), [-1, 0, 1, -2, -1, 3]);
  });

  it('logSumExp and softmax, without overflow', () => {
    close(numbers(logSumExp(b, b.constant([1000, 1000, -1000], [3]), 0)), [1000 + Math.log(2)]);
    close(numbers(sumAll(b, softmax(b, m, 1))), [2]);
    close(numbers(logSoftmax(b, b.constant([0, 0], [2]), 0)), [-Math.log(2), -Math.log(2)]);
  });

  it('oneHot and movedAxis', () => {
    assert.deepEqual(numbers(oneHot(b, b.constant([2, 0], [2]), 3)), [0, 0, 1, 1, 0, 0]);
    assert.deepEqual(movedAxis(b, b.input('t', [2, 3, 4]), 2, 0).shape, [4, 2, 3]);
  });

  it('relu keeps a NaN visible', () => {
    const x = b.input('x', [2]);
    const values = new Map([['x', tensor([2], [NaN, -1])]]);
    assert.deepEqual([...valueOf(relu(b, x), values).data], [NaN, 0]);
  });
});
