/** The program that a runtime gets: a manifest (plain JSON, whose shape schema.ts checks) and the graphs that it names. */
import type { Discriminates } from './discriminates.ts';
import type { HostExpr } from './host.ts';
import type { HandedValue, StageEntry } from './stages.ts';
import type { SpecText } from './spec-text.ts';
import type { NetworkFileEntry, OriginEntry, StartEntry } from './stored.ts';
import type { DataDescription, FieldType, Option, SourceArguments } from './catalogue.ts';

export interface Manifest {
  readonly format: 2;
  /** The version of the language that the spec is written in: `0.2`. */
  readonly language: string;
  readonly name: string;
  readonly spec: SpecText;
  readonly profile: string | null;
  readonly params: Readonly<Record<string, number | boolean | string>>;
  readonly target: string;
  /** Absent: state comes from the host's memory and goes there. */
  readonly device?: DeviceEntry;
  readonly float: 'float32' | 'float64';
  /** Weights [in, out] that lie as [out, in] where the program computes; checkpoints have them as `state` says. */
  readonly turned?: readonly string[];
  /** Minibatches are computed in parts (`ganc run --accumulate`). */
  readonly accumulate?: AccumulateEntry;
  /** Inputs whose rows are those of minibatches, and how many minibatches stand one below the other in each. */
  readonly blocks?: Readonly<Record<string, number>>;
  readonly networks: readonly NetworkEntry[];
  readonly origins?: readonly OriginEntry[];
  readonly networkFiles?: readonly NetworkFileEntry[];
  readonly state: readonly StateEntry[];
  readonly streams: readonly StreamEntry[];
  readonly losses: readonly string[];
  readonly updates: readonly UpdateEntry[];
  readonly graphs: Readonly<Record<string, GraphEntry>>;
  /** `train for ...`: what a phase without a length takes the rest of. */
  readonly length: Length;
  readonly schedule: readonly PhaseEntry[];
  readonly reports: readonly ReportEntry[];
  /** What the compiler counted before anything ran. */
  readonly bytes: { readonly weights: number; readonly optimizer: number; readonly activations: number };
}

/** Streams' batches are those of all parts together. */
export interface AccumulateEntry {
  /** How many. */
  readonly parts: number;
  /** What differs from a minibatch at once, a sentence each. */
  readonly notices: readonly string[];
}

/** The device that the program is laid out for, one that keeps the state in a memory of its own. */
export interface DeviceEntry {
  readonly name: string;
  /** File of a graph that gives each tensor of the state as it is: input `<name>`, output `copy:<name>`. */
  readonly copy: string;
}

export interface NetworkEntry {
  readonly name: string;
  readonly signature: string;
  readonly weights: number;
}

// ---------------------------------------------------------------- state

/**
 * `state`: numbers of the spec's own, which a `set` moves. `history`: rows that updates keep for later. `sum`: of the parts of a
 * minibatch, 0 between two steps.
 */
export type StateRole = 'weight' | 'buffer' | 'moment' | 'average' | 'state' | 'history' | 'sum';

/** A tensor that lives from step to step, in channels-first layout, and goes into checkpoints under its name (but for sums). */
export interface StateEntry {
  /** `G.dense_1.weight`, `D.batch_norm_1.running_mean`, `update_1.G.dense_1.weight.m`, `C.average.conv_1.weight` */
  readonly name: string;
  readonly role: StateRole;
  /** The network that it belongs to; of a `state` or a `history` its own name. */
  readonly network: string;
  readonly shape: readonly number[];
  readonly initial: Initial;
}

/** How a tensor starts. Random ones draw from the stream keyed by (seed, `init:` + name), row 0. */
export type Initial =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly std: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  /** Rows or columns at right angles, each of length `gain`, of the first axis by all others. */
  | { readonly kind: 'orthogonal'; readonly gain: number }
  | { readonly kind: 'copy'; readonly of: string }
  | { readonly kind: 'stored'; readonly file: string; readonly of: string };

// ---------------------------------------------------------------- data

export interface StreamEntry {
  readonly name: string;
  readonly source: string;
  readonly args: SourceArguments;
  /** After `as` and `in`. */
  readonly fields: Readonly<Record<string, FieldType>>;
  /** `as` and `in`, for the source's fields to be converted while they are read. */
  readonly convert: {
    readonly shape?: readonly number[];
    readonly kind?: string;
    readonly range?: readonly [number, number];
  };
  readonly batch: number;
  /** Rows and content hash at compile time; null when the files weren't there. */
  readonly description: DataDescription | null;
}

// ---------------------------------------------------------------- graphs

/** Rows that a report's graph is given at once. */
export const usualRows = 256;

export interface GraphEntry {
  /** File in the program's directory; absent for targets without files. */
  readonly file?: string;
  /** Of the computation, where the file holds more than it (a module of all graphs, with comments). */
  readonly digest?: string;
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly GraphOutput[];
  /** Of a report: how many rows it is given at once, where more would hold too much memory; else `usualRows`. */
  readonly rows?: number;
  /** In the place of the one file: files and kernels that make the outputs together, run in this order. */
  readonly stages?: readonly StageEntry[];
  /** What stages make for kernels and later stages alone. */
  readonly handed?: readonly HandedValue[];
}

/** Sizes of what the host feeds; the string is a symbol (`N` rows, `T` length). */
export type HostShape = readonly (number | string)[];

export interface GraphInput {
  readonly name: string;
  readonly shape: HostShape;
  readonly from: InputOrigin;
}

export type InputOrigin =
  | { readonly kind: 'state'; readonly state: string }
  /** Labels come as class numbers, [N]. */
  | { readonly kind: 'field'; readonly stream: string; readonly field: string }
  /** Element (row, j) is a pure function of (seed, key, scope, row, j): see runtime/random.ts. */
  | {
      readonly kind: 'draw';
      readonly key: string;
      readonly distribution: 'uniform' | 'normal' | 'integer';
      readonly k?: number;
    }
  | { readonly kind: 'scalar'; readonly value: HostExpr }
  /** Fed by the report that owns the graph (a traversal's values), [N]. */
  | { readonly kind: 'given'; readonly name: string };

export interface GraphOutput {
  readonly name: string;
  readonly shape: HostShape;
  readonly to: OutputUse;
}

export type OutputUse =
  | { readonly kind: 'state'; readonly state: string }
  /** The mean over rows, as the update computed it. */
  | { readonly kind: 'loss'; readonly loss: string; readonly update: string }
  /** What the update minimised (sign as written). */
  | { readonly kind: 'objective'; readonly update: string }
  /** 1 if the update was applied, 0 if its `when` skipped it; only where there is a `when`. */
  | { readonly kind: 'applied'; readonly update: string }
  | { readonly kind: 'value'; readonly name: string };

// ---------------------------------------------------------------- schedule

export interface UpdateEntry {
  /** `update_1`, in the order of the spec. */
  readonly name: string;
  readonly networks: readonly string[];
  /** As written, for logs: `minimize discriminator_loss with adam(2e-4, beta1: 0.5)`. */
  readonly text: string;
  readonly losses: readonly string[];
  readonly conditional: boolean;
  /** The declared optimizer, under whose name its moments stand; default: they stand under the update's. */
  readonly moments?: string;
  /** Whose discriminators' losses it computes. */
  readonly games?: readonly Discriminates[];
  /** What runs older than `games` have in its place; nobody reads it. */
  readonly discriminates?: Discriminates;
  /** Biases of its networks whose units meet a function that is flat on one side (`relu`): these can die. */
  readonly rectified?: readonly string[];
}

/** A count of steps, or of epochs of a stream: floor(size / batch) of its batches make one. */
export type Length =
  | { readonly count: number; readonly unit: 'steps'; readonly of: null }
  | { readonly count: number; readonly unit: 'epochs'; readonly of: string };

export interface PhaseEntry {
  /** null when the schedule has no phases. */
  readonly name: string | null;
  /** null: what remains of the whole. */
  readonly length: Length | null;
  /** The stream whose epochs `epoch` counts; null if the phase reads none, or several and none counts. */
  readonly clock: string | null;
  readonly starts?: readonly StartEntry[];
  readonly body: Scope;
}

/** One minibatch of each stream that an update in it reads, one draw of each sample. */
export interface Scope {
  readonly reads: readonly string[];
  readonly actions: readonly Action[];
}

export type Action =
  /** Runs a step graph: one or more updates and averages (`C.average`), by the names that count them. */
  | {
      readonly do: 'step';
      readonly graph: string;
      readonly updates: readonly string[];
      readonly every: Length | null;
      /** Run so many times, on one part of the minibatch each; its updates are applied by the graph behind it. */
      readonly parts?: number;
    }
  /** `fresh: false`: the passes keep the enclosing scope's batch and draws (`scope` then reads nothing). */
  | { readonly do: 'repeat'; readonly count: number; readonly fresh: boolean; readonly scope: Scope };

// ---------------------------------------------------------------- reports

/** Due after each n-th step or epoch of the whole run, and once at each moment of `at`. */
export interface ReportEntry {
  readonly every: Length;
  readonly at?: readonly Length[];
  readonly items: readonly ReportItem[];
}

/** Values of one graph output for rows of one origin. */
export interface ValueRef {
  readonly graph: string;
  readonly output: string;
  /** A stream's rows in order, or draws alone. */
  readonly rows: { readonly stream: string } | { readonly samples: true };
}

/** A metric function of the catalogue (or `mean`) over all rows. */
export interface SetCall {
  readonly fn: string;
  readonly values: Readonly<Record<string, ValueRef>>;
  readonly options: Readonly<Record<string, Option>>;
}

/** `every: null`: due when its report is. */
export type ReportItem =
  | {
      readonly kind: 'metric';
      readonly name: string;
      readonly every: Length | null;
      readonly at?: readonly Length[];
      readonly sets: readonly SetCall[];
      readonly value: HostExpr;
      readonly rows: number;
      /** It measures a network on rows that it is trained on, so it never says which checkpoint is the best. */
      readonly onTraining?: boolean;
      /** What it is held against, in the metric's own unit; `from`: whose number that is. */
      readonly goal?: { readonly value: number; readonly from: string | null };
    }
  | {
      readonly kind: 'picture' | 'sound';
      readonly name: string;
      readonly every: Length | null;
      readonly at?: readonly Length[];
      /** A picture function of the catalogue. */
      readonly fn: string;
      readonly values: Readonly<Record<string, ValueRef>>;
      /** What the spec calls each of them, for titles and legends: `whole.sound`; absent in older programs. */
      readonly names?: Readonly<Record<string, string>>;
      /** Samples that the picture varies, by its parameter's name: fed as `given` inputs. */
      readonly varied: Readonly<Record<string, Varied>>;
      readonly options: Readonly<Record<string, Option>>;
      readonly rows: number;
    }
  /** Replaces the network's running statistics, for the lines below, by means over `length` batches. */
  | {
      readonly kind: 'recalibrate';
      readonly network: string;
      readonly every: Length | null;
      readonly at?: readonly Length[];
      readonly length: Length;
      readonly graph: string;
      readonly stream: string | null;
    };

export type Due = Pick<ReportEntry, 'every' | 'at'>;
export type LineDue = Pick<ReportItem, 'every' | 'at'>;

/** `rows: digit` → a class 0..k-1; `columns: style[0]` → a number. */
export interface Varied {
  /** The `given` input. */
  readonly input: string;
  readonly classes: number | null;
}
