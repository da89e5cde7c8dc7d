/** A run's folder comes into being, whole or not at all. In: a program and what the run is started with; out: a run directory. */
import { existsSync, lstatSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { shellPath } from '../../grammar/shell-word.ts';
import type { Manifest } from '../../program/manifest.ts';
import { writeFolderAtomic } from '../atomic.ts';
import type { FileContents } from '../atomic.ts';
import { diskError, isFile, isFolder, makeFolder, makeFolders } from '../disk.ts';
import { digests, inside, programFiles, RunDirectoryError } from './run-directory.ts';
import type { RunDirectory, RunInfo } from './run-directory.ts';
import { seal } from './sealed.ts';

/**
 * Makes `path`, or with `path: null` the first free runs/<name>-<n>. Throws RunDirectoryError if `path` is taken,
 * DiskError if it can't be written; nothing of it is left then.
 */
export function createRun(
  path: string | null,
  manifest: Manifest,
  files: Readonly<Record<string, Uint8Array>>,
  given: Omit<RunInfo, 'program'>,
): RunDirectory {
  const info: RunInfo = { ...given, program: digests(files) };
  const program = Object.entries(programFiles(manifest, files));
  const contents: FileContents = {
    ...Object.fromEntries(program.map(([name, content]) => [`program/${name}`, content])),
    'spec.gan': manifest.spec.text,
    'run.json': seal(info),
    'metrics.jsonl': '',
    'log.txt': '',
  };
  const made = (folder: string): RunDirectory => ({
    ...{ path: folder, program: inside(folder).program },
    ...{ manifest, info },
  });
  if (path !== null) {
    claim(path, contents);
    return made(path);
  }
  for (let n = 1; ; n++) {
    const free = join('runs', `${manifest.name.toLowerCase()}-${n}`);
    if (existsSync(free) || !tryClaim(free, contents)) continue;
    return made(free);
  }
}

/** Takes away a run that never began, and the folder that was made for it. */
export function removeRun(path: string): void {
  rmSync(path, { recursive: true, force: true });
  try {
    if (dirname(path) === 'runs') rmdirSync('runs');
  } catch {
    // It holds other runs.
  }
}

function claim(path: string, contents: FileContents): void {
  if (tryClaim(path, contents)) return;
  const why = isFile(path)
    ? 'is a file: choose another --out'
    : `already holds something: choose another --out${existsSync(inside(path).info) ? `, or --resume ${shellPath(path)}` : ''}`;
  throw new RunDirectoryError(`${path} ${why}`);
}

/** False if another run was there first. */
function tryClaim(path: string, contents: FileContents): boolean {
  const parent = dirname(path);
  makeFolders(parent);
  try {
    if (isFile(path) || (isFolder(path) && readdirSync(path).length > 0)) return false;
    writeFolderAtomic(isLink(path) && isFolder(path) ? realpathSync(path) : path, contents);
  } catch (error) {
    const code = diskError(error, path)?.code;
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || (code === 'ENOTDIR' && isFile(path))) return false;
    if (code !== 'EBUSY') throw error;
    throw new RunDirectoryError(
      `${path} can't be replaced by the run's folder (it is the working directory, or a disk is mounted there): take a folder in it, --out ${shellPath(join(path, 'run'))}`,
    );
  }
  try {
    for (const folder of [inside(path).pictures, inside(path).checkpoints]) makeFolder(folder);
    return true;
  } catch (error) {
    rmSync(path, { recursive: true, force: true });
    throw error;
  }
}

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
