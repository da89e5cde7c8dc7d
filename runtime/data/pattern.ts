/**
 * Patterns for files: `faces/<label>/*.png`. In: a pattern and the folder that it is relative to. Out: the files that
 * fit, sorted, each with the words that stood at `<name>`. `*` is any run of characters within a name.
 */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface Found {
  readonly path: string;
  /** What stood at `<label>`, by the word between the brackets. */
  readonly words: Readonly<Record<string, string>>;
}

/** The words between brackets in the pattern, in order. */
export function patternWords(pattern: string): string[] {
  return [...pattern.matchAll(/<(\w+)>/g)].map(([, word]) => word);
}

/** All files of the pattern, in the order of their paths; none where a folder doesn't exist. */
export function findFiles(pattern: string, folder: string): Found[] {
  const parts = pattern.split('/');
  const absolute = pattern.startsWith('/');
  let found: Found[] = [{ path: absolute ? '/' : resolve(folder), words: {} }];
  for (const [i, part] of parts.entries()) {
    if (part === '' || part === '.') continue;
    const last = i === parts.length - 1;
    found = found.flatMap((at) => (last || /[*<]/.test(part) ? matches(at, part, last) : [{ ...at, path: join(at.path, part) }])); // prettier-ignore
  }
  return found;
}

function matches({ path, words }: Found, part: string, last: boolean): Found[] {
  const pieces = part.split(/(\*|<\w+>)/).map((piece) => {
    if (piece === '*') return '[^/]*';
    const word = /^<(\w+)>$/.exec(piece)?.[1];
    return word === undefined ? piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&') : `(?<${word}>[^/]+)`;
  });
  const fits = new RegExp(`^${pieces.join('')}$`);
  return list(path)
    .filter(
      (entry) =>
        entry.name.startsWith('.') === part.startsWith('.') &&
        (last ? !entry.isDirectory() : !entry.isFile()),
    )
    .flatMap(({ name }) => {
      const match = fits.exec(name);
      return match === null ? [] : [{ path: join(path, name), words: { ...words, ...match.groups } }];
    });
}

function list(path: string): { name: string; isDirectory(): boolean; isFile(): boolean }[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
