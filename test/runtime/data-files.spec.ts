import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { assert } from 'chai';
import type { SourceArguments } from '../../program/catalogue.ts';
import { catalogue, openStream, sources } from '../../runtime/catalogue.ts';
import { namesText } from '../../runtime/data/arguments.ts';
import { fileSize, hashFile, readStart } from '../../runtime/data/files.ts';
import { gaussians } from '../../runtime/data/gaussians.ts';
import { mnistM } from '../../runtime/data/mnist-m.ts';
import { mnist } from '../../runtime/data/mnist.ts';
import { findFiles } from '../../runtime/data/pattern.ts';
import { FileError } from '../../runtime/formats/file-error.ts';
import { writeIdx } from '../../runtime/formats/idx.ts';
import { writeNpz } from '../../runtime/formats/npz.ts';
import { all, scratchFiles } from './scratch-files.ts';

describe('sources of files', () => {
  const { put, open, refused, at } = scratchFiles();

  it('are null where their files are missing, and say which when opened', async () => {
    const missing: Record<string, SourceArguments> = {
      idx: { images: 'no/images', labels: 'no/labels' },
      images: { files: 'no/*.png', size: 8 },
      npz: { file: 'no.npz', values: 'x', shape: [2] },
      hdf5: { file: 'no.h5', values: 'x', shape: [2] },
      csv: { file: 'no.csv', columns: 'x' },
    };
    for (const [name, args] of Object.entries(missing)) {
      assert.isNull(sources[name].describe(args, at()), name);
      await refused(name, args, /no.*: no such file/);
    }
  });

  it('are hashed without being held, however many they are, and known by their content', () => {
    const names = Array.from({ length: 24 }, (_, i) => `${i}.bin`);
    names.forEach((name, i) => put(name, Buffer.alloc(3e6 + i, i)));
    const before = process.memoryUsage().arrayBuffers;
    const hashes = names.map((name) => hashFile(join(at(), name)));
    assert.isBelow(process.memoryUsage().arrayBuffers - before, 10e6);
    const starts = names.map((name) => readStart(join(at(), name)).length);
    assert.deepEqual(new Set(starts), new Set([2 ** 20]));
    hashes.forEach((hash, i) =>
      assert.equal(
        hash,
        createHash('sha256')
          .update(Buffer.alloc(3e6 + i, i))
          .digest('hex'),
      ),
    );
    put('0.bin', 'another');
    assert.notEqual(hashFile(join(at(), '0.bin')), hashes[0]);
    assert.throws(() => hashFile(join(at(), 'none')), /none: no such file/);
    assert.equal(fileSize(join(at(), '1.bin')), 3e6 + 1);
    assert.throws(() => fileSize(join(at(), 'none')), FileError, /none: no such file/);
    assert.throws(() => fileSize(at()), FileError, /it is a folder, where a file is wanted/);
    assert.throws(
      () => hashFile('/dev/null'),
      FileError,
      /\/dev\/null: it is a pipe, a socket or a device, where a file is wanted/,
    );
  });

  it('idx: reads pairs, plain or gzipped, in parts', async () => {
    put(
      'images',
      writeIdx(
        [4, 2, 2],
        Uint8Array.from({ length: 16 }, (_, i) => i * 17),
      ),
    );
    put('labels.gz', gzipSync(writeIdx([4], Uint8Array.of(0, 1, 1, 0))));
    const args = { images: 'images', labels: 'labels.gz', size: 2, classes: 2 };
    assert.deepEqual(sources.idx.signature.fields(args), {
      image: { kind: 'image', shape: [1, 2, 2], range: [0, 1] },
      label: { kind: 'label', shape: [], classes: 2 },
    });
    const source = await open('idx', args);
    assert.deepEqual(all(source, 'label'), [0, 1, 1, 0]);
    assert.deepEqual(
      all(source, 'image').map((x) => Math.round(x * 15)),
      [...Array(16).keys()],
    );
    assert.deepEqual(all(await open('idx', { ...args, skip: 1, take: 2 }), 'label'), [1, 1]);
    assert.deepEqual(all(await open('idx', { ...args, examples: 2 }), 'label').sort(), [0, 1]);
    assert.deepEqual(all(await open('idx', { ...args, only: [1], skip: 2 }), 'label'), [1]);
    assert.equal(sources.idx.describe({ ...args, only: [0] }, at())?.count, 2);
    assert.equal(sources.idx.describe({ ...args, skip: 3 }, at())?.count, 1);
  });

  it('idx: says where files contradict the arguments', async () => {
    put('images', writeIdx([2, 2, 3], new Uint8Array(12)));
    put('labels', writeIdx([2], Uint8Array.of(0, 7)));
    put('short', writeIdx([1], Uint8Array.of(0)));
    const args = { images: 'images', labels: 'labels', size: 2, width: 3, classes: 8 };
    assert.equal((await open('idx', args)).count, 2);
    const wrong = (change: SourceArguments, message: RegExp) =>
      refused('idx', { ...args, ...change } as SourceArguments, message);
    await wrong({ width: null }, /images, byte 4: rows of 2 × 3, where the arguments say 2 × 2/);
    await wrong({ classes: 7 }, /labels, row 1: label 7, where classes are 0 to 6/);
    await wrong({ labels: 'short' }, /short, byte 4: 1 labels for 2 images/);
    await wrong({ skip: 2 }, /skip: 2 leaves nothing of 2 rows/);
    await wrong({ labels: null, examples: 8 }, /needs labels/);
    await wrong({ labels: null, only: [0] }, /only and without: need labels/);
    await wrong({ only: [3] }, /no row is of the classes 3/);
    await wrong({ size: 0 }, /size is a whole number from 1, not 0/);
  });

  it('npz: scales bytes, checks ranges and shapes', async () => {
    put(
      'd.npz',
      writeNpz([
        ['x', { shape: [2, 1, 1, 2], data: Uint8Array.of(0, 51, 102, 255) }],
        ['y', { shape: [2], data: Int32Array.of(1, 0) }],
        ['f', { shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) }],
      ]),
    );
    const args = { file: 'd.npz', values: 'x', shape: [1, 1, 2], range: [0, 1], label: 'y', labels: 2 };
    const source = await open('npz', args);
    assert.deepEqual(all(source, 'label'), [1, 0]);
    all(source, 'image').forEach((x, i) => assert.closeTo(x, [0, 0.2, 0.4, 1][i], 1e-7));
    all(await open('npz', { ...args, range: [-1, 1] }), 'image').forEach((x, i) =>
      assert.closeTo(x, [-1, -0.6, -0.2, 1][i], 1e-6),
    );
    assert.deepEqual(
      all(await open('npz', { file: 'd.npz', values: 'f', shape: [3] }), 'values'),
      [0, 1, 2, 3, 4, 5],
    );
    const wrong = (change: SourceArguments, message: RegExp) =>
      refused('npz', { ...args, ...change }, message);
    await wrong({ values: 'z' }, /no array z; there are x, y, f/);
    await wrong({ shape: [1, 2, 1] }, /array x: rows of 1 × 1 × 2, where shape: says 1 × 2 × 1/);
    await wrong(
      { values: 'f', shape: [3], range: [0, 4] },
      /array f, row 1: 5 is outside the range \[0, 4\]/,
    );
    await wrong({ label: 'f' }, /6 labels for 2 rows/);
    await wrong({ shape: [] }, /one to three sizes/);
    await wrong({ range: [1, 0] }, /two numbers/);
  });

  it('csv: a name with a comma stands between single quotes', async () => {
    put('q.csv', `"x, in cm",it's,"'y'"\n1,2,3\n`);
    const read = async (columns: string): Promise<number[]> =>
      all(await open('csv', { file: 'q.csv', columns }), 'values');
    assert.deepEqual(await read(`it's, 'x, in cm'`), [2, 1]);
    assert.deepEqual(await read(namesText(["'y'", 'x, in cm', "it's"])), [3, 1, 2]);
    for (const columns of ['x,', ', x', ''])
      await refused('csv', { file: 'q.csv', columns }, /columns is a text/);
  });

  it('csv: columns in the order asked for', async () => {
    put('p.csv', 'class,x,y\n0,1,2\n2,3,4\n');
    const args = { file: 'p.csv', columns: 'y, x', label: 'class', labels: 3 };
    assert.deepEqual(all(await open('csv', args), 'values'), [2, 1, 4, 3]);
    assert.deepEqual(all(await open('csv', args), 'label'), [0, 2]);
    await refused('csv', { ...args, columns: 'z' }, /p\.csv, line 1: no column z; there are class, x, y/);
    await refused(
      'csv',
      { ...args, label: 'clas' },
      /no column clas; did you mean class\? There are class, x, y/,
    );
    await refused('csv', { ...args, labels: 2 }, /p\.csv, line 3: column class: label 2/);
  });

  it('patterns: sorted, hidden files left out, special characters meant as written', () => {
    for (const name of ['b/z.png', 'a/y.png', 'a/.x.png', 'a/y.pngx', 'c.d/w.png']) put(name, '');
    const found = (pattern: string): string[] =>
      findFiles(pattern, at()).map(({ path }) => path.slice(at().length + 1));
    assert.deepEqual(found('*/*.png'), ['a/y.png', 'b/z.png', 'c.d/w.png']);
    assert.deepEqual(found('c.*/*.png'), ['c.d/w.png']);
    assert.deepEqual(found('./a/*'), ['a/y.png', 'a/y.pngx']);
    assert.deepEqual(findFiles('<label>/z.png', at())[0].words, { label: 'b' });
  });

  it('patterns: a folder that is none has no files; one that cannot be read is an error', () => {
    put('a/y.png', '');
    assert.deepEqual(findFiles('none/*.png', at()), []);
    assert.deepEqual(findFiles('a/y.png/*.png', at()), []);
    symlinkSync('round', join(at(), 'round'));
    assert.throws(() => findFiles('round/*.png', at()), FileError, /round: ELOOP/);
  });

  it('fit as a regular expression would, in no more time than the pattern is long', () => {
    const place = join(at(), 'names');
    mkdirSync(place);
    const long = 'a'.repeat(200);
    for (const name of ['ab-cd-ef', 'xaxbx', long]) writeFileSync(join(place, name), '');
    const words = (pattern: string) => findFiles(pattern, place).map(({ words }) => words);
    assert.deepEqual(words('<x>-<y>'), [{ x: 'ab-cd', y: 'ef' }]);
    assert.deepEqual(words('*a*b*'), [{}, {}]);
    assert.deepEqual(words('<w>b<v>'), [
      { w: 'a', v: '-cd-ef' },
      { w: 'xax', v: 'x' },
    ]);
    assert.deepEqual(words(`${'*a'.repeat(20)}*b`), []);
  });

  it('a stream is its source, with the fields that the program wants; another content has another hash', async () => {
    put('p.csv', 'x\n1\n');
    const args = { file: 'p.csv', columns: 'x' };
    const entry = {
      name: 'd',
      source: 'csv',
      args,
      fields: catalogue.sources.csv.fields(args),
      convert: {},
      batch: 1,
      description: null,
    };
    assert.deepEqual(all(await openStream(entry, at()), 'values'), [1]);
    const before = sources.csv.describe(args, at());
    put('p.csv', 'x\n1\n2\n');
    assert.deepEqual(all(await openStream(entry, at()), 'values'), [1, 2]);
    assert.deepEqual([before?.count, sources.csv.describe(args, at())?.count], [1, 2]);
    assert.notEqual(sources.csv.describe(args, at())?.hash, before?.hash);
    const none = await openStream({ ...entry, source: 'cvs' }, at()).catch((error: Error) => error.message);
    assert.match(String(none), /there is no source cvs/);
  });
});

describe('sources that make their data', () => {
  it('gaussians: points round their centres, the centres in turn', () => {
    const source = gaussians.open({ layout: 'grid', modes: 9, radius: 1, std: 0.1, rows: 9000 }, '.');
    const points = all(source, 'point');
    const labels = all(source, 'label');
    for (let mode = 0; mode < 9; mode++) {
      const mine = [...labels.keys()].filter((row) => labels[row] === mode);
      assert.equal(mine.length, 1000);
      const centre = [(mode % 3) - 1, Math.floor(mode / 3) - 1];
      for (const axis of [0, 1]) {
        const mean = mine.reduce((sum, row) => sum + points[2 * row + axis], 0) / 1000;
        const variance = mine.reduce((sum, row) => sum + (points[2 * row + axis] - mean) ** 2, 0) / 1000;
        assert.closeTo(mean, centre[axis], 0.015);
        assert.closeTo(Math.sqrt(variance), 0.1, 0.01);
      }
    }
    assert.throws(() => sources.gaussians.signature.fields({ layout: 'grid', modes: 8 }), /square number/);
  });

  it('mnist_m: |digit - texture|, the same whatever is read first, another for every digit', () => {
    const [digits, blends] = [mnist, mnistM].map((source) => source.open({ split: 'test' }, '.'));
    const [plain, blend, again] = [new Float64Array(784), new Float64Array(2352), new Float64Array(2 * 2352)];
    digits.read('image', { from: 7, to: 8 }, plain);
    blends.read('image', { from: 7, to: 8 }, blend);
    mnistM.open({ split: 'test' }, '.').read('image', Uint32Array.of(3, 7), again);
    assert.deepEqual(again.subarray(2352), blend);
    assert.notDeepEqual(again.subarray(0, 2352), blend);
    // Where the digit is 0 we see the texture, where it is 1 its negative: both have been smooth.
    const background = [...blend.keys()].filter((i) => plain[i % 784] === 0).map((i) => blend[i]);
    assert.isAbove(new Set(background).size, 20);
    assert.isTrue(blend.every((x) => x >= 0 && x <= 1));
    // To the byte: figures of runs are of these textures.
    const bytes = Uint8Array.from(again, (x) => Math.round(255 * x));
    assert.equal(createHash('sha256').update(bytes).digest('hex').slice(0, 16), 'd1344efdb52dda0c');
    assert.deepEqual(
      [digits, blends].map((source) => all(source, 'label').slice(0, 9)),
      Array(2).fill([7, 2, 1, 0, 4, 1, 4, 9, 5]),
    );
    assert.notEqual(sources.mnist_m.describe({}, '.')?.hash, sources.mnist.describe({}, '.')?.hash);
  });
});
