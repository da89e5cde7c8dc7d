/**
 * The engine for programs of ONNX graphs on the host's memory: onnxruntime on the CPU, or its CUDA provider, which takes
 * its inputs from there. One session a graph, made on first use and kept (making and releasing sessions leaks).
 */
import { join } from 'node:path';
import type { InferenceSession as Session, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Manifest } from '../../program/manifest.ts';
import { EngineError } from './engine.ts';
import type { Floats, Tensor, Tensors } from './engine.ts';
import { hostEngine } from './host-engine.ts';
import type { Executable, HostEngine } from './host-engine.ts';
import { inStages } from './kernels.ts';
import { firstLine, loadOnnxruntime, onnxIdentity, sessionOptions } from './onnxruntime.ts';
import type { Ort } from './onnxruntime.ts';

/** `folder` holds the graphs' files; throws EngineError where onnxruntime does not load. */
export async function onnxEngine(
  manifest: Manifest,
  folder: string,
  threads: number,
  device: 'cpu' | 'cuda' = 'cpu',
): Promise<HostEngine> {
  const ort = await loadOnnxruntime();
  const wrap = wrapper(ort);
  const kept = new Map<string, Promise<Executable>>();
  const opened = async (file: string): Promise<Executable> => {
    const options = { ...sessionOptions(threads), executionProviders: [device] };
    const session = await ort.InferenceSession.create(join(folder, file), options).catch((error: unknown) => {
      if (device === 'cpu') throw error;
      throw new EngineError(
        `onnxruntime's CUDA provider does not start (${firstLine(error)}): it needs CUDA 12 and cuDNN 9`,
      );
    });
    return executable(session, wrap);
  };
  const make = async (graph: string): Promise<Executable> => {
    const { file, stages } = manifest.graphs[graph] ?? {};
    if (stages !== undefined)
      return inStages(graph, manifest, await Promise.all(stages.map((stage) => opened(stage.file))), folder);
    if (file === undefined) throw new Error(`the program has no file for the graph ${graph}`);
    return opened(file);
  };
  return hostEngine(manifest, onnxIdentity(device, threads), (graph) => {
    const made = kept.get(graph) ?? make(graph);
    kept.set(graph, made);
    return made;
  });
}

type Wrap = (tensor: Tensor) => OrtTensor;

/** Binding a tensor costs microseconds, and the loop feeds the same buffers again and again: each is wrapped once. */
function wrapper(ort: Ort): Wrap {
  const wrapped = new WeakMap<Floats, OrtTensor>();
  return ({ data, shape }) => {
    const known = wrapped.get(data);
    if (known?.dims.length === shape.length && shape.every((dim, i) => dim === known.dims[i])) return known;
    const made = new ort.Tensor(data instanceof Float64Array ? 'float64' : 'float32', data, shape);
    wrapped.set(data, made);
    return made;
  };
}

function executable(session: Session, wrap: Wrap): Executable {
  return {
    async run(feeds, fetches, into = {}) {
      const named: Record<string, OrtTensor> = {};
      // What the optimiser found unused is no input of the session any more.
      for (const name of session.inputNames) named[name] = wrap(feeds[name]);
      const wanted: Record<string, OrtTensor | null> = {};
      for (const name of fetches) wanted[name] = name in into ? wrap(into[name]) : null;
      const got = await session.run(named, wanted);
      return Object.fromEntries(fetches.map((name) => [name, into[name] ?? own(got[name])])) as Tensors;
    },
  };
}

function own(tensor: OrtTensor): Tensor {
  return { shape: tensor.dims, data: tensor.data as Floats };
}
