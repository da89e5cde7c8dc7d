/** A program that `ganc build` wrote: `ganc run FOLDER`, or its module by itself, trains it without compiling. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ProgramFiles } from '../runtime/run/new-run.ts';
import { readManifest } from '../runtime/run/run-directory.ts';
import { Exit, exitCodes } from './exit.ts';

const manifestName = 'manifest.json';

/** Whether a path is a program's folder (a run directory has its own `run.json`, and is resumed). */
export const isProgram = (path: string): boolean =>
  existsSync(join(path, manifestName)) && statSync(path).isDirectory();

/** Throws RunDirectoryError if the manifest is none, Exit if a file that it names is not there. */
export function readProgram(folder: string): ProgramFiles {
  const manifest = readManifest(join(folder, manifestName));
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  const files = Object.fromEntries(
    paths
      .map((path) => [relative(folder, path).replaceAll('\\', '/'), path] as const)
      .filter(([name]) => name !== manifestName)
      .map(([name, path]) => [name, new Uint8Array(readFileSync(path))]),
  );
  for (const { file, stages = [] } of Object.values(manifest.graphs))
    for (const wanted of [...(file === undefined ? [] : [file]), ...stages.map((stage) => stage.file)])
      if (!(wanted in files))
        throw new Exit(exitCodes.usage, `${folder} lacks ${wanted}, which its manifest names: build it anew`);
  return { manifest, files };
}
