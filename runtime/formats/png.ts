/**
 * PNG ↔ pixels, by pngjs. A raster is red, green, blue, a byte each, row by row from the top. Reading lays
 * transparent pixels on white and refuses files that claim to be huge before it makes room for them.
 */
import { createRequire } from 'node:module';
import type * as Pngjs from 'pngjs';
import { FileError } from './file-error.ts';

export interface Raster {
  readonly width: number;
  readonly height: number;
  /** 3 × width × height. */
  readonly data: Uint8Array;
}

/** Pixels on a side: more is taken for a damaged header. */
const largest = 16384;
/** Pixels in all: reading takes some sixteen bytes for each, whatever the file's own size. */
const mostPixels = 2 ** 25;

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

/** The pixels of PNG bytes of any kind; `path` is for the errors. */
export function readPng(bytes: Uint8Array, path: string): Raster {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 33 || buffer.toString('latin1', 1, 4) !== 'PNG' || buffer[0] !== 0x89) {
    throw new FileError(path, 'byte 0', 'not a PNG file');
  }
  const [width, height] = [buffer.readUInt32BE(16), buffer.readUInt32BE(20)];
  if (width === 0 || height === 0 || width > largest || height > largest) {
    throw new FileError(path, 'byte 16', `${width} × ${height} pixels: not a picture that can be read`);
  }
  if (width * height > mostPixels) {
    throw new FileError(
      path,
      'byte 16',
      `${width} × ${height} pixels, where at most ${Math.floor(mostPixels / 1e6)} million are read: shrink it first`,
    );
  }
  let rgba: Uint8Array;
  try {
    rgba = pngjs().PNG.sync.read(buffer).data;
  } catch (error) {
    throw new FileError(path, null, `damaged PNG: ${(error as Error).message}`);
  }
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    const alpha = rgba[4 * i + 3] / 255;
    for (let c = 0; c < 3; c++) data[3 * i + c] = Math.round(255 + (rgba[4 * i + c] - 255) * alpha);
  }
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
