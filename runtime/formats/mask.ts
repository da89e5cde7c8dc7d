/**
 * Masks: PNG files whose pixels are class numbers, as palette indices or as gray levels. In: bytes. Out: the numbers, as they
 * stand in the file: neither a palette's colours nor a scale of brightness has anything to say about them.
 */
import { createRequire } from 'node:module';
import { crc32 } from 'node:zlib';
import type * as Pngjs from 'pngjs';
import { FileError } from './file-error.ts';
import { pictureHeader } from './picture-header.ts';

export interface Mask {
  readonly width: number;
  readonly height: number;
  /** Row by row from the top. */
  readonly classes: ArrayLike<number>;
}

/** Throws FileError for what is no PNG, is damaged, or has colours of its own. */
export function readMask(bytes: Uint8Array, path: string): Mask {
  const { kind } = pictureHeader(bytes, path);
  if (kind !== 'PNG')
    throw new FileError(path, null, `a ${kind}: a mask is a PNG, which keeps class numbers as they are`);
  const { width, height, data } = decoded(bytes, path);
  const classes = new Uint16Array(width * height);
  for (let i = 0; i < classes.length; i++) {
    const [red, green, blue] = [data[4 * i], data[4 * i + 1], data[4 * i + 2]];
    if (red !== green || red !== blue)
      throw new FileError(
        path,
        `row ${Math.floor(i / width)}, column ${i % width}`,
        `the colour ${red}, ${green}, ${blue}, where a class number is wanted: a gray level or a palette's index`,
      );
    classes[i] = red;
  }
  return { width, height, classes };
}

/** Red, green, blue and alpha of each pixel, at the file's own depth. */
function decoded(
  bytes: Uint8Array,
  path: string,
): { width: number; height: number; data: ArrayLike<number> } {
  const { PNG } = createRequire(import.meta.url)('pngjs') as typeof Pngjs;
  try {
    return PNG.sync.read(withoutPalette(bytes), { skipRescale: true });
  } catch {
    throw new FileError(path, null, "a damaged or cut PNG: its pixels can't be decoded");
  }
}

/** Gray and indexed pixels are stored alike (PNG, 11.2.1): said to be gray, indices are what a decoder gives. */
function withoutPalette(bytes: Uint8Array): Buffer {
  const png = Buffer.from(bytes);
  const isIndexed = png[25] === 3;
  if (!isIndexed) return png;
  png[25] = 0;
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  const parts = [png.subarray(0, 8)];
  for (let at = 8; at + 12 <= png.length;) {
    const end = at + 12 + png.readUInt32BE(at);
    const name = png.toString('latin1', at + 4, at + 8);
    if (!['PLTE', 'tRNS', 'hIST', 'bKGD', 'sBIT'].includes(name)) parts.push(png.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}
