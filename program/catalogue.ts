/**
 * What the compiler must know of things that the runtime does: data sources, metrics, pictures. Each of them is one
 * file in runtime/ that holds both halves; this is the half that the compiler sees, handed to `compile` as a catalogue.
 */

import type { SoundFeatures } from './sound.ts';

/**
 * What a parameter takes. int, real, bool, string, reals (a list): known when compiling. scalar: a number of the host,
 * also one that changes with time. strength: such a number, or one number of the graph without rows. choice: a word from
 * `choices`. word: a name that it gives. value / values: a tensor or distribution (any number of them). function: a fn, block or
 * network to call. network, varied (a sample, or one component of it), names: as they say.
 */
export type ParamType =
  | 'int'
  | 'real'
  | 'bool'
  | 'string'
  | 'reals'
  | 'scalar'
  | 'strength'
  | 'choice'
  | 'word'
  | 'value'
  | 'values'
  | 'network'
  | 'function'
  | 'varied'
  | 'names';

/** What is given for a parameter, where it is known when compiling. */
export type Option = number | boolean | string | readonly number[];

/** Intervals of numbers, as they are printed, with what lies in each. */
export const intervals = {
  '(0, ∞)': (x: number) => x > 0,
  '[0, ∞)': (x: number) => x >= 0,
  '[1, ∞)': (x: number) => x >= 1,
  '[0, 1)': (x: number) => x >= 0 && x < 1,
  '[0, 45)': (x: number) => x >= 0 && x < 45,
  '(-1, 1)': (x: number) => x > -1 && x < 1,
} as const satisfies Record<string, (x: number) => boolean>;
export type IntervalName = keyof typeof intervals;

/** A parameter of a layer, optimizer, source, metric, ...: what it takes, its default, what it means. */
export interface ParamSpec {
  readonly name: string;
  readonly type: ParamType;
  /** Absent: required. null: may be left out, without a value. */
  readonly default?: Option | null;
  /** For `choice` (and words allowed beside a number, `frames: all`). */
  readonly choices?: readonly string[];
  /** For `reals`: a list of exactly so many. */
  readonly length?: number;
  /** What a number, or each of a list, must lie in. */
  readonly interval?: IntervalName;
  /** Of a choice which rows a source gives: those whose rows are some of the rows of another one, by that one. */
  readonly parts?: Readonly<Record<string, readonly string[]>>;
  /** A text that is no path: it may begin with a slash, as names in HDF5 files do. */
  readonly isName?: true;
  readonly doc: string;
}

export type FieldKind = 'image' | 'vec' | 'seq' | 'scalar' | 'label';

/** One field of a record, without rows: `image[1,28,28] in [0,1]`, `label[10]`. */
export interface FieldType {
  readonly kind: FieldKind;
  /** Without rows; empty for labels and scalars. A string is a length that differs from row to row (`T`). */
  readonly shape: readonly (number | string)[];
  readonly range?: readonly [number, number];
  /** Of a label: the number of classes. */
  readonly classes?: number;
}

export type SourceArguments = Readonly<Record<string, Option | null>>;

export interface SourceSignature {
  readonly name: string;
  readonly doc: string;
  readonly params: readonly ParamSpec[];
  /** The record's type, from the arguments alone, so that a spec can be checked without its data; throws Error with a sentence on a bad argument. */
  fields(args: SourceArguments): Readonly<Record<string, FieldType>>;
  /** Of sources of sound: how its features are made of samples; null where rows differ in that. */
  features?(args: SourceArguments): SoundFeatures | null;
  /** What it holds in memory once all `count` rows were read; absent: each row by itself. */
  held?(args: SourceArguments, count: number): HeldData;
}

/** Bytes. */
export interface HeldData {
  /** By name: what all streams that name it hold once between them. */
  readonly shared: Readonly<Record<string, number>>;
  readonly own: number;
}

/** What a look at the files says. */
export interface DataDescription {
  readonly count: number;
  /** Hex digest of the content. */
  readonly hash: string;
  /** Files that were left out, as the arguments allow, each with the reason. */
  readonly skipped?: readonly string[];
  /** What somebody who starts a run should know: sentences. */
  readonly notices?: readonly string[];
  /** Its rows are read from the disk, not held in memory. */
  readonly onDisk?: boolean;
  /** What the classes are called, by the labels' fields, in the order of their numbers. */
  readonly classes?: Readonly<Record<string, readonly string[]>>;
}

/** `value` parameters take rows of the graph: [N, ...] numbers; distributions are passed as what `takes` says. */
export interface MetricSignature {
  readonly name: string;
  readonly doc: string;
  readonly params: readonly ParamSpec[];
  readonly better: 'higher' | 'lower' | 'neither';
  /** What it takes beside the values themselves, by the parameters' names; absent: a few operations a number. */
  cost?(sizes: Readonly<Record<string, Size>>, options: Readonly<Record<string, Option>>): Cost;
}

/** Rows, and the numbers in one. */
export interface Size {
  readonly rows: number;
  readonly width: number;
}

/** What a computation takes at most. */
export interface Cost {
  /** Multiplications with their additions. */
  readonly operations: number;
  /** At once. */
  readonly bytes: number;
}

export interface PictureSignature {
  readonly name: string;
  readonly medium: 'picture' | 'sound';
  readonly doc: string;
  readonly params: readonly ParamSpec[];
}

export interface Catalogue {
  readonly sources: Readonly<Record<string, SourceSignature>>;
  readonly metrics: Readonly<Record<string, MetricSignature>>;
  readonly pictures: Readonly<Record<string, PictureSignature>>;
}
