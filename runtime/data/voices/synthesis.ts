/**
 * A sentence as sound, by source and filter: glottal pulses and noise through five resonators in a row (the vocal
 * tract), friction noise through one beside them. In: what the tract does (a track), the speaker, a number that tells
 * the sentence's noise from others'. Out: 16-bit samples at 16 kHz, the same bytes on every machine (exact.ts).
 */
import { draws } from '../../random.ts';
import { cosineOfTurns, exponential } from './exact.ts';
import type { Speaker } from './speakers.ts';
import { voiceRate } from './texts.ts';
import { trackStep } from './track.ts';
import type { Track } from './track.ts';

/** Root mean square of every sentence before its recording noise is laid over. */
const loudness = 0.07;
/** Bandwidths of the five formants, Hz; the fourth and fifth stand still. */
const widths = [60, 80, 100, 140, 180] as const;
const upper = [3500, 4600] as const;

/** y = a·x + b·y₁ + c·y₂: one formant, of gain 1 at 0 Hz. Klatt 1980, equation 2. */
class Resonator {
  private a = 1;
  private b = 0;
  private c = 0;
  private last = 0;
  private older = 0;

  /** `peak`: gain about 1 at the centre in the place of 1 at 0 Hz. */
  tune(hertz: number, width: number, peak = false): void {
    const decay = exponential((-3.141592653589793 * width) / voiceRate);
    this.c = -decay * decay;
    this.b = 2 * decay * cosineOfTurns(hertz / voiceRate);
    this.a = peak ? 1 + this.c : 1 - this.b - this.c;
  }

  /** Filters the block in its place. */
  run(block: Float64Array): void {
    const { a, b, c } = this;
    let { last, older } = this;
    for (let i = 0; i < block.length; i++) {
      const y = a * block[i] + b * last + c * older;
      older = last;
      last = y;
      block[i] = y;
    }
    this.last = last;
    this.older = older;
  }
}

/**
 * The larynx: the flow's derivative within a period is a polynomial that opens slowly and closes at once (KLGLOTT88:
 * Klatt & Klatt 1990, "Analysis, synthesis, and perception of voice quality variations", equation 1), dulled by a
 * one-pole low-pass; breath is noise, weaker while the glottis is closed.
 */
class Larynx {
  private phase = 0;
  private dull = 0;
  private wobble = 1;
  private readonly speaker: Speaker;

  constructor(speaker: Speaker) {
    this.speaker = speaker;
  }

  /** Fills the block; `hiss` is its noise. */
  run({ pitch, voice, breath }: Track, step: number, hiss: Float64Array, block: Float64Array): void {
    const { open, brightness } = this.speaker;
    for (let i = 0; i < trackStep; i++) {
      const part = i / trackStep;
      this.phase += (between(pitch, step, part) * this.wobble) / voiceRate;
      if (this.phase >= 1) {
        this.phase -= 1;
        this.wobble = 1 + 0.02 * hiss[i];
      }
      const t = this.phase / open;
      const [flow, gate] = t < 1 ? [2 * t - 3 * t * t, 1] : [0, 0.4];
      this.dull += brightness * (flow - this.dull);
      block[i] = between(voice, step, part) * this.dull + between(breath, step, part) * hiss[i] * gate;
    }
  }
}

function between(values: Float64Array, step: number, part: number): number {
  return values[step] + (values[step + 1] - values[step]) * part;
}

/** The sentence in float, not yet scaled; as long as `noise`, whose numbers lie round 0. */
function spoken(track: Track, speaker: Speaker, noise: Float64Array): Float64Array {
  const [larynx, tract, constriction] = [
    new Larynx(speaker),
    widths.map(() => new Resonator()),
    new Resonator(),
  ];
  const out = new Float64Array(noise.length);
  const [block, hiss] = [new Float64Array(trackStep), new Float64Array(trackStep)];
  for (let step = 0; step * trackStep < out.length; step++) {
    const here = noise.subarray(step * trackStep, (step + 1) * trackStep);
    hiss.fill(0);
    hiss.set(here);
    tuneAll(track, step, speaker, tract, constriction);
    larynx.run(track, step, hiss, block);
    for (const resonator of tract) resonator.run(block);
    constriction.run(hiss);
    for (let i = 0; i < here.length; i++) {
      out[step * trackStep + i] = block[i] + between(track.friction, step, i / trackStep) * hiss[i];
    }
  }
  return out;
}

function tuneAll(
  { formants, damping, band }: Track,
  step: number,
  { tract }: Speaker,
  resonators: readonly Resonator[],
  constriction: Resonator,
): void {
  const centres = [...formants.map((formant) => formant[step]), ...upper.map((hertz) => hertz * tract)];
  resonators.forEach((resonator, i) => resonator.tune(centres[i], widths[i] * damping[step] * tract));
  constriction.tune(band[0][step], band[1][step], true);
}

/** `take`: which sentence of the whole set this is. `length`: samples. */
export function synthesise(track: Track, speaker: Speaker, length: number, take: number): Int16Array {
  const random = new Float64Array(length);
  draws({ seed: 0, key: 'voices:noise', iteration: 0, scope: 0 }, 'uniform', 1, length, random, {
    rowOf: () => take,
  });
  // A draw has 24 bits: the upper half is the speaker's noise, the lower the room's.
  const upperHalf = random.map((x) => Math.floor(x * 4096) / 4096);
  const sound = spoken(
    track,
    speaker,
    upperHalf.map((x) => x - 0.5),
  );
  let power = 0;
  for (const x of sound) power += x * x;
  const gain = loudness / Math.sqrt(power / length);
  // The room: between 30 and 40 dB under the voice (uniforms of width 1 have a root mean square of 0.29).
  const room = (loudness / 0.29) * (0.01 + 0.0216 * upperHalf[0]);
  return Int16Array.from(sound, (x, n) => {
    const y = gain * x + room * ((random[n] - upperHalf[n]) * 4096 - 0.5);
    return Math.round(32767 * Math.min(1, Math.max(-1, y)));
  });
}
