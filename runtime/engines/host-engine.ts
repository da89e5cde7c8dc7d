/**
 * An engine that computes on the host's memory, made from what runs its graphs: onnxruntime on the CPU (and on CUDA,
 * which takes its inputs from there), the float64 reference of the tests. State has two buffers for each tensor, used
 * in turn: a step reads one and writes the other, so that no input is ever also an output, and what was there before
 * a step can still be looked at when the step gave NaN.
 */
import type { GraphEntry, Manifest } from '../../program/manifest.ts';
import { stateAllocator } from './arena.ts';
import type { Engine, EngineIdentity, State, Step, Tensor, Tensors } from './engine.ts';

/** A graph, ready to run on tensors of the host. */
export interface Executable {
  /**
   * The outputs named by `fetches`. Those that `into` holds a tensor for are written there (and returned as that
   * tensor); it must be no buffer of `feeds`. What is returned otherwise belongs to the caller.
   */
  run(feeds: Tensors, fetches: readonly string[], into?: Tensors): Tensors | Promise<Tensors>;
}

export interface HostEngine extends Engine {
  /** Made on first use and kept. */
  open(graph: string): Executable | Promise<Executable>;
}

export function hostEngine(
  manifest: Manifest,
  identity: EngineIdentity,
  open: HostEngine['open'],
): HostEngine {
  return { ...identity, open, start: async (values) => hostState(manifest, open, values) };
}

type Pair = [now: Tensor, spare: Tensor];

function hostState(manifest: Manifest, open: HostEngine['open'], values: Tensors): State {
  const { graphs } = manifest;
  const pairs = pairsOf(manifest, values);
  const now = (name: string): Tensor => pairs.get(name)![0];
  const spare = (name: string): Tensor => pairs.get(name)![1];
  const named = (names: Iterable<string>, of: (name: string) => Tensor): Tensors =>
    Object.fromEntries(Array.from(names, (name) => [name, of(name)]));
  return {
    read: async (names = pairs.keys()) => named(names, now),
    async step(graph, feeds): Promise<Step> {
      const entry = graphs[graph];
      const writes = stateOutputs(entry);
      const into = Object.fromEntries(writes.map(({ output, state }) => [output, spare(state)]));
      const executable = await open(graph);
      const fed = { ...feeds, ...stateFeeds(entry, now) };
      const outputs = await executable.run(
        fed,
        entry.outputs.map(({ name }) => name),
        into,
      );
      return {
        numbers: numbersOf(entry, outputs),
        commit: () => writes.forEach(({ state }) => pairs.get(state)!.reverse()),
        next: async () =>
          named(
            writes.map(({ state }) => state),
            spare,
          ),
      };
    },
    async report(graph, feeds, fetches, replaced = {}) {
      const executable = await open(graph);
      return executable.run(
        { ...feeds, ...stateFeeds(graphs[graph], (name) => replaced[name] ?? now(name)) },
        fetches,
      );
    },
    load: async (values) => {
      for (const [name, { data }] of Object.entries(values)) now(name).data.set(data);
    },
    dispose: async () => pairs.clear(),
  };
}

/** Kernels see their tensors in one memory: see arena.ts. */
function pairsOf(manifest: Manifest, values: Tensors): Map<string, Pair> {
  const allocator = stateAllocator(manifest, 2);
  return new Map(
    manifest.state.map(({ name, shape }) => {
      const pair: Pair = [allocator(name, shape), allocator(name, shape)];
      pair[0].data.set(values[name].data);
      return [name, pair];
    }),
  );
}

/** The tensors of the state that a graph reads, by the names of its inputs. */
export function stateFeeds<T>({ inputs }: GraphEntry, of: (state: string) => T): Record<string, T> {
  return Object.fromEntries(
    inputs.flatMap(({ name, from }) => (from.kind === 'state' ? [[name, of(from.state)]] : [])),
  );
}

/** The tensors of the state that a graph writes. */
export function stateOutputs({ outputs }: GraphEntry): { output: string; state: string }[] {
  return outputs.flatMap(({ name, to }) => (to.kind === 'state' ? [{ output: name, state: to.state }] : []));
}

/** Losses, objectives and what was applied. */
export function numbersOf(
  { outputs }: GraphEntry,
  values: Readonly<Record<string, { readonly data: ArrayLike<unknown> }>>,
): Record<string, number> {
  const scalars = outputs.filter(({ to }) => to.kind !== 'state');
  return Object.fromEntries(scalars.map(({ name }) => [name, Number(values[name].data[0])]));
}
