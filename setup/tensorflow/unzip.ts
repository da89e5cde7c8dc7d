/**
 * Takes files out of a zip archive (a Python wheel is one) as a stream: a library of a gigabyte never is in memory. In:
 * an archive, and what is wanted of it; out: files, each checked against its checksum.
 */
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { FileError } from '../../runtime/formats/file-error.ts';

interface Member {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header stands. */
  readonly at: number;
  readonly executable: boolean;
}

/**
 * Writes the members of the archive whose names match `wanted` under `folder`, by their names there. Returns how many.
 * Throws FileError for an archive that is damaged, or of over 4 GB.
 */
export async function unzip(
  archive: string,
  folder: string,
  wanted: RegExp,
  signal?: AbortSignal,
): Promise<number> {
  const file = await open(archive);
  try {
    const found = (await members(file, archive)).filter(
      ({ name }) => wanted.test(name) && !name.endsWith('/'),
    );
    for (const member of found) {
      if (member.name.split('/').includes('..') || member.name.startsWith('/')) {
        throw new FileError(archive, member.name, 'a name that leads out of the folder');
      }
      await extract(file, member, join(folder, member.name), archive, signal);
    }
    return found.length;
  } finally {
    await file.close();
  }
}

async function bytes(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}

/** The central directory; the format is APPNOTE.TXT's, sections 4.3.12 and 4.3.16. */
async function members(file: FileHandle, archive: string): Promise<Member[]> {
  const { size } = await file.stat();
  const tail = await bytes(file, Math.max(0, size - 22 - 0xffff), Math.min(size, 22 + 0xffff));
  const end = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end < 0 || end + 22 > tail.length)
    throw new FileError(archive, `byte ${size}`, 'no directory at the end: not a zip archive, or cut');
  const count = tail.readUInt16LE(end + 10);
  const [length, start] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (count === 0xffff || start === 0xffffffff)
    throw new FileError(archive, `byte ${size}`, 'zip64 archives (over 4 GB) are not read');
  const directory = await bytes(file, start, length);
  const list: Member[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50) {
      throw new FileError(archive, `byte ${start + at}`, `entry ${i} of the archive's directory is damaged`);
    }
    const [nameLength, extra, comment] = [28, 30, 32].map((place) => directory.readUInt16LE(at + place));
    list.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      at: directory.readUInt32LE(at + 42),
      executable: ((directory.readUInt32LE(at + 38) >>> 16) & 0o100) !== 0,
    });
    at += 46 + nameLength + extra + comment;
  }
  return list;
}

async function extract(
  file: FileHandle,
  { name, method, crc, packed, size, at, executable }: Member,
  path: string,
  archive: string,
  signal?: AbortSignal,
): Promise<void> {
  const wrong = (what: string): FileError => new FileError(archive, `byte ${at}`, `member ${name} ${what}`);
  if (method !== 0 && method !== 8) throw wrong(`is packed by method ${method}; only deflate is read`);
  const header = await bytes(file, at, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) throw wrong('has no header');
  mkdirSync(dirname(path), { recursive: true });
  const output = createWriteStream(path, { mode: executable ? 0o755 : 0o644 });
  const start = at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const sum = summing();
  if (packed === 0) output.end();
  else {
    const input = createReadStream(archive, { start, end: start + packed - 1 });
    const unpack = method === 8 ? [createInflateRaw()] : [];
    await pipeline([input, ...unpack, sum.stream, output], { signal }).catch((error: unknown) => {
      if (signal?.aborted || 'syscall' in (error as object)) throw error;
      throw wrong(`can't be unpacked: ${(error as Error).message}`);
    });
  }
  if (sum.length() !== size || sum.crc() !== crc) throw wrong('does not match its checksum');
}

/** Lets bytes through, and knows their CRC-32 and how many they were. */
function summing(): { readonly stream: Transform; crc(): number; length(): number } {
  let [crc, length] = [0, 0];
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      crc = crc32(chunk, crc);
      length += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, crc: () => crc, length: () => length };
}
