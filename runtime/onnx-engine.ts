/**
 * The engine for programs of ONNX graphs: onnxruntime on the CPU. One session a graph, made on first use and kept
 * (making and releasing sessions leaks); sessions stop spinning between runs, else two of them fight for the cores.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as ort from 'onnxruntime-node';
import type { InferenceSession as Session, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Manifest } from '../compiler/program/manifest.ts';
import { EngineError } from './engine.ts';
import type { EngineIdentity, Floats, Tensor, Tensors } from './engine.ts';
import { hostEngine } from './host-engine.ts';
import type { Executable, HostEngine } from './host-engine.ts';
import { inStages } from './kernels.ts';

type Ort = typeof ort;

/** `folder` holds the graphs' files; throws EngineError where onnxruntime does not load. */
export async function onnxEngine(manifest: Manifest, folder: string, threads: number): Promise<HostEngine> {
  const ort = await load();
  const wrap = wrapper(ort);
  const kept = new Map<string, Promise<Executable>>();
  const opened = async (file: string): Promise<Executable> => {
    const session = await ort.InferenceSession.create(join(folder, file), {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      extra: { session: { force_spinning_stop: '1' } },
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
  return hostEngine(manifest, onnxIdentity(threads), (graph) => {
    const made = kept.get(graph) ?? make(graph);
    kept.set(graph, made);
    return made;
  });
}

/** Which engine this is, without loading it; throws EngineError where its package isn't installed. */
export function onnxIdentity(threads: number): EngineIdentity {
  try {
    const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as {
      version: string;
    };
    return { name: 'onnxruntime-node', version, device: 'cpu', threads };
  } catch {
    throw new EngineError('onnxruntime-node is not installed: run `npm ci`, then `ganc doctor`');
  }
}

async function load(): Promise<Ort> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new EngineError(
      `onnxruntime-node does not load here (${reason}): run \`npm ci\`, then \`ganc doctor\``,
    );
  }
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
