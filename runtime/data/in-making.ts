/**
 * Files of a folder of the cache that are made by and by, each under a name of its own until it is whole. In: the folder, and what
 * the file will be called; out: where to write it. None stays where the process ends in between, but for kill -9 and power cuts:
 * what those left goes when the next one is begun, in the same folder, on the same machine.
 */
import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { makeFolders } from '../disk.ts';
import { atEnd } from '../ending.ts';
import { lives } from '../processes.ts';

export interface FileInMaking {
  readonly path: string;
  /** To be called in any case; a file that was renamed stays. */
  done(): void;
}

/** Several machines may share a cache, and of another's processes nothing is known here. */
const machine = hostname().replace(/\W/g, '_');
const mark = new RegExp(`^\\.unfinished-(\\d+)-${machine}-`);

/** Makes the folder, too. Throws DiskError. */
export function fileInMaking(folder: string, name: string): FileInMaking {
  makeFolders(folder);
  removeOfDead(folder);
  const path = join(folder, `.unfinished-${process.pid}-${machine}-${name}`);
  const remove = (): void => rmSync(path, { force: true });
  const settled = atEnd(remove);
  return {
    path,
    done() {
      remove();
      settled();
    },
  };
}

function removeOfDead(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = mark.exec(name)?.[1];
    if (pid !== undefined && !lives(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}
