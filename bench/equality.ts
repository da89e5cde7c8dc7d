/**
 * The equality check: starts where a peer started, is fed what it was fed, and says how far our weights are from its
 * own after the same iterations. In: the peer's export (see pytorch/steps.py). Out: distances, for each network and loss.
 */
import { readFileSync } from 'node:fs';
import { allocate } from '../runtime/engines/engine.ts';
import type { Tensor, Tensors } from '../runtime/engines/engine.ts';
import type { NamedTensor } from '../runtime/formats/safetensors.ts';
import { readSafetensors } from '../runtime/formats/safetensors.ts';
import { initialState } from '../runtime/run/initial-state.ts';
import { runIteration } from '../runtime/run/loop.ts';
import type { Trainer } from '../runtime/run/loop.ts';
import type { GraphInput, Manifest } from '../program/manifest.ts';

export interface Equality {
  readonly iterations: number;
  /** ‖ours - exact‖ / ‖exact - start‖ over all weights of a network; exact are the peer's in float64. */
  readonly weights: Readonly<Record<string, number>>;
  /** The same of the peer's own weights in float32. */
  readonly theirs: Readonly<Record<string, number>>;
  /** Relative differences of our losses from the exact ones, the largest over the iterations. */
  readonly losses: Readonly<Record<string, number>>;
}

type Export = ReadonlyMap<string, NamedTensor>;

export async function compareWith(path: string, trainer: Trainer): Promise<Equality> {
  const { tensors } = readSafetensors(new Uint8Array(readFileSync(path)), path);
  const { manifest } = trainer;
  const state = await trainer.engine.start(
    initialState(manifest, trainer.seed, startOf(manifest, tensors), true),
  );
  const losses: Record<string, number> = {};
  let position = { iteration: 0, step: 0, phase: 0, taken: {} as Readonly<Record<string, number>> };
  let applied: Readonly<Record<string, number>> = {};
  let i = 0;
  for (; tensors.has(`feed.${i}.image`); i++) {
    const done = await runIteration(fedWith(trainer, tensors, i), state, position, applied);
    [position, applied] = [done.iteration.next, done.applied];
    for (const [name, value] of Object.entries(done.logged.losses)) {
      const theirs = tensors.get(`loss.${i}.${name}`)?.data[0];
      if (theirs === undefined) continue;
      losses[name] = Math.max(losses[name] ?? 0, Math.abs(value - theirs) / Math.abs(theirs));
    }
  }
  const end = await state.read();
  return {
    iterations: i,
    weights: distances(manifest, tensors, (name) => end[name]),
    theirs: distances(manifest, tensors, (name) => tensors.get(`rounded.${name}`)!),
    losses,
  };
}

/** Weights and running statistics; moments are absent, and start at 0. */
function startOf(manifest: Manifest, tensors: Export): Tensors {
  const held = manifest.state.filter(({ role }) => role === 'weight' || role === 'buffer');
  return Object.fromEntries(
    held.map(({ name, shape }) => {
      const found = tensors.get(`start.${name}`);
      if (found?.shape.join() !== shape.join()) {
        throw new Error(
          `${name} is [${shape.join()}] here, [${found?.shape.join() ?? 'absent'}] at the peer`,
        );
      }
      return [name, found as Tensor];
    }),
  );
}

/** The trainer, its minibatches and draws replaced by those of the export's iteration. */
function fedWith(trainer: Trainer, tensors: Export, iteration: number): Trainer {
  return {
    ...trainer,
    feeder: {
      feeds(graph, source) {
        const feeds = trainer.feeder.feeds(graph, source);
        const fed = graph.inputs.flatMap((input) => {
          const tensor = replacement(input, tensors, iteration, trainer.manifest);
          return tensor === null ? [] : [[input.name, tensor] as const];
        });
        return { ...feeds, ...Object.fromEntries(fed) };
      },
    },
  };
}

function replacement(
  { from }: GraphInput,
  tensors: Export,
  iteration: number,
  manifest: Manifest,
): Tensor | null {
  if (from.kind !== 'draw' && from.kind !== 'field') return null;
  const name = from.kind === 'draw' ? from.key : from.field;
  const found = tensors.get(`feed.${iteration}.${name}`);
  if (found === undefined) throw new Error(`the peer was fed no ${name}`);
  if (from.kind === 'field') {
    // The peer's images lie in [0, 1].
    const [low, high] = manifest.streams.find((stream) => stream.name === from.stream)!.fields[name].range!;
    return mapped(found, manifest.float, (value) => low + value * (high - low));
  }
  // Uniform draws are of [0, 1): the graph brings them to [-1, 1].
  return mapped(
    found,
    manifest.float,
    from.distribution === 'uniform' ? (value) => (value + 1) / 2 : (value) => value,
  );
}

function mapped(
  { shape, data }: NamedTensor,
  float: Manifest['float'],
  change: (value: number) => number,
): Tensor {
  const tensor = allocate(float, shape);
  for (let i = 0; i < data.length; i++) tensor.data[i] = change(data[i]);
  return tensor;
}

function distances(
  manifest: Manifest,
  tensors: Export,
  weights: (name: string) => NamedTensor,
): Record<string, number> {
  const sums: Record<string, { off: number; moved: number }> = {};
  for (const { name, network } of manifest.state.filter(({ role }) => role === 'weight')) {
    const [start, end] = [tensors.get(`start.${name}`)!.data, tensors.get(`end.${name}`)!.data];
    const sum = (sums[network] ??= { off: 0, moved: 0 });
    const { data } = weights(name);
    for (let i = 0; i < data.length; i++) {
      sum.off += (data[i] - end[i]) ** 2;
      sum.moved += (end[i] - start[i]) ** 2;
    }
  }
  return Object.fromEntries(
    Object.entries(sums).map(([network, { off, moved }]) => [network, Math.sqrt(off / moved)]),
  );
}
