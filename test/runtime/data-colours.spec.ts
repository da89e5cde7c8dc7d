/** Pictures in other colours: torchvision's numbers, drawn by row and pass alone, never beyond what was said. */
import { assert } from 'chai';
import { changeOf, recolour } from '../../runtime/data/colours.ts';
import type { Change } from '../../runtime/data/colours.ts';
import type { OpenSource } from '../../runtime/data/source.ts';
import { sources } from '../../runtime/catalogue.ts';
import { blankRaster, writePng } from '../../runtime/formats/png.ts';
import { scratchFiles } from './scratch-files.ts';

/** Three pixels, red, green and blue planes; and three of gray. */
const colours = [0.2, 0.9, 0.5, 0.4, 0.1, 0.5, 0.6, 0.3, 1];
const grays = [0.2, 0.9, 0.4];

const changed = (picture: readonly number[], channels: number, change: Change): number[] => {
  const out = Float64Array.from(picture);
  recolour(out, channels, change);
  return [...out];
};

const near = (found: readonly number[], wanted: readonly number[]): void => {
  assert.lengthOf(found, wanted.length);
  found.forEach((value, i) => assert.closeTo(value, wanted[i], 1e-11));
};

describe('colours that change', () => {
  // torchvision 0.29.2: transforms.functional.adjust_{brightness, contrast, saturation} on float64 tensors.
  for (const [way, factor, wanted, gray] of [
    ['brightness', 0.5, [0.1, 0.45, 0.25, 0.2, 0.05, 0.25, 0.3, 0.15, 0.5], [0.1, 0.45, 0.2]],
    ['brightness', 1.6, [0.32, 1, 0.8, 0.64, 0.16, 0.8, 0.96, 0.48, 1], [0.32, 1, 0.64]],
    [
      'contrast',
      0.5,
      [0.31364, 0.66364, 0.46364, 0.41364, 0.26364, 0.46364, 0.51364, 0.36364, 0.71364],
      [0.35, 0.7, 0.45],
    ],
    ['contrast', 1.6, [0.063632, 1, 0.543632, 0.383632, 0, 0.543632, 0.703632, 0.223632, 1], [0.02, 1, 0.34]],
    [
      'saturation',
      0.5,
      [0.28149, 0.630955, 0.528475, 0.38149, 0.230955, 0.528475, 0.48149, 0.330955, 0.778475],
      grays,
    ],
    ['saturation', 1.6, [0.102212, 1, 0.46583, 0.422212, 0, 0.46583, 0.742212, 0.262854, 1], grays],
  ] as const)
    it(`${way} by ${factor} is torchvision's`, () => {
      near(changed(colours, 3, [[way, factor]]), wanted);
      near(changed(grays, 1, [[way, factor]]), gray);
    });

  it('one after the other they are torchvision’s too', () => {
    const wanted = [
      0.310737709248, 0.71746537152, 0.665390971968, 0.435537709248, 0.23833705152, 0.665390971968,
    ];
    wanted.push(0.560337709248, 0.36313705152, 0.894919291968);
    const change: Change = [
      ['contrast', 1.3],
      ['saturation', 0.4],
      ['brightness', 1.2],
    ];
    near(changed(colours, 3, change), wanted);
  });

  it('are drawn between 1 - it and 1 + it, at least 0, in each of the six orders', () => {
    const most = { brightness: 0.2, contrast: 3, saturation: 0.5 };
    const orders = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const change = changeOf(most, [(i % 6) / 6, i / 60, i / 60, 1 - i / 60]);
      orders.add(change.map(([way]) => way).join());
      const factors = Object.fromEntries(change);
      assert.closeTo(factors.brightness, 0.8 + 0.4 * (i / 60), 1e-12);
      assert.closeTo(factors.contrast, 4 * (i / 60), 1e-12);
      assert.closeTo(factors.saturation, 0.5 + (1 - i / 60), 1e-12);
    }
    assert.equal(orders.size, 6);
    const one = changeOf({ ...most, contrast: 0, saturation: 0 }, [0.9, 0.5, 0, 0]);
    assert.deepEqual(one, [['brightness', 1]]);
  });
});

describe('pictures whose colours change', () => {
  const { put, open } = scratchFiles();
  const args = { size: 4, brightness: 0.5, contrast: 0.5, saturation: 0.5 };
  const read = (source: OpenSource, field: string, row: number, pass?: number): number[] => {
    const out = new Float64Array(48);
    source.read(field, Uint32Array.of(row), out, pass);
    return [...out];
  };
  const picture = (add: number): Uint8Array => {
    const raster = blankRaster(4, 4, [0, 0, 0]);
    raster.data.forEach((_, i, data) => (data[i] = (40 + i * 4 + add) % 256));
    return writePng(raster);
  };

  it('change by row and pass alone, stay in [0, 1], and are as they are for reports', async () => {
    for (let i = 0; i < 4; i++) put(`${i}.png`, picture(i));
    const source = await open('images', { files: '*.png', ...args });
    const again = await open('images', { files: '*.png', ...args });
    const plain = await open('images', { files: '*.png', size: 4 });
    const seen = new Set<string>();
    for (const row of [0, 1, 2, 3])
      for (const pass of [0, 1, 2, 3, 4]) {
        const pixels = read(source, 'image', row, pass);
        assert.deepEqual(read(again, 'image', row, pass), pixels);
        assert.isTrue(pixels.every((x) => x >= 0 && x <= 1));
        seen.add(pixels.join());
      }
    assert.equal(seen.size, 20);
    assert.deepEqual(read(source, 'image', 2), read(plain, 'image', 2));
    assert.throws(
      () => sources.images.signature.fields({ files: '*.png', ...args, contrast: -1 }),
      /contrast is a number from 0, not -1/,
    );
  });

  it('of a pair change alike, and where they are cut does not depend on them', async () => {
    put('a/1.png', picture(0));
    put('b/1.png', picture(0));
    const both = await open('pairs', { files: 'a/*.png', others: 'b/*.png', ...args });
    assert.deepEqual(read(both, 'a', 0, 3), read(both, 'b', 0, 3));
    const moved = { files: 'a/*.png', size: 4, jitter: 3, mirror: true };
    const [still, coloured] = [
      await open('images', moved),
      await open('images', { ...moved, brightness: 0.4 }),
    ];
    const ratios = read(still, 'image', 0, 5).map((x, i) => read(coloured, 'image', 0, 5)[i] / x);
    // One factor for all pixels that did not reach 1.
    const factor = Math.max(...ratios);
    assert.isAbove(ratios.filter((ratio) => Math.abs(ratio - factor) < 1e-6).length, 24);
  });
});
