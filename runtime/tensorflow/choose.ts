/**
 * Which TensorFlow.js backend a device name means on this machine. In: the name; out: a choice, which load.ts carries
 * out and which can be named, compared and sent to a thread before anything is loaded. What may crash is asked in
 * processes of its own.
 */
import { existsSync } from 'node:fs';
import { EngineError } from '../engine.ts';
import { bindingIn, nodePackage, ownBinding } from './binding.ts';
import { homePath, packageFolder, packageVersion, readHome } from './home.ts';
import type { Variant } from './home.ts';
import { tensorflowVersion } from './pins.ts';
import { probe } from './probe.ts';

/** As the command line knows them. */
export type DeviceName = 'auto' | 'cpu' | 'webgpu' | 'cuda';

export type BackendName = 'tensorflow' | 'webgpu' | 'wasm' | 'cpu';

export interface Choice {
  readonly backend: BackendName;
  /** `auto`: whatever TensorFlow finds; the others are what the choice was made for. */
  readonly device: DeviceName;
  /** TensorFlow's binding; for the backend `tensorflow` alone. */
  readonly binding?: string;
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

/** TensorFlow's bindings on this machine, the best for `variant` first. */
export function bindings(variant: Variant): string[] {
  const folder = packageFolder('@tensorflow/tfjs-node-gpu');
  if (folder === null) return [];
  const built = (kind: Variant): string[] => {
    const home = readHome(homePath(kind, tensorflowVersion, packageVersion(folder)));
    return home === null ? [] : [bindingIn(home.path)];
  };
  const own = ownBinding() ?? [];
  return variant === 'cpu' ? [...built('cpu'), ...built('cuda')].concat(own) : built('cuda').concat(own);
}

function onCpu(): Choice {
  const [binding] = bindings('cpu');
  return binding === undefined
    ? { backend: 'wasm', device: 'cpu' }
    : { backend: 'tensorflow', device: 'cpu', binding };
}

async function onCuda(): Promise<Choice> {
  const { choice, reason } = await cudaChoice();
  if (choice !== null) return choice;
  nodePackage();
  throw new EngineError(`no CUDA device for TensorFlow: ${reason}; \`ganc doctor\` says what is there`);
}

async function onWebGpu(): Promise<Choice> {
  const asked = await probe('webgpu');
  if (asked.ok && asked.found !== null) return { backend: 'webgpu', device: 'webgpu' };
  throw new EngineError(
    `no WebGPU adapter answers${asked.ok ? '' : ` (${asked.reason})`}: \`ganc doctor\` says what is there; --device cpu needs none`,
  );
}

async function cudaChoice(): Promise<{ choice: Choice | null; reason: string }> {
  const none = (reason: string): { choice: null; reason: string } => ({ choice: null, reason });
  if (!nvidiaDriver())
    return none("there is no NVIDIA driver (nvidia-smi would show it): install the card's driver");
  let reason = 'TensorFlow is not set up for NVIDIA cards: `ganc setup tensorflow --gpu`';
  for (const binding of bindings('cuda')) {
    const asked = await probe('tensorflow', { argument: binding });
    if (asked.ok && asked.found.cuda)
      return { choice: { backend: 'tensorflow', device: 'cuda', binding }, reason: '' };
    reason = asked.ok ? `TensorFlow ${asked.found.tensorflow} finds no card that it can use` : asked.reason;
  }
  return none(reason);
}

async function hardwareAdapter(): Promise<boolean> {
  const asked = await probe('webgpu');
  return asked.ok && asked.found !== null && !asked.found.software;
}
