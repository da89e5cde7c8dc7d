/** What probe.ts asks, answered in the process that may crash of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadOnnxruntime } from '../onnxruntime.ts';
import { nodeBackend } from './binding.ts';
import { packageFolder, packageVersion } from './home.ts';
import { load } from './load.ts';
import type { Answer } from './probe.ts';
import { trainStep } from './step.ts';
import type { Trained } from './step.ts';
import { findAdapter } from './webgpu.ts';
import type { Adapter } from './webgpu.ts';

export interface Answers {
  /** The WebGPU adapter, null where there is none. */
  readonly webgpu: Adapter | null;
  /** TensorFlow by the binding in this file: does it load, has it a CUDA device? */
  readonly tensorflow: { readonly tensorflow: string; readonly cuda: boolean };
  /** A training step on TensorFlow by the binding in this file. */
  readonly step: Trained & { readonly tensorflow: string; readonly cuda: boolean };
  /** The providers of onnxruntime whose code is there; whether a device answers is another question. */
  readonly onnx: { readonly version: string; readonly providers: readonly string[] };
}
export type Question = keyof Answers;

const answers: { readonly [Q in Question]: (argument: string) => Promise<Answers[Q]> } = {
  webgpu: findAdapter,
  tensorflow: async (file) => {
    const { tensorflow, cuda } = nodeBackend(file);
    return { tensorflow, cuda };
  },
  step: async (file) => {
    const { tf, tensorflow, device } = await load({ backend: 'tensorflow', device: 'auto', binding: file });
    return { ...(await trainStep(tf)), tensorflow: tensorflow!, cuda: device === 'cuda' };
  },
  onnx: async () => {
    const ort = await loadOnnxruntime();
    const folder = packageFolder('onnxruntime-node')!;
    // A provider outside the package's binary is a library of its own, which an install script may have fetched.
    const place = join(folder, 'bin', 'napi-v6', process.platform, process.arch);
    const has = (name: string): boolean => existsSync(join(place, `libonnxruntime_providers_${name}.so`));
    const there = ort.listSupportedBackends().filter(({ name, bundled }) => bundled || has(name));
    return { version: packageVersion(folder), providers: there.map(({ name }) => name) };
  },
};

export async function answer(question: string, argument: string): Promise<Answer<unknown>> {
  try {
    return { ok: true, found: await answers[question as Question](argument) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message.split('\n')[0] : String(error) };
  }
}
