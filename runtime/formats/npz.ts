/**
 * NumPy's .npz: a zip archive of .npy files, stored or deflated. In and out: bytes ↔ arrays by name. The archive is
 * read by its central directory and each member's checksum is verified, so a damaged file is never half read.
 */
import { crc32, inflateRawSync } from 'node:zlib';
import { FileError } from './file-error.ts';
import { readNpy, writeNpy } from './npy.ts';
import type { NpyArray } from './npy.ts';
import { requireRoom } from './room.ts';

interface Member {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header stands. */
  readonly at: number;
}

/**
 * The arrays of .npz bytes by name, without their `.npy`; `path` is for the errors. `wanted`: names of the only ones that are
 * unpacked; throws FileError where one isn't there.
 */
export function readNpz(
  bytes: Uint8Array,
  path: string,
  wanted?: readonly string[],
): ReadonlyMap<string, NpyArray> {
  const all = new Map(members(bytes, path).map((member) => [member.name.replace(/\.npy$/, ''), member]));
  return new Map(
    (wanted ?? [...all.keys()]).map((name) => {
      const member = all.get(name);
      if (member === undefined)
        throw new FileError(path, null, `no array ${name}; there are ${[...all.keys()].join(', ')}`);
      return [name, readNpy(unpack(bytes, member, path), `${path}, array ${name}`)];
    }),
  );
}

/** Deflate makes at most so many bytes of one. */
const mostPacked = 1032;

function members(bytes: Uint8Array, path: string): Member[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = directoryEnd(view, path);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xffff || at === 0xffffffff)
    throw new FileError(path, `byte ${end}`, 'zip64 archives (over 4 GB) are not read');
  const list: Member[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) {
      throw new FileError(path, `byte ${at}`, `entry ${i} of the archive's directory is damaged`);
    }
    const [nameLength, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true));
    list.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    });
    at += 46 + nameLength + extra + comment;
  }
  return list;
}

/** The end record stands in the last 64 KB: it may be followed by a comment only. */
function directoryEnd(view: DataView, path: string): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  throw new FileError(path, `byte ${view.byteLength}`, 'no directory at the end: not an .npz file, or cut');
}

function unpack(
  bytes: Uint8Array,
  { name, method, crc, packed, size, at }: Member,
  path: string,
): Uint8Array {
  const wrong = (what: string): FileError => new FileError(path, `byte ${at}`, `member ${name} ${what}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (at + 30 > bytes.length || view.getUint32(at, true) !== 0x04034b50) throw wrong('has no header');
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + packed > bytes.length) throw wrong('goes beyond the end of the file');
  const raw = bytes.subarray(start, start + packed);
  if (method !== 0 && method !== 8) throw wrong(`is packed by method ${method}; only deflate is read`);
  if (size > mostPacked * packed + 64)
    throw wrong(`says that it holds ${size} bytes, more than ${packed} packed ones can`);
  requireRoom(size, path, `member ${name}`);
  let data = raw;
  try {
    if (method === 8) data = inflateRawSync(raw, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    throw wrong(`can't be unpacked: ${(error as Error).message}`);
  }
  if (data.length !== size || crc32(data) !== crc) throw wrong('is damaged: length or checksum differ');
  return data;
}

/** The arrays as .npz bytes, stored without compression. */
export function writeNpz(arrays: Iterable<readonly [string, NpyArray]>): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [key, array] of arrays) {
    const data = writeNpy(array);
    const name = new TextEncoder().encode(`${key}.npy`);
    const sizes = [crc32(data), data.length, data.length].map(long);
    const entry = [...[20, 0x0800, 0, 0, 0x21].map(word), ...sizes, word(name.length), word(0)];
    const local = record(0x04034b50, entry, name);
    const where = [word(0), word(0), word(0), long(0), long(at)];
    directory.push(record(0x02014b50, [word(20), ...entry, ...where], name));
    parts.push(local, data);
    at += local.length + data.length;
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  const end = record(
    0x06054b50,
    [word(0), word(0), word(directory.length), word(directory.length), long(size), long(at), word(0)],
    new Uint8Array(),
  );
  return Buffer.concat([...parts, ...directory, end]);
}

interface Field {
  readonly bytes: 2 | 4;
  readonly value: number;
}

function word(value: number): Field {
  return { bytes: 2, value };
}

function long(value: number): Field {
  return { bytes: 4, value };
}

/** A zip record: its signature, its fields little-endian, then a name. */
function record(signature: number, fields: readonly Field[], name: Uint8Array): Uint8Array {
  const all = [long(signature), ...fields];
  const length = all.reduce((sum, { bytes }) => sum + bytes, 0);
  const out = new Uint8Array(length + name.length);
  const view = new DataView(out.buffer);
  let at = 0;
  for (const { bytes, value } of all) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  out.set(name, length);
  return out;
}
