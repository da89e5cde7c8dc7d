/**
 * Where the TensorFlow that ganc sets up lives: a folder of the user's cache for each build, outside node_modules, so
 * that `npm ci` doesn't take 850 MB with it. A folder is there whole or not at all (setup.ts); its setup.json, written
 * last, says what is in it. The layout inside is a Python wheel's, because libtensorflow looks for its neighbours so.
 */
import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../cache.ts';
import { toInstall } from '../../own-package.ts';
import { EngineError } from '../engine.ts';

/** What TensorFlow was built for: the CPU alone, or NVIDIA cards too. */
export type Variant = 'cpu' | 'cuda';

/** What setup.json holds. */
export interface Installed {
  readonly format: 1;
  readonly variant: Variant;
  /** TensorFlow's version: `2.21.0`. */
  readonly tensorflow: string;
  /** The version of tfjs-node-gpu that the binding was compiled from. */
  readonly tfjs: string;
  /** Every file in the folder but setup.json itself: path with '/', size in bytes. */
  readonly files: Readonly<Record<string, number>>;
}

/** An `Installed` and the folder that it was read from. */
export interface Home extends Installed {
  readonly path: string;
}

/** The binding, inside a home. */
export const bindingFile = 'binding/tfjs_binding.node';

/** Where a build lives, whether it is there or not. */
export function homePath(variant: Variant, tensorflow: string, tfjs: string, cache = cacheFolder()): string {
  return join(cache, `tensorflow-${tensorflow}-${variant}-tfjs-${tfjs}`);
}

/** What setup.json in `path` says; null where there is none, or none that this ganc understands. */
export function readHome(path: string): Home | null {
  try {
    const told = JSON.parse(readFileSync(join(path, 'setup.json'), 'utf8')) as Installed;
    return told.format === 1 && existsSync(join(path, bindingFile)) ? { ...told, path } : null;
  } catch {
    return null;
  }
}

/** The folder of an installed package, found from ganc's own place; null where it isn't installed. */
export function packageFolder(name: string): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return null;
  }
}

/**
 * A package of TensorFlow.js, all of them optional. By require: they are CommonJS, and a backend must meet the same copy of
 * the core. Throws EngineError with what to type where it isn't installed, or doesn't load.
 */
export function required(name: string): unknown {
  if (packageFolder(name) === null)
    throw new EngineError(`${name} is not installed: run \`${toInstall(name)}\`, then \`ganc doctor\``);
  try {
    return createRequire(import.meta.url)(name);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new EngineError(
      `${name} does not load (${reason}): run \`${toInstall(name)}\`, then \`ganc doctor\``,
    );
  }
}

/** The version in the package.json of the folder. */
export function packageVersion(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}
