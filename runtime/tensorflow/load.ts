/**
 * TensorFlow.js, ready to run. In: a device name or a choice; out: the library's namespace with a backend set, and
 * what it is called. Its gradients are registered by the package @tensorflow/tfjs (in Node @tensorflow/tfjs-core alone
 * has none); both are one copy of one library.
 *
 * TensorFlow reads its settings from the process's environment, once. A worker thread has a copy of it: start threads
 * with `env: SHARE_ENV`, or call `settings` in the main thread and set them there.
 */
import { createRequire } from 'node:module';
import type * as Tf from '@tensorflow/tfjs-core';
import { EngineError } from '../engine.ts';
import { nodeBackend } from './binding.ts';
import { chooseBackend } from './choose.ts';
import type { BackendName, Choice, DeviceName } from './choose.ts';
import { webgpuBackend } from './webgpu.ts';

export interface Tensorflow {
  readonly tf: typeof Tf;
  readonly backend: BackendName;
  /** What it runs on. */
  readonly device: 'cpu' | 'cuda' | 'webgpu';
  /** `tfjs tensorflow cpu`, `tfjs tensorflow cuda`, `tfjs webgpu nvidia ampere`, `tfjs wasm`, `tfjs cpu` */
  readonly name: string;
  /** `4.22.0`; on TensorFlow `4.22.0, TensorFlow 2.21.0` */
  readonly version: string;
  /** TensorFlow's own version; null on the other backends. */
  readonly tensorflow: string | null;
  /** Ends the backend; its tensors are lost. */
  close(): void;
}

/** TensorFlow.js on a device; throws EngineError, with what to type, where there is none. */
export async function loadTensorflow(
  device: DeviceName,
  options: { readonly threads?: number } = {},
): Promise<Tensorflow> {
  return load(await chooseBackend(device), options);
}

/** Carries a choice out; throws EngineError where it can't be. */
export async function load(
  choice: Choice,
  { threads }: { readonly threads?: number } = {},
): Promise<Tensorflow> {
  Object.assign(process.env, settings(choice, threads));
  const tf = namespace();
  const loaded = await loaders[choice.backend](tf, choice);
  if (!(await tf.setBackend(choice.backend)))
    throw new EngineError(`TensorFlow.js does not take its backend ${choice.backend}`);
  await tf.ready();
  const version = (createRequire(import.meta.url)('@tensorflow/tfjs/package.json') as { version: string })
    .version;
  const { tensorflow } = loaded;
  return {
    tf,
    backend: choice.backend,
    ...loaded,
    version: tensorflow === null ? version : `${version}, TensorFlow ${tensorflow}`,
    close() {
      tf.removeBackend(choice.backend);
      loaded.close();
    },
  };
}

/**
 * Environment variables for TensorFlow: quiet but for errors, as many threads as asked for, a CUDA device only where
 * it is wanted, and no more of its memory than is needed. What the person has set stays.
 */
export function settings({ backend, device }: Choice, threads?: number): Record<string, string> {
  if (backend !== 'tensorflow') return {};
  const wanted: Record<string, string> = { TF_CPP_MIN_LOG_LEVEL: '2', TF_FORCE_GPU_ALLOW_GROWTH: 'true' };
  if (threads !== undefined)
    Object.assign(wanted, { TF_NUM_INTRAOP_THREADS: `${threads}`, TF_NUM_INTEROP_THREADS: '1' });
  if (device === 'cpu') wanted.CUDA_VISIBLE_DEVICES = '-1';
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => process.env[name] === undefined));
}

/** Loaded by require: the packages are CommonJS, and a backend must meet the same copy of the core. */
function namespace(): typeof Tf {
  try {
    return createRequire(import.meta.url)('@tensorflow/tfjs') as typeof Tf;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new EngineError(`@tensorflow/tfjs does not load (${reason}): run \`npm ci\`, then \`ganc doctor\``);
  }
}

type Loaded = Pick<Tensorflow, 'name' | 'device' | 'tensorflow' | 'close'>;
const nothing = (): void => undefined;
/** Before those that register themselves, where they have a number (2). */
const first = 3;

const loaders: Readonly<Record<BackendName, (tf: typeof Tf, choice: Choice) => Promise<Loaded>>> = {
  async tensorflow(tf, { device, binding }) {
    if (binding === undefined) throw new EngineError('TensorFlow is not set up: `ganc setup tensorflow`');
    const { backend, tensorflow, cuda } = nodeBackend(binding);
    if (device === 'cuda' && !cuda)
      throw new EngineError('TensorFlow finds no CUDA device: `ganc doctor` says more');
    if (tf.findBackendFactory('tensorflow') === null) tf.registerBackend('tensorflow', () => backend, first);
    const place = cuda ? 'cuda' : 'cpu';
    return { name: `tfjs tensorflow ${place}`, device: place, tensorflow, close: nothing };
  },
  async webgpu(tf) {
    const { backend, adapter, close } = await webgpuBackend();
    if (tf.findBackendFactory('webgpu') !== null) tf.removeBackend('webgpu');
    tf.registerBackend('webgpu', () => backend, first);
    const name = ['tfjs webgpu', adapter.vendor, adapter.architecture]
      .filter((word) => word !== '')
      .join(' ');
    return { name, device: 'webgpu', tensorflow: null, close };
  },
  async wasm() {
    createRequire(import.meta.url)('@tensorflow/tfjs-backend-wasm');
    return { name: 'tfjs wasm', device: 'cpu', tensorflow: null, close: nothing };
  },
  async cpu(tf) {
    // It would print an advertisement of tfjs-node with the first tensor.
    (tf.findBackend('cpu') as unknown as { firstUse: boolean }).firstUse = false;
    return { name: 'tfjs cpu', device: 'cpu', tensorflow: null, close: nothing };
  },
};
