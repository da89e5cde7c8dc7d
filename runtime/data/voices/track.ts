/**
 * What a vocal tract does while it says a text: the phones' targets, scaled to the speaker and smoothed over time, so
 * that each phone is coloured by those beside it. In: phones with their places, a speaker. Out: a value of every
 * parameter each 2.5 milliseconds.
 */
import { draws } from '../../random.ts';
import { phones } from './phones.ts';
import type { Part } from './phones.ts';
import type { Speaker } from './speakers.ts';
import { lengthOfText } from './texts.ts';
import type { Said } from './texts.ts';

/** Samples from one value to the next. */
export const trackStep = 40;

export interface Track {
  readonly steps: number;
  /** Hz. */
  readonly pitch: Float64Array;
  readonly formants: readonly [Float64Array, Float64Array, Float64Array];
  readonly damping: Float64Array;
  readonly voice: Float64Array;
  readonly breath: Float64Array;
  readonly friction: Float64Array;
  /** Centre and width of the friction, Hz. */
  readonly band: readonly [Float64Array, Float64Array];
}

/** Half-widths of the smoothing, in steps: tongue and lips are slow, voice and friction fast. */
const [slow, fast] = [16, 4];

/** `tune`: which melody the speaker gives the text. */
export function trackOf(said: readonly Said[], speaker: Speaker, tune: number): Track {
  const steps = Math.ceil(lengthOfText(said) / trackStep) + 1;
  const parts = partsAt(said, steps);
  const over = (half: number, of: (part: Part) => number): Float64Array =>
    smoothed(Float64Array.from(parts, of), half);
  const formant = (i: 0 | 1 | 2, mouth: number): Float64Array =>
    over(slow, (part) => part.formants[i] * speaker.tract * mouth);
  // Friction arises before the tract: a smaller mouth shifts its band by less than its formants.
  const friction = 0.5 + 0.5 * speaker.tract;
  return {
    steps,
    pitch: melody(said, speaker, tune, steps),
    formants: [formant(0, 1), formant(1, speaker.mouth[0]), formant(2, speaker.mouth[1])],
    damping: over(fast, ({ damping }) => damping * speaker.damping),
    voice: over(fast, ({ voice }) => voice),
    breath: over(fast, ({ breath, voice }) => breath + speaker.breath * voice),
    friction: over(fast, (part) => part.friction),
    band: [over(fast, ({ band }) => band[0] * friction), over(fast, ({ band }) => band[1])],
  };
}

function partsAt(said: readonly Said[], steps: number): Part[] {
  const spans = said.flatMap(({ phone, bounds }) =>
    phones[phone].parts.map((part, i) => ({ part, end: bounds[i + 1] })),
  );
  let at = 0;
  return Array.from({ length: steps }, (_, step) => {
    while (at < spans.length - 1 && spans[at].end <= step * trackStep) at++;
    return spans[at].part;
  });
}

/** A mean over the 2 × half + 1 values around, weighted by a triangle; the ends are held. */
function smoothed(values: Float64Array, half: number): Float64Array {
  const last = values.length - 1;
  return values.map((_, i) => {
    let sum = 0;
    for (let j = -half; j <= half; j++) {
      const at = Math.min(last, Math.max(0, i + j));
      sum += values[at] * (half + 1 - Math.abs(j));
    }
    return sum / (half + 1) ** 2;
  });
}

/** A falling line with an accent of its own on each phone, smoothed. */
function melody(said: readonly Said[], speaker: Speaker, tune: number, steps: number): Float64Array {
  const random = new Float64Array(said.length);
  draws({ seed: 0, key: 'voices:tune', iteration: 0, scope: 0 }, 'uniform', 1, said.length, random, {
    rowOf: () => tune,
  });
  let at = 0;
  const aims = Float64Array.from({ length: steps }, (_, step) => {
    while (at < said.length - 1 && said[at].bounds.at(-1)! <= step * trackStep) at++;
    const fall = 0.5 - step / steps;
    return speaker.pitch * (1 + speaker.liveliness * (0.8 * fall + 1.6 * (random[at] - 0.5)));
  });
  return smoothed(smoothed(aims, 24), 24);
}
