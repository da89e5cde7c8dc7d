/**
 * The phones of the built-in voices: what the vocal tract of a reference speaker aims at while it says each. A phone
 * is one or two parts (a plosive closes, then bursts). Vowels after Peterson & Barney 1952 ("Control methods used in a
 * study of the vowels", table II, men), consonants after Klatt 1980 ("Software for a cascade/parallel formant
 * synthesizer", table II), both rounded.
 */

export interface Part {
  readonly milliseconds: number;
  /** Hz, of the reference speaker. */
  readonly formants: readonly [number, number, number];
  /** Amplitudes: of the voice, of breath through the whole tract, of friction at the constriction. */
  readonly voice: number;
  readonly breath: number;
  readonly friction: number;
  /** Centre and width of the friction's band, Hz. */
  readonly band: readonly [number, number];
  /** Widens the formants: nasals and closures absorb. */
  readonly damping: number;
}

export type PhoneKind = 'silence' | 'vowel' | 'onset' | 'coda';

export interface Phone {
  readonly name: string;
  /** Where a syllable has it: codas may also be onsets. */
  readonly kind: PhoneKind;
  readonly parts: readonly Part[];
}

const quiet: Part = {
  milliseconds: 80,
  formants: [500, 1500, 2500],
  voice: 0,
  breath: 0,
  friction: 0,
  band: [4000, 3000],
  damping: 1,
};

type Formants = readonly [number, number, number];

const vowel = (name: string, milliseconds: number, formants: Formants): Phone => ({
  name,
  kind: 'vowel',
  parts: [{ ...quiet, milliseconds, formants, voice: 1 }],
});

const voiced = (
  name: string,
  kind: PhoneKind,
  milliseconds: number,
  formants: Formants,
  damping: number,
): Phone => ({ name, kind, parts: [{ ...quiet, milliseconds, formants, voice: 0.6, damping }] });

function fricative(
  name: string,
  kind: PhoneKind,
  formants: Formants,
  voice: number,
  friction: number,
  band: readonly [number, number],
): Phone {
  return { name, kind, parts: [{ ...quiet, milliseconds: 90, formants, voice, friction, band }] };
}

/** A closure at the formants' locus, then a burst; a voiceless one is followed by breath. */
function plosive(name: string, locus: Formants, voice: number, band: readonly [number, number]): Phone {
  const closed = { ...quiet, milliseconds: 55, formants: locus, voice: 0.2 * voice, damping: 3 };
  const burst = { ...quiet, milliseconds: 30, formants: locus, voice: 0.4 * voice, band };
  const released = { ...burst, friction: 0.5, breath: 0.35 * (1 - voice) };
  return { name, kind: 'onset', parts: [closed, released] };
}

/** Number 0 is silence; labels are places in this list. */
export const phones: readonly Phone[] = [
  { name: 'silence', kind: 'silence', parts: [quiet] },
  vowel('i', 100, [270, 2290, 3010]),
  vowel('ih', 80, [390, 1990, 2550]),
  vowel('eh', 95, [530, 1840, 2480]),
  vowel('ae', 120, [660, 1720, 2410]),
  vowel('ah', 120, [730, 1090, 2440]),
  vowel('aw', 120, [570, 840, 2410]),
  vowel('uh', 80, [440, 1020, 2240]),
  vowel('u', 100, [300, 870, 2240]),
  vowel('a', 90, [640, 1190, 2390]),
  vowel('er', 110, [490, 1350, 1690]),
  voiced('m', 'coda', 75, [260, 1000, 2200], 2.5),
  voiced('n', 'coda', 70, [260, 1500, 2500], 2.5),
  voiced('ng', 'coda', 80, [260, 2050, 2700], 2.5),
  voiced('l', 'coda', 65, [360, 1050, 2700], 1.3),
  voiced('r', 'onset', 70, [330, 1080, 1500], 1.3),
  voiced('w', 'onset', 65, [290, 680, 2200], 1.2),
  voiced('j', 'onset', 65, [270, 2200, 3050], 1.2),
  fricative('v', 'onset', [230, 1100, 2100], 0.4, 0.12, [4500, 5000]),
  fricative('z', 'coda', [230, 1600, 2500], 0.4, 0.3, [5600, 1600]),
  fricative('f', 'onset', [340, 1100, 2100], 0, 0.2, [4500, 5000]),
  fricative('s', 'coda', [320, 1600, 2500], 0, 0.6, [5600, 1600]),
  fricative('sh', 'onset', [300, 1840, 2750], 0, 0.6, [2900, 1100]),
  { name: 'h', kind: 'onset', parts: [{ ...quiet, milliseconds: 60, breath: 0.5 }] },
  plosive('p', [300, 900, 2100], 0, [1100, 2200]),
  plosive('b', [200, 900, 2100], 1, [1100, 2200]),
  plosive('t', [300, 1750, 2650], 0, [4300, 2000]),
  plosive('d', [200, 1750, 2650], 1, [4300, 2000]),
  plosive('k', [300, 2000, 2450], 0, [2000, 700]),
  plosive('g', [200, 2000, 2450], 1, [2000, 700]),
];

export const phoneNames: readonly string[] = phones.map(({ name }) => name);
