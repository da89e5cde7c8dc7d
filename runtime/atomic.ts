/**
 * Files that are there whole or not at all, also after kill -9 or a power cut: written beside their place, flushed
 * to the disk, then renamed.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

export type FileContents = Readonly<Record<string, Uint8Array | string>>;

const unfinished = '.unfinished-';

/** Writes and flushes one file (not atomic by itself). */
function writeFlushed(path: string, content: Uint8Array | string): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const file = openSync(path, 'w');
  try {
    for (let at = 0; at < bytes.length;)
      at += writeSync(file, bytes, at, Math.min(bytes.length - at, 1 << 28));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A rename is only safe once the folder that holds the name is flushed too. */
function flushFolder(path: string): void {
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

export function writeFileAtomic(path: string, content: Uint8Array | string): void {
  const beside = unfinishedName(path);
  writeFlushed(beside, content);
  renameSync(beside, path);
  flushFolder(dirname(path));
}

/**
 * A folder with these files (paths with '/'), whole or not at all. Throws an error with code ENOTEMPTY or EEXIST, and
 * leaves nothing behind, if a folder with something in it already has the name.
 */
export function writeFolderAtomic(path: string, files: FileContents): void {
  const beside = unfinishedName(path);
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { recursive: true });
  const folders = new Set([beside]);
  for (const [name, content] of Object.entries(files)) {
    const folder = dirname(join(beside, name));
    mkdirSync(folder, { recursive: true });
    folders.add(folder);
    writeFlushed(join(beside, name), content);
  }
  for (const folder of folders) flushFolder(folder);
  try {
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    throw error;
  }
  flushFolder(dirname(path));
}

/** Takes away what a killed process left half-written in the folder. */
export function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(unfinished)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
