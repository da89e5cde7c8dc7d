/** Zip archives that zip.ts reads, and everybody's unzip. In: members in their order; out: bytes, the same for the same members. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface Content {
  /** Inside the archive, with '/'. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Deflated, where that makes it shorter. */
  readonly deflate?: boolean;
}

/** Sizes and places are written in 32 bits. */
const largest = 2 ** 32 - 2;

/** With so many bytes of comment at its end, all 0. Throws an Error with a sentence where it would be larger than 4 GB. */
export function writeZip(contents: Iterable<Content>, comment = 0): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes, deflate = false } of contents) {
    const packed = deflate ? deflateRawSync(bytes, { level: 9 }) : bytes;
    const [data, method] = packed.length < bytes.length ? [packed, 8] : [bytes, 0];
    const own = new TextEncoder().encode(name);
    const sizes = [crc32(bytes), data.length, bytes.length].map(long);
    const entry = [...[20, 0x0800, method, 0, 0x21].map(word), ...sizes, word(own.length), word(0)];
    const local = record(0x04034b50, entry, own);
    const where = [word(0), word(0), word(0), long(0), long(at)];
    directory.push(record(0x02014b50, [word(20), ...entry, ...where], own));
    parts.push(local, data);
    at += local.length + data.length;
    if (at > largest || bytes.length > largest) throw new Error('an archive holds at most 4 GB');
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  const end = record(
    0x06054b50,
    [word(0), word(0), word(directory.length), word(directory.length), long(size), long(at), word(comment)],
    new Uint8Array(comment),
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

/** A zip record: its signature, its fields little-endian, then a name or a comment. */
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
