/**
 * NumPy's .npz: a zip archive (zip.ts) of .npy files, stored or deflated. In and out: bytes ↔ arrays by name; or in: a path, and
 * out: one array's sizes, and its rows some at a time.
 */
import { FileError } from './file-error.ts';
import { npyHeader, numbersInto, readNpy, requireLength, writeNpy } from './npy.ts';
import type { NpyArray, NpyHeader } from './npy.ts';
import { rowPieces } from './row-pieces.ts';
import { inFile, inMemory } from './file-bytes.ts';
import type { Bytes } from './file-bytes.ts';
import { memberBytes, memberPieces, memberStart, zipMembers } from './zip.ts';
import type { Member } from './zip.ts';
import { writeZip } from './zip-write.ts';

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
export const writeNpz = (arrays: Iterable<readonly [string, NpyArray]>): Uint8Array =>
  writeZip([...arrays].map(([name, array]) => ({ name: `${name}.npy`, bytes: writeNpy(array) })));
