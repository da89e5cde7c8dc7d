import { assert } from 'chai';
import fc from 'fast-check';
import { draws, hashKey, permutation, philox } from '../../runtime/random.ts';
import type { Distribution } from '../../runtime/random.ts';

const at = { seed: 7, key: 'noise', iteration: 3, scope: 1 };

function drawn(distribution: Distribution, rows: number, perRow: number, k?: number): Float64Array {
  const out = new Float64Array(rows * perRow);
  draws(at, distribution, rows, perRow, out, { k });
  return out;
}

function mean(values: ArrayLike<number>, of: (x: number) => number = (x) => x): number {
  return Array.from(values, of).reduce((a, b) => a + b, 0) / values.length;
}

describe('random numbers', () => {
  it("gives Random123's known answers for Philox4x32-10", () => {
    const cases = [
      [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
      [Array(4).fill(0xffffffff), [0xffffffff, 0xffffffff], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
      [
        [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
        [0xa4093822, 0x299f31d0],
        'd16cfe09 94fdcceb 5001e420 24126ea1',
      ],
    ] as [number[], number[], string][];
    for (const [[c0, c1, c2, c3], [k0, k1], wanted] of cases) {
      const out = new Uint32Array(4);
      philox(c0, c1, c2, c3, k0, k1, out);
      assert.equal(Array.from(out, (word) => word.toString(16).padStart(8, '0')).join(' '), wanted);
    }
  });

  it('hashes keys by FNV-1a', () => {
    assert.equal(hashKey(''), 0xcbf29ce484222325n);
    assert.equal(hashKey('a'), 0xaf63dc4c8601ec8cn);
    assert.equal(hashKey('foobar'), 0x85944171f73967e8n);
  });

  it('keeps to these numbers (a change breaks every saved run and the other targets)', () => {
    assert.deepEqual(
      Array.from(drawn('integer', 2, 5, 1000)),
      [61, 670, 978, 121, 207, 454, 384, 267, 861, 862],
    );
    const normals = drawn('normal', 1, 3);
    [-1.128649002017353, -2.075803129239142, 0.1504941205178246].forEach((wanted, i) =>
      assert.closeTo(normals[i], wanted, 1e-15),
    );
  });

  it('draws an element whatever the batch, the order of rows and the number type', () => {
    const whole = drawn('normal', 64, 7);
    fc.assert(
      fc.property(
        fc.array(fc.nat(63), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 7 }),
        (rows, width) => {
          const part = new Float32Array(rows.length * width);
          draws(at, 'normal', rows.length, width, part, { rowOf: (row) => rows[row] });
          return rows.every((row, i) =>
            [...Array(width).keys()].every((j) => part[i * width + j] === Math.fround(whole[row * 7 + j])),
          );
        },
      ),
    );
  });

  it('changes with every part of the key', () => {
    const one = (key: Partial<typeof at>): number[] => {
      const out = new Float64Array(4);
      draws({ ...at, ...key }, 'uniform', 1, 4, out);
      return Array.from(out);
    };
    const all = [
      {},
      { seed: 8 },
      { seed: 7 + 2 ** 32 },
      { key: 'noisf' },
      { iteration: 4 },
      { scope: 2 },
    ].map(one);
    assert.equal(new Set(all.map(String)).size, all.length);
  });

  it('is uniform: moments, range, float32-exact', () => {
    const values = drawn('uniform', 1000, 100);
    assert.isTrue(values.every((x) => x >= 0 && x < 1 && Math.fround(x) === x));
    assert.closeTo(mean(values), 0.5, 0.004);
    assert.closeTo(
      mean(values, (x) => (x - 0.5) ** 2),
      1 / 12,
      0.001,
    );
    assert.closeTo(mean(values.slice(1), (x) => x) - mean(values.slice(0, -1)), 0, 1e-4);
  });

  it('is normal: moments, tails, no correlation within pairs and rows', () => {
    const values = drawn('normal', 1000, 100);
    assert.closeTo(mean(values), 0, 0.013);
    assert.closeTo(
      mean(values, (x) => x ** 2),
      1,
      0.02,
    );
    assert.closeTo(
      mean(values, (x) => x ** 4),
      3,
      0.15,
    );
    assert.closeTo(
      mean(values, (x) => Number(Math.abs(x) > 1.959964)),
      0.05,
      0.003,
    );
    for (const lag of [1, 2, 100]) {
      const products = Array.from(values.subarray(lag), (x, i) => x * values[i]);
      assert.closeTo(mean(products), 0, 0.013, `lag ${lag}`);
    }
  });

  it('draws every integer below k equally often, and refuses a k it cannot do exactly', () => {
    const counts = new Array<number>(7).fill(0);
    for (const value of drawn('integer', 70000, 1, 7)) counts[value]++;
    counts.forEach((count) => assert.closeTo(count, 10000, 400));
    assert.throws(() => drawn('integer', 1, 1, 0), /k from 1/);
    assert.throws(() => drawn('integer', 1, 1, 2 ** 22), /k from 1/);
    assert.throws(() => draws({ ...at, seed: -1 }, 'uniform', 1, 1, new Float64Array(1)), /seed/);
    assert.throws(() => draws(at, 'uniform', 2, 2, new Float64Array(3)), /do not fit/);
  });

  it('permutes: every row once, another order for another pass, every order equally often', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(5), (n, pass) => {
        const order = permutation(1, 'mnist', pass, n);
        return (
          Array.from(order)
            .sort((a, b) => a - b)
            .every((row, i) => row === i) && order.length === n
        );
      }),
    );
    assert.notDeepEqual(permutation(1, 'mnist', 0, 50), permutation(1, 'mnist', 1, 50));
    assert.deepEqual(permutation(1, 'mnist', 4, 50), permutation(1, 'mnist', 4, 50));
    const seen = new Map<string, number>();
    for (let pass = 0; pass < 6000; pass++) {
      const order = permutation(1, 'three', pass, 3).join();
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    assert.equal(seen.size, 6);
    for (const count of seen.values()) assert.closeTo(count, 1000, 130);
  });
});
