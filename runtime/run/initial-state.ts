/**
 * The tensors that live from step to step (weights, buffers, moments, averages), before an engine takes them. In: a
 * manifest and a seed, or a checkpoint's values; out: all tensors of the state, in the manifest's order.
 */
import type { Initial, Manifest, StateEntry } from '../../program/manifest.ts';
import { allFinite, allocate } from '../engines/engine.ts';
import type { Tensor, Tensors } from '../engines/engine.ts';
import { draws } from '../random.ts';
import { orthonormalise } from './orthogonal.ts';
import { nothingStored, type StoredTensors } from './phase-starts.ts';

/**
 * The state as the program starts it, or as `values` (a checkpoint's) say. Throws if a value is missing or of another
 * shape, unless `lenient`: then such a tensor starts anew. `stored`: the program's files of weights, where it has some.
 */
export function initialState(
  manifest: Manifest,
  seed: number,
  values?: Tensors,
  lenient = false,
  stored: StoredTensors = nothingStored,
): Tensors {
  const made = Object.fromEntries(
    manifest.state.map(({ name, shape }) => [name, allocate(manifest.float, shape)]),
  );
  for (const entry of inOrder(manifest.state)) {
    if (values && isKept(entry) && (!lenient || fits(entry, values)))
      made[entry.name].data.set(kept(entry, values));
    else fill(entry, seed, made, stored);
  }
  return made;
}

/** What no report reads: a model file lacks it. */
export const isForTraining = ({ role }: StateEntry): boolean =>
  role === 'moment' || role === 'history' || role === 'sum';

/** The state as a checkpoint has it, to be looked at: what only updates read starts as zeros where the checkpoint lacks it. */
export function stateToRead(manifest: Manifest, seed: number, values: Tensors): Tensors {
  const absent = manifest.state.filter(
    (entry) => isKept(entry) && isForTraining(entry) && !Object.hasOwn(values, entry.name),
  );
  const zeros = absent.map(({ name, shape }) => [name, allocate(manifest.float, shape)] as const);
  return initialState(manifest, seed, { ...values, ...Object.fromEntries(zeros) });
}

/** Sums over the parts of a minibatch are 0 between two iterations, and in no checkpoint. */
const isKept = ({ role }: StateEntry): boolean => role !== 'sum';

/** The tensors that checkpoints hold, by name. */
export const keptIn = ({ state }: Manifest): string[] => state.filter(isKept).map(({ name }) => name);

const fits = (entry: StateEntry, values: Tensors): boolean =>
  values[entry.name]?.shape.join() === entry.shape.join();

function kept(entry: StateEntry, values: Tensors): Tensor['data'] {
  if (fits(entry, values)) return values[entry.name].data;
  const shape = values[entry.name]?.shape.join(', ');
  const found = shape === undefined ? 'is missing' : `is [${shape}], not [${entry.shape.join(', ')}]`;
  throw new Error(`the checkpoint's ${entry.name} ${found}`);
}

/** Copies after what they copy. */
function inOrder(entries: readonly StateEntry[]): StateEntry[] {
  return [...entries].sort((a, b) => Number(a.initial.kind === 'copy') - Number(b.initial.kind === 'copy'));
}

function fill(entry: StateEntry, seed: number, made: Tensors, stored: StoredTensors): void {
  const { data } = made[entry.name];
  const { initial } = entry;
  if (initial.kind === 'constant') data.fill(initial.value);
  else if (initial.kind === 'copy') data.set(made[initial.of].data);
  else if (initial.kind === 'stored') data.set(stored(initial.file, initial.of).data);
  else if (initial.kind === 'orthogonal') orthogonal(entry, initial.gain, keyOf(entry, seed), data);
  else random(initial, keyOf(entry, seed), data);
}

type Key = Parameters<typeof draws>[0];

const keyOf = ({ name }: StateEntry, seed: number): Key => ({
  seed,
  key: `init:${name}`,
  iteration: 0,
  scope: 0,
});

/** Normal numbers made orthonormal in float64, then scaled, then rounded once. */
function orthogonal({ shape }: StateEntry, gain: number, key: Key, data: Tensor['data']): void {
  const drawn = new Float64Array(data.length);
  draws(key, 'normal', 1, data.length, drawn);
  const rows = shape[0] ?? 1;
  orthonormalise(drawn, rows, data.length / rows);
  for (let i = 0; i < data.length; i++) data[i] = gain * drawn[i];
}

type Random = Extract<Initial, { kind: 'normal' | 'uniform' }>;

/** Drawn in float64, then scaled, then rounded once. */
function random(initial: Random, key: Key, data: Tensor['data']): void {
  const drawn = new Float64Array(data.length);
  draws(key, initial.kind, 1, data.length, drawn);
  const [from, scale] =
    initial.kind === 'normal' ? [initial.mean, initial.std] : [initial.low, initial.high - initial.low];
  for (let i = 0; i < data.length; i++) data[i] = from + scale * drawn[i];
}

/** The networks with a weight, buffer or moment among `values` that is not finite, in the program's order. */
export function broken({ state }: Manifest, values: Tensors): string[] {
  const bad = state.filter(({ name }) => Object.hasOwn(values, name) && !allFinite(values[name].data));
  return [...new Set(bad.map((entry) => entry.network))];
}
