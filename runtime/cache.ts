/** Where files that can be made again are kept from one run to the next. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** GANC_CACHE, else ganc/ under XDG_CACHE_HOME, else ~/.cache/ganc. The folder need not be there yet. */
export function cacheFolder(): string {
  const { GANC_CACHE, XDG_CACHE_HOME } = process.env;
  if (GANC_CACHE) return GANC_CACHE;
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'ganc');
}
