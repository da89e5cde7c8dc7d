/**
 * NumPy's .npz: a zip archive (zip.ts) of .npy files, stored or deflated. In and out: bytes ↔ arrays by name; or in: a path, and
 * out: its arrays' sizes, of which stored-array.ts reads some rows at a time.
 */
import { FileError } from './file-error.ts';
import { npyHeader, readNpy, requireLength, writeNpy } from './npy.ts';
import type { NpyArray } from './npy.ts';
import type { StoredArray } from './stored-array.ts';
import { inFile, inMemory } from './file-bytes.ts';
import type { Bytes } from './file-bytes.ts';
import { memberBytes, memberPieces, memberStart, plainAt, zipMembers } from './zip.ts';
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

/** An array of the file, of which nothing but the sizes is read. Throws FileError where it isn't there, or can't be what it says. */
export const storedArray = (path: string, name: string): StoredArray =>
  inFile(path, (bytes) => storedIn(bytes, path, memberOf(membersIn(bytes, path), name, path), name));

/** All arrays of the file by name. Throws FileError. */
export const storedArrays = (path: string): ReadonlyMap<string, StoredArray> =>
  inFile(
    path,
    (bytes) =>
      new Map(
        [...membersIn(bytes, path)].map(([name, member]) => [name, storedIn(bytes, path, member, name)]),
      ),
  );

function storedIn(bytes: Bytes, path: string, member: Member, name: string): StoredArray {
  const header = npyHeader(memberStart(bytes, member, path), placeOf(path, name));
  requireLength(header, member.size, placeOf(path, name));
  return {
    path,
    header,
    size: member.size,
    at: plainAt(bytes, member, path),
    pieces: () => memberPieces(path, member),
  };
}

/** The arrays as .npz bytes, stored without compression. */
export const writeNpz = (arrays: Iterable<readonly [string, NpyArray]>): Uint8Array =>
  writeZip([...arrays].map(([name, array]) => ({ name: `${name}.npy`, bytes: writeNpy(array) })));
