/** Pixels → PNG, by pngjs. A raster is red, green, blue, a byte each, row by row from the top. */
import { createRequire } from 'node:module';
import type * as Pngjs from 'pngjs';

export interface Raster {
  readonly width: number;
  readonly height: number;
  /** 3 × width × height. */
  readonly data: Uint8Array;
}

/** Loaded with the first picture: what it stands on takes as long to load as a spec to check. */
const pngjs = (): typeof Pngjs => createRequire(import.meta.url)('pngjs') as typeof Pngjs;

/** A raster of one colour. */
export function blankRaster(
  width: number,
  height: number,
  colour: readonly [number, number, number],
): Raster {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < data.length; i++) data[i] = colour[i % 3];
  return { width, height, data };
}

/** PNG bytes; gray ones (a third of the size) where red, green and blue are the same throughout. */
export function writePng({ width, height, data }: Raster): Uint8Array {
  const gray = data.every((value, i) => value === data[i - (i % 3)]);
  const { PNG } = pngjs();
  const png = new PNG({ width, height });
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) png.data[4 * i + c] = data[3 * i + c];
    png.data[4 * i + 3] = 255;
  }
  return PNG.sync.write(png, { colorType: gray ? 0 : 2, inputColorType: 6, bitDepth: 8 });
}
