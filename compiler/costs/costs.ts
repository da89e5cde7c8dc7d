/**
 * What a program takes, counted before anything runs. In: a model, its plan; out: parameters and bytes of each network, what
 * each update computes, shares and computes again, operations and memory of each graph, bytes of the data. How often
 * the host runs each graph is not counted here: that depends on rows (runtime/run/schedule.ts).
 */
import type { Catalogue } from '../../program/catalogue.ts';
import type { Manifest, Scope, StateRole, StreamEntry } from '../../program/manifest.ts';
import { stepsIn } from '../../program/steps-in.ts';
import { heldBytes } from '../check/least-memory.ts';
import { networkHolding } from '../check/memory.ts';
import type { Node } from '../ir/node.ts';
import { runOf } from '../ir/running.ts';
import { numbers } from '../ir/sizes.ts';
import type { Program } from '../compiled.ts';
import type { Model } from '../model.ts';
import type { Plan } from '../schedule/schedule.ts';
import { flops } from './flops.ts';
import { residentBytes } from './arena.ts';
import { updateCosts, type UpdateCost } from './updates.ts';

export interface NetworkCost {
  readonly name: string;
  /** Numbers that training moves. */
  readonly parameters: number;
  /** Weights and statistics, as a checkpoint holds them. */
  readonly bytes: number;
  /** What optimizers remember of them, and their moving averages. */
  readonly optimizer: number;
  readonly averages: number;
}

export interface GraphCost {
  /** Of a step: each time. Of a report: for each row. */
  readonly flops: number;
  /** What the engine holds for what it computes, at most. */
  readonly bytes: number;
}

/** How a report runs a graph. */
export interface GraphUse {
  /** How many rows it is given at once, at most. */
  readonly rows: number;
  /** Whether as many are given once more. */
  readonly again: boolean;
}

export interface Costs {
  readonly networks: readonly NetworkCost[];
  /** In the order of the schedule, with the bytes of the optimizer's state of each. */
  readonly updates: readonly (UpdateCost & { readonly optimizer: number })[];
  readonly graphs: Readonly<Record<string, GraphCost>>;
  /** What rows take in memory, by stream, or by what several streams share. */
  readonly data: Readonly<Record<string, number>>;
}

export interface Running {
  /** Of reports' graphs; what is not among them runs again and again as it is. */
  readonly uses: Readonly<Record<string, GraphUse>>;
  readonly sources: Catalogue['sources'];
}

export function costsOf(
  model: Model,
  { manifest, graphs }: Plan,
  { models = {} }: Pick<Program, 'models'>,
  { uses, sources }: Running,
): Costs {
  const element = manifest.float === 'float32' ? 4 : 8;
  return {
    networks: manifest.networks.map(({ name, weights }) => ({
      name,
      parameters: weights,
      bytes: stateBytes(manifest, element, name, 'weight', 'buffer'),
      optimizer: stateBytes(manifest, element, name, 'moment'),
      averages: stateBytes(manifest, element, name, 'average'),
    })),
    updates: allUpdates(model, manifest, graphs).map((cost) => ({
      ...cost,
      optimizer: slotBytes(manifest, element, cost.update),
    })),
    graphs: Object.fromEntries(
      Object.entries(graphs).map(([name, outputs]): [string, GraphCost] => {
        const runs = (models[name] ?? [outputs]).map((one) => heldIn(one, element, uses[name]));
        return [name, { flops: flops(outputs), bytes: runs.reduce((sum, bytes) => sum + bytes, 0) }];
      }),
    ),
    data: Object.fromEntries(manifest.streams.flatMap((stream) => dataBytes(stream, sources))),
  };
}

function stateBytes(
  { state }: Manifest,
  element: number,
  network: string,
  ...roles: readonly StateRole[]
): number {
  const own = state.filter((entry) => entry.network === network && roles.includes(entry.role));
  return own.reduce((sum, { shape }) => sum + element * numbers(shape), 0);
}

/** Of an update, the moments that it shares with others included. */
function slotBytes({ state, updates }: Manifest, element: number, update: string): number {
  const { networks, moments = update } = updates.find(({ name }) => name === update)!;
  const own = state.filter(
    ({ role, name, network }) =>
      role === 'moment' && name.startsWith(`${moments}.`) && networks.includes(network),
  );
  return own.reduce((sum, { shape }) => sum + element * numbers(shape), 0);
}

/** A model is a session, with an arena of its own. */
function heldIn(
  outputs: Readonly<Record<string, Node>>,
  element: number,
  { rows, again }: GraphUse = { rows: 1, again: true },
): number {
  return residentBytes(runOf(outputs, { N: rows }, element), again);
}

function dataBytes(
  { name, source, args, fields, description }: StreamEntry,
  sources: Catalogue['sources'],
): (readonly [string, number])[] {
  if (description === null) return [];
  const held = description.onDisk ? undefined : sources[source]?.held?.(args, description.count);
  if (held === undefined) return [[name, heldBytes(description, fields)]];
  return [[name, held.own], ...Object.entries(held.shared)];
}

/** Scope by scope: passes of a repeat with minibatches of their own compute nothing again. */
function allUpdates(
  { names }: Model,
  manifest: Manifest,
  graphs: Readonly<Record<string, Readonly<Record<string, Node>>>>,
): UpdateCost[] {
  const networkOf = ({ origin }: Node): string | undefined => origin && networkHolding(names, origin);
  const ownIn = ({ actions }: Scope): string[] =>
    actions.flatMap((action) =>
      action.do === 'step' ? [action.graph] : action.fresh ? [] : ownIn(action.scope),
    );
  const freshIn = ({ actions }: Scope): Scope[] =>
    actions.flatMap((action) => {
      if (action.do === 'step') return [];
      return action.fresh ? [action.scope, ...freshIn(action.scope)] : freshIn(action.scope);
    });
  const steps = manifest.schedule.flatMap(({ body }) => stepsIn(body));
  const updatesOf = new Map(steps.map(({ graph, updates }) => [graph, updates]));
  const scopes = manifest.schedule.flatMap(({ body }) => [body, ...freshIn(body)]);
  const found = scopes.flatMap((scope) => {
    const own = ownIn(scope).map((name) => ({
      name,
      entry: manifest.graphs[name],
      outputs: graphs[name],
      updates: manifest.updates.filter((update) => updatesOf.get(name)?.includes(update.name)),
    }));
    return updateCosts(own, networkOf);
  });
  const order = new Map(manifest.updates.map(({ name }, i) => [name, i]));
  return found.sort((a, b) => (order.get(a.update) ?? 0) - (order.get(b.update) ?? 0));
}
