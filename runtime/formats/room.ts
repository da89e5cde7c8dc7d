/**
 * Room in memory, asked for before it is taken: what a file says of its own size is a stranger's word, and an archive of
 * half a megabyte can hold a gigabyte. Data is held in memory whole, so half of the machine's is the most.
 */
import { totalmem } from 'node:os';
import { FileError } from './file-error.ts';

/** Throws FileError where `bytes` are more than this machine holds; `path` and `where` are for the sentence. */
export function requireRoom(bytes: number, path: string, where: string | null = null): void {
  const most = totalmem() / 2;
  if (bytes <= most) return;
  const gigabytes = (count: number): string => `${(count / 1e9).toPrecision(2)} GB`;
  throw new FileError(
    path,
    where,
    `it says that it holds ${gigabytes(bytes)}, more than the ${gigabytes(most)} that data may take here`,
  );
}
