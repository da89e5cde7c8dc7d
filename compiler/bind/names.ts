/**
 * The symbol table: every declaration of the spec, of what it imports and of the prelude, by namespace. Built once by
 * bind/collect.ts; whoever comes later only reads it.
 */
import type { TensorType } from '../types.ts';
import type * as ast from '../../grammar/ast.ts';
import type { Source, Span } from '../../grammar/source.ts';
import type { DataDescription, FieldType, SourceArguments } from '../../program/catalogue.ts';
import type { SoundFeatures } from '../../program/sound.ts';
import type { Initial, StreamEntry } from '../../program/manifest.ts';
import type { NetworkSource, StoredSource } from '../input.ts';
import type { StoredMoment } from '../../program/stored.ts';
import type { Initializer } from '../vocabulary/initializer.ts';

export type ParamValue = number | boolean | string;

export interface ParamInfo {
  readonly declaration: ast.ParamDecl;
  readonly value: ParamValue;
}

export interface DataInfo {
  readonly declaration: ast.DataDecl;
  readonly source: string;
  readonly args: SourceArguments;
  /** Of choices which rows it gives: other words for some of its rows, by the parameter. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
  /** After `as` and `in`; a string in a shape is a length that differs from row to row. */
  readonly fields: Readonly<Record<string, FieldType>>;
  readonly convert: StreamEntry['convert'];
  /** Of a stream of sounds: how their features are made; null where rows differ in that. Absent: it has no sounds. */
  readonly sound?: SoundFeatures | null;
  readonly hidden: ReadonlySet<string>;
  readonly batch: number | null;
  readonly description: DataDescription | null;
}

export interface SampleInfo {
  readonly declaration: ast.SampleDecl;
  readonly family: 'normal' | 'uniform' | 'integer' | 'categorical' | 'bernoulli';
  /** null: one number a row. */
  readonly size: number | null;
  /** uniform, integer: low, high; bernoulli: p. */
  readonly args: readonly number[];
  readonly batch: number | null;
}

/** Numbers without rows that the schedule moves. */
export interface StateInfo {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly initial: number;
}

export interface DeclaredState extends StateInfo {
  readonly declaration: ast.StateDecl;
}

/** Rows that are kept for later: of each field of `of`, so many. */
export interface HistoryInfo {
  readonly declaration: ast.HistoryDecl;
  readonly name: string;
  readonly size: number;
  /** Of a row: to be one that was kept. */
  readonly chance: number;
}

export interface WeightInfo {
  /** `G.dense_1.weight` */
  readonly name: string;
  readonly network: string;
  readonly role: 'weight' | 'buffer';
  /** The layer's name for it: 'weight', 'bias', 'gain'. */
  readonly part: string;
  readonly shape: readonly number[];
  readonly initial: Initial;
  readonly decay: boolean;
  /** The layer that owns it. */
  readonly layer: string;
}

/** Weights and buffers by network, and by full name in the order of its body. */
export type Weights = ReadonlyMap<string, ReadonlyMap<string, WeightInfo>>;

export interface NetworkInfo {
  readonly declaration: ast.NetworkDecl;
  /** The declaration's; of a list, with a number behind it: `D_0`. */
  readonly name: string;
  readonly shared: boolean;
  /** A parameter without a type, or two declarations of the name: calls are unknown, silently. */
  readonly broken: boolean;
}

/** What a name stands for. */
export type NameSymbol =
  | { readonly kind: 'let'; readonly declaration: ast.LetDecl }
  | { readonly kind: 'loss'; readonly declaration: ast.LossDecl }
  | { readonly kind: 'sample'; readonly info: SampleInfo }
  | { readonly kind: 'data'; readonly info: DataInfo }
  | { readonly kind: 'state'; readonly info: DeclaredState }
  | { readonly kind: 'history'; readonly info: HistoryInfo }
  | { readonly kind: 'network'; readonly info: NetworkInfo }
  | { readonly kind: 'networks'; readonly items: readonly string[] }
  | { readonly kind: 'function'; readonly declaration: ast.FnDecl | ast.BlockDecl }
  | { readonly kind: 'param'; readonly info: ParamInfo };

/** `normal(0, 0.02)` of an `initialize`. */
export interface InitializerUse {
  readonly rule: Initializer;
  /** By the rule's parameters, defaults filled in. */
  readonly args: Readonly<Record<string, number>>;
}

/** `from "runs/gan-1"`, `from B`, `from B.average of "runs/gan-1"`: whose leaves a network starts with. */
export interface OriginUse {
  readonly declaration: ast.Origin;
  /** null: of the network's own name. */
  readonly network: string | null;
  /** Where a list of networks is named, one for each of another list. */
  readonly list: readonly string[] | null;
  readonly average: boolean;
  /** null: a network of this spec. */
  readonly stored: StoredUse | null;
  /** Whether what fits is enough. */
  readonly partly: boolean;
}

export interface StoredUse {
  /** As the spec has it. */
  readonly path: string;
  readonly at: StoredMoment;
  /** null: nothing is there yet. */
  readonly found: StoredSource | null;
}

/** A file that `onnx` layers are read from. */
export interface NetworkFile {
  /** In the program's directory: its graph and weights. */
  readonly file: string;
  readonly found: NetworkSource;
}

export interface Names {
  /** Every name that may stand in an expression, without those in error; the tables below hold the same by kind. */
  readonly symbols: ReadonlyMap<string, NameSymbol>;
  readonly title: string;
  /** Files that it imports, each once. */
  readonly imports: readonly Source[];
  /** The whole spec. */
  readonly span: Span;
  /** Every name of a value, in error or not: for messages. */
  readonly declared: ReadonlySet<string>;
  readonly params: ReadonlyMap<string, ParamInfo>;
  readonly data: ReadonlyMap<string, DataInfo>;
  /** What lengths that differ from row to row are padded to a multiple of, so that every network can divide them. */
  readonly lengthsBy: number;
  readonly samples: ReadonlyMap<string, SampleInfo>;
  readonly states: ReadonlyMap<string, DeclaredState>;
  readonly histories: ReadonlyMap<string, HistoryInfo>;
  readonly networks: ReadonlyMap<string, NetworkInfo>;
  /** `network D[3]`: D, and the names of its networks. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly functions: ReadonlyMap<string, ast.FnDecl | ast.BlockDecl>;
  /** Declared ones: updates that name one share its moments. */
  readonly optimizers: ReadonlyMap<string, ast.OptimizerDecl>;
  readonly lets: ReadonlyMap<string, ast.LetDecl>;
  readonly losses: ReadonlyMap<string, ast.LossDecl>;
  /** How networks start that an `initialize` names. */
  readonly initialize: ReadonlyMap<string, InitializerUse>;
  /** Whose weights networks start with where a declaration says so, in its place or for what fits of them. */
  readonly starts: ReadonlyMap<string, OriginUse>;
  /** Every `from` of the spec, those of phases too, without those in error. */
  readonly origins: ReadonlyMap<ast.Origin, OriginUse>;
  /** Files of networks, by the path as the spec has it; null: in error. */
  readonly networkFiles: ReadonlyMap<string, NetworkFile | null>;
  /** Networks that an `average` statement keeps an average of. */
  readonly averaged: ReadonlySet<string>;
  /** Declarations in error: what refers to them is unknown, silently. */
  readonly broken: ReadonlySet<string>;
}

/** The part of the symbol table that constants and sizes need. */
export type KnownNames = Pick<Names, 'params' | 'broken' | 'declared'>;
