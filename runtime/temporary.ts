/** Folders that a command needs for a while. They go when it ends, whichever way: also where it is stopped in the middle. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './ending.ts';

const folders = new Map<string, () => void>();

/** A new folder `ganc-...`. */
export function temporaryFolder(what: string): string {
  const folder = mkdtempSync(join(tmpdir(), `ganc-${what}-`));
  folders.set(
    folder,
    atEnd(() => remove(folder)),
  );
  return folder;
}

/** Before the command's end. */
export function removeTemporary(folder: string): void {
  remove(folder);
  folders.get(folder)?.();
  folders.delete(folder);
}

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });
