/**
 * TensorFlow.js, ready to run. In: a choice; out: the library's namespace with a backend set, and
 * what it is called. Its gradients are registered by the package @tensorflow/tfjs (in Node @tensorflow/tfjs-core alone
 * has none); both are one copy of one library.
 *
 * TensorFlow reads its settings from the process's environment, once. A worker thread has a copy of it: start threads
 * with `env: SHARE_ENV`, or call `settings` in the main thread and set them there.
 */
import type * as Tf from '@tensorflow/tfjs-core';
import { EngineError } from '../engine.ts';
import { nodeBackend } from './binding.ts';
import { identify } from './choose.ts';
import type { BackendName, Choice, Identity } from './choose.ts';
import { required } from './home.ts';
import { registerWasmKernels } from './wasm-kernels.ts';
import { webgpuBackend } from './webgpu.ts';

export interface Tensorflow extends Identity {
  readonly tf: typeof Tf;
  readonly backend: BackendName;
  /** TensorFlow's own version; null on the other backends. */
  readonly tensorflow: string | null;
  /** Ends the backend; its tensors are lost. */
  close(): void;
}

/** Carries a choice out; throws EngineError where it can't be. */
export async function load(
  choice: Choice,
  { threads }: { readonly threads?: number } = {},
): Promise<Tensorflow> {
  Object.assign(process.env, settings(choice, threads));
  const tf = required('@tensorflow/tfjs') as typeof Tf;
  const loaded = await loaders[choice.backend](tf, choice);
  if (!(await tf.setBackend(choice.backend)))
    throw new EngineError(`TensorFlow.js does not take its backend ${choice.backend}`);
  await tf.ready();
  return {
    ...identify({ ...choice, ...loaded }),
    tf,
    backend: choice.backend,
    tensorflow: loaded.tensorflow ?? null,
    close() {
      const factory = tf.findBackendFactory(choice.backend);
      tf.removeBackend(choice.backend);
      // Packages register these once, when they are loaded: put back for whoever opens one again.
      if (selfRegistered.includes(choice.backend)) tf.registerBackend(choice.backend, factory);
      loaded.close?.();
    },
  };
}

/**
 * Environment variables for TensorFlow: quiet but for errors, as many threads as asked for, a CUDA device only where
 * it is wanted, and no more of its memory than is needed. What the person has set stays.
 */
export function settings(
  { backend, device }: Choice,
  threads?: number,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  if (backend !== 'tensorflow') return {};
  const wanted: Record<string, string> = { TF_CPP_MIN_LOG_LEVEL: '2', TF_FORCE_GPU_ALLOW_GROWTH: 'true' };
  if (threads !== undefined)
    Object.assign(wanted, { TF_NUM_INTRAOP_THREADS: `${threads}`, TF_NUM_INTEROP_THREADS: '1' });
  if (device === 'cpu') wanted.CUDA_VISIBLE_DEVICES = '-1';
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => env[name] === undefined));
}

const selfRegistered: readonly BackendName[] = ['wasm', 'cpu'];

/** What turned out: more than the choice knew, if it was made without asking. */
type Loaded = Pick<Choice, 'tensorflow' | 'adapter' | 'device'> & { readonly close?: () => void };

/** Before those that register themselves, where they have a number (2). */
const first = 3;

const loaders: Readonly<Record<BackendName, (tf: typeof Tf, choice: Choice) => Promise<Loaded>>> = {
  async tensorflow(tf, { device, binding }) {
    if (binding === undefined) throw new EngineError('TensorFlow is not set up: `ganc setup tensorflow`');
    const { backend, tensorflow, cuda } = nodeBackend(binding);
    if (device === 'cuda' && !cuda)
      throw new EngineError('TensorFlow finds no CUDA device: `ganc doctor` says more');
    if (tf.findBackendFactory('tensorflow') === null) tf.registerBackend('tensorflow', () => backend, first);
    return { device: cuda ? 'cuda' : 'cpu', tensorflow };
  },
  async webgpu(tf) {
    const { backend, adapter, close } = await webgpuBackend();
    if (tf.findBackendFactory('webgpu') !== null) tf.removeBackend('webgpu');
    tf.registerBackend('webgpu', () => backend, first);
    return { device: 'webgpu', adapter, close };
  },
  async wasm(tf) {
    required('@tensorflow/tfjs-backend-wasm');
    registerWasmKernels(tf);
    return { device: 'cpu' };
  },
  async cpu(tf) {
    // It would print an advertisement of tfjs-node with the first tensor.
    (tf.findBackend('cpu') as unknown as { firstUse: boolean }).firstUse = false;
    return { device: 'cpu' };
  },
};
