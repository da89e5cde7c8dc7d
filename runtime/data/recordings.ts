/**
 * Recordings as they are read from: stretches of features and of samples. In: what makes them, each when it is first asked
 * for, then held; or a pack of frames on the disk (pack.ts), where record after record holds a frame of every vocal tract's
 * features, float32, and the samples from its centre to the next one's. Out: the same numbers either way.
 */
import type { SoundFormat, Spectrogram } from '../audio/features.ts';
import type { Records } from './pack.ts';
import type { NumberArray } from './source.ts';

/** What is known of a recording before it is decoded. */
export interface Recorded {
  /** The class of its speaker. */
  readonly speaker: number;
  /** The class of what is said; 0 where nobody says what. */
  readonly word: number;
  readonly frames: number;
}

export interface Stretch {
  readonly from: number;
  readonly frames: number;
}

export interface Utterance extends Recorded {
  /** Writes the features, [channels, frames], into `out` at `at`; gives how many numbers it wrote. */
  sound(stretch: Stretch, out: NumberArray, at: number): number;
  /** The same of samples in [-1, 1], `hop` for each frame; behind the recording's end there is silence. */
  samples(stretch: Stretch, out: NumberArray, at: number): number;
}

/** A recording in memory. */
export interface Held extends Recorded {
  readonly hop: number;
  spectrogram(): Spectrogram;
  /** All samples, at the format's rate. */
  wave(): Float32Array;
}

export function heldUtterance({ speaker, word, frames: length, hop, spectrogram, wave }: Held): Utterance {
  return {
    speaker,
    word,
    frames: length,
    sound({ from, frames }, out, at) {
      const { channels, frames: all, data } = spectrogram();
      for (let c = 0; c < channels; c++)
        for (let f = 0; f < frames; f++) out[at + c * frames + f] = data[c * all + from + f];
      return channels * frames;
    },
    samples({ from, frames }, out, at) {
      const samples = wave();
      for (let n = 0; n < frames * hop; n++) out[at + n] = samples[from * hop + n] ?? 0;
      return frames * hop;
    },
  };
}

/** Resampling may go over full scale by what the ear doesn't hear. */
export const clipped = (samples: Float64Array): Float32Array =>
  Float32Array.from(samples, (x) => Math.min(1, Math.max(-1, x)));

// ---------------------------------------------------------------- packs

/** What a record holds. */
export interface FrameLayout {
  readonly channels: number;
  readonly tracts: number;
  /** Samples; 0: none. */
  readonly hop: number;
}

export const layoutOf = (formats: readonly SoundFormat[], wave: boolean): FrameLayout => ({
  channels: formats[0].channels,
  tracts: formats.length,
  hop: wave ? formats[0].shape.hop : 0,
});

const float = 4;

/** Bytes of a record. */
export const frameWidth = ({ channels, tracts, hop }: FrameLayout): number =>
  float * (channels * tracts + hop);

/** All frames of a recording as records. */
export function frameRecords(
  layout: FrameLayout,
  heard: readonly Spectrogram[],
  samples: Float32Array | null,
): Uint8Array {
  const { channels, tracts, hop } = layout;
  const [frames, width] = [heard[0].frames, frameWidth(layout) / float];
  const out = new Float32Array(frames * width);
  for (let f = 0; f < frames; f++) {
    heard.forEach(({ data }, tract) => {
      for (let c = 0; c < channels; c++) out[f * width + tract * channels + c] = data[c * frames + f];
    });
    if (samples !== null) out.set(samples.subarray(f * hop, (f + 1) * hop), f * width + channels * tracts);
  }
  return new Uint8Array(out.buffer);
}

/** Where in a pack a recording stands, by a vocal tract. */
export interface Packed extends Recorded {
  /** Its first record. */
  readonly first: number;
  readonly tract: number;
}

export function packedUtterance(
  records: Records,
  { channels, tracts, hop }: FrameLayout,
  { speaker, word, frames: length, first, tract }: Packed,
): Utterance {
  const numbers = (frame: number, from: number, count: number): Float32Array => {
    const { buffer, byteOffset } = records.record(first + frame, float * from, float * (from + count));
    return new Float32Array(buffer, byteOffset, count);
  };
  return {
    speaker,
    word,
    frames: length,
    sound({ from, frames }, out, at) {
      for (let f = 0; f < frames; f++) {
        const frame = numbers(from + f, tract * channels, channels);
        for (let c = 0; c < channels; c++) out[at + c * frames + f] = frame[c];
      }
      return channels * frames;
    },
    samples({ from, frames }, out, at) {
      for (let f = 0; f < frames; f++) out.set(numbers(from + f, tracts * channels, hop), at + f * hop);
      return frames * hop;
    },
  };
}
