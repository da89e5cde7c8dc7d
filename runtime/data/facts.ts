/**
 * What is known of files once they were looked through: how many rows a table has, how long each recording is. In: a key, a
 * hash of the files and of what is asked of them, and how it is found out; out: the facts, from this process, from the cache, or
 * found out now. A large table is looked through once, not at every start.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../atomic.ts';
import { cacheFolder } from '../cache.ts';
import { makeFolders } from '../disk.ts';

/** Bytes of files that are looked through in a moment: what is known of larger ones is worth a file in the cache. */
const soonRead = 2 ** 24;

const known = new Map<string, unknown>();

/** Raised where facts say something else, or are found out otherwise. */
const format = 2;

/** `bytes`: how many are to be looked through. Facts are plain data. */
export function factsOf<T>(key: string, bytes: number, find: () => T): T {
  if (known.has(key)) return known.get(key) as T;
  const keep = bytes > soonRead;
  const old = keep ? stored(key) : undefined;
  const facts = old ?? find();
  known.set(key, facts);
  if (keep && old === undefined) store(key, facts);
  return facts as T;
}

const folderOf = (): string => join(cacheFolder(), 'facts');
const placeOf = (key: string): string => join(folderOf(), `${key.slice(0, 24)}.json`);

interface Kept {
  readonly format: number;
  readonly key: string;
  readonly facts: unknown;
}

/** undefined: there are none, or what lies there isn't whole. */
function stored(key: string): unknown {
  if (!existsSync(placeOf(key))) return undefined;
  try {
    const kept = JSON.parse(readFileSync(placeOf(key), 'utf8')) as Kept;
    return kept.format === format && kept.key === key ? kept.facts : undefined;
  } catch {
    return undefined;
  }
}

/** A disk that is full or read-only costs time at the next start, and nothing else. */
function store(key: string, facts: unknown): void {
  try {
    makeFolders(folderOf());
    writeFileAtomic(placeOf(key), JSON.stringify({ format, key, facts } satisfies Kept));
  } catch {
    return;
  }
}
