/**
 * Which files a spec may read: a stranger's is data, and could name any file of the machine. In: a path or a pattern of
 * a spec and the spec's folder; out: nothing, or the sentence why not. Allowed are the spec's folder, the working
 * directory, ganc's cache, ganc's own files (a shipped spec names the clone's data/) and the folders of GANC_ALLOW,
 * which `--allow` adds to. What counts is where a file really lies: a stranger's folder may hold links.
 */
import { realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, join, relative, resolve, sep, isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shellPath } from '../../grammar/shell-word.ts';
import type { ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { cacheFolder } from '../cache.ts';
import { FileError } from '../formats/file-error.ts';

/**
 * The variable that holds allowed folders: with the system's sign between them, as people write it, or as a list in JSON, since a
 * folder that ganc adds may have that sign in its name.
 */
export const allowVariable = 'GANC_ALLOW';

/** Those that the variable names. */
function allowedFolders(): readonly string[] {
  const text = process.env[allowVariable] ?? '';
  return listIn(text) ?? text.split(delimiter).filter((one) => one !== '');
}

/** null: it is none. */
function listIn(text: string): readonly string[] | null {
  if (!text.startsWith('["')) return null;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(String) : null;
  } catch {
    return null;
  }
}

/** Lets files in these folders be read from now on, here and in threads and processes that are started. */
export function allowFolders(folders: readonly string[]): void {
  const all = [...allowedFolders(), ...folders.map((folder) => resolve(folder))];
  if (folders.length > 0) process.env[allowVariable] = JSON.stringify(all);
}

/** The folder that holds ganc's package.json: of the sources as of what is made from them. */
function ownFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return here.endsWith(`${sep}dist`) ? dirname(here) : resolve(here, '..', '..');
}

function inside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Where it lies, links followed; of what isn't there, where it would. */
function realPlace(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realPlace(above), basename(path));
  }
}

/** Why a file or folder, an absolute path, may not be read; null: it may. */
export type Allowance = (place: string, isFolder?: boolean) => string | null;

const isDirectory = (place: string): boolean =>
  statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** What a spec in this folder may read, as things are now. */
export function allowance(folder: string): Allowance {
  const allowed = [folder, '.', cacheFolder(), ownFolder(), ...allowedFolders()].map((one) =>
    realPlace(resolve(one)),
  );
  // Only who installed ganc puts links there: to a disk with more room.
  const trusted = [resolve(cacheFolder()), join(ownFolder(), 'data')];
  return (place, isFolder = isDirectory(place)) => {
    const real = realPlace(place);
    if (allowed.some((one) => inside(real, one)) || trusted.some((one) => inside(place, one))) return null;
    const what = real === place ? 'it lies' : `it leads to ${real}, which lies`;
    const way = isFolder ? real : dirname(real);
    return `${what} outside of the spec's folder and the working directory; \`--allow ${shellPath(way)}\` lets it be read`;
  };
}

/** Throws FileError where it may not be read. */
export function requireAt(place: string, allowed: Allowance): void {
  const why = allowed(place);
  if (why !== null) throw new FileError(place, null, why);
}

/** Why a path or pattern of a spec may not be read; null: it may. Links behind a wildcard are found by pattern.ts. */
export function refusal(path: string, folder: string): string | null {
  const fixed = path.split(/[*<]/, 1)[0];
  if (fixed === path) return allowance(folder)(resolve(folder, path));
  if (path.slice(fixed.length).split('/').includes('..'))
    return 'what `..` means behind a wildcard is not known; write the folder itself';
  return allowance(folder)(resolve(folder, fixed.endsWith('/') ? fixed : dirname(`${fixed}x`)), true);
}

/** Throws FileError where an argument of a source names a file that may not be read. */
export function requireAllowed(params: readonly ParamSpec[], args: SourceArguments, folder: string): void {
  for (const { name, type, isName } of params) {
    if (isName) continue;
    const value = args[name];
    const why = type === 'string' && typeof value === 'string' ? refusal(value, folder) : null;
    if (why !== null) throw new FileError(String(value), null, why);
  }
}
