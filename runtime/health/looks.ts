/**
 * Numbers that rules of health look at, taken from a run between iterations. In: what iterations computed, the state before
 * and after one each hundred; out: looks. Reads the state and changes nothing.
 */
import type { Manifest, StateEntry } from '../../program/manifest.ts';
import { stepsIn } from '../../program/steps-in.ts';
import type { Discriminates } from '../../program/discriminates.ts';
import type { Floats, State, Tensors } from '../engines/engine.ts';
import type { Applied, Logged } from '../run/loop.ts';
import type { DiscriminatorLook, GradientLook, Look, ObjectiveLook, StepLook, UnitsLook } from './rule.ts';

/** Iterations between two looks; the first is early, before a run that goes wrong at once has come to rest. */
export const between = 100;
export const first = 2;

export const dueAt = (iteration: number): boolean => iteration === first || iteration % between === 0;

/** A state in this process, or in one at the other end of a pipe. */
export type Readable = Pick<State, 'read'>;

export interface Looks {
  /** What an iteration minimised. */
  add(logged: Logged): void;
  /** Keeps the weights as they stand before the iteration that is looked at. */
  before(state: Readable): Promise<void>;
  after(
    iteration: number,
    state: Readable,
    applied: { readonly before: Applied; readonly now: Applied },
  ): Promise<Look>;
}

export function looks(manifest: Manifest): Looks {
  const weights = manifest.state.filter(({ role }) => role === 'weight');
  const squares = manifest.state.filter(({ role, name }) => role === 'moment' && name.endsWith('.square'));
  const hidden = hiddenBiases(manifest, weights);
  const known = discriminatorsOf(manifest);
  const objectives = stretches();
  const discriminators = stretches();
  let earlier: Tensors = {};
  let biases: Tensors | null = null;
  let initialNorms: ReadonlyMap<string, number> | null = null;
  return {
    add(logged) {
      objectives.add(logged.objectives);
      discriminators.add(discriminatorLosses(known, logged));
    },
    async before(state) {
      earlier = copied(await state.read(weights.map(({ name }) => name)));
    },
    async after(iteration, state, applied) {
      const now = await state.read([...weights, ...squares].map(({ name }) => name));
      initialNorms ??= normsOf(weights, earlier);
      const steps = stepsOf(manifest, weights, earlier, now, applied, initialNorms);
      const units = biases === null ? [] : unitsOf(hidden, biases, now);
      biases = copied(Object.fromEntries(hidden.map(({ name }) => [name, now[name]])));
      earlier = {};
      return {
        iteration,
        objectives: objectives.look(),
        discriminators: discriminatorLooks(known, discriminators.look()),
        steps,
        gradients: gradientsOf(manifest, squares, now),
        units,
      };
    },
  };
}

const copied = (tensors: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );

/** Means of objectives over the stretches between looks. */
function stretches(): { add(values: Readonly<Record<string, number>>): void; look(): ObjectiveLook[] } {
  const sums = new Map<string, { sum: number; count: number }>();
  const first = new Map<string, number>();
  const before = new Map<string, number>();
  const least = new Map<string, number>();
  return {
    add(values) {
      for (const [update, value] of Object.entries(values)) {
        const known = sums.get(update) ?? { sum: 0, count: 0 };
        sums.set(update, { sum: known.sum + value, count: known.count + 1 });
      }
    },
    look() {
      const found = [...sums].map(([update, { sum, count }]): ObjectiveLook => {
        const now = sum / count;
        if (!first.has(update)) first.set(update, now);
        const look = { update, first: first.get(update)!, before: before.get(update) ?? now, now };
        before.set(update, now);
        least.set(update, Math.min(now, least.get(update) ?? now));
        return { ...look, least: least.get(update)! };
      });
      sums.clear();
      return found;
    },
  };
}

/** A discriminator by its update, where that has several by their losses, too. */
interface Discriminator {
  readonly name: string;
  readonly update: string;
  readonly tells: Discriminates;
}

const discriminatorsOf = ({ updates }: Manifest): Discriminator[] =>
  updates.flatMap(({ name: update, games = [] }) =>
    games.map((tells) => ({ name: games.length === 1 ? update : `${update}, ${tells.loss}`, update, tells })),
  );

/** By a discriminator's name. */
function discriminatorLosses(
  known: readonly Discriminator[],
  { objectives, losses }: Logged,
): Record<string, number> {
  const found = known.flatMap(({ name, update, tells }): [string, number][] => {
    const value = tells.loss === null ? objectives[update] : losses[tells.loss];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(found);
}

const discriminatorLooks = (
  known: readonly Discriminator[],
  seen: readonly ObjectiveLook[],
): DiscriminatorLook[] =>
  seen.map(({ update: name, now, least }) => {
    const { mistake, chance } = known.find((one) => one.name === name)!.tells;
    return { name, mistake, chance, now, least };
  });

function normsOf(weights: readonly StateEntry[], values: Tensors): Map<string, number> {
  const squares = new Map<string, number>();
  for (const { name, network } of weights)
    squares.set(network, (squares.get(network) ?? 0) + sumOfSquares(values[name].data));
  return new Map([...squares].map(([network, sum]) => [network, Math.sqrt(sum)]));
}

function sumOfSquares(data: Floats): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i] * data[i];
  return sum;
}

function distance(a: Floats, b: Floats): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

function stepsOf(
  { updates, schedule }: Manifest,
  weights: readonly StateEntry[],
  earlier: Tensors,
  now: Tensors,
  applied: { readonly before: Applied; readonly now: Applied },
  initialNorms: ReadonlyMap<string, number>,
): StepLook[] {
  const ran = updates.filter(({ name }) => (applied.now[name] ?? 0) > (applied.before[name] ?? 0));
  const norms = normsOf(weights, now);
  const given = givenNow(schedule, applied);
  return [...new Set(ran.flatMap(({ networks }) => networks))].flatMap((network): StepLook[] => {
    const own = weights.filter((entry) => entry.network === network && !given.has(entry.name));
    if (own.length === 0) return [];
    const moved = own.reduce((sum, { name }) => sum + distance(earlier[name].data, now[name].data), 0);
    return [
      {
        network,
        updates: ran.filter(({ networks }) => networks.includes(network)).map(({ name }) => name),
        step: Math.sqrt(moved),
        norm: norms.get(network) ?? 0,
        initialNorm: initialNorms.get(network) ?? 0,
      },
    ];
  });
}

/** What a phase that begins in this iteration sets (`initialize A from B`): no step of its updates. */
function givenNow(
  schedule: Manifest['schedule'],
  { before, now }: { readonly before: Applied; readonly now: Applied },
): ReadonlySet<string> {
  const begins = schedule.filter(({ body }) => {
    const names = stepsIn(body).flatMap(({ updates }) => updates);
    return names.every((name) => (before[name] ?? 0) === 0) && names.some((name) => (now[name] ?? 0) > 0);
  });
  return new Set(begins.flatMap(({ starts = [] }) => starts.map(({ state }) => state)));
}

/** Of updates whose optimizer keeps a running mean of squared gradients (Adam and its kin, RMSprop). */
function gradientsOf({ updates }: Manifest, squares: readonly StateEntry[], now: Tensors): GradientLook[] {
  return updates.flatMap(({ name: update, networks, moments = update }): GradientLook[] => {
    const own = squares.filter(
      ({ name, network }) => name.startsWith(`${moments}.`) && networks.includes(network),
    );
    const count = own.reduce((sum, { name }) => sum + now[name].data.length, 0);
    if (count === 0) return [];
    const sum = own.reduce((all, { name }) => all + total(now[name].data), 0);
    // Nothing yet: the update has not run.
    return sum === 0 && own.every(({ name }) => now[name].data.every((x) => x === 0))
      ? []
      : [{ update, rms: Math.sqrt(sum / count) }];
  });
}

function total(data: Floats): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i];
  return sum;
}

/** Of units that can die; none of a network's last layer, whose units are its answer. */
function hiddenBiases({ updates }: Manifest, weights: readonly StateEntry[]): StateEntry[] {
  const rectified = new Set(updates.flatMap((update) => update.rectified ?? []));
  const biases = weights.filter(({ name, shape }) => rectified.has(name) && shape.length === 1);
  const last = new Map(weights.map(({ network, name }) => [network, layerOf(name)]));
  return biases.filter(({ network, name }) => last.get(network) !== layerOf(name));
}

const layerOf = (weight: string): string => weight.slice(0, weight.lastIndexOf('.'));

const unitsOf = (biases: readonly StateEntry[], earlier: Tensors, now: Tensors): UnitsLook[] =>
  biases.map(({ name, network }) => ({
    network,
    layer: layerOf(name),
    moved: Float64Array.from(now[name].data, (value, i) => Math.abs(value - earlier[name].data[i])),
  }));
