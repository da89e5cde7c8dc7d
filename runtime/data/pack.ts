/**
 * Packs: rows that are too large for memory, or slow to decode, made once into a file of records of one size, which is
 * read by offset. In: a key (a hash of the files and of what is made of them) and how a row is decoded. Out: the records.
 * A pack lies in the cache, whole or not at all; whoever has removed it gets it made again.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  renameSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { writeFileAtomic } from '../atomic.ts';
import { cacheFolder } from '../cache.ts';
import { DiskError, diskError, onDisk } from '../disk.ts';
import { FileError } from '../formats/file-error.ts';
import { memoryHere } from '../memory.ts';
import { fileInMaking } from './in-making.ts';

/** The variable that says how many megabytes a source may hold in memory. */
export const memoryVariable = 'GANC_DATA_MEMORY';

/** Bytes of rows that a source holds in memory; larger ones are packed. Default: a quarter of what there is. */
export function mostHeld(): number {
  const megabytes = Number(process.env[memoryVariable] ?? NaN);
  return megabytes > 0 ? megabytes * 1e6 : memoryHere() / 4;
}

export const packsFolder = (): string => join(cacheFolder(), 'packs');

/** Whether any pack is there: only then is it worth knowing a source's key. */
export const anyPacks = (): boolean => existsSync(packsFolder()) && readdirSync(packsFolder()).length > 0;

export interface PackPlan {
  /** Reads and hashes every file where it is first asked for. */
  readonly key: string;
  /** For people: which files these are. */
  readonly of: string;
  readonly count: number;
  /** Bytes in a record. */
  readonly width: number;
  /** The records in their order, one or several whole ones at a time, until the next are asked for, each time it is called. */
  parts(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** A plan whose key is found out where it is first asked for. */
export function keyed(hash: () => string, rest: Omit<PackPlan, 'key'>): PackPlan {
  let key: string | undefined;
  return {
    get key() {
      return (key ??= hash());
    },
    ...rest,
  };
}

/** What lies beside the records. */
export type PackInfo = Pick<PackPlan, 'key' | 'of' | 'count' | 'width'>;

/** How far it is, in rows. */
export type Watch = (done: number, of: number) => void;

/** Records as plain data: a pack that is there, or bytes that threads share. */
export type Stored =
  | ({ readonly kind: 'pack' } & Pick<PackPlan, 'key' | 'count' | 'width'>)
  | { readonly kind: 'held'; readonly bytes: Uint8Array; readonly count: number; readonly width: number };

export interface Records {
  /** By which another thread opens them (openRecords of records.ts). */
  readonly stored: Stored;
  readonly count: number;
  /** Bytes in one. */
  readonly width: number;
  /** The bytes of a row from one to before another, until the next ones are asked for. */
  record(row: number, from: number, to: number): Uint8Array;
}

const placeOf = (key: string): string => join(packsFolder(), key.slice(0, 24));
const recordsOf = (key: string): string => `${placeOf(key)}.rows`;
const infoOf = (key: string): string => `${placeOf(key)}.json`;

/** Whether the pack of the key is there, whole. */
export function isPacked(key: string): boolean {
  return existsSync(infoOf(key)) && existsSync(recordsOf(key));
}

/** Makes the pack unless it is there. Rejects with DiskError where the disk is full, and leaves nothing behind then. */
export async function makePack(plan: PackPlan, watch?: Watch): Promise<void> {
  if (isPacked(plan.key)) return;
  const { key, of, count, width } = plan;
  const beside = fileInMaking(packsFolder(), basename(recordsOf(key)));
  try {
    requireFree(count * width, recordsOf(key));
    await write(plan, beside.path, watch);
    renameSync(beside.path, recordsOf(key));
    writeFileAtomic(infoOf(key), JSON.stringify({ key, of, count, width } satisfies PackInfo));
  } catch (error) {
    throw error instanceof FileError ? error : (diskError(error, recordsOf(key)) ?? error);
  } finally {
    beside.done();
  }
}

/** Throws DiskError unless the disk of the packs has so many bytes left; `path`: what they are for. */
export function requireFree(bytes: number, path: string): void {
  const { bavail, bsize } = statfsSync(packsFolder());
  if (bavail * bsize < bytes) throw new DiskError(path, 'ENOSPC');
}

async function write(plan: PackPlan, path: string, watch?: Watch): Promise<void> {
  const { count, width } = plan;
  const file = openSync(path, 'w');
  let written = 0;
  try {
    for await (const bytes of plan.parts()) {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      written += bytes.length;
      watch?.(Math.floor(written / width), count);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  requireAll(plan, written);
}

/** Throws FileError unless all records were made: files that change meanwhile give more of them, or fewer. */
export function requireAll(
  { of, count, width }: Pick<PackPlan, 'of' | 'count' | 'width'>,
  bytes: number,
): void {
  if (bytes !== count * width)
    throw new FileError(of, null, `${bytes / width} rows, where ${count} were counted: it changed meanwhile`);
}

/** Bytes that are read at once where one record after the other is asked for. */
const block = 2 ** 16;

/** The records of a pack that is there. Throws FileError where they aren't what the pack says. */
export function openPack({ key, count, width }: Pick<PackPlan, 'key' | 'count' | 'width'>): Records {
  const path = recordsOf(key);
  const file = openSync(path, 'r');
  const { size } = fstatSync(file);
  if (size !== count * width)
    throw new FileError(
      path,
      null,
      `${size} bytes, where ${count} rows of ${width} are ${count * width}: \`ganc cache remove ${key.slice(0, 24)}\` has it made again`,
    );
  const read = (into: Uint8Array, from: number): number => {
    let at = 0;
    for (let got = 1; at < into.length && got > 0; at += got)
      got = onDisk(path, () => readSync(file, into, at, into.length - at, from + at));
    return at;
  };
  const record = recordsIn({ path, count, width, read });
  return { stored: { kind: 'pack', key, count, width }, count, width, record };
}

interface PackFile extends Pick<PackPlan, 'count' | 'width'> {
  readonly path: string;
  /** Fills `into` with what stands from byte `from` on; gives how many bytes there were. */
  read(into: Uint8Array, from: number): number;
}

/** A record by itself where rows are in any order, and a block of them where they come one after the other. */
function recordsIn({ path, count, width, read }: PackFile): Records['record'] {
  const several = Math.max(1, Math.floor(block / width));
  const bytes = new Uint8Array(several * width);
  let held = { from: 0, to: 0 };
  let last = -1;
  return (row, from, to) => {
    const [isNext, isHeld] = [row === last + 1, row >= held.from && row < held.to];
    last = row;
    if (!isHeld) {
      const rows = isNext ? Math.min(several, count - row) : 1;
      const wanted = rows === 1 ? bytes.subarray(from, to) : bytes.subarray(0, rows * width);
      held = { from: 0, to: 0 };
      const got = read(wanted, row * width + (rows === 1 ? from : 0));
      if (got < (rows === 1 ? to - from : to)) throw new FileError(path, `row ${row}`, 'the file ends there');
      if (rows === 1) return wanted;
      held = { from: row, to: row + Math.floor(got / width) };
    }
    const at = (row - held.from) * width;
    return bytes.subarray(at + from, at + to);
  };
}

/** Of which files the packs in the cache are, by the name under which `ganc cache` lists them; of one whose info is damaged nothing is said. */
export function packsOf(): ReadonlyMap<string, string> {
  if (!existsSync(packsFolder())) return new Map();
  const files = readdirSync(packsFolder()).filter((name) => name.endsWith('.json') && !name.startsWith('.'));
  return new Map(
    files.flatMap((file): [string, string][] => {
      const of = ofIn(join(packsFolder(), file));
      return of === null ? [] : [[file.slice(0, -'.json'.length), of]];
    }),
  );
}

function ofIn(file: string): string | null {
  try {
    const { of } = JSON.parse(readFileSync(file, 'utf8')) as Partial<PackInfo>;
    return typeof of === 'string' ? of : null;
  } catch {
    return null;
  }
}
