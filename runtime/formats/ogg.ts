/**
 * Ogg pages (RFC 3533): whether a file is whole. In: bytes; out: the streams in it and where the last page says that the
 * sound ends; or an Error with the byte where a page is cut or its checksum differs. What lies in the pages is the decoders'.
 */

export interface OggPages {
  /** Of the streams, by their serial numbers. */
  readonly serials: ReadonlySet<number>;
  /** Samples up to the end of the last page, those before the sound included. */
  readonly end: number;
}

const [headSize, lastPage] = [27, 4];

/** Throws Error with a sentence. */
export function oggPages(bytes: Uint8Array): OggPages {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const serials = new Set<number>();
  for (let at = 0; at < view.length;) {
    if (view.toString('latin1', at, at + 4) !== 'OggS')
      throw new Error(`damaged: no page begins at byte ${at}`);
    const size = pageSize(view, at);
    if (size === null || at + size > view.length) throw new Error(`cut: the page at byte ${at} isn't whole`);
    const page = view.subarray(at, at + size);
    if (checksum(page) !== page.readUInt32LE(22))
      throw new Error(`damaged: the page at byte ${at} doesn't match its checksum`);
    serials.add(page.readUInt32LE(14));
    if ((page[5] & lastPage) !== 0) return { serials, end: Number(page.readBigInt64LE(6)) };
    at += size;
  }
  throw new Error('cut: its last page is missing');
}

/** Head, table of segments, segments. */
function pageSize(view: Buffer, at: number): number | null {
  if (at + headSize > view.length) return null;
  const segments = view[at + 26];
  const table = view.subarray(at + headSize, at + headSize + segments);
  return headSize + segments + table.reduce((sum, length) => sum + length, 0);
}

/** Bits are taken highest first, unlike zip's. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});

/** CRC-32 of the page, its own four bytes taken as 0. */
function checksum(page: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : page[i];
    sum = (sum << 8) ^ table[(sum >>> 24) ^ byte];
  }
  return sum >>> 0;
}
