/** Masks beside pictures: class numbers from gray levels and palettes, one channel a class, never anything in between. */
import { crc32, deflateSync } from 'node:zlib';
import { assert } from 'chai';
import sharp from 'sharp';
import { sources } from '../../runtime/catalogue.ts';
import { reopened } from '../../runtime/data/reopened.ts';
import type { OpenSource } from '../../runtime/data/source.ts';
import { readMask } from '../../runtime/formats/mask.ts';
import { blankRaster, writePng } from '../../runtime/formats/png.ts';
import { all, scratchFiles } from './scratch-files.ts';

interface Form {
  readonly depth?: 2 | 4 | 8 | 16;
  /** Red, green, blue of each index; absent: gray levels. */
  readonly palette?: readonly number[];
}

/** A PNG whose pixels hold these numbers (PNG, 11.2: IHDR, PLTE, tRNS, IDAT, IEND). */
function pngOf(rows: readonly (readonly number[])[], { depth = 8, palette }: Form = {}): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(rows[0].length, 0);
  header.writeUInt32BE(rows.length, 4);
  header.set([depth, palette === undefined ? 0 : 3], 8);
  const lines = rows.map((row) => {
    const bits = row.map((number) => number.toString(2).padStart(depth, '0')).join('');
    const bytes = bits.match(/.{1,8}/g)!.map((byte) => parseInt(byte.padEnd(8, '0'), 2));
    return Buffer.from([0, ...bytes]);
  });
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...(palette ? [chunk('PLTE', Buffer.from(palette)), chunk('tRNS', Buffer.from([0, 128]))] : []),
    chunk('IDAT', deflateSync(Buffer.concat(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const numbers = [
  [0, 1, 2, 3],
  [3, 0, 1, 2],
];
/** Indices 1 and 3 have one colour: colours say nothing about classes. */
const palette = [9, 9, 9, 200, 0, 0, 0, 200, 0, 200, 0, 0];

describe('masks', () => {
  const { put, open, refused, at } = scratchFiles();
  const picture = (width: number, height: number, level = 90): Uint8Array =>
    writePng(blankRaster(width, height, [level, level, level]));
  const args = { files: 'a/*.png', others: 'b/*.png', size: [2, 4], channels: 1, masks: 4 };
  /** What class each pixel of row 0 has; null: none. Fails where a pixel is of two. */
  const classesOf = (source: OpenSource, pass?: number): (number | null)[] => {
    const [channels, height, width] = source.fields.b.shape.map(Number);
    const out = new Float64Array(channels * height * width);
    source.read('b', Uint32Array.of(0), out, pass);
    assert.isTrue(out.every((x) => x === 0 || x === 1));
    return Array.from({ length: height * width }, (_, i) => {
      const own = Array.from({ length: channels }, (_, c) => c).filter(
        (c) => out[c * height * width + i] === 1,
      );
      assert.isAtMost(own.length, 1);
      return own[0] ?? null;
    });
  };

  for (const [name, form] of [
    ['gray levels', {}],
    ['gray levels of four bits', { depth: 4 }],
    ['gray levels of sixteen bits', { depth: 16 }],
    ['indices of a palette', { palette }],
    ['indices of two bits', { depth: 2, palette }],
  ] as const)
    it(`are read from ${name}`, () =>
      assert.deepEqual([...Array.from(readMask(pngOf(numbers, form), 'm').classes)], numbers.flat()));

  it('are a channel for each class, without a range, beside the picture of the same name', async () => {
    put('a/1.png', picture(4, 2));
    put('b/1.png', pngOf(numbers, { palette }));
    const source = await open('pairs', args);
    assert.deepEqual(source.fields.b, { kind: 'image', shape: [4, 2, 4] });
    assert.deepEqual(classesOf(source), numbers.flat());
    assert.deepEqual(all(source, 'a'), new Array(8).fill(90 / 255));
    assert.deepEqual(all(reopened(source.recipe!), 'b'), all(source, 'b'));
  });

  it('are resized by the nearest pixel, cut and framed as the picture is; 255 and what contain adds are no class', async () => {
    put('a/1.png', picture(8, 8));
    const large = Array.from({ length: 8 }, (_, y) =>
      Array.from({ length: 8 }, (_, x) => (y === 7 ? 255 : x < 3 ? 1 : 2)),
    );
    put('b/1.png', pngOf(large));
    const of = async (change: object): Promise<(number | null)[]> =>
      classesOf(await open('pairs', { ...args, ...change }));
    // Pillow: Image.resize((4, 4), Image.NEAREST) takes columns and rows 1, 3, 5, 7.
    assert.deepEqual(await of({ size: 4 }), [
      ...[1, 2, 2, 2, 1, 2, 2, 2, 1, 2, 2, 2],
      ...[null, null, null, null],
    ]);
    // The rows 2 to 5 are left of it.
    assert.deepEqual(await of({ size: [4, 8] }), new Array(4).fill([1, 1, 1, 2, 2, 2, 2, 2]).flat());
    assert.deepEqual(await of({ size: [2, 4], fit: 'contain' }), [
      ...[null, 1, 2, null],
      ...[null, 1, 2, null],
    ]);
  });

  it('move with the picture, and keep their classes where its colours change', async () => {
    put('a/1.png', pngOf(Array.from({ length: 6 }, () => [0, 1, 2, 3, 4, 5].map((x) => 40 * x))));
    put('b/1.png', pngOf(Array.from({ length: 6 }, () => [0, 1, 2, 3, 4, 5])));
    const moved = { ...args, size: 4, masks: 6, mirror: true, jitter: 2 };
    const source = await open('pairs', moved);
    const coloured = await open('pairs', { ...moved, brightness: 0.5 });
    const seen = new Set<string>();
    for (let pass = 0; pass < 20; pass++) {
      const pixels = new Float64Array(16);
      source.read('a', Uint32Array.of(0), pixels, pass);
      const classes = [...pixels].map((x) => Math.round((255 * x) / 40));
      assert.deepEqual(classesOf(source, pass), classes);
      assert.deepEqual(classesOf(coloured, pass), classes);
      seen.add(classes.join());
    }
    assert.isAbove(seen.size, 3);
  });

  it('that hold no class numbers are refused by file and place', async () => {
    put('a/1.png', picture(4, 2));
    put(
      'b/1.png',
      pngOf([
        [0, 1, 2, 3],
        [3, 0, 7, 2],
      ]),
    );
    await refused('pairs', args, /b\/1\.png, row 1, column 2: class 7, where masks: says 4 \(0 to 3/);
    const raster = blankRaster(4, 2, [1, 1, 1]);
    raster.data[4] = 200;
    put('b/1.png', writePng(raster));
    await refused('pairs', args, /row 0, column 1: the colour 1, 200, 1, where a class number is wanted/);
    put('b/1.png', await sharp(picture(4, 2)).jpeg().toBuffer());
    await refused('pairs', args, /b\/1\.png: a JPEG: a mask is a PNG/);
    put('b/1.png', pngOf(numbers).subarray(0, 60));
    await refused('pairs', args, /b\/1\.png: a damaged or cut PNG/);
    const said = (change: object): void => void sources.pairs.signature.fields({ ...args, ...change });
    assert.throws(() => said({ others: null }), /masks: needs a second pattern/);
    assert.throws(() => said({ channels: [1, 3] }), /with masks:, channels is that of a/);
    assert.throws(() => said({ masks: 1 }), /masks is a whole number from 2 to 255/);
  });

  it('are packs and hashes of their own', async () => {
    put('a/1.png', picture(4, 2));
    put('b/1.png', pngOf(numbers));
    const hash = (change: object): string | undefined =>
      sources.pairs.describe({ ...args, ...change }, at())?.hash;
    assert.notEqual(hash({}), hash({ masks: 5 }));
    assert.notEqual(hash({}), hash({ masks: null }));
    assert.equal(hash({ masks: null }), hash({ masks: undefined }));
  });
});
