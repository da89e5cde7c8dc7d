/**
 * The engine for programs of ONNX graphs on a GPU, any vendor's: onnxruntime's WebGPU provider. State stays in the
 * GPU's buffers: a step's outputs are fresh buffers there, and those that they replace are given back once it is
 * committed. Losses come to the host; minibatches, draws and scalars go there.
 */
import { join } from 'node:path';
import type { InferenceSession as Session, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Manifest } from '../../program/manifest.ts';
import { EngineError } from './engine.ts';
import type { Engine, Floats, State, Step, Tensor, Tensors } from './engine.ts';
import { numbersOf, stateFeeds, stateOutputs } from './host-engine.ts';
import { firstLine, loadOnnxruntime, onnxIdentity, sessionOptions } from './onnxruntime.ts';
import type { Ort } from './onnxruntime.ts';
import { watchedSession } from './placement.ts';
import type { WatchedSession } from './placement.ts';

type GpuTensors = Readonly<Record<string, OrtTensor>>;

/** What all states of one engine share. */
interface Gpu {
  readonly ort: Ort;
  readonly manifest: Manifest;
  readonly folder: string;
  readonly threads: number;
  /** Where state lives, and how it gets there and back. */
  readonly device: NonNullable<Manifest['device']>;
  /** By file and where its outputs go; made on first use and kept. */
  readonly sessions: Map<string, Promise<WatchedSession>>;
  readonly remarks: string[];
}

/** `folder` holds the graphs' files. Throws EngineError where no adapter answers, or the program is not for it. */
export async function webgpuEngine(manifest: Manifest, folder: string, threads: number): Promise<Engine> {
  const { device, float } = manifest;
  if (device?.name !== 'webgpu')
    throw new EngineError('the program was not built for WebGPU: build it with --device webgpu');
  if (float !== 'float32') throw new EngineError(`WebGPU has no ${float}: build the program in float32`);
  const gpu: Gpu = {
    ort: await loadOnnxruntime(),
    manifest,
    folder,
    threads,
    device,
    sessions: new Map(),
    remarks: [],
  };
  try {
    await open(gpu, device.copy);
  } catch (error) {
    throw new EngineError(
      `no GPU answers through onnxruntime's WebGPU provider (${firstLine(error)}): \`ganc doctor\` says what is there; --device cpu needs none`,
    );
  }
  return {
    ...onnxIdentity('webgpu', threads),
    start: async (values) => gpuState(gpu, await uploaded(gpu, values)),
    remarks: () => gpu.remarks,
  };
}

// ---------------------------------------------------------------- sessions

/** Two runs at once, of any two sessions, end the process: onnxruntime issue 32561. */
let last: Promise<unknown> = Promise.resolve();
function alone<T>(work: () => Promise<T>): Promise<T> {
  const next = last.then(work, work);
  last = next.catch(() => undefined);
  return next;
}

/** `stays`: whether an output of that name is left in the GPU's memory; those that nobody names aren't. */
function open(
  gpu: Gpu,
  file: string,
  stays: (output: string) => boolean = () => false,
  outputs: readonly string[] = [],
): Promise<WatchedSession> {
  const { ort, folder, threads, sessions } = gpu;
  const places = Object.fromEntries(
    outputs.map((name) => [name, stays(name) ? 'gpu-buffer' : 'cpu'] as const),
  );
  const key = `${file} ${Object.values(places).join()}`;
  const options: Session.SessionOptions = {
    ...sessionOptions(threads),
    executionProviders: ['webgpu'],
    ...(outputs.length === 0 ? {} : { preferredOutputLocation: places }),
  };
  const known = sessions.get(key) ?? alone(() => watchedSession(ort, join(folder, file), options));
  sessions.set(key, known);
  return known;
}

/** One run; what the provider left to the CPU is noted after the first. */
async function run(
  { remarks }: Gpu,
  { session, leftToCpu }: WatchedSession,
  file: string,
  feeds: GpuTensors,
  fetches: readonly string[],
): Promise<GpuTensors> {
  // What the optimiser found unused is no input of the session any more.
  const fed = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]]));
  const got = await alone(() => session.run(fed, fetches));
  const left = leftToCpu();
  if (left.length > 0)
    remarks.push(`${file}: onnxruntime leaves to the CPU, with copies there and back: ${left.join(', ')}`);
  return got;
}

// ---------------------------------------------------------------- the host's side

const toOrt = ({ ort }: Gpu, { data, shape }: Tensor): OrtTensor =>
  new ort.Tensor('float32', data as Float32Array, shape);
const toHost = (tensor: OrtTensor): Tensor => ({ shape: tensor.dims, data: tensor.data as Floats });
const mapped = <A, B>(values: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
const names = ({ manifest }: Gpu): string[] => manifest.state.map(({ name }) => name);
const copies = (of: Iterable<string>): string[] => Array.from(of, (name) => `copy:${name}`);

async function uploaded(gpu: Gpu, values: Tensors): Promise<GpuTensors> {
  const outputs = copies(names(gpu));
  const session = await open(gpu, gpu.device.copy, () => true, outputs);
  const feeds = mapped(values, (tensor) => toOrt(gpu, tensor));
  return byState(names(gpu), await run(gpu, session, gpu.device.copy, feeds, outputs));
}

async function downloaded(gpu: Gpu, values: GpuTensors, which: readonly string[]): Promise<Tensors> {
  const session = await open(gpu, gpu.device.copy);
  return mapped(byState(which, await run(gpu, session, gpu.device.copy, values, copies(which))), toHost);
}

const byState = (which: readonly string[], got: GpuTensors): GpuTensors =>
  Object.fromEntries(which.map((name) => [name, got[`copy:${name}`]]));

// ---------------------------------------------------------------- state

/** A state's tensors on the GPU. */
interface Held {
  readonly gpu: Gpu;
  readonly now: Map<string, OrtTensor>;
  /** What a step has made, until it is committed. */
  pending: GpuTensors;
}

function gpuState(gpu: Gpu, start: GpuTensors): State {
  const held: Held = { gpu, now: new Map(Object.entries(start)), pending: {} };
  return {
    read: (which = held.now.keys()) => downloaded(gpu, whole(held), [...which]),
    step: (graph, feeds) => step(held, graph, feeds),
    report: (graph, feeds, fetches, replaced = {}) => report(held, graph, feeds, fetches, replaced),
    async load(values) {
      forget(held);
      // Copied, since what was read is the session's own memory.
      const all = { ...(await downloaded(gpu, whole(held), [...held.now.keys()])), ...values };
      replace(held, await uploaded(gpu, all));
    },
    async dispose() {
      forget(held);
      for (const tensor of held.now.values()) tensor.dispose();
      held.now.clear();
    },
  };
}

const whole = ({ now }: Held): GpuTensors => Object.fromEntries(now);

/** Gives back what was made and not committed. */
function forget(held: Held): void {
  for (const tensor of Object.values(held.pending)) tensor.dispose();
  held.pending = {};
}

/** Takes these tensors in the place of those that the state has, which are given back. */
function replace({ now }: Held, made: GpuTensors): void {
  for (const [name, tensor] of Object.entries(made)) {
    now.get(name)!.dispose();
    now.set(name, tensor);
  }
}

async function step(held: Held, graph: string, feeds: Tensors): Promise<Step> {
  forget(held);
  const { gpu, now } = held;
  const entry = gpu.manifest.graphs[graph];
  const writes = new Map(stateOutputs(entry).map(({ output, state }) => [output, state]));
  const outputs = entry.outputs.map(({ name }) => name);
  const file = fileOf(gpu, graph);
  const session = await open(gpu, file, (output) => writes.has(output), outputs);
  const fed = {
    ...mapped(feeds, (tensor) => toOrt(gpu, tensor)),
    ...stateFeeds(entry, (name) => now.get(name)!),
  };
  const got = await run(gpu, session, file, fed, outputs);
  const made = Object.fromEntries([...writes].map(([output, state]) => [state, got[output]]));
  held.pending = made;
  return {
    numbers: numbersOf(entry, got),
    commit() {
      replace(held, made);
      held.pending = {};
    },
    next: () => downloaded(gpu, { ...whole(held), ...made }, Object.keys(made)),
  };
}

async function report(
  { gpu, now }: Held,
  graph: string,
  feeds: Tensors,
  fetches: readonly string[],
  replaced: Tensors,
): Promise<Tensors> {
  const file = fileOf(gpu, graph);
  const session = await open(gpu, file);
  const resident = stateFeeds(gpu.manifest.graphs[graph], (name) =>
    name in replaced ? toOrt(gpu, replaced[name]) : now.get(name)!,
  );
  const fed = { ...mapped(feeds, (tensor) => toOrt(gpu, tensor)), ...resident };
  return mapped(await run(gpu, session, file, fed, fetches), toHost);
}

function fileOf({ manifest }: Gpu, graph: string): string {
  const { file } = manifest.graphs[graph] ?? {};
  if (file === undefined) throw new Error(`the program has no file for the graph ${graph}`);
  return file;
}
