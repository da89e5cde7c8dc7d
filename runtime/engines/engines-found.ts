/**
 * Everything on this machine that ganc could train with. In: the machine; out: what is there and what was answered,
 * as data: `ganc doctor` puts it in words. Asks everything at once, each in a process of its own.
 */
import { findNvidia } from './nvidia.ts';
import type { Nvidia } from './nvidia.ts';
import type { Answers } from './tensorflow/answers.ts';
import { bindings } from './tensorflow/choose.ts';
import type { Built } from './tensorflow/choose.ts';
import { packageFolder } from './tensorflow/home.ts';
import { probe } from './tensorflow/probe.ts';
import type { Answer } from './tensorflow/probe.ts';
import { pythonHere, tryPython } from './torch/python.ts';
import type { Timed } from './torch/python.ts';

export interface EnginesFound {
  readonly nvidia: Nvidia;
  readonly onnx: Answer<Answers['onnx']>;
  /** Whether the optional package webgpu (Dawn's binding) is there to ask for adapters. */
  readonly dawn: boolean;
  readonly webgpu: Answer<Answers['webgpu']>;
  readonly tensorflow: readonly (Built & { readonly answer: Answer<Answers['tensorflow']> })[];
  /** Whether the optional package tfjs-node-gpu is there to build on. */
  readonly tfjsNode: boolean;
  /** What Python with PyTorch there is, and a small timed test; a sentence where there is none. */
  readonly torch: Timed | string;
}

export async function findEngines(): Promise<EnginesFound> {
  const built = bindings('cpu');
  const [torch, nvidia, onnx, webgpu, ...answers] = await Promise.all([
    tryPython(pythonHere()),
    findNvidia(),
    probe('onnx'),
    probe('webgpu'),
    ...built.map(({ binding }) => probe('tensorflow', { argument: binding })),
  ]);
  return {
    torch,
    nvidia,
    onnx,
    dawn: packageFolder('webgpu') !== null,
    webgpu,
    tensorflow: answers.map((answer, i) => ({ ...built[i], answer })),
    tfjsNode: packageFolder('@tensorflow/tfjs-node-gpu') !== null,
  };
}
