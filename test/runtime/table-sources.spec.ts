/** Sources that read tables and arrays: classes, ranges, what is named of what is wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import type { SourceArguments } from '../../program/catalogue.ts';
import { openStream } from '../../runtime/catalogue.ts';
import { csv } from '../../runtime/data/csv.ts';
import { npz } from '../../runtime/data/npz.ts';
import { FileError } from '../../runtime/formats/file-error.ts';
import { readNpy } from '../../runtime/formats/npy.ts';
import { writeNpz } from '../../runtime/formats/npz.ts';

describe('sources of tables', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ganc-tables-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const put = (name: string, content: Uint8Array | string): void =>
    writeFileSync(join(folder, name), content);
  const labels = async (args: SourceArguments): Promise<number[]> => {
    const source = await csv.open(args, folder);
    const out = new Int32Array(source.count);
    source.read('label', { from: 0, to: source.count }, out);
    return [...out];
  };
  const refused = async (work: Promise<unknown>, message: RegExp): Promise<void> => {
    const error: unknown = await work.catch((thrown: unknown) => thrown);
    assert.instanceOf(error, FileError);
    assert.match(String(error), message);
  };

  it('csv: texts are classes, in natural order or in that of classes:', async () => {
    put('t.csv', 'x,c\n1,b10\n2,b2\n3,b10\n');
    const args = { file: 't.csv', columns: 'x', label: 'c', labels: 2 };
    assert.deepEqual(await labels(args), [1, 0, 1]);
    assert.deepEqual(csv.describe(args, folder)?.classes, { label: ['b2', 'b10'] });
    const named = { file: 't.csv', columns: 'x', label: 'c', classes: 'b10, b7, b2' };
    assert.deepEqual(csv.signature.fields(named).label, { kind: 'label', shape: [], classes: 3 });
    assert.deepEqual(await labels(named), [0, 2, 0]);
    await refused(labels({ ...args, labels: 3 }), /2 classes \(b2, b10\), where labels: says 3/);
    await refused(
      labels({ ...named, classes: 'b10, b7' }),
      /column c: class b2, which classes: doesn't name/,
    );
  });

  it('csv: whole numbers are class numbers, unless classes: names them', async () => {
    put('t.csv', 'x,c\n1,2\n2,1\n3,2\n');
    const args = { file: 't.csv', columns: 'x', label: 'c', labels: 3 };
    assert.deepEqual(await labels(args), [2, 1, 2]);
    assert.isUndefined(csv.describe(args, folder)?.classes);
    assert.deepEqual(await labels({ ...args, labels: 2, classes: '1, 2' }), [1, 0, 1]);
    await refused(
      labels({ ...args, labels: 2 }),
      /t\.csv, line 2: column c: label 2, where classes are 0 to 1/,
    );
  });

  it('csv: what stands for no value is no class, whichever the rule', async () => {
    for (const cell of ['', 'NA', 'n/a', 'null', '?']) {
      put('t.csv', `x,c\n1,a\n2,${cell}\n3,b\n4,none\n`);
      const args = { file: 't.csv', columns: 'x', label: 'c', labels: 3 };
      const what = cell === '' ? '' : ` (${cell})`;
      for (const missing of ['error', 'zero', 'mean'])
        assert.throws(
          () => csv.describe({ ...args, labels: 4, missing }, folder),
          FileError,
          `t.csv, line 3: column c has no value there${what}; missing: skip leaves such rows out`,
        );
      assert.deepEqual(await labels({ ...args, missing: 'skip' }), [0, 1, 2]);
    }
  });

  it('csv: a column without any value has no mean', async () => {
    put('t.csv', 'x,y\n1,\n2,NA\n');
    const args = { file: 't.csv', columns: 'x, y', missing: 'mean' };
    for (const range of [null, [-9, 9]]) {
      const why = /t\.csv: column y has no value in any row, and so no mean; leave it out of columns:/;
      assert.throws(() => csv.describe({ ...args, range }, folder), FileError, why);
      await refused(
        Promise.resolve().then(() => csv.open({ ...args, range }, folder)),
        why,
      );
    }
    const out = new Float64Array(4);
    (await csv.open({ ...args, missing: 'zero' }, folder)).read('values', { from: 0, to: 2 }, out);
    assert.deepEqual([...out], [1, 0, 2, 0]);
  });

  it('csv: a range is held against the cells, and a declared one against what is read', async () => {
    put('t.csv', 'x,y\n-5,1\n2,30\n');
    const args = { file: 't.csv', columns: 'x, y' };
    await refused(
      Promise.resolve(csv.open({ ...args, range: [-10, 10] }, folder)),
      /t\.csv, line 3: column y: 30 is outside the range \[-10, 10\]/,
    );
    const entry = { name: 'd', source: 'csv', convert: {}, batch: 1, description: null };
    const wanted = { values: { kind: 'vec', shape: [2], range: [-1, 1] } } as const;
    const believed = await openStream({ ...entry, args, fields: wanted }, folder).catch(
      (e: Error) => e.message,
    );
    assert.match(
      String(believed),
      /data d: values holds -5 in row 0, outside the range \[-1, 1\] that is declared/,
    );
    const converted = await openStream(
      { ...entry, args: { ...args, range: [-50, 50] }, fields: wanted },
      folder,
    );
    const out = new Float64Array(4);
    converted.read('values', { from: 0, to: 2 }, out);
    [-0.1, 0.02, 0.04, 0.6].forEach((value, i) => assert.closeTo(out[i], value, 1e-12));
  });

  it('npz: one-hot labels, Fortran order; numbers that are not finite are named', async () => {
    put(
      'a.npz',
      writeNpz([
        ['x', { shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
        ['y', { shape: [3, 2], data: Float32Array.of(0, 1, 1, 0, 0, 1) }],
        ['soft', { shape: [3, 2], data: Float32Array.of(0, 1, 1, 0, 0.5, 0.5) }],
        ['wild', { shape: [3, 2], data: Float32Array.of(0, 1, 1, NaN, 0, 1) }],
      ]),
    );
    const args = { file: 'a.npz', values: 'x', shape: [2], label: 'y', labels: 2 };
    const out = new Int32Array(3);
    (await npz.open(args, folder)).read('label', { from: 0, to: 3 }, out);
    assert.deepEqual([...out], [1, 0, 1]);
    assert.throws(
      () => npz.open({ ...args, label: 'soft' }, folder),
      /array soft, row 2: \[0\.5, 0\.5\] is not one-hot/,
    );
    assert.throws(
      () => npz.open({ ...args, values: 'wild' }, folder),
      FileError,
      /array wild, row 1: NaN, where numbers must be finite/,
    );
    put('large.npz', writeNpz([['x', { shape: [2, 1], data: Float64Array.of(1e38, -1e39) }]]));
    assert.throws(
      () => npz.open({ file: 'large.npz', values: 'x', shape: [1] }, folder),
      FileError,
      /array x, row 1: -1e\+39, which 32-bit floats/,
    );
    // numpy.save(numpy.asfortranarray(numpy.arange(12, dtype=int16).reshape(2, 3, 2)))
    const { shape, data } = readNpy(Buffer.from(fortran, 'base64'), 'f');
    assert.deepEqual([shape, [...data]], [[2, 3, 2], [...Array(12).keys()]]);
  });
});

const fortran =
  'k05VTVBZAQB2AHsnZGVzY3InOiAnPGkyJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywgMiksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAYAAgAIAAQACgABAAcAAwAJAAUACwA=';
