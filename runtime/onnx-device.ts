/**
 * Which device a name means for programs of ONNX graphs on this machine. In: the name on the command line, how large
 * the program is; out: the device, or EngineError with what to install.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Manifest } from '../compiler/program/manifest.ts';
import { EngineError } from './engine.ts';
import { nvidiaDriver } from './tensorflow/choose.ts';
import type { DeviceName } from './tensorflow/choose.ts';
import { probe } from './tensorflow/probe.ts';

export type OnnxDevice = Exclude<DeviceName, 'auto'>;

/**
 * From so many bytes of weights and activations a step is more work than a GPU's thousand dispatches take (10 to 20
 * microseconds each, which is arithmetic and not a measurement): InfoGAN at batch 128 has 200 MB, its tiny profile 1.
 */
const worthIt = 32 * 2 ** 20;

/**
 * `auto`: CUDA where onnxruntime's provider for it is installed and a driver is there; else WebGPU for a program that is large enough,
 * where the adapter is hardware; else the CPU. Asks for an adapter in a process of its own.
 */
export async function onnxDevice(name: DeviceName, manifest: Pick<Manifest, 'bytes'>): Promise<OnnxDevice> {
  if (name === 'cuda' && !hasCuda()) throw new EngineError(noCuda);
  if (name !== 'auto') return name;
  if (hasCuda() && nvidiaDriver()) return 'cuda';
  const { weights, activations } = manifest.bytes;
  if (weights + activations < worthIt) return 'cpu';
  const asked = await probe('webgpu');
  return asked.ok && asked.found !== null && !asked.found.software ? 'webgpu' : 'cpu';
}

/** The provider is no part of the package: its install script would download it. */
export function hasCuda(): boolean {
  const file = { linux: 'libonnxruntime_providers_cuda.so', win32: 'onnxruntime_providers_cuda.dll' }[process.platform as string]; // prettier-ignore
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  return file !== undefined && existsSync(join(folder, 'bin', 'napi-v6', process.platform, process.arch, file)); // prettier-ignore
}

export const noCuda =
  'onnxruntime has no CUDA provider here: on Linux x64, with CUDA 12 and cuDNN 9, ' +
  '`ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js` downloads it; or leave out --device';
