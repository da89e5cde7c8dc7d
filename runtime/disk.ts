/**
 * What the file system refuses, as a sentence. In: a path and what is done with it; out: its result, or a DiskError that
 * names the file and the reason: a full disk is nobody's mistake, and system errors that come from an open file name
 * no path of their own.
 */
import { mkdirSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';

/** The message is a sentence; `code` is the system's (`ENOSPC`). */
export class DiskError extends Error {
  readonly path: string;
  readonly code: string;
  constructor(path: string, code: string) {
    super(`${path}: ${reasons[code] ?? `the system refuses it (${code})`}`);
    this.name = 'DiskError';
    this.path = path;
    this.code = code;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder, where a file is wanted',
  ENOTDIR: 'it, or what it lies in, is a file where a folder is wanted',
  EEXIST: 'it is there already',
  ENOTEMPTY: 'the folder is not empty',
  ENOSPC: 'the disk is full',
  EDQUOT: "the disk's quota is used up",
  EFBIG: 'the file would be larger than is allowed here',
  EROFS: 'the disk is read-only',
  EIO: 'the disk fails to read or write',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ELOOP: 'its links lead round in a circle',
  ENAMETOOLONG: 'the name is too long',
  EBUSY: 'it is in use',
  EXDEV: 'it lies on another disk',
  ETXTBSY: 'it is in use',
};

/** The sentence for an error of the file system's; null for any other. `path`: where the error names none. */
export function diskError(error: unknown, path?: string): DiskError | null {
  if (error instanceof DiskError) return error;
  if (!(error instanceof Error)) return null;
  const { code, syscall, path: named } = error as NodeJS.ErrnoException;
  // Asked for by every relative path, and named by none.
  const own = named ?? (syscall === 'uv_cwd' ? 'the working directory' : path);
  if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code) || own === undefined) return null;
  return syscall !== undefined || Object.hasOwn(reasons, code) ? new DiskError(String(own), code) : null;
}

/** What went wrong, for a sentence: of the disk the file and the reason, of anything else what it says itself. */
export const reasonOf = (error: unknown): string =>
  diskError(error)?.message ?? (error instanceof Error ? error.message : String(error));

export const isFile = (path: string): boolean => found(path)?.isFile() === true;
export const isFolder = (path: string): boolean => found(path)?.isDirectory() === true;

/** By one look: between two, another process may take it away. */
function found(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Makes a folder where it isn't there yet. What it lies in must be there: of a run that was moved nothing is made anew. */
export function makeFolder(path: string): void {
  onDisk(path, () => {
    try {
      mkdirSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (!isFolder(path)) throw new DiskError(path, 'ENOTDIR');
    }
  });
}

/**
 * The same with all that it lies in. Not by Node's own `recursive`, which never returns where a folder that is there has no
 * room for others (/proc, a working directory that was deleted).
 */
export function makeFolders(path: string): void {
  if (isFolder(path)) return;
  if (dirname(path) !== path) makeFolders(dirname(path));
  makeFolder(path);
}

/** Does the work; its system errors come out as DiskError, with `path` where they name none. */
export function onDisk<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskError(error, path) ?? error;
  }
}
