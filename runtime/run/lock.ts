/** One process at a time trains a run: two would write over each other's metrics and checkpoints. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskError } from '../disk.ts';
import { RunDirectoryError } from './run-directory.ts';

/** Throws RunDirectoryError if another process trains the run in `path`. */
export function requireUnlocked(path: string): void {
  const file = fileIn(path);
  const holder = holderOf(file);
  if (holder === null) return;
  throw new RunDirectoryError(
    `${path} is being trained by process ${holder}: stop that one first (or, if it is no ganc, delete ${file})`,
  );
}

const fileIn = (path: string): string => join(path, 'training.pid');

/** Takes the run in `path` until the returned function is called; a lock of a process that died counts for nothing. */
export function lock(path: string): () => void {
  const file = fileIn(path);
  if (!claimed(file)) {
    requireUnlocked(path);
    rmSync(file, { force: true });
    if (!claimed(file))
      throw new RunDirectoryError(`${path} is being started by another process: stop that one first`);
  }
  // Somebody may have told it to go on elsewhere by deleting the file.
  return () => {
    if (pidIn(file) === process.pid) rmSync(file, { force: true });
  };
}

/** False where another process, which began at the same moment, was first. */
function claimed(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    const known = diskError(error, file);
    if (known?.code === 'EEXIST') return false;
    throw known ?? error;
  }
}

function pidIn(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return NaN;
  }
}

function holderOf(file: string): number | null {
  const pid = pidIn(file);
  return Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && lives(pid) ? pid : null;
}

/** Whether a process with this id is running. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
