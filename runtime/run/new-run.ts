/**
 * A program becomes a run: its data is there, its engine fits, and its run directory holds all of it. In: a program, the
 * engine that chooseEngine named; out: a run directory that the training thread can open.
 */
import { dirname, resolve } from 'node:path';
import type { DataDescription } from '../../program/catalogue.ts';
import type { Manifest } from '../../program/manifest.ts';
import type { EngineIdentity } from '../engines/engine.ts';
import { thisMachine } from './machine.ts';
import { createRun } from './create-run.ts';
import { RunDirectoryError } from './run-directory.ts';
import type { RunDirectory, RunInfo } from './run-directory.ts';

/** A manifest, and the files that it names by their path inside the program's folder. */
export interface ProgramFiles {
  readonly manifest: Manifest;
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/** Which of the layouts that a target has for its graphs a program was made with: `host` or `webgpu`. */
export type Layout = 'host' | 'webgpu';

/** Only onnxruntime's GPU wants graphs of its own; the other engines take any program of their target. */
export const layoutFor = (target: string, device: string): Layout =>
  target === 'onnx' && device === 'webgpu' ? 'webgpu' : 'host';

/** What a program was laid out for. */
export const layoutOf = ({ device }: Manifest): Layout => (device?.name === 'webgpu' ? 'webgpu' : 'host');

/** The device that a built program runs on unless another is asked for. */
export const ownDevice = (manifest: Manifest): 'webgpu' | 'cpu' | 'auto' =>
  layoutOf(manifest) === 'webgpu' ? 'webgpu' : manifest.target === 'onnx' ? 'cpu' : 'auto';

/**
 * What is known of each stream's data. Throws RunDirectoryError if a source's files are not there, or a run whose weights
 * the spec starts with: they are needed now.
 */
export function described(manifest: Manifest): Record<string, DataDescription> {
  const missing = manifest.origins?.find(({ found }) => found === null);
  if (missing !== undefined)
    throw new RunDirectoryError(
      `${missing.path}: no run and no file is there, and the spec starts with its weights (paths are taken from the spec's folder)`,
    );
  return Object.fromEntries(
    manifest.streams.map(({ name, source, args, description }) => {
      if (description) return [name, description];
      // Of texts, paths have a slash or an ending; a set that comes with ganc has none, and the doctor knows of it.
      const paths = Object.entries(args).filter(
        ([, value]) => typeof value === 'string' && /[/.]/.test(value),
      );
      const where =
        paths.length === 0
          ? '; `ganc doctor` says what is missing'
          : ` (${paths.map(([param, path]) => `${param}: ${String(path)}`).join(', ')}, from the spec's folder)`;
      throw new RunDirectoryError(`data ${name}: no file is there for ${source}${where}`);
    }),
  );
}

/** What a run of a built program is started with: its params are fixed, so that compiling the spec with them gives it again. */
export function builtInfo({
  params,
  spec,
  accumulate,
}: Manifest): Pick<RunInfo, 'set' | 'profile' | 'params' | 'folder' | 'accumulate'> {
  const set = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
  return {
    ...{ set, profile: null, params, folder: resolve(dirname(spec.path)) },
    ...(accumulate !== undefined && { accumulate: accumulate.parts }),
  };
}

export interface NewRun extends Pick<
  RunInfo,
  'set' | 'profile' | 'params' | 'folder' | 'accumulate' | 'best' | 'patience'
> {
  readonly seed: number;
  /** As asked for; `auto` among them. */
  readonly device: string;
  /** Where to; null: the first free runs/<name>-<n>. */
  readonly out: string | null;
}

/** Makes the run directory. Throws RunDirectoryError if `out` is taken, or the data's files are not there. */
export function newRun(
  { manifest, files }: ProgramFiles,
  engine: EngineIdentity,
  { out, ...info }: NewRun,
): RunDirectory {
  const data = described(manifest);
  return createRun(out, manifest, files, { format: 2, data, machine: thisMachine(engine), ...info });
}
