/**
 * What a program takes, counted before anything runs. In: a model, its plan; out: parameters and bytes of each network, what
 * each update computes, shares and computes again, operations and memory of each graph, bytes of the data. How often
 * the host runs each graph is not counted here: that depends on rows (runtime/run/schedule.ts).
 */
import type { Manifest, Scope, StateRole, StreamEntry } from '../../program/manifest.ts';
import { heldBytes } from '../check/least-memory.ts';
import { networkHolding } from '../check/memory.ts';
import type { Node } from '../ir/node.ts';
import { numbers } from '../ir/sizes.ts';
import type { Model } from '../model.ts';
import type { Plan } from '../schedule/schedule.ts';
import { flops } from './flops.ts';
import { peakNumbers } from './peak.ts';
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
  /** What it computes at its peak; of a report with `rows` rows at once. */
  readonly bytes: number;
}

export interface Costs {
  readonly networks: readonly NetworkCost[];
  /** In the order of the schedule, with the bytes of the optimizer's state of each. */
  readonly updates: readonly (UpdateCost & { readonly optimizer: number })[];
  readonly graphs: Readonly<Record<string, GraphCost>>;
  /** By stream: what its rows take in memory. */
  readonly data: Readonly<Record<string, number>>;
}

/** `rows`: how many a report's graph is given at once. */
export function costsOf(model: Model, { manifest, graphs }: Plan, rows: number): Costs {
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
      Object.entries(graphs).map(([name, outputs]) => [name, graphCost(outputs, element, rows)]),
    ),
    data: Object.fromEntries(manifest.streams.map((stream) => [stream.name, dataBytes(stream)])),
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

function graphCost(outputs: Readonly<Record<string, Node>>, element: number, rows: number): GraphCost {
  const sizes = { N: rows };
  return {
    flops: flops(outputs),
    bytes: element * peakNumbers(outputs, sizes),
  };
}

const dataBytes = ({ fields, description }: StreamEntry): number =>
  description === null ? 0 : heldBytes(description, fields);

/** Scope by scope: passes of a repeat with minibatches of their own compute nothing again. */
function allUpdates(
  { names }: Model,
  manifest: Manifest,
  graphs: Readonly<Record<string, Readonly<Record<string, Node>>>>,
): UpdateCost[] {
  const networkOf = ({ origin }: Node): string | undefined => origin && networkHolding(names, origin);
  const stepsIn = ({ actions }: Scope): string[] =>
    actions.flatMap((action) =>
      action.do === 'step' ? [action.graph] : action.fresh ? [] : stepsIn(action.scope),
    );
  const freshIn = ({ actions }: Scope): Scope[] =>
    actions.flatMap((action) => {
      if (action.do === 'step') return [];
      return action.fresh ? [action.scope, ...freshIn(action.scope)] : freshIn(action.scope);
    });
  const updatesOf = new Map(manifest.schedule.flatMap(({ body }) => [...countedIn(body)]));
  const scopes = manifest.schedule.flatMap(({ body }) => [body, ...freshIn(body)]);
  const found = scopes.flatMap((scope) => {
    const steps = stepsIn(scope).map((name) => ({
      name,
      entry: manifest.graphs[name],
      outputs: graphs[name],
      updates: manifest.updates.filter((update) => updatesOf.get(name)?.includes(update.name)),
    }));
    return updateCosts(steps, networkOf);
  });
  const order = new Map(manifest.updates.map(({ name }, i) => [name, i]));
  return found.sort((a, b) => (order.get(a.update) ?? 0) - (order.get(b.update) ?? 0));
}

/** Which updates each graph runs. */
function countedIn({ actions }: Scope): [graph: string, updates: readonly string[]][] {
  return actions.flatMap((action): [string, readonly string[]][] =>
    action.do === 'step' ? [[action.graph, action.updates]] : countedIn(action.scope),
  );
}
