/**
 * Room in memory, asked for before it is taken: what a file says of its own size is a stranger's word, and an archive of
 * half a megabyte can hold a gigabyte. Data is held in memory whole, so half of what there is is the most.
 */
import { memoryHere } from '../memory.ts';
import { FileError } from './file-error.ts';

/** Bytes that data may take here. */
export const mostRoom = (): number => memoryHere() / 2;

export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(2)} GB`;

/** Throws FileError where `bytes` are more than this machine holds; `path` and `where` are for the sentence. */
export function requireRoom(bytes: number, path: string, where: string | null = null): void {
  const most = mostRoom();
  if (bytes <= most) return;
  throw new FileError(
    path,
    where,
    `it says that it holds ${gigabytes(bytes)}, more than the ${gigabytes(most)} that data may take here`,
  );
}
