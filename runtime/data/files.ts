/**
 * Files of data sets: bytes and hashes by path. A file that several streams read (a labelled and an unlabelled half
 * of one set) is read and hashed once in a process, as long as its size and time of change stay the same; bytes are
 * let go when nobody holds them.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DataDescription } from '../../program/catalogue.ts';
import { FileError, reading } from '../formats/file-error.ts';
import type { Watch } from './pack.ts';

interface Known {
  readonly stamp: string;
  readonly hash: string;
  /** null: it was hashed, and nobody has read it. */
  readonly bytes: WeakRef<Uint8Array> | null;
}

const known = new Map<string, Known>();

function stampOf(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.size} ${stat.mtimeMs}` : null;
}

/** Of what is no file: what it is instead. */
function noFile(path: string): FileError {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return new FileError(path, null, 'no such file');
  const what = stat.isDirectory() ? 'a folder' : 'a pipe, a socket or a device';
  return new FileError(path, null, `it is ${what}, where a file is wanted`);
}

/** Whether there is such a file. */
export function fileExists(path: string): boolean {
  return stampOf(path) !== null;
}

/** The file's content; FileError where there is none or it can't be read. */
export function readBytes(path: string): Uint8Array {
  const stamp = stampOf(path);
  if (stamp === null) throw noFile(path);
  const old = known.get(path);
  const held = old?.stamp === stamp ? old.bytes?.deref() : undefined;
  if (held !== undefined) return held;
  const bytes: Uint8Array = reading(path, () => readFileSync(path));
  const hash = old?.stamp === stamp ? old.hash : createHash('sha256').update(bytes).digest('hex');
  known.set(path, { stamp, hash, bytes: new WeakRef(bytes) });
  return bytes;
}

/**
 * The same of a file that nobody reads a second time, kept by nobody: what a WeakRef is made of stays until the work at hand
 * is done, and all files of a set are read in one go.
 */
export function readOnce(path: string): Uint8Array {
  if (stampOf(path) === null) throw noFile(path);
  return reading(path, () => readFileSync(path));
}

/** Buffers of 1 MiB that nobody reads into: of a thousand files one after the other each would be another. */
const spare: Buffer[] = [];

/** The file's bytes in parts of 1 MiB, each good until the next is asked for; `watch` hears of bytes. Throws FileError. */
export function* fileParts(path: string, watch?: Watch): Generator<Uint8Array> {
  const bytes = spare.pop() ?? Buffer.alloc(2 ** 20);
  const file = reading(path, () => openSync(path, 'r'));
  const { size } = fstatSync(file);
  try {
    for (let done = 0; ;) {
      const read = reading(path, () => readSync(file, bytes));
      if (read === 0) return;
      watch?.((done += read), size);
      yield bytes.subarray(0, read);
    }
  } finally {
    closeSync(file);
    spare.push(bytes);
  }
}

/** The file's length in bytes. Throws FileError where there is none. */
export function fileSize(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) throw noFile(path);
  return stat.size;
}

/**
 * SHA-256 of the file's content, in hex. Read in parts, and kept by nobody, as by readOnce.
 */
export function hashFile(path: string): string {
  const stamp = stampOf(path);
  const old = known.get(path);
  if (old !== undefined && old.stamp === stamp) return old.hash;
  if (stamp === null) throw noFile(path);
  const hashing = createHash('sha256');
  for (const bytes of fileParts(path)) hashing.update(bytes);
  const hash = hashing.digest('hex');
  known.set(path, { stamp, hash, bytes: null });
  return hash;
}

/**
 * The parts for textPieces, which goes over them twice: for the encoding, which takes a moment, and then for the text, of which
 * `watch` hears.
 */
export function partsTwice(path: string, watch?: Watch): () => Iterable<Uint8Array> {
  let times = 0;
  return () => fileParts(path, times++ % 2 === 0 ? undefined : watch);
}

/** The file's first bytes, 1 MiB at most; they are kept by nobody. Throws FileError. */
export function readStart(path: string): Uint8Array {
  for (const bytes of fileParts(path)) return Uint8Array.from(bytes);
  return new Uint8Array();
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
