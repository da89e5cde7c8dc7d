/** Folders that a command needs for a while. They go when it ends, whichever way: also where it is stopped in the middle. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** A new folder `ganc-...`. */
export function temporaryFolder(what: string): string {
  // One listener for all of them: a program that calls commands again and again would gather them.
  if (folders.size === 0) process.once('exit', removeAll);
  const folder = mkdtempSync(join(tmpdir(), `ganc-${what}-`));
  folders.add(folder);
  return folder;
}

/** Before the command's end. */
export function removeTemporary(folder: string): void {
  remove(folder);
  folders.delete(folder);
  if (folders.size === 0) process.off('exit', removeAll);
}

const removeAll = (): void => folders.forEach(remove);
