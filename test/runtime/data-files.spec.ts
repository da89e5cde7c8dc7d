import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { assert } from 'chai';
import sharp from 'sharp';
import type { SourceArguments } from '../../program/catalogue.ts';
import { catalogue, openStream, sources } from '../../runtime/catalogue.ts';
import { gaussians } from '../../runtime/data/gaussians.ts';
import { mnistM } from '../../runtime/data/mnist-m.ts';
import { mnist } from '../../runtime/data/mnist.ts';
import { findFiles } from '../../runtime/data/pattern.ts';
import { resizePlane } from '../../runtime/data/resize.ts';
import type { OpenSource } from '../../runtime/data/source.ts';
import { writeIdx } from '../../runtime/formats/idx.ts';
import { writeNpz } from '../../runtime/formats/npz.ts';
import { blankRaster, writePng } from '../../runtime/formats/png.ts';

let folder: string;
const put = (name: string, content: Uint8Array | string): void => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), content);
};
const open = async (source: string, args: SourceArguments): Promise<OpenSource> =>
  sources[source].open(args, folder);
/** Opening rejects with a FileError, or another error, whose sentence matches. */
const refused = async (source: string, args: SourceArguments, message: RegExp): Promise<void> => {
  const error = await open(source, args).then(
    () => assert.fail(`${source} ${JSON.stringify(args)} opens`),
    (thrown: Error) => thrown,
  );
  assert.match(error.message, message);
};
const all = (source: OpenSource, field: string): number[] => {
  const out = new Float64Array(
    source.count * source.fields[field].shape.reduce<number>((a, b) => a * Number(b), 1),
  );
  source.read(field, { from: 0, to: source.count }, out);
  return [...out];
};

describe('sources of files', () => {
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ganc-data-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are null where their files are missing, and say which when opened', async () => {
    const missing: Record<string, SourceArguments> = {
      idx: { images: 'no/images', labels: 'no/labels' },
      images: { files: 'no/*.png', size: 8 },
      npz: { file: 'no.npz', values: 'x', shape: [2] },
      csv: { file: 'no.csv', columns: 'x' },
    };
    for (const [name, args] of Object.entries(missing)) {
      assert.isNull(sources[name].describe(args, folder), name);
      await refused(name, args, /no.*: no such file/);
    }
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
    assert.equal(sources.idx.describe({ ...args, skip: 3 }, folder)?.count, 1);
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
    await wrong({ size: 0 }, /size is a whole number from 1, not 0/);
  });

  it('images: labels by folder, centre cut, resized, in colour or gray', async () => {
    const wide = blankRaster(8, 4, [255, 0, 0]);
    for (let y = 0; y < 4; y++) for (let x = 2; x < 6; x++) wide.data.set([0, 255, 0], 3 * (8 * y + x));
    put('b/1.png', writePng(wide));
    put('a/2.png', writePng(blankRaster(4, 4, [0, 0, 255])));
    put('a/1.png', writePng(blankRaster(2, 2, [255, 255, 255])));
    put('a/notes.txt', 'not a picture');
    const args = { files: '<label>/*.png', size: 2, labels: 2 };
    const source = await open('images', args);
    assert.deepEqual(all(source, 'label'), [0, 0, 1]);
    const planes = [
      [1, 1, 1],
      [0, 0, 1],
      [0, 1, 0],
    ];
    assert.deepEqual(
      all(source, 'image'),
      planes.flatMap((row) => row.flatMap((x) => [x, x, x, x])),
    );
    const gray = all(await open('images', { ...args, channels: 1 }), 'image');
    assert.deepEqual(
      gray.map((x) => Math.round(255 * x)),
      [255, 29, 150].flatMap((x) => [x, x, x, x]),
    );
    await refused('images', { ...args, labels: 3 }, /2 classes \(a, b\), where labels: says 3/);
    put('a/3.png', writePng(blankRaster(4, 4, [0, 0, 255])).subarray(0, 50));
    await refused('images', args, /a\/3\.png: a damaged or cut PNG/);
  });

  it('images: of any kind and shape, in natural order, with a word about what is odd', async () => {
    const picture = (width: number, height: number, level: number) =>
      sharp({ create: { width, height, channels: 3, background: { r: level, g: level, b: level } } });
    for (const name of ['10', '2', '1'])
      put(
        `${name}/a.jpg`,
        await picture(8, 4, 20 * Number(name))
          .jpeg({ quality: 100 })
          .toBuffer(),
      );
    put('2/b.png', await picture(16, 16, 40).webp({ lossless: true }).toBuffer());
    mkdirSync(join(folder, '7'));
    const args = { files: '<label>/*', size: [2, 4], channels: 1, labels: 3 };
    const source = await open('images', args);
    assert.deepEqual(source.fields.image.shape, [1, 2, 4]);
    assert.deepEqual(all(source, 'label'), [0, 2, 1, 1]);
    const rows = all(source, 'image').map((x) => Math.round(255 * x));
    [20, 200, 40, 40].forEach((level, row) =>
      rows.slice(8 * row, 8 * row + 8).forEach((x) => assert.closeTo(x, level, 1)),
    );
    const described = sources.images.describe(args, folder);
    assert.deepEqual(described?.classes, { label: ['1', '2', '10'] });
    assert.deepEqual(described?.notices, [
      '1 of 4 pictures lose more than a tenth to the cut: 2/b.png (50 % of it); fit: contain shows them whole',
      '1 of 4 pictures are read by what they are, not by their names: 2/b.png is a WebP',
    ]);
    const contained = { ...args, fit: 'contain' };
    assert.notInclude(sources.images.describe(contained, folder)?.notices?.join(), 'cut');
    assert.notEqual(sources.images.describe(contained, folder)?.hash, described?.hash);
    assert.isUndefined(sources.images.describe({ ...args, files: '<label>/*.jpg' }, folder)?.notices);
    await refused(
      'images',
      { ...args, labels: 4 },
      /3 classes \(1, 2, 10\), where labels: says 4; no such file in 7/,
    );
  });

  it('images: classes that the spec names have the numbers of its list, and those without a picture are named', async () => {
    for (const name of ['dog', 'fox']) put(`${name}/1.png`, writePng(blankRaster(2, 2, [0, 0, 0])));
    const args = { files: '<label>/*.png', size: 2, classes: 'cat, dog, fox' };
    assert.deepEqual(sources.images.signature.fields(args).label, { kind: 'label', shape: [], classes: 3 });
    assert.deepEqual(all(await open('images', args), 'label'), [1, 2]);
    assert.deepEqual(sources.images.describe(args, folder)?.notices, ['no picture of cat']);
    await refused(
      'images',
      { ...args, classes: 'cat, dog' },
      /folder fox, which classes: doesn't name \(cat, dog\)/,
    );
    await refused('images', { ...args, labels: 2 }, /classes names 3 classes, where labels: says 2/);
    await refused('images', { ...args, classes: 'cat, cat' }, /cat twice/);
    await refused('images', { ...args, size: [2, 0] }, /size is .*\[height, width\], not \[2,0\]/);
    await refused('images', { ...args, size: 1.5 }, /size is/);
  });

  it('images: fit and validate divide each class', async () => {
    for (let i = 0; i < 30; i++) put(`x${i % 2}/${10 + i}.png`, writePng(blankRaster(2, 2, [i, i, i])));
    const args = { files: '<label>/*.png', size: 2, labels: 2, channels: 1 };
    const parts = await Promise.all(['fit', 'validate'].map((split) => open('images', { ...args, split })));
    assert.deepEqual(
      parts.map(({ count }) => count),
      [28, 2],
    );
    assert.deepEqual(all(parts[1], 'label'), [0, 1]);
    const pixels = parts.flatMap((part) => all(part, 'image').map((x) => Math.round(255 * x)));
    assert.equal(new Set(pixels).size, 30);
    const bads: SourceArguments[] = [
      { files: '*.png', size: 2, labels: 2 },
      { files: '<label>/*', size: 2 },
      { files: '<who>/*', size: 2, labels: 3 },
      { files: '*', size: 2, channels: 2 },
    ];
    for (const bad of bads) {
      assert.throws(() => sources.images.signature.fields(bad), Error, /labels|label>|channels/);
    }
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

  it('csv: columns in the order asked for', async () => {
    put('p.csv', 'class,x,y\n0,1,2\n2,3,4\n');
    const args = { file: 'p.csv', columns: 'y, x', label: 'class', labels: 3 };
    assert.deepEqual(all(await open('csv', args), 'values'), [2, 1, 4, 3]);
    assert.deepEqual(all(await open('csv', args), 'label'), [0, 2]);
    await refused('csv', { ...args, columns: 'z' }, /p\.csv, line 1: no column z; there are class, x, y/);
    await refused('csv', { ...args, labels: 2 }, /p\.csv, line 3: column class: label 2/);
  });

  it('patterns: sorted, hidden files left out, special characters meant as written', () => {
    for (const name of ['b/z.png', 'a/y.png', 'a/.x.png', 'a/y.pngx', 'c.d/w.png']) put(name, '');
    const found = (pattern: string): string[] =>
      findFiles(pattern, folder).map(({ path }) => path.slice(folder.length + 1));
    assert.deepEqual(found('*/*.png'), ['a/y.png', 'b/z.png', 'c.d/w.png']);
    assert.deepEqual(found('c.*/*.png'), ['c.d/w.png']);
    assert.deepEqual(found('./a/*'), ['a/y.png', 'a/y.pngx']);
    assert.deepEqual(findFiles('<label>/z.png', folder)[0].words, { label: 'b' });
  });

  it('fit as a regular expression would, in no more time than the pattern is long', () => {
    const place = join(folder, 'names');
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
    assert.deepEqual(all(await openStream(entry, folder), 'values'), [1]);
    const before = sources.csv.describe(args, folder);
    put('p.csv', 'x\n1\n2\n');
    assert.deepEqual(all(await openStream(entry, folder), 'values'), [1, 2]);
    assert.deepEqual([before?.count, sources.csv.describe(args, folder)?.count], [1, 2]);
    assert.notEqual(sources.csv.describe(args, folder)?.hash, before?.hash);
    const none = await openStream({ ...entry, source: 'cvs' }, folder).catch((error: Error) => error.message);
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
    assert.deepEqual(
      [digits, blends].map((source) => all(source, 'label').slice(0, 9)),
      Array(2).fill([7, 2, 1, 0, 4, 1, 4, 9, 5]),
    );
    assert.notEqual(sources.mnist_m.describe({}, '.')?.hash, sources.mnist.describe({}, '.')?.hash);
  });
});

describe('resizing', () => {
  it('keeps the mean when it shrinks, repeats pixels when it grows', () => {
    const plane = Float64Array.from({ length: 35 }, (_, i) => (i * 37) % 11);
    const mean = (x: Float64Array): number => x.reduce((a, b) => a + b, 0) / x.length;
    for (const to of [
      [2, 3],
      [5, 7],
      [3, 1],
      [9, 8],
    ] as const)
      assert.closeTo(mean(resizePlane(plane, [5, 7], to)), mean(plane), 1e-12);
    assert.deepEqual(
      [...resizePlane([1, 2, 3, 4], [2, 2], [4, 4])].map((x) => Math.round(x)),
      [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4],
    );
    assert.deepEqual([...resizePlane([0, 3, 6], [1, 3], [1, 2])], [1, 5]);
  });
});
