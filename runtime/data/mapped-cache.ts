/**
 * Rows for programs that read them by themselves, kept in the cache from one run to the next: a folder for each set of rows,
 * written whole or not at all. In: a manifest and its opened streams; out: the folder (mapped.ts says what lies in it).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../program/manifest.ts';
import { writeFolderAtomic } from '../atomic.ts';
import { cacheFolder } from '../cache.ts';
import { DiskError, makeFolders } from '../disk.ts';
import { digest } from '../run/sealed.ts';
import { fieldsRead, mappedData, type Written } from './mapped.ts';
import type { OpenSource } from './source.ts';

/** Raised where mapped.ts writes other files of the same rows. */
const format = 2;

/** Throws DiskError where the disk is full, FileError where files are no longer what they were, and what `written` throws. */
export function mappedFolder(
  manifest: Manifest,
  opened: Readonly<Record<string, OpenSource>>,
  written?: Written,
): string {
  const rows = manifest.streams.map(({ name, source, args, fields, description }) => ({
    name,
    source,
    args,
    fields,
    hash: description?.hash,
  }));
  const key = digest(
    Buffer.from(JSON.stringify([format, manifest.float, rows, [...fieldsRead(manifest)].sort()])),
  );
  const place = join(cacheFolder(), 'rows');
  const folder = join(place, key.slice(0, 24));
  if (!existsSync(folder)) {
    makeFolders(place);
    writeUnlessThere(folder, mappedData(manifest, opened, written));
  }
  return join(folder, 'data');
}

/** Another run may write the same rows meanwhile. Whichever is done first, its folder is whole. */
function writeUnlessThere(folder: string, files: ReturnType<typeof mappedData>): void {
  try {
    writeFolderAtomic(folder, files);
  } catch (error) {
    const { code } = error instanceof DiskError ? error : {};
    // Windows calls it a matter of permissions.
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(code ?? '') || !existsSync(folder)) throw error;
  }
}
