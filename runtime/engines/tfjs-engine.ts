/**
 * The engine for programs of the target tfjs: an ES module (compiler/targets/tfjs) on TensorFlow.js. State lies in
 * variables, as the module's table says (images and their weights channels-last). Updates are applied in place, one
 * after another, each only if its losses are finite.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Tf from '@tensorflow/tfjs-core';
import type { Manifest } from '../../program/manifest.ts';
import type { DeviceName, Engine, EngineIdentity, State, Step, Tensor, Tensors } from './engine.ts';
import { chooseBackend, identify } from './tensorflow/choose.ts';
import type { Choice } from './tensorflow/choose.ts';
import { load } from './tensorflow/load.ts';

type Variables = Readonly<Record<string, Tf.Variable>>;
interface Model {
  readonly variables: Variables;
}
/** `batch`, `draws`, `at` (numbers of the schedule), `given`. */
type Place = readonly [string, ...string[]];
type Arguments = readonly [batch: object, draws: object, at: object, given: object];

interface Results {
  readonly [update: string]: {
    readonly losses: Readonly<Record<string, number>>;
    readonly objective: number;
    readonly applied: boolean;
  };
}

/** What the module exports. */
export interface ProgramModule {
  use(tf: typeof Tf): void;
  createModel(tensors: Readonly<Record<string, Tf.Tensor>>): Model;
  withReplaced(model: Model, tensors: Readonly<Record<string, Tf.Tensor>>): Model;
  readonly steps: Readonly<
    Record<string, readonly ((model: Model, ...args: Arguments) => Promise<Results> | Results)[]>
  >;
  readonly reports: Readonly<
    Record<string, (model: Model, ...args: Arguments) => Readonly<Record<string, Tf.Tensor>>>
  >;
  readonly inputs: Readonly<Record<string, Place>>;
  readonly state: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly axes?: readonly number[] }>
  >;
}

/** `folder` holds the program's module; `device` is that of an identity, or a choice made already. Throws EngineError. */
export async function tfjsEngine(
  manifest: Manifest,
  folder: string,
  device: DeviceName | Choice,
  threads: number,
): Promise<Engine> {
  const choice = typeof device === 'string' ? await chooseBackend(device) : device;
  const { tf } = await load(choice, { threads });
  const file = Object.values(manifest.graphs)[0]?.file ?? 'train.mjs';
  const module = (await import(pathToFileURL(join(folder, file)).href)) as ProgramModule;
  module.use(tf);
  const program: Program = { tf, module, manifest };
  return { ...identify(choice), threads, start: async (values) => startState(program, values) };
}

/** What `device` (auto, cpu, webgpu, cuda) means here, without loading it. Throws EngineError. */
export const tfjsIdentity = async (device: DeviceName, threads: number): Promise<EngineIdentity> => ({
  ...identify(await chooseBackend(device)),
  threads,
});

interface Program {
  readonly tf: typeof Tf;
  readonly module: ProgramModule;
  readonly manifest: Manifest;
}

function startState(program: Program, values: Tensors): State {
  const { tf, module, manifest } = program;
  const made = manifest.state.map(
    ({ name }) => [name, lying(tf, values[name], module.state[name].axes)] as const,
  );
  const model = module.createModel(Object.fromEntries(made));
  made.forEach(([, tensor]) => tensor.dispose());
  return {
    read: (names = manifest.state.map((entry) => entry.name)) => readState(program, model, names),
    step: (graph, feeds) => step(program, model, graph, feeds),
    report: (graph, feeds, fetches, replaced) => report(program, model, graph, feeds, fetches, replaced),
    async load(others) {
      for (const [name, value] of Object.entries(others)) {
        const tensor = lying(tf, value, module.state[name].axes);
        model.variables[name].assign(tensor);
        tensor.dispose();
      }
    },
    dispose: async () => Object.values(model.variables).forEach((variable) => variable.dispose()),
  };
}

async function readState(
  { module }: Program,
  { variables }: Model,
  names: Iterable<string>,
): Promise<Tensors> {
  const tensors: Record<string, Tensor> = {};
  for (const name of names) {
    const { shape, axes } = module.state[name];
    const data = (await variables[name].data()) as Float32Array;
    tensors[name] = {
      shape,
      data:
        axes === undefined
          ? data
          : permuted(
              data,
              axes.map((axis) => shape[axis]),
              inverse(axes),
            ),
    };
  }
  return tensors;
}

async function step(
  { tf, module, manifest }: Program,
  model: Model,
  graph: string,
  feeds: Tensors,
): Promise<Step> {
  const { args, dispose } = argumentsOf(tf, module, feeds);
  const results: Record<string, Results[string]> = {};
  try {
    for (const run of module.steps[graph]) {
      const made = await run(model, ...args);
      Object.assign(results, made);
      if (!Object.values(made).every(isFinite)) break;
    }
  } finally {
    dispose();
  }
  const numbers = manifest.graphs[graph].outputs.flatMap(({ name, to }): [string, number][] => {
    const of = 'update' in to ? results[to.update] : undefined;
    if (of === undefined || to.kind === 'state') return [];
    if (to.kind === 'loss') return [[name, of.losses[to.loss]]];
    return [[name, to.kind === 'objective' ? of.objective : Number(of.applied)]];
  });
  return { numbers: Object.fromEntries(numbers), commit: () => undefined, next: async () => ({}) };
}

const isFinite = ({ losses, objective }: Results[string]): boolean =>
  [objective, ...Object.values(losses)].every(Number.isFinite);

async function report(
  { tf, module }: Program,
  model: Model,
  graph: string,
  feeds: Tensors,
  fetches: readonly string[],
  replaced: Tensors = {},
): Promise<Tensors> {
  const others = Object.entries(replaced).map(
    ([name, tensor]) => [name, lying(tf, tensor, module.state[name].axes)] as const,
  );
  const view = others.length === 0 ? model : module.withReplaced(model, Object.fromEntries(others));
  const { args, dispose } = argumentsOf(tf, module, feeds);
  const outputs = module.reports[graph](view, ...args);
  try {
    const read = fetches.map(async (name): Promise<[string, Tensor]> => {
      const { shape } = outputs[name];
      return [name, { shape, data: (await outputs[name].data()) as Float32Array }];
    });
    return Object.fromEntries(await Promise.all(read));
  } finally {
    tf.dispose([outputs, others.map(([, tensor]) => tensor)]);
    dispose();
  }
}

// ---------------------------------------------------------------- what functions are given

/** The arguments of the module's functions; `dispose` gives their tensors back. */
export function argumentsOf(
  tf: typeof Tf,
  { inputs }: Pick<ProgramModule, 'inputs'>,
  feeds: Tensors,
): { args: Arguments; dispose(): void } {
  const all: Record<string, object> = { batch: bare(), draws: bare(), at: bare(), given: bare() };
  const tensors: Tf.Tensor[] = [];
  for (const [name, feed] of Object.entries(feeds)) {
    const place = inputs[name];
    if (place === undefined) continue;
    const value = place[0] === 'at' ? feed.data[0] : lying(tf, feed, channelsLast(feed.shape.length));
    if (typeof value !== 'number') tensors.push(value);
    put(all, place, value);
  }
  return { args: [all.batch, all.draws, all.at, all.given], dispose: () => tf.dispose(tensors) };
}

/** An object without a prototype: a stream may be called `constructor`. */
const bare = (): object => Object.create(null) as object;

function put(all: object, place: Place, value: unknown): void {
  const path = [...place];
  const last = path.pop()!;
  const at = path.reduce((object, part) => ((object as Record<string, object>)[part] ??= bare()), all);
  (at as Record<string, unknown>)[last] = value;
}

/** A copy of a host's tensor, with its axes in another order. */
function lying(tf: typeof Tf, { shape, data }: Tensor, axes?: readonly number[]): Tf.Tensor {
  if (axes === undefined) return tf.tensor(Float32Array.from(data), [...shape], 'float32');
  return tf.tensor(
    permuted(data, shape, axes),
    axes.map((axis) => shape[axis]),
    'float32',
  );
}

const channelsLast = (rank: number): number[] | undefined =>
  rank === 3 ? [0, 2, 1] : rank === 4 ? [0, 2, 3, 1] : undefined;
const inverse = (axes: readonly number[]): number[] => axes.map((_, i) => axes.indexOf(i));

/** Row-major data of this shape with its axes in another order: axis i of the result is axis axes[i]. */
function permuted(data: ArrayLike<number>, shape: readonly number[], axes: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = axes.map((axis) => shape[axis]);
  const steps = axes.map((axis) => strides[axis]);
  const out = new Float32Array(data.length);
  const index = sizes.map(() => 0);
  for (let i = 0, at = 0; i < out.length; i++) {
    out[i] = data[at];
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      at += steps[axis];
      if (++index[axis] < sizes[axis]) break;
      at -= steps[axis] * sizes[axis];
      index[axis] = 0;
    }
  }
  return out;
}
