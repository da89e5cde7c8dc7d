/**
 * Picture files that can't be read, cut or damaged or none at all: left out where a spec says so. In: files; out: those that can be
 * read, and of the others why not. Each is decoded once to know it; that is kept.
 */
import { relative } from 'node:path';
import { FileError } from '../formats/file-error.ts';
import { unreadable } from '../formats/picture-thread.ts';
import { factsOf } from './facts.ts';
import { fileSize, hashFile, hashOf } from './files.ts';
import type { Watch } from './pack.ts';
import type { Found } from './pattern.ts';

export interface Sorted {
  readonly usable: readonly Found[];
  /** Each with the reason, by its path from the folder. */
  readonly skipped: readonly string[];
}

/** Throws FileError where there is no reading any. */
export function usableOf(files: readonly Found[], folder: string, watch?: Watch): Sorted {
  const sized = files.map(({ path }) => ({ path, size: fileSize(path) }));
  const total = sized.reduce((sum, { size }) => sum + size, 0);
  const key = hashOf('pictures', JSON.stringify(files.map(({ path }) => hashFile(path))));
  const reasons = factsOf(key, total, () => unreadable(sized, (done) => watch?.(done, total)));
  return {
    usable: files.filter((_, i) => reasons[i] === null),
    skipped: files.flatMap(({ path }, i) =>
      reasons[i] === null ? [] : [`${relative(folder, path)} (${reasons[i]})`],
    ),
  };
}

/** An error of these files says what else can be done. */
export function orSkip(files: readonly Found[]): (error: unknown) => never {
  return (error) => {
    if (error instanceof FileError && files.some(({ path }) => path === error.path))
      error.message += error.message.includes('\n')
        ? '\n  mend them, or say unusable: skip'
        : '; mend it, or say unusable: skip';
    throw error;
  };
}
