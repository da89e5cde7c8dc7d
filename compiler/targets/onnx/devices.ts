/**
 * What graphs are laid out for: the host's memory (onnxruntime's CPU and CUDA providers) or a GPU by WebGPU. In: a
 * device's name; out: the choices of the emitter that depend on it.
 */
import type { Layout } from './emission.ts';

export interface Device {
  /** Operators that it has no kernel for: composed of others, so that no tensor leaves it in the middle of a graph. */
  readonly lacks: ReadonlySet<string>;
  readonly layout: Layout;
  /** Scans of at most so many steps are written out instead of looped over. */
  readonly unroll: number;
  /** Whether the elementwise ends of a step leave the graph for loops of the host (stages.ts). */
  readonly kernels: boolean;
  /** Whether state lives there, and a graph is needed that takes it there and back. */
  readonly resident: boolean;
}

export type DeviceName = 'host' | 'webgpu';

export const devices: Readonly<Record<DeviceName, Device>> = {
  host: { lacks: new Set(), layout: 'channels-last', unroll: 8, kernels: true, resident: false },
  // Read off onnxruntime 1.30's own placement of every primitive's samples (test/onnx/webgpu.spec.ts). Its ArgMax gives
  // int64, which the provider doesn't cast; ScatterElements was not tried; its Split fails beyond a shader's dozen of buffers; a Scan of a length that only the run knows stays one, and is reported.
  webgpu: {
    lacks: new Set(['Sign', 'ArgMax', 'Sum', 'Split', 'ScatterElements']),
    layout: 'channels-first',
    unroll: Infinity,
    kernels: false,
    resident: true,
  },
};
