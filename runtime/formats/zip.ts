/**
 * Zip archives, as far as NumPy's .npz and ganc's model files need them: members stored or deflated, found by the archive's directory, that of archives over
 * 4 GB (zip64), too. In: bytes in memory or in a file. Out: the members; and what one holds, all at once, its start, or a piece at a
 * time, held against its length and checksum, so that a damaged file is never half read.
 */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { constants, crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { inFile } from './file-bytes.ts';
import type { Bytes } from './file-bytes.ts';
import { FileError } from './file-error.ts';
import { requireRoom } from './room.ts';
import { filePieces } from './row-pieces.ts';

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

// ---------------------------------------------------------------- the directory

export interface Member {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header stands. */
  readonly at: number;
}

/** All members; `path` is for the errors. Throws FileError. */
export function zipMembers(bytes: Bytes, path: string): Member[] {
  const { count, at: start, end } = directoryOf(bytes, path);
  const list: Member[] = [];
  for (let at = start; list.length < count;) {
    const entry = viewOf(bytes.slice(at, Math.min(at + 46, end)));
    if (entry.byteLength < 46 || entry.getUint32(0, true) !== 0x02014b50)
      throw new FileError(path, `byte ${at}`, `entry ${list.length} of the archive's directory is damaged`);
    const [nameLength, extra, comment] = [28, 30, 32].map((place) => entry.getUint16(place, true));
    const rest = bytes.slice(at + 46, at + 46 + nameLength + extra);
    list.push({
      name: new TextDecoder().decode(rest.subarray(0, nameLength)),
      method: entry.getUint16(10, true),
      crc: entry.getUint32(16, true),
      ...sizesIn(entry, viewOf(rest.subarray(nameLength))),
    });
    at += 46 + nameLength + extra + comment;
  }
  return list;
}

/** Numbers that 32 bits don't hold stand behind the name, in this order (APPNOTE 4.5.3). */
function sizesIn(entry: DataView, extra: DataView): Pick<Member, 'size' | 'packed' | 'at'> {
  const long: number[] = [];
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== 1) continue;
    const end = Math.min(at + 4 + extra.getUint16(at + 2, true), extra.byteLength);
    for (let place = at + 4; place + 8 <= end; place += 8) long.push(Number(extra.getBigUint64(place, true)));
  }
  const [size, packed, at] = [24, 20, 42].map((place) => {
    const short = entry.getUint32(place, true);
    return short === 0xffffffff ? (long.shift() ?? short) : short;
  });
  return { size, packed, at };
}

interface Directory {
  /** Of members. */
  readonly count: number;
  readonly at: number;
  readonly end: number;
}

/** The end record stands in the last 64 KB: it may be followed by a comment only. */
function directoryOf(bytes: Bytes, path: string): Directory {
  const from = Math.max(0, bytes.length - 22 - 0xffff);
  const tail = viewOf(bytes.slice(from, bytes.length));
  for (let at = tail.byteLength - 22; at >= 0; at--) {
    if (tail.getUint32(at, true) !== 0x06054b50) continue;
    const [count, start] = [tail.getUint16(at + 10, true), tail.getUint32(at + 16, true)];
    const end = from + at;
    return count === 0xffff || start === 0xffffffff
      ? longDirectory(bytes, end, path)
      : { count, at: start, end };
  }
  throw new FileError(path, `byte ${bytes.length}`, 'no directory at the end: no zip archive, or cut');
}

/** Before the end record stands where the long one is (APPNOTE 4.3.14, 4.3.15). */
function longDirectory(bytes: Bytes, end: number, path: string): Directory {
  const damaged = (at: number): FileError =>
    new FileError(path, `byte ${at}`, 'the end of a large archive (zip64) is damaged');
  const locator = viewOf(bytes.slice(Math.max(0, end - 20), end));
  if (locator.byteLength < 20 || locator.getUint32(0, true) !== 0x07064b50) throw damaged(end);
  const at = Number(locator.getBigUint64(8, true));
  const record = viewOf(bytes.slice(Math.min(at, end), Math.min(at + 56, end)));
  if (record.byteLength < 56 || record.getUint32(0, true) !== 0x06064b50) throw damaged(at);
  return { count: Number(record.getBigUint64(32, true)), at: Number(record.getBigUint64(48, true)), end: at };
}

// ---------------------------------------------------------------- what a member holds

/** Deflate makes at most so many bytes of one. */
const mostPacked = 1032;

const wrong = ({ name, at }: Member, path: string, what: string): FileError =>
  new FileError(path, `byte ${at}`, `member ${name} ${what}`);

const damage = 'is damaged: length or checksum differ';

/** Where its packed bytes begin. Throws FileError for a member that can't be what it says. */
function startOf(bytes: Bytes, member: Member, path: string): number {
  const { method, packed, size, at } = member;
  const header = viewOf(bytes.slice(at, at + 30));
  if (header.byteLength < 30 || header.getUint32(0, true) !== 0x04034b50)
    throw wrong(member, path, 'has no header');
  const start = at + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (start + packed > bytes.length) throw wrong(member, path, 'goes beyond the end of the file');
  if (method !== 0 && method !== 8)
    throw wrong(member, path, `is packed by method ${method}; only deflate is read`);
  if (size > mostPacked * packed + 64)
    throw wrong(member, path, `says that it holds ${size} bytes, more than ${packed} packed ones can`);
  return start;
}

/** At which byte of the file what it holds stands as it is; null: it is compressed. Throws FileError. */
export function plainAt(bytes: Bytes, member: Member, path: string): number | null {
  const start = startOf(bytes, member, path);
  return member.method === 0 ? start : null;
}

const unpacking = <T>(member: Member, path: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw wrong(member, path, `can't be unpacked: ${(error as Error).message}`);
  }
};

/** All that it holds. Throws FileError. */
export function memberBytes(bytes: Bytes, member: Member, path: string): Uint8Array {
  const { name, method, packed, size, crc } = member;
  const start = startOf(bytes, member, path);
  requireRoom(size, path, `member ${name}`);
  const raw = bytes.slice(start, start + packed);
  const data =
    method === 0
      ? raw
      : unpacking(member, path, () => inflateRawSync(raw, { maxOutputLength: Math.max(1, size) }));
  if (data.length !== size || crc32(data) !== crc) throw wrong(member, path, damage);
  return data;
}

/** The first of what it holds: a thousand bytes at least, where there are so many. Throws FileError. */
export function memberStart(bytes: Bytes, member: Member, path: string): Uint8Array {
  const start = startOf(bytes, member, path);
  const raw = bytes.slice(start, start + Math.min(member.packed, 2 ** 13));
  if (member.method === 0) return raw;
  return unpacking(member, path, () => inflateRawSync(raw, { finishFlush: constants.Z_SYNC_FLUSH }));
}

/** All that it holds, a piece at a time. Rejects with FileError, if need be after the last piece. */
export async function* memberPieces(path: string, member: Member): AsyncGenerator<Uint8Array> {
  const { method, packed, size, crc } = member;
  const start = inFile(path, (bytes) => startOf(bytes, member, path));
  if (packed === 0) return;
  const pieces: AsyncIterable<Uint8Array> =
    method === 0
      ? filePieces(path, start, start + packed)
      : pipeline(createReadStream(path, { start, end: start + packed - 1 }), createInflateRaw(), () => {});
  let [length, sum] = [0, 0];
  try {
    for await (const piece of pieces) {
      if ((length += piece.length) > size) break;
      sum = crc32(piece, sum);
      yield piece;
    }
  } catch (error) {
    throw wrong(member, path, `can't be unpacked: ${(error as Error).message}`);
  }
  if (length !== size || sum !== crc) throw wrong(member, path, damage);
}
