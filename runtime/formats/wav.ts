/**
 * WAV files: RIFF with a `fmt ` and a `data` chunk; PCM of 8 (unsigned), 16, 24 or 32 bits, or float of 32 or 64, with
 * any number of channels, also as WAVE_FORMAT_EXTENSIBLE; RF64 and BW64, whose sizes have 64 bits; and what programs
 * write into a pipe, before they know a size. In: bytes; out: samples in [-1, 1], channels mixed down to their mean.
 * Written: PCM of 16 bits, one channel. Microsoft, "Multimedia programming interface and data specifications 1.0", 1991,
 * and mmreg.h; EBU Tech 3306; ITU-R BS.2088.
 */
import { FileError } from './file-error.ts';

export interface Wave {
  /** Samples a second. */
  readonly rate: number;
  readonly samples: Float64Array;
}

interface Format {
  readonly rate: number;
  readonly channels: number;
  /** Bytes of one channel's sample. */
  readonly width: number;
  readonly float: boolean;
}

const [pcm, ieeeFloat, extensible] = [1, 3, 0xfffe];
/** Sizes from here on stand for one that isn't known: 0xffffffff, and sox's, near the largest of 31 bits. */
const unknownSize = 0x7ffff000;

interface Chunk {
  readonly name: string;
  /** The byte of its name; eight on, its content begins. */
  readonly at: number;
  readonly size: number;
}

/** Throws FileError with the byte where the file stops being a WAV. */
export function readWav(bytes: Uint8Array, path: string): Wave {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!/^(RIFF|RF64|BW64)$/.test(tag(bytes, 0)) || tag(bytes, 8) !== 'WAVE')
    throw new FileError(path, 'byte 0', 'not a WAV file');
  let format: Format | null = null;
  let large: number | null = null;
  // Chunks follow each other at even places; what isn't known is passed over.
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = tag(bytes, at);
    const said = name === 'data' ? dataSize(view, at, large) : view.getUint32(at + 4, true);
    const size = said ?? wholeFrames(bytes.length - at - 8, format);
    requireRest({ name, at, size }, bytes, path);
    if (name === 'ds64' && size >= 16) large = Number(view.getBigUint64(at + 16, true));
    if (name === 'fmt ') format = readFormat(view, at + 8, size, path);
    if (name === 'data') {
      if (format === null) throw new FileError(path, `byte ${at}`, 'sound before it is said in which format');
      return { rate: format.rate, samples: mixed(view, at + 8, size, format, path) };
    }
    at += 8 + size + (size % 2);
  }
  throw new FileError(path, `byte ${bytes.length}`, 'a WAV file without sound: it has no data chunk');
}

function requireRest({ name, at, size }: Chunk, bytes: Uint8Array, path: string): void {
  const rest = bytes.length - at - 8;
  if (size <= rest) return;
  const text = `the chunk ${JSON.stringify(name)} says ${size} bytes, and ${rest} follow`;
  throw new FileError(path, `byte ${at}`, text);
}

/**
 * Bytes of sound behind the chunk's head; null where the writer didn't know: all that follows is sound then. `large`: what
 * a chunk ds64 says, which stands for 0xffffffff.
 */
function dataSize(view: DataView, at: number, large: number | null): number | null {
  const [said, rest] = [view.getUint32(at + 4, true), view.byteLength - at - 8];
  if (said === 0xffffffff && large !== null && large > 0) return large;
  // A sound without samples has a right size of the file beside its 0.
  const empty = said === 0 && view.getUint32(4, true) === view.byteLength - 8;
  return (said === 0 && !empty) || (said >= unknownSize && said > rest) ? null : said;
}

function wholeFrames(bytes: number, format: Format | null): number {
  return format === null ? bytes : bytes - (bytes % (format.channels * format.width));
}

function tag(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function readFormat(view: DataView, at: number, size: number, path: string): Format {
  const wrong = (reason: string): FileError => new FileError(path, `byte ${at}`, reason);
  if (size < 16) throw wrong(`a format of ${size} bytes, where 16 are the least`);
  const written = view.getUint16(at, true);
  if (written === extensible && size < 40) throw wrong('an extensible format that is cut short');
  // An extensible format begins its last 16 bytes with the plain format's number.
  const code = written === extensible ? view.getUint16(at + 24, true) : written;
  const [channels, rate, frame, bits] = [
    view.getUint16(at + 2, true),
    view.getUint32(at + 4, true),
    view.getUint16(at + 12, true),
    view.getUint16(at + 14, true),
  ];
  const known = code === pcm ? [8, 16, 24, 32] : code === ieeeFloat ? [32, 64] : [];
  if (known.length === 0) throw wrong(`sound of the coding ${code}; PCM (1) and float (3) can be read`);
  if (!known.includes(bits)) throw wrong(`samples of ${bits} bits, where ${known.join(', ')} can be read`);
  if (channels < 1 || frame !== (channels * bits) / 8)
    throw wrong(`${channels} channels of ${bits} bits in ${frame} bytes`);
  if (rate === 0) throw wrong('no samples a second');
  return { rate, channels, width: bits / 8, float: code === ieeeFloat };
}

function mixed(view: DataView, from: number, size: number, format: Format, path: string): Float64Array {
  const { channels, width } = format;
  const frame = channels * width;
  if (size % frame !== 0)
    throw new FileError(
      path,
      `byte ${from}`,
      `${size} bytes of sound are not whole samples of ${frame} bytes`,
    );
  const sample = reader(view, format);
  const samples = new Float64Array(size / frame);
  for (let n = 0; n < samples.length; n++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += sample(from + n * frame + c * width);
    samples[n] = sum / channels;
    if (!Number.isFinite(sum))
      throw new FileError(path, `byte ${from + n * frame}`, `sample ${n} is not a number`);
  }
  return samples;
}

/** One sample at a byte, full scale at 1. */
function reader(view: DataView, { width, float }: Format): (at: number) => number {
  if (float) return width === 4 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  if (width === 1) return (at) => (view.getUint8(at) - 128) / 128;
  if (width === 2) return (at) => view.getInt16(at, true) / 32768;
  if (width === 3) return (at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 65536) / 8388608;
  return (at) => view.getInt32(at, true) / 2147483648;
}

/** One channel of 16 bits; samples beyond full scale are clipped, and NaN is silence. */
export function writeWav(samples: ArrayLike<number>, rate: number): Uint8Array {
  const size = 2 * samples.length;
  const bytes = Buffer.alloc(44 + size);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(36 + size, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(pcm, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(2 * rate, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(size, 40);
  for (let n = 0; n < samples.length; n++) {
    const x = Math.round(32768 * samples[n]);
    bytes.writeInt16LE(x >= -32768 ? Math.min(32767, x) : x < 0 ? -32768 : 0, 44 + 2 * n);
  }
  return bytes;
}
