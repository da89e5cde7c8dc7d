/**
 * JPEG, PNG and WebP → pixels, by sharp (libvips). In: bytes. Out: a raster as one looks at it: turned as EXIF says,
 * transparent pixels on white, gray as three equal colours, 16 bits as 8. Colour profiles are left alone, as Pillow and
 * torchvision do, so that the numbers are those in the file.
 */
import { createRequire } from 'node:module';
import type Sharp from 'sharp';
import { FileError } from './file-error.ts';
import { pictureHeader } from './picture-header.ts';
import type { Raster } from './png.ts';

let loaded: typeof Sharp | null = null;

/** Loaded with the first picture: nothing that looks at no picture waits for it. By `require`, which the command's script has. */
function sharpModule(): typeof Sharp {
  if (loaded !== null) return loaded;
  try {
    loaded = createRequire(import.meta.url)('sharp') as typeof Sharp;
  } catch (error) {
    const why = (error as Error).message.trim().split('\n')[0];
    throw new FileError(
      'sharp',
      null,
      `the package that reads pictures can't be loaded here (${why}): \`npm install --include=optional sharp\``,
    );
  }
  // Every picture is read once: a cache would only take memory.
  loaded.cache(false);
  return loaded;
}

/** `path` is for the errors: FileError where the bytes are no picture, or a damaged one. */
export async function readPicture(bytes: Uint8Array, path: string): Promise<Raster> {
  const { kind, cmyk } = pictureHeader(bytes, path);
  const sharp = sharpModule();
  const picture = sharp(bytes, {
    failOn: 'error',
    autoOrient: true,
    ignoreIcc: true,
    limitInputPixels: false,
  });
  const wanted = cmyk
    ? picture.pipelineColourspace('cmyk').toColourspace('cmyk')
    : picture.flatten({ background: 'white' }).toColourspace('srgb');
  try {
    const { data, info } = await wanted.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: coloursOf(data, info.channels) };
  } catch {
    // The library's sentence names its own functions.
    throw new FileError(path, null, `a damaged or cut ${kind}: its pixels can't be decoded`);
  }
}

function coloursOf(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return data;
  const out = new Uint8Array((data.length / channels) * 3);
  for (let i = 0; i < out.length; i++) out[i] = colourAt(data, channels, Math.floor(i / 3), i % 3);
  return out;
}

/** Of gray, the gray; of four inks, what they leave of white (without a press's profile, as Pillow). */
function colourAt(data: Uint8Array, channels: number, pixel: number, colour: number): number {
  if (channels < 4) return data[pixel * channels];
  return Math.round(((255 - data[4 * pixel + colour]) * (255 - data[4 * pixel + 3])) / 255);
}
