/**
 * Which TensorFlow.js backend a device name means on this machine. In: the name; out: a choice, which load.ts carries
 * out and which can be named, compared and sent to a thread before anything is loaded. What may crash is asked in
 * processes of its own.
 */
import { existsSync } from 'node:fs';
import { toInstall } from '../../own-package.ts';
import { EngineError } from '../engine.ts';
import type { DeviceName } from '../engine.ts';
import { bindingIn, nodePackage, ownBinding } from './binding.ts';
import { homePath, packageFolder, packageVersion, readHome } from './home.ts';
import type { Variant } from './home.ts';
import { tensorflowVersion } from './pins.ts';
import { probe } from './probe.ts';
import type { Adapter } from './webgpu.ts';

export type BackendName = 'tensorflow' | 'webgpu' | 'wasm' | 'cpu';

export interface Choice {
  readonly backend: BackendName;
  /** `auto`: whatever TensorFlow finds; the others are what the choice was made for. */
  readonly device: DeviceName;
  /** TensorFlow's binding, and its version as far as it is known; for the backend `tensorflow` alone. */
  readonly binding?: string;
  readonly tensorflow?: string;
  /** For the backend `webgpu` alone. */
  readonly adapter?: Adapter;
}

/** What results may depend on, as runs remember it. */
export interface Identity {
  /** `tfjs tensorflow`, `tfjs webgpu nvidia ampere`, `tfjs wasm`, `tfjs cpu` */
  readonly name: string;
  /** `4.22.0`; on TensorFlow `4.22.0, TensorFlow 2.21.0` */
  readonly version: string;
  readonly device: 'cpu' | 'cuda' | 'webgpu';
}

/** What a choice is called, before and after it is loaded; nothing is loaded here. */
export function identify({ backend, device, tensorflow, adapter }: Choice): Identity {
  const folder = packageFolder('@tensorflow/tfjs');
  if (folder === null)
    throw new EngineError(
      `@tensorflow/tfjs is not installed: run \`${toInstall('@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm')}\`, then \`ganc doctor\``,
    );
  const version = packageVersion(folder);
  const words = ['tfjs', backend, adapter?.vendor, adapter?.architecture].filter(Boolean);
  return {
    name: words.join(' '),
    version: tensorflow === undefined ? version : `${version}, TensorFlow ${tensorflow}`,
    device: device === 'auto' ? 'cpu' : device,
  };
}

/**
 * `auto`: a CUDA device through TensorFlow where one answers, else a WebGPU adapter that is hardware, else the CPU.
 * `cpu`: TensorFlow where it is set up, else WebAssembly. `webgpu`: any adapter, software too. Throws EngineError,
 * with what to type, for a device that isn't there.
 */
export async function chooseBackend(device: DeviceName): Promise<Choice> {
  switch (device) {
    case 'cpu':
      return onCpu();
    case 'cuda':
      return onCuda();
    case 'webgpu':
      return onWebGpu();
    case 'auto':
      return (await cudaChoice()).choice ?? ((await hardwareAdapter()) ? onWebGpu() : onCpu());
  }
}

/** A card's driver is there: asking TensorFlow about it is worth the seconds. The last is Windows' Linux. */
export function nvidiaDriver(): boolean {
  return ['/proc/driver/nvidia/version', '/dev/nvidiactl', '/usr/lib/wsl/lib/libcuda.so.1'].some(existsSync);
}

export interface Built {
  /** The file. */
  readonly binding: string;
  /** What ganc's setup built it for; `own`: by the package's own install script. */
  readonly variant: Variant | 'own';
  /** TensorFlow's version; null where only the binding knows. */
  readonly tensorflow: string | null;
}

/** TensorFlow's bindings on this machine, the best for `device` first. */
export function bindings(device: Variant): Built[] {
  const folder = packageFolder('@tensorflow/tfjs-node-gpu');
  if (folder === null) return [];
  const built = (variant: Variant): Built[] => {
    const home = readHome(homePath(variant, tensorflowVersion, packageVersion(folder)));
    return home === null ? [] : [{ binding: bindingIn(home.path), variant, tensorflow: home.tensorflow }];
  };
  const file = ownBinding();
  const own: Built[] = file === null ? [] : [{ binding: file, variant: 'own', tensorflow: null }];
  return device === 'cuda' ? [...built('cuda'), ...own] : [...built('cpu'), ...own, ...built('cuda')];
}

async function onCpu(): Promise<Choice> {
  for (const { binding, tensorflow } of bindings('cpu')) {
    const choice = { backend: 'tensorflow', device: 'cpu', binding } as const;
    // A home has trained its step; of another's binding nothing is known.
    if (tensorflow !== null) return { ...choice, tensorflow };
    const asked = await probe('tensorflow', { argument: binding });
    if (asked.ok) return { ...choice, tensorflow: asked.found.tensorflow };
  }
  return { backend: 'wasm', device: 'cpu' };
}

async function onCuda(): Promise<Choice> {
  const { choice, reason } = await cudaChoice();
  if (choice !== null) return choice;
  nodePackage();
  throw new EngineError(`no CUDA device for TensorFlow: ${reason}; \`ganc doctor\` says what is there`);
}

async function onWebGpu(): Promise<Choice> {
  const asked = await probe('webgpu');
  if (asked.ok && asked.found !== null) return { backend: 'webgpu', device: 'webgpu', adapter: asked.found };
  throw new EngineError(
    `no WebGPU adapter answers${asked.ok ? '' : ` (${asked.reason})`}: \`ganc doctor\` says what is there; --device cpu needs none`,
  );
}

async function cudaChoice(): Promise<{ choice: Choice | null; reason: string }> {
  const none = (reason: string): { choice: null; reason: string } => ({ choice: null, reason });
  if (!nvidiaDriver())
    return none("there is no NVIDIA driver (nvidia-smi would show it): install the card's driver");
  let reason = 'TensorFlow is not set up for NVIDIA cards: `ganc setup tensorflow --gpu`';
  for (const { binding } of bindings('cuda')) {
    const asked = await probe('tensorflow', { argument: binding });
    if (asked.ok && asked.found.cuda)
      return {
        choice: { backend: 'tensorflow', device: 'cuda', binding, tensorflow: asked.found.tensorflow },
        reason: '',
      };
    reason = asked.ok ? `TensorFlow ${asked.found.tensorflow} finds no card that it can use` : asked.reason;
  }
  return none(reason);
}

async function hardwareAdapter(): Promise<boolean> {
  const asked = await probe('webgpu');
  return asked.ok && asked.found !== null && !asked.found.software;
}
