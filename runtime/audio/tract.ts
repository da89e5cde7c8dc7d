/**
 * Voices of other vocal tracts, made of those that there are: a tract of `length` times the own has its formants at
 * 1 / `length` of the frequencies (Jaitly & Hinton 2013, "Vocal tract length perturbation (VTLP) improves speech
 * recognition", section 2). Read so, each speaker is several.
 */
import type { ParamSpec, SourceArguments } from '../../program/catalogue.ts';

export const tractsParam: ParamSpec = {
  name: 'tracts',
  type: 'reals',
  default: null,
  doc: 'lengths of the vocal tract, [1, 0.9, 1.1]: each speaker is heard with each, as so many times as many speakers; the first has the first classes',
};

/** Up to this share of the top frequency all are stretched alike, above it so that the top stays. */
const stretchedTo = 0.6;

/**
 * Where in the recording a frequency of the changed voice is read: `length` times as high, and from 0.6 of the top
 * frequency on a straight line to the top itself, past which nothing is.
 */
export function heardAt(hertz: number, length: number, top: number): number {
  if (length === 1) return hertz; // to the bit
  const knee = stretchedTo * top * Math.min(1, 1 / length);
  if (hertz <= knee) return hertz * length;
  return top - ((top - knee * length) * (top - hertz)) / (top - knee);
}

/** The lengths that the arguments name, default: [1]. Throws Error with a sentence. */
export function tractsOf({ tracts }: SourceArguments): readonly number[] {
  if (tracts === null || tracts === undefined) return [1];
  const list: unknown = tracts;
  const fits = (x: unknown): boolean => typeof x === 'number' && x >= 0.7 && x <= 1.4;
  if (Array.isArray(list) && list.length > 0 && list.every(fits) && new Set(list).size === list.length) {
    return list as number[];
  }
  throw new Error(
    `tracts is a list of lengths from 0.7 to 1.4, none twice, such as [1, 0.9, 1.1], not ${JSON.stringify(tracts)}`,
  );
}
