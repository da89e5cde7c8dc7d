/**
 * FLAC, Ogg (Vorbis, Opus, FLAC) and MP3 → samples, by decoders in WebAssembly (libFLAC, libvorbis, libopus, mpg123). In:
 * a whole file's bytes. Out: one channel, the mean of all; or an Error with a sentence why not, cut files among them:
 * they decode to fewer samples than they say. It runs in a thread of its own (decoder.ts): the decoders start asynchronously.
 */
import type { CodecFrame, CodecValue, OggPage, OpusHeader } from 'codec-parser';
import { oggPages } from '../formats/ogg.ts';

export type CompressedKind = 'FLAC' | 'Ogg' | 'MP3';

export interface Decoded {
  /** Samples a second. */
  readonly rate: number;
  readonly samples: Float32Array;
}

/** What all decoders give. */
interface Channels {
  readonly channelData: readonly Float32Array[];
  readonly sampleRate: number;
  readonly errors: readonly { readonly message: string }[];
}

export async function decode(kind: CompressedKind, bytes: Uint8Array): Promise<Decoded> {
  if (kind === 'FLAC') return mixed(await decodeFlac(bytes), flacLength(bytes));
  if (kind === 'MP3') return mixed(await decodeMp3(bytes), null);
  return decodeOgg(bytes);
}

/** `wanted`: how many samples there must be; null: the file doesn't say. */
function mixed({ channelData, sampleRate, errors }: Channels, wanted: number | null): Decoded {
  if (errors.length > 0) throw new Error(`damaged: ${errors[0].message}`);
  const count = channelData[0]?.length ?? 0;
  if (wanted !== null && count !== wanted)
    throw new Error(`cut or damaged: it says ${wanted} samples, and ${count} can be decoded`);
  const samples = new Float32Array(count);
  for (let n = 0; n < count; n++) {
    let sum = 0;
    for (const channel of channelData) sum += channel[n];
    if (!Number.isFinite(sum)) throw new Error(`damaged: sample ${n} is not a number`);
    samples[n] = sum / channelData.length;
  }
  return { rate: sampleRate, samples };
}

// ---------------------------------------------------------------- FLAC, MP3

async function decodeFlac(bytes: Uint8Array): Promise<Channels> {
  const { FLACDecoder } = await import('@wasm-audio-decoders/flac');
  const decoder = new FLACDecoder();
  await decoder.ready;
  try {
    const { channelData, bitDepth, ...rest } = await decoder.decodeFile(bytes);
    // It divides by the largest number of so many bits, where full scale is one more, as in WAV files.
    const [most, full] = [2 ** (bitDepth - 1) - 1, 2 ** (bitDepth - 1)];
    return { ...rest, channelData: channelData.map((one) => one.map((x) => Math.round(x * most) / full)) };
  } finally {
    decoder.free();
  }
}

/** Of the block STREAMINFO (RFC 9639, 8.2), which is the first: 36 bits; 0 says that it isn't known. */
function flacLength(bytes: Uint8Array): number | null {
  if (bytes.length < 42) throw new Error('cut: it ends in its first block');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = (view.getUint8(21) & 15) * 2 ** 32 + view.getUint32(22);
  return length === 0 ? null : length;
}

async function decodeMp3(bytes: Uint8Array): Promise<Channels> {
  const { MPEGDecoder } = await import('mpg123-decoder');
  const decoder = new MPEGDecoder();
  await decoder.ready;
  try {
    const decoded = decoder.decode(bytes);
    if (decoded.samplesDecoded === 0) throw new Error('damaged: no frame of it can be decoded');
    return decoded;
  } finally {
    decoder.free();
  }
}

// ---------------------------------------------------------------- Ogg

async function decodeOgg(bytes: Uint8Array): Promise<Decoded> {
  const { default: CodecParser } = await import('codec-parser');
  let codec: CodecValue | null = null;
  const parser = new CodecParser<OggPage>('audio/ogg', {
    onCodec: (found) => (codec = found),
    enableFrameCRC32: false,
  });
  const { serials, end } = oggPages(bytes);
  if (serials.size > 1) throw new Error('of several streams, where one is read');
  const pages = parser.parseAll(bytes);
  if (codec === null) throw new Error('without Vorbis, Opus or FLAC in it');
  if (codec === 'opus') return decodeOpus(pages, end);
  return mixed(codec === 'flac' ? await decodeFlac(bytes) : await decodeVorbis(bytes), end);
}

async function decodeVorbis(bytes: Uint8Array): Promise<Channels> {
  const { OggVorbisDecoder } = await import('@wasm-audio-decoders/ogg-vorbis');
  const decoder = new OggVorbisDecoder();
  await decoder.ready;
  try {
    return await decoder.decodeFile(bytes);
  } finally {
    decoder.free();
  }
}

const isOpus = (header: CodecFrame['header']): header is OpusHeader => 'preSkip' in header;

/** At 48 kHz; what comes before and behind the sound is cut off, and the gain applied, as RFC 7845 says. */
async function decodeOpus(pages: readonly OggPage[], end: number): Promise<Decoded> {
  const { OpusDecoder } = await import('opus-decoder');
  const frames = pages.flatMap((page) => page.codecFrames);
  const header = frames[0]?.header;
  if (header === undefined || !isOpus(header)) return { rate: 48000, samples: new Float32Array() };
  const { channels, streamCount, coupledStreamCount, channelMappingTable, preSkip, outputGain } = header;
  const known =
    channelMappingTable === undefined ? {} : { streamCount, coupledStreamCount, channelMappingTable };
  const decoder = new OpusDecoder({ channels, ...known, preSkip: 0 });
  await decoder.ready;
  try {
    const { channelData, ...rest } = decoder.decodeFrames(frames.map(({ data }) => data));
    const gain = 10 ** (outputGain / 256 / 20);
    const heard = channelData.map((channel) => channel.subarray(preSkip, end).map((x) => x * gain));
    return mixed({ ...rest, channelData: heard }, Math.max(0, end - preSkip));
  } finally {
    decoder.free();
  }
}
