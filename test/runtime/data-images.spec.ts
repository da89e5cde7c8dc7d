import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import sharp from 'sharp';
import type { SourceArguments } from '../../program/catalogue.ts';
import { sources } from '../../runtime/catalogue.ts';
import { resizePlane } from '../../runtime/data/resize.ts';
import { blankRaster, writePng } from '../../runtime/formats/png.ts';
import { all, scratchFiles } from './scratch-files.ts';

describe('images', () => {
  const { put, open, refused, at } = scratchFiles();

  it('labels by folder, centre cut, resized, in colour or gray', async () => {
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

  it('of any kind and shape, in natural order, with a word about what is odd', async () => {
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
    mkdirSync(join(at(), '7'));
    const args = { files: '<label>/*', size: [2, 4], channels: 1, labels: 3 };
    const source = await open('images', args);
    assert.deepEqual(source.fields.image.shape, [1, 2, 4]);
    assert.deepEqual(all(source, 'label'), [0, 2, 1, 1]);
    const rows = all(source, 'image').map((x) => Math.round(255 * x));
    [20, 200, 40, 40].forEach((level, row) =>
      rows.slice(8 * row, 8 * row + 8).forEach((x) => assert.closeTo(x, level, 1)),
    );
    const described = sources.images.describe(args, at());
    assert.deepEqual(described?.classes, { label: ['1', '2', '10'] });
    assert.deepEqual(described?.notices, [
      '1 of 4 pictures lose more than a tenth to the cut: 2/b.png (50 % of it); fit: contain shows them whole',
      '1 of 4 pictures are read by what they are, not by their names: 2/b.png is a WebP',
    ]);
    const contained = { ...args, fit: 'contain' };
    assert.notInclude(sources.images.describe(contained, at())?.notices?.join(), 'cut');
    assert.notEqual(sources.images.describe(contained, at())?.hash, described?.hash);
    assert.isUndefined(sources.images.describe({ ...args, files: '<label>/*.jpg' }, at())?.notices);
    await refused(
      'images',
      { ...args, labels: 4 },
      /3 classes \(1, 2, 10\), where labels: says 4; no such file in 7/,
    );
  });

  it('classes that the spec names have the numbers of its list, and those without a picture are named', async () => {
    for (const name of ['dog', 'fox']) put(`${name}/1.png`, writePng(blankRaster(2, 2, [0, 0, 0])));
    const args = { files: '<label>/*.png', size: 2, classes: 'cat, dog, fox' };
    assert.deepEqual(sources.images.signature.fields(args).label, { kind: 'label', shape: [], classes: 3 });
    assert.deepEqual(all(await open('images', args), 'label'), [1, 2]);
    assert.deepEqual(sources.images.describe(args, at())?.notices, ['no picture of cat']);
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

  it('that can’t be read are an error, or left out and named', async () => {
    const whole = (level: number) => writePng(blankRaster(4, 4, [level, level, level]));
    const cut = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
    put('set/u/1.png', whole(10));
    put('set/u/2.png', whole(20).subarray(0, 50));
    put('set/u/3.jpg', cut.subarray(0, cut.length - 100));
    put('set/u/4.png', 'an error page');
    put('set/u/5.png', whole(50));
    put('set/v/1.png', whole(60));
    put('set/v/README', 'not meant');
    const args = { files: 'set/<label>/*', size: 1, labels: 2, channels: 1 };
    await refused('images', args, /3 files can't be read:[^]*\n {2}mend them, or say unusable: skip$/);
    const looked = () => sources.images.describe({ ...args, files: 'set/u/4*', labels: null }, at())?.notices;
    assert.throws(looked, /4\.png, byte 0: .*; mend it, or say unusable: skip$/);
    await refused('images', { ...args, unusable: 'maybe' }, /unusable is one of error, skip/);
    const none = { files: 'set/u/4*', size: 1, unusable: 'skip' };
    await refused('images', none, /no picture that can be used: .*4\.png/);
    const skipping = { ...args, unusable: 'skip' };
    const described = sources.images.describe(skipping, at());
    assert.deepEqual(described?.skipped, [
      'set/v/README (no picture)',
      "set/u/2.png (a damaged or cut PNG: its pixels can't be decoded)",
      "set/u/3.jpg (a damaged or cut JPEG: its pixels can't be decoded)",
      'set/u/4.png (byte 0: not a picture that is read: JPEG, PNG and WebP are; it begins with "an error")',
    ]);
    const source = await open('images', skipping);
    assert.equal(source.count, described?.count);
    assert.deepEqual(
      all(source, 'image').map((x) => Math.round(255 * x)),
      [10, 50, 60],
    );
    assert.deepEqual(all(source, 'label'), [0, 0, 1]);
  });

  it('fit and validate divide each class', async () => {
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
