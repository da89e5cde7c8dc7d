/**
 * What a picture's first bytes say, without decoding it: of which kind it is, whatever its name, and how large. In: the
 * bytes of a JPEG, PNG or WebP file. Out: kind, sizes as the picture is looked at (turned as EXIF says), colours.
 */
import { FileError } from './file-error.ts';

export type PictureKind = 'JPEG' | 'PNG' | 'WebP';

export interface PictureHeader {
  readonly kind: PictureKind;
  readonly width: number;
  readonly height: number;
  /** Four inks instead of red, green, blue. */
  readonly cmyk: boolean;
}

/** Names that a kind goes by. */
export const endings: Readonly<Record<PictureKind, readonly string[]>> = {
  JPEG: ['jpg', 'jpeg', 'jpe', 'jfif'],
  PNG: ['png', 'apng'],
  WebP: ['webp'],
};

/** Pixels on a side, and in all: more is taken for a damaged header, or a bomb. */
const [largest, most] = [16384, 1e8];

type Sizes = Omit<PictureHeader, 'kind'>;

/** Throws FileError for what is none of the three kinds, or too damaged to say how large it is. */
export function pictureHeader(bytes: Uint8Array, path: string): PictureHeader {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const kind = kindOf(view);
  if (kind === null)
    throw new FileError(path, 'byte 0', `not a picture that is read: JPEG, PNG and WebP are${began(view)}`);
  const sizes = { JPEG: jpegSizes, PNG: pngSizes, WebP: webpSizes }[kind](view);
  if (sizes === null)
    throw new FileError(path, null, `a damaged or cut ${kind}: it doesn't say how large it is`);
  const { width, height } = sizes;
  if (width === 0 || height === 0 || width > largest || height > largest)
    throw new FileError(
      path,
      null,
      `${width} × ${height} pixels: not a picture that can be read (at most ${largest} on a side)`,
    );
  if (width * height > most)
    throw new FileError(
      path,
      null,
      `${width} × ${height} pixels, where at most ${most / 1e6} million are read: shrink it first`,
    );
  return { kind, ...sizes };
}

/** Whether a file that begins so is a picture, whole or not. */
export const startsPicture = (bytes: Uint8Array): boolean =>
  kindOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)) !== null;

function kindOf(view: Buffer): PictureKind | null {
  const text = view.toString('latin1', 0, 16);
  if (text.startsWith('\xff\xd8\xff')) return 'JPEG';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'PNG';
  return text.startsWith('RIFF') && text.startsWith('WEBP', 8) ? 'WebP' : null;
}

function began(view: Buffer): string {
  if (view.length === 0) return '; the file is empty';
  return `; it begins with ${JSON.stringify(view.toString('latin1', 0, 8))}`;
}

/** IHDR is the first chunk. */
const pngSizes = (view: Buffer): Sizes | null =>
  view.length < 33 ? null : { width: view.readUInt32BE(16), height: view.readUInt32BE(20), cmyk: false };

/** One of three chunks comes first: VP8 (lossy), VP8L (lossless), VP8X (extended). */
function webpSizes(view: Buffer): Sizes | null {
  if (view.length < 30) return null;
  const chunk = view.toString('latin1', 12, 16);
  const sizes = (width: number, height: number): Sizes => ({ width, height, cmyk: false });
  if (chunk === 'VP8 ') return sizes(view.readUInt16LE(26) & 0x3fff, view.readUInt16LE(28) & 0x3fff);
  if (chunk === 'VP8X') return sizes(view.readUIntLE(24, 3) + 1, view.readUIntLE(27, 3) + 1);
  if (chunk !== 'VP8L') return null;
  const bits = view.readUInt32LE(21);
  return sizes((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
}

/** Segment by segment (ITU T.81, B.1.1.4) to the frame's header, past EXIF, which may turn it. */
function jpegSizes(view: Buffer): Sizes | null {
  let turned = false;
  for (let at = 2; at + 10 < view.length;) {
    if (view[at] !== 0xff) return null;
    const marker = view[at + 1];
    // Fill bytes, and markers that stand alone.
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      const [height, width] = [view.readUInt16BE(at + 5), view.readUInt16BE(at + 7)];
      const cmyk = view[at + 9] === 4;
      return turned ? { width: height, height: width, cmyk } : { width, height, cmyk };
    }
    const length = view.readUInt16BE(at + 2);
    if (marker === 0xe1) turned ||= turnsAside(view.subarray(at + 4, at + 2 + length));
    at += 2 + length;
  }
  return null;
}

/** Whether EXIF's orientation (tag 0x0112) exchanges width and height. */
function turnsAside(segment: Buffer): boolean {
  if (segment.toString('latin1', 0, 6) !== 'Exif\0\0' || segment.length < 14) return false;
  const tiff = segment.subarray(6);
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const word = (at: number): number =>
    at + 2 > tiff.length ? 0 : little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
  const first = little ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  for (let i = 0; i < word(first); i++) {
    const entry = first + 2 + 12 * i;
    if (word(entry) === 0x0112) return word(entry + 8) >= 5;
  }
  return false;
}
