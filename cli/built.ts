/** A program that `ganc build` wrote: `ganc run FOLDER`, or its module by itself, trains it without compiling. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Program } from '../compiler/compiled.ts';
import { readManifest } from '../runtime/run/run-directory.ts';
import type { RunInfo } from '../runtime/run/run-directory.ts';
import { Exit, exitCodes } from './exit.ts';

export type BuiltProgram = Pick<Program, 'manifest' | 'files'>;

const manifestName = 'manifest.json';

/** Whether a path is a program's folder (a run directory has its own `run.json`, and is resumed). */
export const isProgram = (path: string): boolean =>
  existsSync(join(path, manifestName)) && statSync(path).isDirectory();

/** Throws RunDirectoryError if the manifest is none, Exit if a file that it names is not there. */
export function readProgram(folder: string): BuiltProgram {
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

/** What a run of it is started with: its params are fixed, so that compiling the spec with them gives it again. */
export function builtInfo({
  manifest,
}: BuiltProgram): Pick<RunInfo, 'set' | 'profile' | 'params' | 'folder'> {
  const { params, spec } = manifest;
  const set = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
  return { set, profile: null, params, folder: resolve(dirname(spec.path)) };
}
