/**
 * Patterns for files: `faces/<label>/*.png`. In: a pattern and the folder that it is relative to. Out: the files that
 * fit, sorted, each with the words that stood at `<name>`. `*` is any run of characters within a name. A link that leads where
 * the spec may not read (allowed.ts) is a FileError.
 */
import { readdirSync, type Dirent } from 'node:fs';
import { join, resolve } from 'node:path';
import { FileError } from '../formats/file-error.ts';
import { allowance, requireAt, type Allowance } from './allowed.ts';

export interface Found {
  readonly path: string;
  /** What stood at `<label>`, by the word between the brackets. */
  readonly words: Readonly<Record<string, string>>;
  /** What stood at each `*`, in order. */
  readonly stars: readonly string[];
}

/** The words between brackets in the pattern, in order. */
export function patternWords(pattern: string): string[] {
  return [...pattern.matchAll(/<(\w+)>/g)].map(([, word]) => word);
}

/** The folders that stand at the pattern's last `<name>` or before it, whatever is in them. */
export function findFolders(pattern: string, folder: string): Found[] {
  const parts = pattern.split('/');
  const last = parts.findLastIndex((part) => part.includes('<'));
  if (last < 0 || last === parts.length - 1) return [];
  return walk(parts.slice(0, last + 1), { pattern, folder, allowed: allowance(folder) }, false);
}

/**
 * All files of the pattern, in the order of their paths; none where a folder doesn't exist. `allowed`: what may be read (default:
 * what a spec in the folder may).
 */
export function findFiles(pattern: string, folder: string, allowed = allowance(folder)): Found[] {
  return walk(pattern.split('/'), { pattern, folder, allowed }, true);
}

interface Asked {
  readonly pattern: string;
  readonly folder: string;
  readonly allowed: Allowance;
}

/** What fits the parts, one name after the other; the last one is a file's or a folder's. */
function walk(parts: readonly string[], { pattern, folder, allowed }: Asked, files: boolean): Found[] {
  let found: Found[] = [{ path: pattern.startsWith('/') ? '/' : resolve(folder), words: {}, stars: [] }];
  for (const [i, part] of parts.entries()) {
    if (part === '' || part === '.') continue;
    const last = files && i === parts.length - 1;
    found = found.flatMap((at) =>
      last || /[*<]/.test(part) ? matches(at, part, last, allowed) : [{ ...at, path: join(at.path, part) }],
    );
  }
  return found;
}

function matches({ path, words, stars }: Found, part: string, last: boolean, allowed: Allowance): Found[] {
  // Between two wildcards may stand the name of a link; what is before the first has been looked at.
  if (stars.length + Object.keys(words).length > 0) requireAt(path, allowed);
  const pieces = piecesOf(part);
  return list(path)
    .filter(
      (entry) =>
        entry.name.startsWith('.') === part.startsWith('.') &&
        (last ? !entry.isDirectory() : !entry.isFile()),
    )
    .flatMap((entry) => {
      const { name } = entry;
      const found = fitted(pieces, name);
      if (found === null) return [];
      if (entry.isSymbolicLink()) requireAt(join(path, name), allowed);
      return [
        {
          path: join(path, name),
          words: { ...words, ...found.words },
          stars: [...stars, ...found.stars],
        },
      ];
    });
}

/** A piece of a pattern: itself, or a run of characters, at least `least`, that may have a word's name. */
type Piece = { readonly text: string } | { readonly least: 0 | 1; readonly word: string | null };

const piecesOf = (part: string): Piece[] =>
  part.split(/(\*|<\w+>)/).map((piece): Piece => {
    if (piece === '*') return { least: 0, word: null };
    const word = /^<(\w+)>$/.exec(piece)?.[1];
    return word === undefined ? { text: piece } : { least: 1, word };
  });

type Matched = Pick<Found, 'words' | 'stars'>;

/**
 * What stands at the runs of a name that fits, each as long as the rest lets it be; null if it doesn't fit. What was tried at a place
 * without success is not tried there again: a regular expression would, and five `*` take minutes.
 */
function fitted(pieces: readonly Piece[], name: string): Matched | null {
  const failed = new Set<number>();
  const fit = (at: number, from: number): Matched | null => {
    if (at === pieces.length) return from === name.length ? { words: {}, stars: [] } : null;
    const key = at * (name.length + 1) + from;
    if (failed.has(key)) return null;
    const piece = pieces[at];
    const found = 'text' in piece ? fitText(piece.text, at, from) : fitRun(piece, at, from);
    if (found === null) failed.add(key);
    return found;
  };
  const fitText = (text: string, at: number, from: number) =>
    name.startsWith(text, from) ? fit(at + 1, from + text.length) : null;
  const fitRun = ({ least, word }: Extract<Piece, { least: 0 | 1 }>, at: number, from: number) => {
    for (let to = name.length; to >= from + least; to--) {
      const rest = fit(at + 1, to);
      if (rest === null) continue;
      const run = name.slice(from, to);
      if (word === null) return { ...rest, stars: [run, ...rest.stars] };
      return { ...rest, words: { ...rest.words, [word]: run } };
    }
    return null;
  };
  return fit(0, 0);
}

/** [] where there is no such folder. Throws FileError where there is one that can't be read: its files would be missing from the data. */
function list(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR'].includes(code)) return [];
    throw new FileError(path, null, message);
  }
}
