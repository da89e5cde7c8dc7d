import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import sharp from 'sharp';
import type { SourceArguments } from '../../program/catalogue.ts';
import { sources } from '../../runtime/catalogue.ts';
import { packsFolder } from '../../runtime/data/pack.ts';
import { blankRaster, writePng } from '../../runtime/formats/png.ts';
import { within } from '../cli/other-cache.ts';
import { all, scratchFiles } from './scratch-files.ts';

describe('pairs', () => {
  const { put, open, refused, at } = scratchFiles();
  const gray = (level: number, width = 4, height = 4): Uint8Array =>
    writePng(blankRaster(width, height, [level, level, level]));
  const levels = (rows: readonly number[]): number[] => rows.map((x) => Math.round(255 * x));
  const described = (args: SourceArguments) => sources.pairs.describe(args, at());

  it('of folders with other files pass over these, and say so', async () => {
    for (const folder of ['p', 'q']) {
      put(`${folder}/1.png`, gray(1));
      put(`${folder}/README.txt`, 'no picture');
    }
    const args = { files: 'p/*', others: 'q/*', size: 1, channels: 1 };
    assert.deepEqual(levels(all(await open('pairs', args), 'a')), [1]);
    assert.deepEqual(described(args)?.skipped, ['p/README.txt (no picture)', 'q/README.txt (no picture)']);
  });

  it('joined by name whatever the ending and order, those without a partner named and left out', async () => {
    for (const [name, level] of [
      ['10', 10],
      ['2', 2],
      ['3', 3],
      ['left', 9],
    ] as const)
      put(`a/${name}.png`, gray(level));
    for (const [name, level] of [
      ['3', 103],
      ['10', 110],
      ['right', 9],
    ] as const)
      put(`b/${name}.png`, gray(level));
    put('b/2.webp', await sharp(gray(102)).webp({ lossless: true }).toBuffer());
    const args = { files: 'a/*.png', others: 'b/*', size: 1, channels: 1 };
    const source = await open('pairs', args);
    assert.deepEqual(levels(all(source, 'a')), [10, 2, 3]);
    assert.deepEqual(levels(all(source, 'b')), [110, 102, 103]);
    assert.equal(described(args)?.count, 3);
    assert.isUndefined(described(args)?.onDisk);
    // Two pictures of one byte a row.
    await within(join(at(), 'cache'), 0.000005, () =>
      Promise.resolve(assert.isTrue(described(args)?.onDisk)),
    );
    assert.deepEqual(described(args)?.skipped, [
      'a/left.png (no partner in b/*)',
      'b/right.png (no partner in a/*.png)',
    ]);
    put('b/2.png', gray(7));
    await refused('pairs', args, /b\/2\.webp: goes by the same name as b\/2\.png/);
  });

  it('the same stands at each star: what is behind it is no part of the name', async () => {
    put('x/1/seen_7_in.png', gray(17));
    put('x/2/seen_7_in.png', gray(27));
    put('y/2/7_mask.png', gray(227));
    put('y/1/7_mask.png', gray(217));
    const args = { files: 'x/*/seen_*_in.png', others: 'y/*/*_mask.png', size: 1, channels: 1 };
    const source = await open('pairs', args);
    assert.deepEqual(levels(all(source, 'a')), [17, 27]);
    assert.deepEqual(levels(all(source, 'b')), [217, 227]);
    assert.throws(
      () => sources.pairs.signature.fields({ ...args, others: 'y/*_mask.png' }),
      /joined by what stands at `\*`: .* has 2 of it, y\/\*_mask\.png 1/,
    );
  });

  it('two halves of one file; each is fitted by itself', async () => {
    const both = blankRaster(9, 4, [255, 0, 0]);
    for (let y = 0; y < 4; y++)
      for (let x = 4; x < 9; x++) both.data.set(x < 8 ? [0, 0, 255] : [9, 9, 9], 3 * (9 * y + x));
    put('both/1.png', writePng(both));
    const args = { files: 'both/*.png', size: [2, 3], fit: 'stretch', channels: [3, 1] };
    const source = await open('pairs', args);
    assert.deepEqual(source.fields.a.shape, [3, 2, 3]);
    assert.deepEqual(source.fields.b.shape, [1, 2, 3]);
    const of = (level: number): number[] => Array<number>(6).fill(level);
    assert.deepEqual(levels(all(source, 'a')), [...of(255), ...of(0), ...of(0)]);
    assert.deepEqual(levels(all(source, 'b')), of(29));
    assert.isUndefined(described(args)?.notices);
    assert.match(
      String(described({ ...args, fit: 'cover' })?.notices),
      /1 of 1 pictures lose .* both\/1\.png \(25 % of it\)/,
    );
  });

  it('classes by folder, splits and a few of each; of either pattern', async () => {
    for (let i = 0; i < 20; i++) {
      put(`a/${i % 2 ? 'odd' : 'even'}/${10 + i}.png`, gray(i));
      put(`b/${10 + i}.png`, gray(100 + i));
    }
    mkdirSync(join(at(), 'a', 'none'));
    const args = { files: 'a/<label>/*.png', others: 'b/*.png', size: 1, channels: 1, labels: 2 };
    const source = await open('pairs', { ...args, split: 'validate' });
    assert.deepEqual(levels(all(source, 'a')), [18, 19]);
    assert.deepEqual(levels(all(source, 'b')), [118, 119]);
    assert.deepEqual(all(source, 'label'), [0, 1]);
    assert.deepEqual(described(args)?.classes, { label: ['even', 'odd'] });
    const flipped = await open('pairs', {
      ...args,
      files: 'b/*.png',
      others: 'a/<label>/*.png',
      examples: 4,
    });
    const [a, b] = ['a', 'b'].map((field) => levels(all(flipped, field)));
    assert.deepEqual(
      a,
      b.map((level) => level + 100),
    );
    assert.deepEqual(all(flipped, 'label').sort(), [0, 0, 1, 1]);
    assert.deepEqual(
      all(flipped, 'label'),
      b.map((level) => level % 2),
    );
    await refused(
      'pairs',
      { ...args, labels: 3 },
      /2 classes \(even, odd\), where labels: says 3; no such file in none/,
    );
  });

  it('says what cannot be meant', async () => {
    put('a/1.png', gray(1));
    put('b/2.png', gray(2));
    const args = { files: 'a/*.png', others: 'b/*.png', size: 2 };
    await refused('pairs', args, /a\/\*\.png: no pair: a\/1\.png \(no partner in b\/\*\.png\), b\/2\.png/);
    assert.throws(() => described(args), /no pair/);
    assert.isNull(described({ ...args, files: 'c/*.png', others: 'd/*.png' }));
    await refused('pairs', { files: 'c/*.png', size: 2 }, /c\/\*\.png: no such files/);
    const bad = (more: SourceArguments, message: RegExp): void =>
      assert.throws(() => sources.pairs.signature.fields({ ...args, ...more }), message);
    bad({ channels: [1, 2, 3] }, /channels is 1 or 3, or two of these/);
    bad({ channels: 2 }, /channels is 1 or 3, not 2/);
    bad({ others: 'b/<label>/*.png' }, /labels: must say how many classes/);
    bad({ files: 'a/<who>/*.png' }, /one <label>, not <who>/);
    bad({ fit: 'crop' }, /fit is one of/);
  });

  it('one shape beside another is told, and a change of either file changes the hash', () => {
    put('a/1.png', gray(1, 8, 4));
    put('b/1.png', gray(2, 4, 4));
    const args = { files: 'a/*.png', others: 'b/*.png', size: [4, 8], fit: 'stretch' };
    assert.match(String(described(args)?.notices), /1 of 1 pairs have pictures of two shapes: a\/1\.png/);
    const before = described(args)?.hash;
    put('b/1.png', gray(3, 4, 4));
    assert.notEqual(described(args)?.hash, before);
  });

  it('packed, a pair is one record with the numbers that it has in memory', async () => {
    for (let i = 0; i < 5; i++) {
      put(`a/${i}.png`, gray(i, 4, 2));
      put(`b/${i}.png`, writePng(blankRaster(4, 2, [50 + i, 100, 200])));
    }
    const args = { files: 'a/*.png', others: 'b/*.png', size: [2, 4], channels: [1, 3] };
    const held = await open('pairs', args);
    const before = process.env.GANC_CACHE;
    process.env.GANC_CACHE = join(at(), 'cache');
    try {
      assert.deepEqual(await sources.pairs.pack!(args, at(), { always: true }), { bytes: 5 * 32 });
      assert.include(packsFolder(), at());
      const packed = await open('pairs', args);
      for (const field of ['a', 'b']) assert.deepEqual(all(packed, field), all(held, field));
    } finally {
      if (before === undefined) delete process.env.GANC_CACHE;
      else process.env.GANC_CACHE = before;
    }
  });
});
