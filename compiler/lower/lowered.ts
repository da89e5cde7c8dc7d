/**
 * What lowering makes of a spec: the values of each update and report as graphs by themselves, and the steps that the host
 * runs in one go. Nothing is differentiated yet; weights are inputs by their names.
 */
import type { HostExpr } from '../../program/host.ts';
import type { Discriminates } from '../../program/discriminates.ts';
import type { InputOrigin, Length, OutputUse, ReportEntry } from '../../program/manifest.ts';
import type { WeightInfo } from '../bind/names.ts';
import type { Builder } from '../ir/builder.ts';
import type { Dim } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import type { Model, SetInfo, UpdateInfo } from '../model.ts';
import type { Observed } from './observed.ts';

export interface Lowered {
  readonly model: Model;
  /** How many parts the graphs of a step take a minibatch in; 1: at once. */
  readonly parts: number;
  /** In parts: what is settled when all of them are done, by the name of the update or `set` (settled.ts). */
  readonly settled: ReadonlyMap<string, Settled>;
  /** One for each phase of the schedule. */
  readonly phases: readonly LoweredPhase[];
  readonly reports: readonly LoweredReport[];
}

export interface LoweredPhase {
  readonly name: string | null;
  readonly length: Length | null;
  readonly clock: string | null;
  readonly scope: LoweredScope;
}

/** One minibatch of each stream that is read, one draw of each sample. */
export interface LoweredScope {
  readonly reads: readonly string[];
  readonly actions: readonly LoweredAction[];
}

export type LoweredAction =
  | LoweredStep
  | {
      readonly kind: 'repeat';
      readonly count: number;
      readonly fresh: boolean;
      readonly scope: LoweredScope;
    };

/** A straight run of statements between decisions of the host (`every`, `repeat`, phases): one graph. */
export interface LoweredStep {
  readonly kind: 'step';
  /** `step_1` */
  readonly name: string;
  readonly every: Length | null;
  readonly statements: readonly LoweredStatement[];
}

export type LoweredStatement =
  /** One update, or what stands in a `together`: all gradients and next states are taken before any is applied. */
  | {
      readonly kind: 'updates';
      readonly updates: readonly LoweredUpdate[];
      readonly sets: readonly LoweredSet[];
    }
  | { readonly kind: 'average'; readonly average: LoweredAverage }
  | { readonly kind: 'set'; readonly set: LoweredSet };

export interface LoweredAverage {
  readonly network: string;
  /** 0 the first time, which makes a copy. */
  readonly decay: HostExpr;
  readonly weights: readonly WeightInfo[];
}

/**
 * A number of the whole minibatch that each of its parts needs, where one is computed in parts (wholes.ts): `value`, of a part, is
 * what its mean over all parts is made of; `leaf` stands for that mean.
 */
export interface Whole {
  readonly number: string;
  readonly value: Node;
  readonly leaf: Node;
}

/** What a `set` makes of its state, at weights and states that are inputs, in a builder of its own. */
export interface LoweredSet {
  readonly set: SetInfo;
  readonly builder: Builder;
  readonly origins: ReadonlyMap<string, InputOrigin>;
  /** Weights, buffers and states by name, in the order in which they were asked for. */
  readonly state: ReadonlyMap<string, Node>;
  readonly value: Node;
  /** 1 or 0; null: always. */
  readonly condition: Node | null;
  /** What the state is afterwards, whether the condition holds or not; of several numbers their mean. For logs. */
  readonly after: Node;
  readonly rounds: LoweredUpdate['rounds'];
  /** The same for minibatches of so many rows of each stream and sample, a number or a symbol. */
  withRows(rowCount: (name: string) => Dim): LoweredSet;
}

/** An update's values at weights that are inputs, in a builder of its own. */
export interface LoweredUpdate {
  readonly update: UpdateInfo;
  readonly builder: Builder;
  readonly origins: ReadonlyMap<string, InputOrigin>;
  /** Weights and buffers by name, in the order in which they were asked for. */
  readonly state: ReadonlyMap<string, Node>;
  /** The mean over rows, sign as written. */
  readonly objective: Node;
  /** 1 or 0; null: always. */
  readonly condition: Node | null;
  /** Losses with a name that were computed on the way, and a game's term of the objective: their means over rows. */
  readonly losses: ReadonlyMap<string, Node>;
  /** Those with a name row by row, as far as they have rows. */
  readonly lossRows: ReadonlyMap<string, Node>;
  /** Whose discriminators' losses are computed. */
  readonly games: readonly Discriminates[];
  /** Of the networks that it trains. */
  readonly weights: readonly WeightInfo[];
  readonly buffers: readonly WeightInfo[];
  /** What calls in the objective leave behind for these buffers: batches for running statistics, next values for others. */
  readonly observed: ReadonlyMap<string, readonly Observed[]>;
  readonly moved: ReadonlyMap<string, Node>;
  /** Batch statistics of every call, of all networks. */
  readonly batches: readonly Node[];
  /** In parts: numbers of the whole minibatch that are known before its gradients are taken, by the pass that finds them. */
  readonly rounds: readonly (readonly Whole[])[];
  /** The same for minibatches of so many rows of each stream and sample, a number or a symbol. */
  withRows(rowCount: (name: string) => Dim): LoweredUpdate;
}

/** What of an update or `set` follows from means over all rows of a minibatch, where it is computed in parts. */
export interface Settled {
  /** Over the rows of a part, in the builder of the update or `set`. */
  readonly means: readonly Node[];
  /** Inputs that stand for the means over all parts, in the builder of what follows. */
  readonly given: readonly Node[];
  /** What follows from them, from the state and from what the host feeds. */
  readonly condition: Node | null;
  /** A `set`'s next value, and what is logged of it; null: an update, which gives its own in each part. */
  readonly next: { readonly value: Node; readonly after: Node } | null;
  readonly origins: ReadonlyMap<string, InputOrigin>;
}

/** All that follows from the means. */
export const settledRoots = ({ next, condition }: Settled): Node[] => [
  ...(next === null ? [] : [next.value, next.after]),
  ...(condition === null ? [] : [condition]),
];

/** What an update or `set` is called. */
export const nameOf = (one: LoweredUpdate | LoweredSet): string =>
  'set' in one ? one.set.name : one.update.name;

export interface Output {
  readonly node: Node;
  readonly to: OutputUse;
}

/** A graph with its outputs by name, and where its inputs come from; all that is not said is state. */
export interface Graph {
  readonly outputs: ReadonlyMap<string, Output>;
  readonly origins: ReadonlyMap<string, InputOrigin>;
}

export interface LoweredReport {
  readonly entry: ReportEntry;
  readonly graphs: Readonly<Record<string, Graph>>;
  /** That made all of them. */
  readonly builder: Builder;
}

/** All steps, in the order of the spec. */
export const stepsOf = ({ phases }: Pick<Lowered, 'phases'>): LoweredStep[] => {
  const inside = ({ actions }: LoweredScope): LoweredStep[] =>
    actions.flatMap((action) => (action.kind === 'step' ? [action] : inside(action.scope)));
  return phases.flatMap(({ scope }) => inside(scope));
};

/** By step, the scope that it is passed through in several times on the same minibatches and draws: of `repeat … fresh: false`. */
export function roundsOf({ phases }: Pick<Lowered, 'phases'>): Map<LoweredStep, LoweredScope> {
  const found = new Map<LoweredStep, LoweredScope>();
  const enter = (scope: LoweredScope, repeats: boolean): void => {
    for (const action of scope.actions) {
      if (action.kind === 'repeat') enter(action.scope, !action.fresh && action.count > 1);
      else if (repeats) found.set(action, scope);
    }
  };
  phases.forEach(({ scope }) => enter(scope, false));
  return found;
}

/** All updates of a step, in order. */
export const updatesOfStep = ({ statements }: Pick<LoweredStep, 'statements'>): LoweredUpdate[] =>
  statements.flatMap((statement) => (statement.kind === 'updates' ? statement.updates : []));

/** All `set`s of a step, in order. */
export const setsOfStep = ({ statements }: LoweredStep): LoweredSet[] =>
  statements.flatMap((statement) => {
    if (statement.kind === 'set') return [statement.set];
    return statement.kind === 'updates' ? statement.sets : [];
  });
