/** Pictures mirrored and cut at other places in each pass: which, by row and pass alone; and what reports see of them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { assert } from 'chai';
import { sources } from '../../runtime/catalogue.ts';
import type { OpenSource } from '../../runtime/data/source.ts';
import { blankRaster, writePng } from '../../runtime/formats/png.ts';
import { shell } from '../cli/shell.ts';
import { all, scratchFiles } from './scratch-files.ts';

/** A picture whose gray level tells its place: 16 y + x. */
function places(height: number, width: number, add = 0): Uint8Array {
  const picture = blankRaster(width, height, [0, 0, 0]);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      picture.data.fill(16 * y + x + add, 3 * (y * width + x), 3 * (y * width + x + 1));
  return writePng(picture);
}

const read = (source: OpenSource, field: string, rows: number[], pass?: number): number[] => {
  const [, height, width] = source.fields[field].shape.map(Number);
  const out = new Float32Array(rows.length * height * width);
  source.read(field, Uint32Array.from(rows), out, pass);
  return [...out].map((x) => Math.round(255 * x));
};

/** Where a picture of `places` was cut, and whether it is mirrored; fails where it is anything else. */
function placeOf(pixels: number[], width: number): { top: number; left: number; mirrored: boolean } {
  const mirrored = pixels[1] < pixels[0];
  const corner = mirrored ? pixels[width - 1] : pixels[0];
  pixels.forEach((level, i) => {
    const x = i % width;
    assert.equal(level, corner + 16 * Math.floor(i / width) + (mirrored ? width - 1 - x : x));
  });
  return { top: corner >> 4, left: corner & 15, mirrored };
}

describe('pictures that move', () => {
  const { put, open, at } = scratchFiles();
  const args = { files: '*.png', size: [3, 4], channels: 1, mirror: true, jitter: 2 };

  it('are cut anywhere and mirrored half of the time, by row and pass alone', async () => {
    for (let i = 0; i < 4; i++) put(`${i}.png`, places(5, 6));
    const source = await open('images', args);
    assert.deepEqual(source.fields.image.shape, [1, 3, 4]);
    const seen = Array.from({ length: 100 }, (_, pass) =>
      [0, 1, 2, 3].map((row) => placeOf(read(source, 'image', [row], pass), 4)),
    ).flat();
    assert.equal(new Set(seen.map(({ top, left }) => `${top} ${left}`)).size, 9);
    assert.isTrue(seen.every(({ top, left }) => top <= 2 && left <= 2));
    assert.closeTo(seen.filter(({ mirrored }) => mirrored).length, 200, 40);
    const again = await open('images', args);
    assert.deepEqual(
      read(again, 'image', [3, 1], 7),
      [3, 1].flatMap((row) => read(source, 'image', [row], 7)),
    );
    assert.notDeepEqual(read(source, 'image', [0, 1, 2, 3], 7), read(source, 'image', [0, 1, 2, 3], 8));
  });

  it('stand still for reports, in the middle; without the arguments nothing changes', async () => {
    put('0.png', places(5, 6));
    const source = await open('images', args);
    assert.deepEqual(
      placeOf(
        all(source, 'image').map((x) => Math.round(255 * x)),
        4,
      ),
      { top: 1, left: 1, mirrored: false },
    );
    const { mirror: _, jitter: __, ...plain } = args;
    const still = await open('images', plain);
    assert.deepEqual(read(still, 'image', [0], 0), read(still, 'image', [0], 5));
    const hash = (change: object): string | undefined =>
      sources.images.describe({ ...plain, ...change }, at())?.hash;
    assert.equal(hash({ mirror: false, jitter: 0 }), hash({}));
    assert.notEqual(hash({ jitter: 2 }), hash({}));
    assert.throws(
      () => sources.images.signature.fields({ ...args, jitter: -1 }),
      /jitter is a whole number from 0/,
    );
  });

  it('of a pair move alike', async () => {
    for (let i = 0; i < 3; i++) {
      put(`a/${i}.png`, places(5, 6));
      put(`b/${i}.png`, places(5, 6, 50));
    }
    const source = await open('pairs', { ...args, files: 'a/*.png', others: 'b/*.png' });
    for (const pass of [0, 1, 2, 3]) {
      const [a, b] = ['a', 'b'].map((field) => read(source, field, [2, 0], pass));
      assert.deepEqual(
        b,
        a.map((level) => level + 50),
      );
    }
  });
});

describe('a training on pictures that move', () => {
  const sh = shell();

  it('goes on to the bit where it was stopped', async () => {
    for (let i = 0; i < 6; i++) writeFileSync(sh.path(`set${i}.png`), places(8, 8, 9 * i));
    sh.write(
      'm.gan',
      `data d = images("set*.png", size: 6, channels: 1, mirror: true, jitter: 2)
network R(x: image[1, 6, 6]) -> image[1, 6, 6] in [0, 1] { x |> conv(2, kernel: 3) |> conv(1, kernel: 3) |> sigmoid }
train for 8 steps, batch 2 { update R to minimize l1(R(d.image), d.image) with adam(1e-2) }`,
    );
    const run = async (...args: string[]): Promise<void> => {
      const { code, err } = await sh.run(['run', ...args]);
      assert.equal(code, 0, err);
    };
    await run(sh.path('m.gan'), '--out', sh.path('whole'));
    await run(sh.path('m.gan'), '--out', sh.path('parts'), '--steps', '5');
    await run('--resume', sh.path('parts'));
    assert.deepEqual(sh.weights('parts'), sh.weights('whole'));
    sh.write('still.gan', readFileSync(sh.path('m.gan'), 'utf8').replace('mirror: true', 'mirror: false'));
    await run(sh.path('still.gan'), '--out', sh.path('still'));
    assert.notDeepEqual(sh.weights('still'), sh.weights('whole'));
  });
});
