/**
 * What the built-in voices say: texts of random syllables, each phone with its length, the same for every speaker (so
 * that what a speaker says can be laid beside the same words of another, sample for sample). In: a text's number.
 * Out: its phones with their places in samples.
 */
import { draws } from '../../random.ts';
import { phones } from './phones.ts';
import type { PhoneKind } from './phones.ts';

export const voiceRate = 16000;

/** First text of a split, and one after the last: no sentence is in two of them. */
export const textsOf = { train: [0, 40], test: [40, 50], validate: [50, 60] } as const;

export type VoiceSplit = keyof typeof textsOf;

export interface Said {
  /** A place in `phones`. */
  readonly phone: number;
  /** First sample of each part, and one after the last part's end. */
  readonly bounds: readonly number[];
}

const numbersOf = (...kinds: readonly PhoneKind[]): number[] =>
  phones.flatMap(({ kind }, i) => (kinds.includes(kind) ? [i] : []));

const vowels = numbersOf('vowel');
const onsets = numbersOf('onset', 'coda').filter((i) => phones[i].name !== 'ng');
const codas = numbersOf('coda');
/** Uniforms that a text may take. */
const perText = 256;

const known = new Map<number, readonly Said[]>();

/** The same list at every call. */
export function textOf(text: number): readonly Said[] {
  const said = known.get(text) ?? madeText(text);
  known.set(text, said);
  return said;
}

/** Three to five words of two or three syllables, pauses between them: about two and a half seconds. */
function madeText(text: number): readonly Said[] {
  const random = new Float64Array(perText);
  draws({ seed: 0, key: 'voices:text', iteration: 0, scope: 0 }, 'uniform', 1, perText, random, {
    rowOf: () => text,
  });
  let used = 0;
  const uniform = (): number => random[used++];
  const pick = (list: readonly number[]): number => list[Math.floor(uniform() * list.length)];
  const sequence: number[] = [0];
  for (let words = 3 + Math.floor(uniform() * 3); words > 0; words--) {
    for (let syllables = 2 + Math.floor(uniform() * 2); syllables > 0; syllables--) {
      sequence.push(pick(onsets), pick(vowels));
      if (uniform() < 0.35) sequence.push(pick(codas));
    }
    sequence.push(0);
  }
  const rate = 0.85 + 0.35 * uniform();
  let at = 0;
  return sequence.map((phone) => {
    const stretch = rate * (0.75 + 0.5 * uniform());
    const bounds = [at];
    for (const part of phones[phone].parts) {
      at += Math.round((part.milliseconds * stretch * voiceRate) / 1000);
      bounds.push(at);
    }
    return { phone, bounds };
  });
}

/** Samples of the text, said by anyone. */
export function lengthOfText(said: readonly Said[]): number {
  return said.at(-1)!.bounds.at(-1)!;
}
