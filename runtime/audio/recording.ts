/**
 * A recording as it is worked with: read whole, mixed down, at one rate and one loudness, silence at its ends cut off.
 * In: a WAV file's bytes. Out: samples; or why it can't be used. A file that is no WAV is a FileError; one that is but
 * holds nothing to hear is `Unusable`, for the caller to refuse or to leave out by name.
 */
import { FileError } from '../formats/file-error.ts';
import { readWav } from '../formats/wav.ts';
import { resampled } from './resample.ts';

/** Why a recording can't be used: `silent`, `empty`, `0.2 seconds, ...`. */
export class Unusable extends Error {}

/** Root mean square of what is heard of a recording. */
const loudness = 0.07;
/** Blocks this far under the loudest one are pauses, not speech. */
const pauseDecibel = 40;
/** A recording that never exceeds this (90 dB under full scale) is silent. */
const silence = 3.2e-5;

/** `trim`: whether silence at the ends is cut off. Throws FileError and Unusable. */
export function readRecording(bytes: Uint8Array, path: string, rate: number, trim: boolean): Float64Array {
  const wave = readWav(bytes, path);
  if (wave.rate < 8000 || wave.rate > 48000) {
    throw new FileError(path, null, `${wave.rate} samples a second, where 8000 to 48000 can be taken`);
  }
  if (wave.samples.length === 0) throw new Unusable('empty');
  if (wave.samples.every((x) => Math.abs(x) <= silence)) throw new Unusable('silent');
  const samples = resampled(wave.samples, wave.rate, rate);
  return levelled(trim ? trimmed(samples, rate) : samples, rate);
}

/** Power of each block of 10 ms; the last one may be shorter. */
function blockPowers(samples: Float64Array, block: number): Float64Array {
  return Float64Array.from({ length: Math.ceil(samples.length / block) }, (_, b) => {
    const part = samples.subarray(b * block, (b + 1) * block);
    return part.reduce((sum, x) => sum + x * x, 0) / part.length;
  });
}

const blockOf = (rate: number): number => Math.round(rate / 100);

function threshold(powers: Float64Array): number {
  return powers.reduce((a, b) => Math.max(a, b), 0) * 10 ** (-pauseDecibel / 10);
}

/** From the first block that is heard to the last. */
function trimmed(samples: Float64Array, rate: number): Float64Array {
  const block = blockOf(rate);
  const powers = blockPowers(samples, block);
  const heard = (power: number): boolean => power > threshold(powers);
  return samples.subarray(powers.findIndex(heard) * block, (powers.findLastIndex(heard) + 1) * block);
}

/** At the common loudness, pauses not counted. */
function levelled(samples: Float64Array, rate: number): Float64Array {
  const powers = blockPowers(samples, blockOf(rate));
  const heard = powers.filter((power) => power > threshold(powers));
  const gain = loudness / Math.sqrt(heard.reduce((sum, power) => sum + power, 0) / heard.length);
  return samples.map((x) => x * gain);
}
