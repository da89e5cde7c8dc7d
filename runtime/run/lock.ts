/**
 * One process at a time trains a run: two would write over each other's metrics and checkpoints. training.lock says which, in
 * two lines: its number, and its machine's name, since a cluster's machines share disks and not processes. It is there whole or
 * not at all, and its holder writes it again each half minute: of one on another machine nothing else can be known.
 * training.pid beside it has the number alone, for `kill -INT $(cat training.pid)`. (The same in ganc_torch/lock.py.)
 */
import { readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createFileAtomic } from '../atomic.ts';
import { onDisk } from '../disk.ts';
import { lives } from '../processes.ts';
import { removeRun } from './create-run.ts';
import { finishReplacing, openTrainable, RunDirectoryError } from './run-directory.ts';
import type { RunDirectory } from './run-directory.ts';

/** Milliseconds between two signs of life, and without one after which a holder on another machine counts as gone. */
const [beat, silence] = [30_000, 600_000];

/** Runs that this process trains: a lock of another one may have its number, as in containers. */
const held = new Set<string>();

/** Where a run's lock is. */
export const lockFile = (path: string): string => join(path, 'training.lock');

const pidFile = (path: string): string => join(path, 'training.pid');

const own = `${process.pid}\n${hostname()}\n`;

/** The lock's text, and when it was last written; null: there is none. */
interface Lock {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Opens a run that is to be trained on, and does the work while no other process can. Throws RunDirectoryError if one trains it. */
export async function withTrainable<T>(path: string, work: (run: RunDirectory) => Promise<T>): Promise<T> {
  openTrainable(path);
  return during(lock(path), () => {
    finishReplacing(path);
    return work(openTrainable(path));
  });
}

async function during<T>(unlock: () => void, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    unlock();
  }
}

/** The same for a run that was made just now: where the disk has no room for its lock, it goes again. */
export async function withNew<T>({ path }: RunDirectory, work: () => Promise<T>): Promise<T> {
  let unlock: () => void;
  try {
    unlock = lock(path);
  } catch (error) {
    if (!(error instanceof RunDirectoryError)) removeRun(path);
    throw error;
  }
  return during(unlock, work);
}

/** Takes the run in `path` until the returned function is called; a lock of a process that died counts for nothing. */
export function lock(path: string): () => void {
  const file = lockFile(path);
  const place = realpathSync(path);
  if (!createFileAtomic(file, own)) takeOver(path);
  held.add(place);
  const beating = setInterval(() => isOwn(file) && rewrite(file), beat).unref();
  const unlock = (): void => {
    clearInterval(beating);
    held.delete(place);
    // Somebody may have told it to go on elsewhere by deleting the file.
    if (!isOwn(file)) return;
    for (const one of [pidFile(path), file]) rmSync(one, { force: true });
  };
  try {
    onDisk(pidFile(path), () => writeFileSync(pidFile(path), String(process.pid)));
  } catch (error) {
    unlock();
    throw error;
  }
  return unlock;
}

const isOwn = (file: string): boolean => lockIn(file)?.text === own;

function rewrite(file: string): void {
  try {
    // Over what is there: at no moment is it empty.
    writeFileSync(file, own, { flag: 'r+' });
  } catch {
    // A disk that fails for a moment: the next one may come through.
  }
}

/**
 * Takes the lock over where its holder has died. Of several that want to, one at a time looks and does: another, which has looked
 * before, would take away the lock that the first has put there since.
 */
function takeOver(path: string): void {
  const file = lockFile(path);
  requireUnheld(path, lockIn(file));
  const guard = `${file}.taken`;
  if (!createFileAtomic(guard, own)) {
    const other = lockIn(guard);
    // One that was killed in the middle of it stands in nobody's way for long.
    if (other !== null && holderOf(path, other) === null) rmSync(guard, { force: true });
    throw beingStarted(path);
  }
  try {
    requireUnheld(path, lockIn(file));
    rmSync(file, { force: true });
    if (!createFileAtomic(file, own)) throw beingStarted(path);
  } finally {
    rmSync(guard, { force: true });
  }
}

const beingStarted = (path: string): Error =>
  new RunDirectoryError(`${path} is being started by another process: stop that one first`);

function lockIn(file: string): Lock | null {
  try {
    return { text: readFileSync(file, 'utf8'), at: statSync(file).mtimeMs };
  } catch {
    return null;
  }
}

/** Whether a process trains the run in `path` now, as far as can be known here. */
export function isTrained(path: string): boolean {
  const found = lockIn(lockFile(path));
  return found !== null && holderOf(path, found) !== null;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** Who holds a lock; null: nobody that lives. */
function holderOf(path: string, { text, at }: Lock): Holder | null {
  const [number, host] = text.split('\n');
  const pid = Number(number);
  if (!Number.isSafeInteger(pid) || pid <= 0 || !host) return null;
  const there =
    host !== hostname()
      ? Date.now() - at < silence
      : pid === process.pid
        ? held.has(realpathSync(path))
        : lives(pid);
  return there ? { pid, host } : null;
}

function requireUnheld(path: string, found: Lock | null): void {
  const holder = found && holderOf(path, found);
  if (!holder) return;
  const { pid, host } = holder;
  const [who, otherwise] =
    host !== hostname()
      ? [
          `process ${pid} on ${host}`,
          ` (or, if that is gone, delete ${lockFile(path)}; ten minutes after its last sign of life it counts as gone)`,
        ]
      : pid === process.pid
        ? ['this process', '']
        : [`process ${pid}`, ` (or, if it is no ganc, delete ${lockFile(path)})`];
  throw new RunDirectoryError(`${path} is being trained by ${who}: stop that one first${otherwise}`);
}
