/**
 * Which device a name means for programs of ONNX graphs on this machine. In: the name on the command line, how large
 * the program is; out: the device, or EngineError with what to install.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../program/manifest.ts';
import { EngineError } from './engine.ts';
import { nvidiaDriver } from './tensorflow/choose.ts';
import type { DeviceName } from './engine.ts';
import { packageFolder } from './tensorflow/home.ts';
import { probe } from './tensorflow/probe.ts';

/**
 * From so many bytes of weights and activations a step is more work than a GPU's thousand dispatches take (10 to 20
 * microseconds each, which is arithmetic and not a measurement): InfoGAN at batch 128 has 200 MB, its tiny profile 1.
 */
const worthIt = 32 * 2 ** 20;

/**
 * `auto`: CUDA where onnxruntime's provider for it is installed and a driver is there; else WebGPU for a program that is
 * large enough, where the adapter is hardware; else the CPU. Asks for an adapter in a process of its own.
 */
export async function onnxDevice(
  name: DeviceName,
  manifest: Pick<Manifest, 'bytes'>,
): Promise<{ readonly device: 'cpu' | 'cuda' } | { readonly device: 'webgpu'; readonly adapter: string }> {
  if (name === 'cpu') return { device: name };
  if (name === 'cuda' && !hasCuda()) throw new EngineError(noCuda);
  if (name === 'cuda' || (name === 'auto' && hasCuda() && nvidiaDriver())) return { device: 'cuda' };
  const { weights, activations } = manifest.bytes;
  if (name === 'auto' && weights + activations < worthIt) return { device: 'cpu' };
  const asked = await probe('webgpu');
  const adapter = asked.ok ? asked.found : null;
  if (name === 'webgpu' && adapter === null) throw new EngineError(noAdapter);
  if (adapter === null || (name === 'auto' && adapter.software)) return { device: 'cpu' };
  return { device: 'webgpu', adapter: `${adapter.vendor} ${adapter.architecture}`.trim() };
}

const noAdapter = 'no WebGPU adapter answers: `ganc doctor` says what is there; --device cpu needs none';

/** The provider is no part of the package: its install script would download it. */
export function hasCuda(): boolean {
  const file = { linux: 'libonnxruntime_providers_cuda.so', win32: 'onnxruntime_providers_cuda.dll' }[
    process.platform as string
  ];
  const folder = packageFolder('onnxruntime-node');
  if (file === undefined || folder === null) return false;
  return existsSync(join(folder, 'bin', 'napi-v6', process.platform, process.arch, file));
}

const noCuda =
  'onnxruntime has no CUDA provider here: on Linux x64, with CUDA 12 and cuDNN 9, ' +
  '`ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js` downloads it; or leave out --device';
