/**
 * The tensors that live from step to step: weights, buffers, moments, averages. Each has two buffers used in turn:
 * a step reads one and writes the other, so that no input is ever also an output, and what was there before a step
 * can still be looked at when the step gave NaN.
 */
import type { Initial, Manifest, StateEntry } from '../compiler/program/manifest.ts';
import { stateAllocator } from './arena.ts';
import { allFinite } from './engine.ts';
import type { Tensor, Tensors } from './engine.ts';
import { draws } from './random.ts';

export interface State {
  readonly entries: readonly StateEntry[];
  /** The tensor as it is now. */
  now(name: string): Tensor;
  /** The buffer that the next step may write. */
  spare(name: string): Tensor;
  /** What was written into the spare buffers of `names` is the state from now on. */
  swap(names: Iterable<string>): void;
}

/**
 * The state as the program starts it, or as `values` (a checkpoint's) say. Throws if a value is missing or of another
 * shape, unless `lenient`: then such a tensor starts anew.
 */
export function newState(manifest: Manifest, seed: number, values?: Tensors, lenient = false): State {
  const allocator = stateAllocator(manifest, 2);
  const make = ({ name, shape }: StateEntry): Tensor => allocator(name, shape);
  const pairs = new Map(
    manifest.state.map((entry) => [entry.name, [make(entry), make(entry)] as [Tensor, Tensor]]),
  );
  const now = (name: string): Tensor => pairOf(pairs, name)[0];
  for (const entry of inOrder(manifest.state)) {
    if (values && (!lenient || fits(entry, values))) now(entry.name).data.set(stored(entry, values));
    else fill(entry, seed, now);
  }
  return {
    entries: manifest.state,
    now,
    spare: (name) => pairOf(pairs, name)[1],
    swap: (names) => {
      for (const name of names) pairOf(pairs, name).reverse();
    },
  };
}

function pairOf(pairs: ReadonlyMap<string, [Tensor, Tensor]>, name: string): [Tensor, Tensor] {
  const pair = pairs.get(name);
  if (!pair) throw new Error(`the program has no state called ${name}`);
  return pair;
}

const fits = (entry: StateEntry, values: Tensors): boolean =>
  values[entry.name]?.shape.join() === entry.shape.join();

function stored(entry: StateEntry, values: Tensors): Tensor['data'] {
  if (fits(entry, values)) return values[entry.name].data;
  const shape = values[entry.name]?.shape.join(', ');
  const found = shape === undefined ? 'is missing' : `is [${shape}], not [${entry.shape.join(', ')}]`;
  throw new Error(`the checkpoint's ${entry.name} ${found}`);
}

/** Copies after what they copy. */
function inOrder(entries: readonly StateEntry[]): StateEntry[] {
  return [...entries].sort((a, b) => Number(a.initial.kind === 'copy') - Number(b.initial.kind === 'copy'));
}

function fill(entry: StateEntry, seed: number, now: (name: string) => Tensor): void {
  const { data } = now(entry.name);
  const { initial } = entry;
  if (initial.kind === 'constant') data.fill(initial.value);
  else if (initial.kind === 'copy') data.set(now(initial.of).data);
  else random(initial, { seed, key: `init:${entry.name}`, iteration: 0, scope: 0 }, data);
}

type Random = Extract<Initial, { kind: 'normal' | 'uniform' }>;

/** Drawn in float64, then scaled, then rounded once. */
function random(initial: Random, key: Parameters<typeof draws>[0], data: Tensor['data']): void {
  const drawn = new Float64Array(data.length);
  draws(key, initial.kind, 1, data.length, drawn);
  const [from, scale] =
    initial.kind === 'normal' ? [initial.mean, initial.std] : [initial.low, initial.high - initial.low];
  for (let i = 0; i < data.length; i++) data[i] = from + scale * drawn[i];
}

/** The networks with a weight, buffer or moment that is not finite, in the program's order. */
export function broken(state: State, which: 'now' | 'spare', names?: ReadonlySet<string>): string[] {
  const bad = state.entries.filter(
    ({ name }) => (names?.has(name) ?? true) && !allFinite(state[which](name).data),
  );
  return [...new Set(bad.map((entry) => entry.network))];
}
