/** Pictures as people have them. The files in test/cases/pictures were written by Pillow; beside each lies what it reads there. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import sharp from 'sharp';
import { FileError } from '../../runtime/formats/file-error.ts';
import { readPicture } from '../../runtime/formats/picture.ts';
import { pictureHeader } from '../../runtime/formats/picture-header.ts';
import { pixelsOf } from './pixels.ts';
import { goldenFolder } from '../golden.ts';

const folder = join(goldenFolder, '..', 'cases', 'pictures');
const bytesOf = (name: string): Uint8Array => readFileSync(join(folder, name));
const written = readdirSync(folder).filter((name) => !name.includes('-pillow'));

describe('pictures', () => {
  for (const name of written)
    it(`${name}: pixels as Pillow reads them, within 2 of 255; sizes from the header`, async () => {
      const raster = await readPicture(bytesOf(name), name);
      const pillow = pixelsOf(bytesOf(`${name.replace(/\..*/, '')}-pillow.png`));
      const header = pictureHeader(bytesOf(name), name);
      const sizes = ({ width, height }: { width: number; height: number }) => [height, width];
      assert.deepEqual(sizes(raster), sizes(pillow));
      assert.deepEqual(sizes(header), sizes(pillow));
      const farthest = raster.data.reduce(
        (far, value, i) => Math.max(far, Math.abs(value - pillow.data[i])),
        0,
      );
      assert.isAtMost(farthest, 2);
    });

  it('what is cut, damaged or no picture is named, without a text of the library', async () => {
    for (const name of written) {
      const whole = bytesOf(name);
      for (const cut of [0, 3, 20, Math.floor(whole.length / 2)]) {
        const error: unknown = await readPicture(whole.subarray(0, cut), 'p.x').then(
          () => null,
          (thrown: unknown) => thrown,
        );
        assert.instanceOf(error, FileError, `${name} cut at ${cut}`);
        assert.match((error as Error).message, /^p\.x.*(damaged or cut|not a picture)/);
        assert.notMatch((error as Error).message, /vips|Input buffer/i);
      }
    }
    assert.throws(
      () => pictureHeader(Buffer.from('GIF89a'), 'a.gif'),
      /a\.gif, byte 0: not a picture that is read: JPEG, PNG and WebP are; it begins with "GIF89a"/,
    );
    const huge = Buffer.from(bytesOf('palette.png'));
    huge.writeUInt32BE(0x7fffffff, 16);
    assert.throws(() => pictureHeader(huge, 'p'), /2147483647 × 18 pixels/);
  });

  it('transparent pixels are laid on white, 16 bits are read as 8', async () => {
    const clear = { width: 2, height: 1, channels: 4 } as const;
    const half = await sharp(Buffer.of(255, 0, 0, 0, 0, 0, 0, 128), { raw: clear })
      .png()
      .toBuffer();
    const { data } = await readPicture(half, 'half.png');
    [255, 255, 255, 127, 127, 127].forEach((value, i) => assert.closeTo(data[i], value, 1));
    const deep = await sharp(Buffer.of(0, 100, 255), { raw: { width: 3, height: 1, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    assert.equal(deep[24], 16);
    const gray = await readPicture(deep, 'deep.png');
    [0, 0, 0, 100, 100, 100, 255, 255, 255].forEach((value, i) => assert.closeTo(gray.data[i], value, 1));
  });
});
