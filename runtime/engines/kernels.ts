/**
 * Runs a step in stages: a graph, then its kernels, WebAssembly loops over the tensors that the step read, those that
 * the graph handed over, and those that are the next state. Where these lie in one memory (arena.ts) nothing is copied; else the
 * kernel works on a copy.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../program/manifest.ts';
import type { HandedValue, KernelEntry } from '../../program/stages.ts';
import { arena, arenaOf, bytesOf, padded } from './arena.ts';
import type { Arena, WasmMemory } from './arena.ts';
import { allocate } from './engine.ts';
import type { Tensor, Tensors } from './engine.ts';
import type { Executable } from './host-engine.ts';

type Run = (...numbers: number[]) => void;
/** A compiled module. */
export type Module = object;
interface Wasm {
  readonly Module: new (bytes: Uint8Array) => Module;
  readonly Instance: new (
    module: Module,
    imports: { host: { memory: WasmMemory } },
  ) => { readonly exports: { readonly run: Run } };
}
const { Module, Instance } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;

export const compiled = (bytes: Uint8Array): Module => new Module(bytes);

type Float = Manifest['float'];

/** The executable of a graph in stages, given that of each stage's file. */
export function inStages(
  graph: string,
  { float, graphs }: Manifest,
  files: readonly Executable[],
  folder: string,
): Executable {
  const { outputs, stages = [], handed = [] } = graphs[graph];
  const kernels = stages.flatMap((stage) => stage.kernels);
  const results = new Set(kernels.flatMap((kernel) => kernel.results));
  const made = outputs.filter(({ name }) => results.has(name));
  const modules = new Map(kernels.map(({ file }) => [file, compiled(readFileSync(join(folder, file)))]));
  const loops = stages.map((stage) =>
    stage.kernels.map((kernel) => loopOf(kernel, modules.get(kernel.file)!)),
  );
  const outside: Record<string, Tensor> = {};
  /** Where a kernel reads it. */
  const place = ({ name, shape }: HandedValue, values: Tensors): Tensor => {
    const user = kernels.find(({ tensors }) => tensors.includes(name));
    const home = user && arenaOf(values[user.results[0]]);
    return home ? home.named(`${graph} ${name}`, float, shape) : (outside[name] ??= allocate(float, shape));
  };
  const hidden = new Set(handed.map(({ name }) => name));
  return {
    async run(feeds, fetches, into = {}) {
      const values: Record<string, Tensor> = { ...feeds, ...into };
      for (const { name, shape } of made) values[name] ??= allocate(float, shape as readonly number[]);
      for (const value of handed) values[value.name] = place(value, values);
      for (const [i, stage] of stages.entries()) {
        const wanted = stage.outputs.filter((name) => hidden.has(name) || fetches.includes(name));
        Object.assign(values, await files[i].run(values, wanted, values));
        loops[i].forEach((loop) => loop(float, values));
      }
      return Object.fromEntries(fetches.map((name) => [name, values[name]]));
    },
  };
}

/** Sets `values`' results from its tensors and scalars. */
export type Loop = (float: Float, values: Tensors) => void;

/** A kernel ready to run; `module` is what its file holds. */
export function loopOf({ tensors, scalars, results }: KernelEntry, module: Module): Loop {
  const runs = new WeakMap<WasmMemory, Run>();
  const runIn = ({ memory }: Arena): Run => {
    const run = runs.get(memory) ?? new Instance(module, { host: { memory } }).exports.run;
    runs.set(memory, run);
    return run;
  };
  let copies: { arena: Arena; all: Tensor[] } | undefined;
  return (float, values) => {
    const all = [...tensors, ...results].map((name) => values[name]);
    const numbers = scalars.map((name) => values[name].data[0]);
    const home = arenaOf(all[0]);
    const bytes = padded(all[0].data.byteLength);
    if (home && all.every((tensor) => arenaOf(tensor) === home)) {
      runIn(home)(bytes, ...all.map(({ data }) => data.byteOffset), ...numbers);
      return;
    }
    copies ??= copiesOf(float, all);
    copies.all.forEach(({ data }, i) => i < tensors.length && data.set(all[i].data));
    runIn(copies.arena)(bytes, ...copies.all.map(({ data }) => data.byteOffset), ...numbers);
    for (let i = tensors.length; i < all.length; i++) all[i].data.set(copies.all[i].data);
  };
}

function copiesOf(float: Float, all: readonly Tensor[]): { arena: Arena; all: Tensor[] } {
  const own = arena(all.reduce((sum, { shape }) => sum + bytesOf(float, shape), 0));
  return { arena: own, all: all.map(({ shape }) => own.take(float, shape)) };
}
