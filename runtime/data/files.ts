/**
 * Files of data sets: bytes and hashes by path. A file that several streams read (a labelled and an unlabelled half
 * of one set) is read and hashed once in a process, as long as its size and time of change stay the same; bytes are
 * let go when nobody holds them.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DataDescription } from '../../program/catalogue.ts';
import { FileError } from '../formats/file-error.ts';

interface Known {
  readonly stamp: string;
  readonly hash: string;
  readonly bytes: WeakRef<Uint8Array>;
}

const known = new Map<string, Known>();

function stampOf(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.size} ${stat.mtimeMs}` : null;
}

/** Whether there is such a file. */
export function fileExists(path: string): boolean {
  return stampOf(path) !== null;
}

/** The file's content; FileError where there is none or it can't be read. */
export function readBytes(path: string): Uint8Array {
  const stamp = stampOf(path);
  if (stamp === null) throw new FileError(path, null, 'no such file');
  const old = known.get(path);
  const held = old?.stamp === stamp ? old.bytes.deref() : undefined;
  if (held !== undefined) return held;
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new FileError(path, null, (error as Error).message);
  }
  const hash = old?.stamp === stamp ? old.hash : createHash('sha256').update(bytes).digest('hex');
  known.set(path, { stamp, hash, bytes: new WeakRef(bytes) });
  return bytes;
}

/** SHA-256 of the file's content, in hex. */
export function hashFile(path: string): string {
  const stamp = stampOf(path);
  const old = known.get(path);
  if (old !== undefined && old.stamp === stamp) return old.hash;
  readBytes(path);
  return hashFile(path);
}

/** One hash of several texts (file hashes, arguments): what a DataDescription carries. */
export function hashOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** What of a look is found out when somebody asks for it. */
export interface Asked {
  hash(): string;
  notices?(): readonly string[];
}

/**
 * What a look at a set says. Hash and notices are found when somebody asks for them: a check doesn't, and reading and
 * hashing 60 000 digits takes longer than the check. Throws FileError then, if a file can't be read.
 */
export function described(
  count: number,
  asked: Asked,
  known: Pick<DataDescription, 'classes' | 'onDisk' | 'skipped'> = {},
): DataDescription {
  let hash: string | undefined;
  let notices: readonly string[] | undefined;
  return {
    count,
    ...known,
    get hash() {
      return (hash ??= asked.hash());
    },
    get notices() {
      notices ??= asked.notices?.() ?? [];
      return notices.length === 0 ? undefined : notices;
    },
  };
}

/** A path of a spec, which is relative to the spec's folder. */
export function inFolder(folder: string, path: string): string {
  return resolve(folder, path);
}
