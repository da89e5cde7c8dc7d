/**
 * Which files a spec may read: a stranger's is data, and could name any file of the machine. In: a path or a pattern of
 * a spec and the spec's folder; out: nothing, or the sentence why not. Allowed are the spec's folder, the working
 * directory, ganc's cache, ganc's own files (a shipped spec names the clone's data/) and the folders of GANC_ALLOW,
 * which `--allow` adds to. Paths are looked at as they are written: a link that the user has made leads where it leads.
 */
import { delimiter, dirname, relative, resolve, sep, isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceArguments } from '../../program/catalogue.ts';
import { cacheFolder } from '../cache.ts';
import { FileError } from '../formats/file-error.ts';

/** The variable that holds allowed folders, with the system's sign between them. */
export const allowVariable = 'GANC_ALLOW';

function allowedFolders(folder: string): string[] {
  const given = (process.env[allowVariable] ?? '').split(delimiter).filter((one) => one !== '');
  return [folder, '.', cacheFolder(), ownFolder(), ...given].map((one) => resolve(one));
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

/** Why a file may not be read; null: it may. */
export function refusal(path: string, folder: string): string | null {
  const fixed = path.split(/[*<]/, 1)[0];
  const place = resolve(folder, fixed);
  // `..` behind a wildcard would lead out again.
  const leadsBack = path.slice(fixed.length).split('/').includes('..');
  if (!leadsBack && allowedFolders(folder).some((one) => inside(place, one))) return null;
  const needed = fixed.endsWith('/') || fixed === path ? fixed : dirname(`${fixed}x`);
  const toAllow = resolve(folder, fixed === path ? dirname(fixed) : needed);
  return `it lies outside of the spec's folder and the working directory; \`--allow ${toAllow}\` lets it be read`;
}

/** Throws FileError where an argument of a source names a file that may not be read. */
export function requireAllowed(args: SourceArguments, folder: string): void {
  for (const value of Object.values(args)) {
    const why = typeof value === 'string' ? refusal(value, folder) : null;
    if (why !== null) throw new FileError(String(value), null, why);
  }
}
