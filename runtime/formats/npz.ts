/**
 * NumPy's .npz: a zip archive (zip.ts) of .npy files, stored or deflated. In and out: bytes ↔ arrays by name; or in: a path, and
 * out: one array's sizes, and its rows some at a time.
 */
import { crc32 } from 'node:zlib';
import { FileError } from './file-error.ts';
import { npyHeader, numbersInto, readNpy, requireLength, writeNpy } from './npy.ts';
import type { NpyArray, NpyHeader } from './npy.ts';
import { rowPieces } from './row-pieces.ts';
import { inFile, inMemory } from './file-bytes.ts';
import type { Bytes } from './file-bytes.ts';
import { memberBytes, memberPieces, memberStart, zipMembers } from './zip.ts';
import type { Member } from './zip.ts';

/**
 * The arrays of .npz bytes by name, without their `.npy`; `path` is for the errors. `wanted`: names of the only ones that are
 * unpacked; throws FileError where one isn't there.
 */
export const readNpz = (
  bytes: Uint8Array,
  path: string,
  wanted?: readonly string[],
): ReadonlyMap<string, NpyArray> => arraysIn(inMemory(bytes), path, wanted);

/** The named arrays of the file, of which nothing else is read. Throws FileError. */
export const readNpzFile = (path: string, wanted: readonly string[]): ReadonlyMap<string, NpyArray> =>
  inFile(path, (bytes) => arraysIn(bytes, path, wanted));

function arraysIn(bytes: Bytes, path: string, wanted?: readonly string[]): ReadonlyMap<string, NpyArray> {
  const members = membersIn(bytes, path);
  return new Map(
    (wanted ?? [...members.keys()]).map((name) => {
      const held = memberBytes(bytes, memberOf(members, name, path), path);
      return [name, readNpy(held, placeOf(path, name))];
    }),
  );
}

const placeOf = (path: string, name: string): string => `${path}, array ${name}`;

const membersIn = (bytes: Bytes, path: string): ReadonlyMap<string, Member> =>
  new Map(zipMembers(bytes, path).map((member) => [member.name.replace(/\.npy$/, ''), member]));

function memberOf(members: ReadonlyMap<string, Member>, name: string, path: string): Member {
  const member = members.get(name);
  if (member !== undefined) return member;
  throw new FileError(path, null, `no array ${name}; there are ${[...members.keys()].join(', ')}`);
}

// ---------------------------------------------------------------- some rows at a time

/** An array of a file, of which the sizes are known. */
export interface StoredArray {
  readonly path: string;
  readonly member: Member;
  readonly header: NpyHeader;
}

/** Throws FileError where it isn't there, or can't be what it says. */
export function storedArray(path: string, name: string): StoredArray {
  return inFile(path, (bytes) => {
    const member = memberOf(membersIn(bytes, path), name, path);
    const header = npyHeader(memberStart(bytes, member, path), placeOf(path, name));
    requireLength(header, member.size, placeOf(path, name));
    return { path, member, header };
  });
}

/** All rows of an array in C order, some at a time, each part until the next is asked for. Rejects with FileError. */
export async function* arrayRows({ path, member, header }: StoredArray): AsyncGenerator<NpyArray> {
  const [, ...sizes] = header.shape;
  const width = sizes.reduce((a, b) => a * b, 1);
  const pieces = rowPieces(memberPieces(path, member), header.start, width * header.type.size);
  // One for all parts: what a part leaves behind outside of the heap is collected late.
  let all = header.type.make(0);
  for await (const bytes of pieces) {
    const length = bytes.length / header.type.size;
    if (all.length < length) all = header.type.make(length);
    const data = numbersInto(all.subarray(0, length), bytes, header);
    yield { shape: [length / width, ...sizes], data };
  }
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
