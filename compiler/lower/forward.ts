/**
 * Updates as values alone, for targets whose engines differentiate by themselves: no gradient, no optimizer, each update
 * in a builder of its own, so that its program stands by itself. In: a model; out: what each statement computes.
 */
import { scalarNode } from '../evaluate/feeds.ts';
import type { WeightInfo } from '../bind/names.ts';
import { Builder } from '../ir/builder.ts';
import { symbol } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import type { AverageInfo, UpdateInfo } from '../model.ts';
import type { HostExpr } from '../../program/host.ts';
import type { InputOrigin } from '../../program/manifest.ts';
import { averageName, StateNodes, trainContext, type Lowering } from './context.ts';
import { averaged, decayOf, type StepStatement } from './step.ts';
import {
  clippedByValue,
  evaluateUpdate,
  optimizerScalars,
  overCalls,
  running,
  stepWeight,
  weightsOf,
} from './update.ts';

export interface ForwardUpdate {
  readonly update: UpdateInfo;
  readonly builder: Builder;
  /** The mean over rows, sign as written. */
  readonly objective: Node;
  readonly condition: Node | null;
  readonly losses: ReadonlyMap<string, Node>;
  readonly weights: readonly WeightInfo[];
  /** Batch statistics by running buffer, of the networks that the update names. */
  readonly statistics: ReadonlyMap<string, Node>;
  /** Batch statistics of each call, of all networks. */
  readonly observed: readonly Node[];
  /** Next values of other buffers. */
  readonly moved: ReadonlyMap<string, Node>;
  readonly origins: ReadonlyMap<string, InputOrigin>;
}

export function forwardUpdate(lowering: Lowering, update: UpdateInfo): ForwardUpdate {
  const builder = new Builder();
  const origins = new Map<string, InputOrigin>();
  const context = trainContext(lowering, builder, new StateNodes(builder), update.networks, origins);
  const { objective, condition, weights, observed, moved } = evaluateUpdate(context, update);
  const buffers = update.networks.flatMap((network) => weightsOf(context, network, 'buffer'));
  const of = <T>(table: ReadonlyMap<string, T>): [string, T][] =>
    buffers.flatMap(({ name }) => (table.has(name) ? [[name, table.get(name)!] as [string, T]] : []));
  const moving = new Map(of(moved));
  return {
    update, builder, objective, condition, weights, origins,
    losses: context.effects.losses,
    statistics: new Map(of(observed).filter(([name]) => !moving.has(name)).map(([name, calls]) => [name, overCalls(builder, calls)])),
    observed: [...context.effects.observed.values()].flatMap((calls) => calls.map(({ batch }) => batch)),
    moved: moving,
  }; // prettier-ignore
}

/** What an optimizer does to one weight: `weight`, `gradient`, its slots, `factor` (what clipping by norm multiplies by) → next. */
export interface ForwardRule {
  readonly inputs: readonly string[];
  readonly slots: readonly string[];
  readonly outputs: Readonly<Record<string, Node>>;
  /** Names of the scalars that the host feeds, by the optimizer's own names. */
  readonly scalars: ReadonlyMap<string, string>;
  readonly origins: ReadonlyMap<string, InputOrigin>;
  /** `clip_gradients`, `clip_norm`: the names of their scalars or the numbers themselves. */
  readonly clipNorm: Node | null;
}

export function forwardRule(lowering: Lowering, update: UpdateInfo, decay: boolean): ForwardRule {
  const b = new Builder();
  const origins = new Map<string, InputOrigin>();
  const context = trainContext(lowering, b, new StateNodes(b), update.networks, origins);
  const { rule, args } = update.optimizer;
  const slots = rule.slots(args);
  const input = (name: string): Node => b.input(name, [symbol('E')]);
  const [weight, gradient] = [input('weight'), input('gradient')];
  const clipNorm =
    args.clip_norm === null || args.clip_norm === undefined
      ? null
      : scalarNode(context, args.clip_norm as HostExpr);
  const limited = clippedByValue(context, update, gradient);
  const clipped = clipNorm === null ? limited : b.mul(limited, b.input('factor', []));
  const slotNodes = Object.fromEntries(slots.map((slot) => [slot, input(slot)]));
  const scalars = optimizerScalars(context, update);
  const after = stepWeight(context, update, { weight, gradient: clipped, slots: slotNodes, scalars, decay });
  const named = Object.entries(rule.scalars(args, { applied: update.name })).flatMap(
    ([name, value]): [string, string][] => {
      const node = scalarNode(context, value);
      return node.op === 'input' ? [[node.attrs.name, name]] : [];
    },
  );
  return {
    inputs: ['weight', 'gradient', ...slots, ...(clipNorm === null ? [] : ['factor'])],
    slots,
    origins,
    clipNorm,
    outputs: { weight: after.weight, ...after.slots },
    scalars: new Map(named),
  };
}

/** `gradient` → `clipped`, by `clip_gradients`: what the norm is taken of. */
export function forwardClip(lowering: Lowering, update: UpdateInfo): { gradient: Node; clipped: Node } {
  const b = new Builder();
  const context = trainContext(lowering, b, new StateNodes(b), update.networks, new Map());
  const gradient = b.input('gradient', [symbol('E')]);
  return { gradient, clipped: clippedByValue(context, update, gradient) };
}

/** `before`, `batch` → a running statistic. */
export function forwardRunning(): Node {
  const b = new Builder();
  const input = (name: string): Node => b.input(name, [symbol('E')]);
  return running(b, input('before'), input('batch'));
}

/** `before`, `current`, `decay` → an average; and which tensors it is of. */
export function forwardAverage(
  { model }: Lowering,
  info: AverageInfo,
): { next: Node; decay: HostExpr; names: [string, string][] } {
  const b = new Builder();
  const input = (name: string): Node => b.input(name, [symbol('E')]);
  const weights = [...model.names.networks.get(info.network)!.weights.values()];
  return {
    next: averaged(b, input('before'), input('current'), b.input('decay', [])),
    decay: decayOf(info),
    names: weights.map((weight) => [averageName(weight), weight.name]),
  };
}

export type { StepStatement };
