import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { assert } from 'chai';
import fc from 'fast-check';
import { FileError } from '../../runtime/formats/file-error.ts';
import { idxFile, idxRows, readIdx, writeIdx } from '../../runtime/formats/idx.ts';
import { readNpy, writeNpy } from '../../runtime/formats/npy.ts';
import { readNpz, writeNpz } from '../../runtime/formats/npz.ts';
import { pictureHeader } from '../../runtime/formats/picture-header.ts';
import { blankRaster, writePng } from '../../runtime/formats/png.ts';
import { pixelsOf } from './pixels.ts';

/** Every proper beginning of a file must be refused with its name. */
function refusesEveryCut(bytes: Uint8Array, read: (bytes: Uint8Array, path: string) => unknown): void {
  for (let cut = 0; cut < bytes.length; cut++) {
    assert.throws(
      () => read(bytes.subarray(0, cut), 'broken.file'),
      FileError,
      /broken\.file/,
      `cut at ${cut}`,
    );
  }
}

describe('IDX files', () => {
  it('reads what was written, plain or gzipped', () => {
    const bytes = writeIdx([2, 3], Uint8Array.of(1, 2, 3, 4, 5, 255));
    for (const file of [bytes, gzipSync(bytes)]) {
      const { shape, data } = readIdx(file, 'x');
      assert.deepEqual(
        [shape, [...data]],
        [
          [2, 3],
          [1, 2, 3, 4, 5, 255],
        ],
      );
    }
  });

  it('rows come some at a time, plain or gzipped, of whatever length pieces and rows are', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ganc-idx-'));
    try {
      for (const [rows, width] of [
        [3, 300_000],
        [1000, 700],
        [2, 1],
      ]) {
        const data = Uint8Array.from({ length: rows * width }, (_, i) => (i * 7919) >> 3);
        const bytes = writeIdx([rows, width], data);
        for (const file of [bytes, gzipSync(bytes)]) {
          writeFileSync(join(folder, 'f'), file);
          const parts: Uint8Array[] = [];
          for await (const part of idxRows(idxFile(join(folder, 'f')))) parts.push(Uint8Array.from(part));
          assert.isTrue(parts.every((part) => part.length % width === 0));
          assert.isTrue(Buffer.concat(parts).equals(data));
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('reads wide numbers big-endian', () => {
    const read = (...bytes: number[]): number => readIdx(Uint8Array.from([0, 0, ...bytes]), 'x').data[0];
    assert.equal(read(0x09, 1, 0, 0, 0, 1, 0xff), -1);
    assert.equal(read(0x0b, 1, 0, 0, 0, 1, 0x01, 0x02), 258);
    assert.equal(read(0x0c, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe), -2);
    assert.equal(read(0x0d, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0), 1.5);
    assert.equal(read(0x0e, 1, 0, 0, 0, 1, 0xbf, 0xf8, 0, 0, 0, 0, 0, 0), -1.5);
  });

  it('refuses cut, long and foreign files with the byte', () => {
    const bytes = writeIdx([2, 2], Uint8Array.of(1, 2, 3, 4));
    refusesEveryCut(bytes, readIdx);
    refusesEveryCut(gzipSync(bytes), readIdx);
    assert.throws(
      () => readIdx(new Uint8Array([...bytes, 0]), 'f'),
      'f, byte 16: sizes 2 × 2 take 16 bytes, the file has 17',
    );
    assert.throws(() => readIdx(Buffer.from('hello world!'), 'f'), 'f, byte 0: 68 65 6c 6c is not the start');
    assert.throws(
      () => readIdx(Uint8Array.of(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255), 'f'),
      /the file has 12/,
    );
  });
});

describe('npy and npz files', () => {
  it('give back what was written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { maxLength: 3 }),
        fc.constantFrom(Uint8Array, Int32Array, Float32Array, Float64Array),
        (shape, kind) => {
          const length = shape.reduce((a, b) => a * b, 1);
          const array = { shape, data: new kind(Array.from({ length }, (_, i) => i * 1.25)) };
          assert.deepEqual(readNpy(writeNpy(array), 'x'), array);
          assert.deepEqual(
            Object.fromEntries(
              readNpz(
                writeNpz([
                  ['a', array],
                  ['b', array],
                ]),
                'x',
              ),
            ),
            { a: array, b: array },
          );
        },
      ),
    );
  });

  it("reads an archive laid out as NumPy's savez_compressed lays it out", () => {
    const archive =
      'UEsDBC0AAAAIAAAAIQCUrV49//////////8FABQAYS5ucHkBABAAjAAAAAAAAABTAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6XaaSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1CmQDrv//GRgZmBiYGVgYvwAAUEsDBC0AAAAIAAAAIQBEeW1d//////////8FABQAYi5ucHkBABAAggAAAAAAAABEAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5Gpo6CrUKFAEuBjsAUEsDBC0AAAAIAAAAIQDuGbtd//////////8FABQAYy5ucHkBABAAggAAAAAAAABGAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF6TZKiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoUAC5GBgBQSwECLQMtAAAACAAAACEAlK1ePVMAAACMAAAABQAAAAAAAAAAAAAAgAEAAAAAYS5ucHlQSwECLQMtAAAACAAAACEARHltXUQAAACCAAAABQAAAAAAAAAAAAAAgAGKAAAAYi5ucHlQSwECLQMtAAAACAAAACEA7hm7XUYAAACCAAAABQAAAAAAAAAAAAAAgAEFAQAAYy5ucHlQSwUGAAAAAAMAAwCZAAAAggEAAAAA';
    assert.deepEqual(Object.fromEntries(readNpz(Buffer.from(archive, 'base64'), 'x')), {
      a: { shape: [2, 3], data: Int32Array.of(-1, 1, 2, 3, 4, 500) },
      b: { shape: [], data: Float32Array.of(1.5) },
      c: { shape: [2], data: Int8Array.of(1, 0) },
    });
  });

  it('refuse cut and damaged files', () => {
    const array = { shape: [3], data: Float32Array.of(1, 2, 3) };
    refusesEveryCut(writeNpy(array), readNpy);
    const archive = writeNpz([['a', array]]);
    refusesEveryCut(archive, readNpz);
    const damaged = Uint8Array.from(archive);
    damaged[archive.length - 120] ^= 1;
    assert.throws(() => readNpz(damaged, 'f'), FileError);
    const flipped = Uint8Array.from(archive);
    flipped[35 + 128] ^= 1;
    assert.throws(() => readNpz(flipped, 'f'), /member a\.npy is damaged: length or checksum differ/);
  });

  it('say which kinds of array they do not read', () => {
    const edit = (from: string, to: string): Uint8Array =>
      Buffer.from(
        Buffer.from(writeNpy({ shape: [1], data: Float32Array.of(1) }))
          .toString('latin1')
          .replace(from, to),
        'latin1',
      );
    assert.throws(() => readNpy(edit('<f4', '|O8'), 'f'), /type \|O8 can't be read/);
    assert.throws(() => readNpy(edit("'shape'", "'shap_'"), 'f'), /without descr, fortran_order and shape/);
  });
});

describe('png files', () => {
  it('give back the pixels, gray or coloured', () => {
    const gray = blankRaster(5, 3, [7, 7, 7]);
    gray.data.set([200, 200, 200], 6);
    const colour = blankRaster(2, 2, [250, 3, 99]);
    for (const raster of [gray, colour]) assert.deepEqual(pixelsOf(writePng(raster)), raster);
    assert.equal(writePng(gray)[25], 0, 'colour type gray');
    assert.equal(writePng(colour)[25], 2, 'colour type RGB');
  });
});

describe('sizes that files claim', () => {
  it('are looked at before anything is decompressed for them', () => {
    const claims = (rows: number): Uint8Array => {
      const head = writeIdx([1, 28, 28], new Uint8Array(784));
      new DataView(head.buffer).setUint32(4, rows);
      return gzipSync(head);
    };
    assert.throws(
      () => readIdx(claims(0xffffffff), 'f'),
      FileError,
      /says that it holds 3400 GB|more than the .* that data may take/,
    );
    const bomb = gzipSync(
      Buffer.concat([writeIdx([1, 2, 2], new Uint8Array(4)), new Uint8Array(20_000_000)]),
    );
    assert.throws(() => readIdx(bomb, 'f'), FileError, /holds more than the sizes at its start say/);
    const seen: number[][] = [];
    readIdx(claims(1), 'f', (shape) => seen.push([...shape]));
    assert.deepEqual(seen, [[1, 28, 28]]);
  });

  it('of a picture may not come to more pixels than fit', () => {
    const png = Buffer.from(writePng(blankRaster(1, 1, [0, 0, 0])));
    png.writeUInt32BE(16384, 16);
    png.writeUInt32BE(16384, 20);
    assert.throws(
      () => pictureHeader(png, 'f'),
      FileError,
      /16384 × 16384 pixels, where at most 100 million are read/,
    );
  });

  it('of a packed array are held against what is packed; arrays that nobody asks for stay packed', () => {
    const bytes = Buffer.from(
      writeNpz([
        ['x', { shape: [2], data: Float64Array.of(1, 2) }],
        ['y', { shape: [1], data: Float64Array.of(3) }],
      ]),
    );
    assert.deepEqual([...readNpz(bytes, 'f', ['x']).keys()], ['x']);
    assert.throws(() => readNpz(bytes, 'f', ['z']), FileError, /no array z; there are x, y/);
    bytes.writeUInt32LE(0x7fffffff, bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24);
    assert.throws(() => readNpz(bytes, 'f', ['x']), FileError, /more than \d+ packed ones can/);
    assert.deepEqual([...readNpz(bytes, 'f', ['y']).keys()], ['y']);
  });
});
