/** Bytes of which only some are looked at, wherever they lie. In: bytes in memory, or a path; out: those from one to another. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { reading } from './file-error.ts';

export interface Bytes {
  readonly length: number;
  /** Those from one to before another, as far as there are any. */
  slice(from: number, to: number): Uint8Array;
}

export const inMemory = (bytes: Uint8Array): Bytes => ({
  length: bytes.length,
  slice: (from, to) => bytes.subarray(from, to),
});

/** What `use` finds in the file, which is open that long. Throws FileError where it can't be read. */
export function inFile<T>(path: string, use: (bytes: Bytes) => T): T {
  const file = reading(path, () => openSync(path, 'r'));
  try {
    const length = fstatSync(file).size;
    return use({
      length,
      slice(from, to) {
        const bytes = new Uint8Array(Math.max(0, Math.min(to, length) - from));
        let at = 0;
        for (let got = 1; at < bytes.length && got > 0; at += got)
          got = reading(path, () =>
            readSync(file, bytes, at, Math.min(bytes.length - at, 2 ** 30), from + at),
          );
        return bytes.subarray(0, at);
      },
    });
  } finally {
    closeSync(file);
  }
}
