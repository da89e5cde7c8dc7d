/**
 * Files that are there whole or not at all, also after kill -9 or a power cut: written beside their place, flushed
 * to the disk, then renamed. What fails (DiskError) leaves nothing behind; what kill -9 leaves beside its place stays there until
 * somebody asks for it to be removed (removeUnfinished). Only a folder that takes another's place may be lost between two
 * renames (exchange).
 */
import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DiskError, isFile, makeFolder, makeFolders, onDisk } from './disk.ts';
import { atEnd } from './ending.ts';

export type FileContents = Readonly<Record<string, Uint8Array | string>>;

/** Bytes; or parts of them, made while they are written, since all of them may be larger than memory. */
export type FileContent = Uint8Array | string | Iterable<Uint8Array>;

const unfinished = '.unfinished-';

function partsOf(content: FileContent): Iterable<Uint8Array> {
  if (typeof content === 'string') return [Buffer.from(content)];
  return content instanceof Uint8Array ? [content] : content;
}

/** Writes and flushes one file (not atomic by itself). `mode`: its permissions, whatever the umask. */
function writeFlushed(path: string, content: FileContent, mode?: number): void {
  // From the first moment on nobody reads it who could not read the old one.
  const file = openSync(path, 'w', mode);
  try {
    if (mode !== undefined) fchmodSync(file, mode);
    for (const bytes of partsOf(content))
      for (let at = 0; at < bytes.length;)
        at += writeSync(file, bytes, at, Math.min(bytes.length - at, 1 << 28));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A rename is only safe once the folder that holds the name is flushed too; Windows has no call for that. */
function flushFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function unfinishedName(path: string): string {
  return join(dirname(path), `${unfinished}${process.pid}-${basename(path)}`);
}

/** Makes something under a name of its own, and takes it away where that fails; errors name the wanted path. */
function besides(path: string, make: (beside: string) => void): void {
  const beside = unfinishedName(path);
  onDisk(path, () => {
    try {
      make(beside);
    } catch (error) {
      removeQuietly(beside);
      // The name beside means nothing to anybody.
      if (error instanceof DiskError) throw new DiskError(path, error.code);
      if (error instanceof Error) delete (error as NodeJS.ErrnoException).path;
      throw error;
    }
  });
}

/** After a failure, whose reason is the one to be said: what can't be removed would give another. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It stays under its name beside the place, until removeUnfinished is called for the folder.
  }
}

/** A file takes the permissions of the one that it replaces. A link is replaced itself: in a folder that came from elsewhere it may lead anywhere. */
export function writeFileAtomic(path: string, content: FileContent): void {
  besides(path, (beside) => {
    writeFlushed(beside, content, modeOf(path));
    renameSync(beside, path);
    flushFolder(dirname(path));
  });
}

/** The same at a place that somebody named: a link stays one, and the file is written that it leads to. */
export function writeNamedFile(path: string, content: FileContent): void {
  writeFileAtomic(isFile(path) ? realpathSync(path) : path, content);
}

/** Permissions of a file that is there; what is no file has none to pass on. */
function modeOf(path: string): number | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.mode & 0o777 : undefined;
}

/** Where hard links are unknown: some network disks, sticks. */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** A file that wasn't there; false, and nothing is done, where something has its name. Of several processes one makes it. */
export function createFileAtomic(path: string, content: Uint8Array | string): boolean {
  let made = true;
  besides(path, (beside) => {
    writeFlushed(beside, content);
    try {
      linkOrWrite(beside, path, content);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      made = false;
    }
    rmSync(beside, { force: true });
    if (made) flushFolder(dirname(path));
  });
  return made;
}

/** A rename would take what has the name by now; a link does not. */
function linkOrWrite(beside: string, path: string, content: Uint8Array | string): void {
  try {
    linkSync(beside, path);
  } catch (error) {
    if (!noLinks.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    writeFileSync(path, content, { flag: 'wx' });
  }
}

/**
 * A folder with these files (paths with '/'), whole or not at all; what it lies in must be there. Throws an error with code ENOTEMPTY or EEXIST, and
 * leaves nothing behind, if a folder with something in it already has the name; with `replace`, that one goes when
 * the new one is whole and in its place: kill -9 may leave neither (exchange).
 */
export function writeFolderAtomic(
  path: string,
  files: Readonly<Record<string, FileContent>>,
  replace = false,
): void {
  besides(path, (beside) => {
    rmSync(beside, { recursive: true, force: true });
    makeFolder(beside);
    const folders = new Set([beside]);
    for (const [name, content] of Object.entries(files)) {
      const folder = dirname(join(beside, name));
      makeFolders(folder);
      folders.add(folder);
      writeFlushed(join(beside, name), content);
    }
    for (const folder of folders) flushFolder(folder);
    if (replace) exchange(beside, path);
    else renameSync(beside, path);
    flushFolder(dirname(path));
  });
}

/**
 * A folder takes another's place: that one goes last, and comes back where the new one can't have its name. No call exchanges two
 * folders, so that for a moment neither has the name. Killed there, both lie whole beside the place, and removeUnfinished takes both
 * away: of a checkpoint the one before it then counts.
 */
function exchange(beside: string, path: string): void {
  const old = `${beside}-old`;
  rmSync(old, { recursive: true, force: true });
  const there = existsSync(path);
  if (there) renameSync(path, old);
  try {
    renameSync(beside, path);
  } catch (error) {
    if (there) renameSync(old, path);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

/** A folder that is filled by and by, under a name of its own until it is whole. */
export interface FolderInMaking {
  /** `name` with '/'; it must lie inside. */
  write(name: string, content: Uint8Array | string): void;
  /** It takes its place; with `replace`, the one goes that had it. */
  finish(replace: boolean): void;
  /** Nothing of it is left, as where the process ends before it is whole. */
  abandon(): void;
}

/** For more files than fit in memory. Not every file is flushed by itself: a power cut may leave empty ones. */
export function folderInMaking(path: string): FolderInMaking {
  const beside = unfinishedName(path);
  // First: a signal may come as soon as the folder is there.
  const settled = atEnd(() => removeQuietly(beside));
  try {
    onDisk(path, () => {
      rmSync(beside, { recursive: true, force: true });
      makeFolders(beside);
    });
  } catch (error) {
    settled();
    throw error;
  }
  const made = new Set([beside]);
  return {
    write(name, content) {
      const file = join(beside, name);
      const folder = dirname(file);
      onDisk(path, () => {
        if (!made.has(folder)) makeFolders(folder);
        made.add(folder);
        writeFileSync(file, content);
      });
    },
    finish(replace) {
      onDisk(path, () => {
        for (const folder of made) flushFolder(folder);
        if (replace) exchange(beside, path);
        else renameSync(beside, path);
        flushFolder(dirname(path));
      });
      settled();
    },
    abandon() {
      rmSync(beside, { recursive: true, force: true });
      settled();
    },
  };
}

/** Takes away what a killed process left in the folder beside its place, half-written or about to be renamed. */
export function removeUnfinished(folder: string): void {
  onDisk(folder, () => {
    for (const name of readdirSync(folder)) {
      if (name.startsWith(unfinished)) rmSync(join(folder, name), { recursive: true, force: true });
    }
  });
}
