/**
 * tfjs-node-gpu's backend on a binding that may lie anywhere. In: where the binding is; out: the backend and what it
 * found. The package's own index is passed by: it looks for the binding in one place, inside node_modules.
 */
import { lstatSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import { toInstall } from '../../own-package.ts';
import { EngineError } from '../engine.ts';
import { bindingFile, packageFolder } from './home.ts';

const packageName = '@tensorflow/tfjs-node-gpu';

/** What the compiled file exports; the backend knows the rest. */
interface Binding {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
}

export interface NodeBackend {
  readonly backend: KernelBackend;
  /** `2.21.0` */
  readonly tensorflow: string;
  /** Whether its tensors live on a CUDA device. */
  readonly cuda: boolean;
}

/** The folder of tfjs-node-gpu; throws EngineError where the optional package was left out. */
export function nodePackage(): string {
  const folder = packageFolder(packageName);
  if (folder !== null) return folder;
  const command = `${toInstall(packageName)}\` without --omit=optional, then \`ganc setup tensorflow`;
  throw new EngineError(`${packageName} is not installed: run \`${command}\``);
}

/** Where tfjs-node-gpu itself looks for its binding. */
export const bindingInPackage = (folder: string): string =>
  join(folder, 'lib', 'napi-v8', 'tfjs_binding.node');

/** The binding that the package got by its own install script; a link that `ganc setup tensorflow` made is not one. */
export function ownBinding(): string | null {
  const folder = packageFolder(packageName);
  if (folder === null) return null;
  const file = bindingInPackage(folder);
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() ? file : null;
}

export const bindingIn = (home: string): string => join(home, bindingFile);

/**
 * Registers tfjs-node-gpu's kernels and makes its backend on the binding in `file`; the process is TensorFlow's from
 * then on (its environment variables are read once). Throws EngineError if it does not load.
 */
export function nodeBackend(file: string): NodeBackend {
  const folder = nodePackage();
  const require = createRequire(import.meta.url);
  mendUtil(require('node:util') as Record<string, unknown>);
  try {
    require(join(folder, 'dist', 'register_all_kernels.js'));
    const { NodeJSKernelBackend } = require(join(folder, 'dist', 'nodejs_kernel_backend.js')) as {
      NodeJSKernelBackend: new (binding: Binding, packageName: string) => KernelBackend;
    };
    const binding = require(file) as Binding;
    const backend = new NodeJSKernelBackend(binding, packageName);
    return { backend, tensorflow: binding.TF_Version, cuda: binding.isUsingGpuDevice() };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new EngineError(`TensorFlow does not load (${reason}): run \`ganc setup tensorflow --force\``);
  }
}

/** tfjs-node 4.22 calls two functions that Node 23 took away and Node 22 warns about. */
function mendUtil(util: Record<string, unknown>): void {
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}
