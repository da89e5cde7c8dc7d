/**
 * A recording as it is worked with: read whole, mixed down, at one loudness, silence at its ends cut off; still at its
 * own rate, since changing that takes longest. In: a sound file's bytes. Out: samples; or why they can't be used. A file
 * that is no sound is a FileError; one that is but holds nothing to hear is `Unusable`, for the caller to refuse or to
 * leave out by name.
 */
import { FileError } from '../formats/file-error.ts';
import type { Wave } from '../formats/wav.ts';
import { readSound } from './read-sound.ts';

/** Why a recording can't be used: `silent`, `empty`, `0.2 seconds, ...`. */
export class Unusable extends Error {}

/** Root mean square of what is heard of a recording. */
const loudness = 0.07;
/** Blocks this far under the loudest one are pauses, not speech. */
const pauseDecibel = 40;
/** A recording that never exceeds this (90 dB under full scale) is silent. */
const silence = 3.2e-5;

/** `trim`: whether silence at the ends is cut off. Throws FileError and Unusable. */
export function readRecording(bytes: Uint8Array, path: string, trim: boolean): Wave {
  const { rate, samples } = readSound(bytes, path);
  if (rate < 8000 || rate > 48000) {
    throw new FileError(path, null, `${rate} samples a second, where 8000 to 48000 can be taken`);
  }
  if (samples.length === 0) throw new Unusable('empty');
  if (samples.every((x) => Math.abs(x) <= silence)) throw new Unusable('silent');
  const kept = trim ? trimmed(samples, rate) : samples;
  levelled(kept, rate);
  return { rate, samples: kept };
}

/** Power of each block of 10 ms; the last one may be shorter. */
function blockPowers(samples: Float64Array, block: number): Float64Array {
  const powers = new Float64Array(Math.ceil(samples.length / block));
  for (let b = 0; b < powers.length; b++) {
    const end = Math.min(samples.length, (b + 1) * block);
    let sum = 0;
    for (let n = b * block; n < end; n++) sum += samples[n] * samples[n];
    powers[b] = sum / (end - b * block);
  }
  return powers;
}

const blockOf = (rate: number): number => Math.round(rate / 100);

function threshold(powers: Float64Array): number {
  return powers.reduce((a, b) => Math.max(a, b), 0) * 10 ** (-pauseDecibel / 10);
}

/** From the first block that is heard to the last. */
function trimmed(samples: Float64Array, rate: number): Float64Array {
  const block = blockOf(rate);
  const powers = blockPowers(samples, block);
  const least = threshold(powers);
  const heard = (power: number): boolean => power > least;
  return samples.subarray(powers.findIndex(heard) * block, (powers.findLastIndex(heard) + 1) * block);
}

/** Brings the samples to the common loudness, pauses not counted. */
function levelled(samples: Float64Array, rate: number): void {
  const powers = blockPowers(samples, blockOf(rate));
  const least = threshold(powers);
  const heard = powers.filter((power) => power > least);
  const gain = loudness / Math.sqrt(heard.reduce((sum, power) => sum + power, 0) / heard.length);
  for (let n = 0; n < samples.length; n++) samples[n] *= gain;
}
