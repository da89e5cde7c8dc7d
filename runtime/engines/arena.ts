/**
 * Memory that kernels and the engine both see: tensors that a kernel works on lie in one WebAssembly memory, at multiples
 * of 16 bytes. In: a manifest. Out: tensors for the names that its kernels read and write; all else is allocated as usual.
 */
import type { Manifest } from '../../program/manifest.ts';
import { allocate } from './engine.ts';
import type { Floats, Tensor } from './engine.ts';

/** As much of the standard's interface as is used here (TypeScript has it in its DOM library alone). */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}
interface Wasm {
  readonly Memory: new (size: { initial: number; maximum: number }) => WasmMemory;
}
const { Memory } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;

const PAGE = 65536;
/** Small groups share a memory: each reserves address space. */
const SHARED = 2 ** 28;
export const padded = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/** Memory of a fixed size that tensors are taken from, one after another. */
export interface Arena {
  readonly memory: WasmMemory;
  take(float: Manifest['float'], shape: readonly number[]): Tensor;
  /** The tensor of that name, taken when first asked for. */
  named(name: string, float: Manifest['float'], shape: readonly number[]): Tensor;
}

const arenas = new WeakMap<ArrayBufferLike, Arena>();

/** The arena that a tensor lies in. */
export const arenaOf = ({ data }: Tensor): Arena | undefined => arenas.get(data.buffer);

export const bytesOf = (float: Manifest['float'], shape: readonly number[]): number =>
  padded((float === 'float32' ? 4 : 8) * shape.reduce((product, dim) => product * dim, 1));

/** Throws RangeError where the machine has no such memory. */
export function arena(bytes: number): Arena {
  const pages = Math.max(1, Math.ceil(bytes / PAGE));
  const memory = new Memory({ initial: pages, maximum: pages });
  const { buffer } = memory;
  const kept = new Map<string, Tensor>();
  let next = 0;
  const made: Arena = {
    memory,
    take(float, shape) {
      const at = next;
      next += bytesOf(float, shape);
      const size = shape.reduce((product, dim) => product * dim, 1);
      const data: Floats =
        float === 'float32' ? new Float32Array(buffer, at, size) : new Float64Array(buffer, at, size);
      return { shape, data };
    },
    named(name, float, shape) {
      const tensor = kept.get(name) ?? made.take(float, shape);
      kept.set(name, tensor);
      return tensor;
    },
  };
  arenas.set(buffer, made);
  return made;
}

// ---------------------------------------------------------------- state

/** Makes the tensors of a state: `copies` of each are asked for. */
export function stateAllocator(
  manifest: Manifest,
  copies: number,
): (name: string, shape: readonly number[]) => Tensor {
  const groups = groupsOf(manifest);
  const sizes = new Map<ReadonlySet<string>, number>();
  const shapes = shapesOf(manifest);
  for (const group of new Set(groups.values())) {
    const sum = [...group].reduce(
      (bytes, name) =>
        bytes + bytesOf(manifest.float, shapes.get(name) ?? []) * (name.startsWith(STATE) ? copies : 1),
      0,
    );
    sizes.set(group, sum);
  }
  const places = packed(sizes);
  return (name, shape) => {
    const group = groups.get(STATE + name);
    return group === undefined
      ? allocate(manifest.float, shape)
      : places.get(group)!().take(manifest.float, shape);
  };
}

const STATE = 'state ';

/** What kernels name, by what it is: state, whichever graph reads it, or a value of one graph. */
function groupsOf({ graphs }: Manifest): Map<string, ReadonlySet<string>> {
  const groups = new Map<string, ReadonlySet<string>>();
  for (const [graph, { inputs, outputs, stages = [] }] of Object.entries(graphs)) {
    const states = new Map<string, string>();
    for (const { name, from } of inputs) if (from.kind === 'state') states.set(name, from.state);
    for (const { name, to } of outputs) if (to.kind === 'state') states.set(name, to.state);
    for (const { tensors, results } of stages.flatMap(({ kernels }) => kernels)) {
      const names = [...tensors, ...results].map((name) =>
        states.has(name) ? STATE + states.get(name)! : `${graph} ${name}`,
      );
      const joined = new Set(names.flatMap((name) => [name, ...(groups.get(name) ?? [])]));
      joined.forEach((name) => groups.set(name, joined));
    }
  }
  return groups;
}

function shapesOf({ graphs, state }: Manifest): Map<string, readonly number[]> {
  const handed = Object.entries(graphs).flatMap(([graph, entry]) =>
    (entry.handed ?? []).map(({ name, shape }) => [`${graph} ${name}`, shape] as const),
  );
  return new Map([...handed, ...state.map(({ name, shape }) => [STATE + name, shape] as const)]);
}

/** An arena for each group, made when first asked for; groups share one as long as it stays small. */
function packed(sizes: ReadonlyMap<ReadonlySet<string>, number>): Map<ReadonlySet<string>, () => Arena> {
  const bins: { bytes: number; groups: ReadonlySet<string>[] }[] = [];
  for (const [group, bytes] of sizes) {
    const last = bins.at(-1);
    if (last === undefined || last.bytes + bytes > SHARED) bins.push({ bytes, groups: [group] });
    else {
      last.bytes += bytes;
      last.groups.push(group);
    }
  }
  return new Map(
    bins.flatMap(({ bytes, groups }) => {
      let made: Arena | undefined;
      const place = (): Arena => (made ??= arena(bytes));
      return groups.map((group) => [group, place] as const);
    }),
  );
}
