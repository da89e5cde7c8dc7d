/**
 * Files of two patterns joined by name: `a/*.png` and `b/*_mask.png` by what stands at `*`, without a picture's ending. In:
 * both patterns and the files that fit them. Out: the pairs, in the order of the first, and the files without a partner.
 */
import { relative } from 'node:path';
import { FileError } from '../formats/file-error.ts';
import { endings } from '../formats/picture-header.ts';
import { patternWords } from './pattern.ts';
import type { Found } from './pattern.ts';

export interface Pair {
  readonly words: Found['words'];
  readonly a: string;
  readonly b: string;
}

export interface Joined {
  readonly pairs: readonly Pair[];
  /** Sentences: which file has none. */
  readonly alone: readonly string[];
}

/** Throws Error with a sentence where names that fit the patterns can't be compared. */
export function checkJoin(first: string, second: string): void {
  const [a, b] = [first, second].map((pattern) => pattern.split('*').length - 1);
  if (a !== b)
    throw new Error(`pairs are joined by what stands at \`*\`: ${first} has ${a} of it, ${second} ${b}`);
}

/** Throws FileError where two files of a pattern go by one name. */
export function joined(
  [first, second]: readonly [string, string],
  [a, b]: readonly [readonly Found[], readonly Found[]],
  folder: string,
): Joined {
  const words = patternWords(first).filter((word) => patternWords(second).includes(word));
  const own = byName(a, patternWords(first), folder);
  const others = byName(b, words, folder);
  const taken = new Set<string>();
  const pairs: Pair[] = [];
  const alone: string[] = [];
  for (const found of own.values()) {
    const name = nameOf(found, words);
    const other = others.get(name);
    taken.add(name);
    if (other === undefined) alone.push(`${relative(folder, found.path)} (no partner in ${second})`);
    else pairs.push({ words: { ...other.words, ...found.words }, a: found.path, b: other.path });
  }
  for (const [name, { path }] of others)
    if (!taken.has(name)) alone.push(`${relative(folder, path)} (no partner in ${first})`);
  return { pairs, alone };
}

const ending = new RegExp(`\\.(${Object.values(endings).flat().join('|')})$`, 'i');

const nameOf = ({ stars, words }: Found, by: readonly string[]): string =>
  JSON.stringify([by.map((word) => words[word]), stars.map((star) => star.replace(ending, ''))]);

function byName(files: readonly Found[], by: readonly string[], folder: string): Map<string, Found> {
  const named = new Map<string, Found>();
  for (const found of files) {
    const name = nameOf(found, by);
    const other = named.get(name);
    if (other !== undefined)
      throw new FileError(
        found.path,
        null,
        `goes by the same name as ${relative(folder, other.path)}: a pair would have two of it`,
      );
    named.set(name, found);
  }
  return named;
}
