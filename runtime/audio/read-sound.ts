/**
 * A sound file of any kind that is read → samples in [-1, 1], channels mixed down to their mean. In: bytes, which say by
 * themselves what they are, whatever the file's name. Out: a wave at the file's own rate.
 */
import { FileError } from '../formats/file-error.ts';
import { readWav } from '../formats/wav.ts';
import type { Wave } from '../formats/wav.ts';
import type { CompressedKind } from './decode.ts';
import { decodeWaiting } from './decoder-thread.ts';

/** Throws FileError for what is no sound file, or a damaged one. */
export function readSound(bytes: Uint8Array, path: string): Wave {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (/^(RIFF|RF64|BW64)/.test(start)) return readWav(bytes, path);
  const kind = compressedKind(bytes, start);
  if (kind !== null) return decodeWaiting(kind, bytes, path);
  const begins =
    bytes.length === 0 ? 'the file is empty' : `it begins with ${JSON.stringify(start.slice(0, 8))}`;
  throw new FileError(
    path,
    'byte 0',
    `not a sound that is read: WAV, FLAC, Ogg (Vorbis, Opus) and MP3 are; ${begins}`,
  );
}

function compressedKind([first, second]: Uint8Array, start: string): CompressedKind | null {
  if (start.startsWith('fLaC')) return 'FLAC';
  if (start.startsWith('OggS')) return 'Ogg';
  // A tag, or the eleven bits that a frame begins with, then the layer, where 00 is none.
  const isFrame = first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x06) !== 0;
  return start.startsWith('ID3') || isFrame ? 'MP3' : null;
}
