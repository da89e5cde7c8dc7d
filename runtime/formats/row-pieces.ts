/**
 * Bytes that come in pieces of any length, in pieces of whole rows. In: the pieces, where the first row begins, and how long each
 * is. Out: some rows at a time, in one stretch of memory that all of them use, so that a file of any size takes as much.
 */
import { open } from 'node:fs/promises';
import type { NpyData } from './npy.ts';

/**
 * The bytes of a file from one to before another, each piece until the next is asked for: a stream of Node's has another stretch of
 * memory for each, which is collected late.
 */
export async function* filePieces(path: string, from = 0, to = Infinity): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array(2 ** 18);
    for (let at = from; at < to;) {
      const { bytesRead } = await file.read(bytes, 0, Math.min(bytes.length, to - at), at);
      if (bytesRead === 0) return;
      yield bytes.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Bytes of the rows that come together, where one isn't longer. */
const together = 2 ** 18;

/** Each piece is good until the next is asked for. Where the bytes end within a row, the last piece does, too. */
export async function* rowPieces(
  pieces: AsyncIterable<Uint8Array>,
  from: number,
  width: number,
): AsyncGenerator<Uint8Array> {
  const rows = new Uint8Array(Math.max(1, Math.floor(together / width)) * width);
  let [skipped, filled] = [0, 0];
  for await (const piece of pieces) {
    let at = Math.min(from - skipped, piece.length);
    skipped += at;
    while (at < piece.length) {
      const length = Math.min(piece.length - at, rows.length - filled);
      rows.set(piece.subarray(at, at + length), filled);
      [at, filled] = [at + length, filled + length];
      if (filled < rows.length) continue;
      yield rows;
      filled = 0;
    }
  }
  if (filled > 0) yield rows.subarray(0, filled);
}

/**
 * Fills `into` with numbers that come in parts, from the place `from` among all of them on: no more parts are asked for than that
 * takes. Rows that parts are made of need not be whole.
 */
export async function fillFrom<T extends NpyData>(
  parts: AsyncIterable<T>,
  from: number,
  into: T,
): Promise<T> {
  let at = -from;
  for await (const part of parts) {
    if (at + part.length > 0)
      into.set(part.subarray(Math.max(0, -at), Math.min(part.length, into.length - at)), Math.max(0, at));
    if ((at += part.length) >= into.length) break;
  }
  return into;
}
