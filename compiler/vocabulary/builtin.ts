/**
 * A builtin of the language: a layer, a function or the like. Each is one object: parameters (from which come checking,
 * did-you-mean, `ganc explain`, the reference docs), a sentence, and `build`, which makes the value's graph and type in
 * one go. It runs when a spec is checked (on sizes with symbols) and again when an update is lowered; there is no other
 * rule for its shape. What doesn't fit is said by throwing `Mistake` (usually through `call.fail`).
 */
import type { Span } from '../../grammar/source.ts';
import type { DiagnosticDetails, DiagnosticKind } from '../../grammar/diagnostics.ts';
import type { Builder } from '../ir/builder.ts';
import type { Dim, Shape } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import type { ParamSpec } from '../../program/catalogue.ts';
import type { HostExpr } from '../../program/host.ts';
import type { OnnxGraph } from '../../program/onnx-graph.ts';
import type { Telling } from '../../program/discriminates.ts';
import type { Initial } from '../../program/manifest.ts';
import type { SoundFeatures } from '../../program/sound.ts';
import type { Bounds, RowOrigin, TensorType } from '../types.ts';
import type { DistributionValue, TensorValue, Value } from '../values.ts';

export interface Builtin {
  readonly doc: string;
  /** Layers own weights or noise and stand only inside networks and blocks. */
  readonly where: 'network' | 'anywhere';
  readonly params: readonly ParamSpec[];
  /** The value; `call.result` makes its ident, so that draws inside it are its own. */
  build(call: Call, args: Args): Value;
}

/**
 * Who asks. train: an update (dropout and noise are active, batch norm uses the batch); report: neither, running
 * statistics; recalibrate: batch statistics without dropout or noise.
 */
export type Mode = 'train' | 'report' | 'recalibrate';

export interface WeightOptions {
  /** False for biases and for the gains of normalisations: weight decay spares them. */
  readonly decay: boolean;
}

/** The two answers of an adversarial game, what each player minimises, and what the discriminator's loss tells. */
/** A strength that changes with time, as a call is given it: for the rule on its interval (check/rules/strengths.ts). */
export interface ChangingStrength {
  readonly param: ParamSpec;
  /** What is called, as a message says it. */
  readonly of: string;
  readonly value: HostExpr;
  readonly span: Span;
}

export interface PlayedGame {
  readonly tells: Telling | null;
  readonly real: Node;
  readonly fake: Node;
  readonly discriminator: Node;
  readonly generator: Node;
  readonly encoder: Node;
}

/** How a stream's sounds become features, and in which ranges it has features and samples. */
export interface Heard {
  readonly stream: string;
  /** null: rows differ in that. */
  readonly features: SoundFeatures | null;
  readonly range: Bounds;
  readonly samples: Bounds;
}

export interface NetworkFileSource {
  readonly file: string;
  readonly graph: OnnxGraph;
}

/** What a function wants of the sizes of minibatches. */
export type RowDemand =
  | { readonly kind: 'equal'; readonly of: RowOrigin; readonly like: RowOrigin; readonly span: Span }
  | { readonly kind: 'multiple'; readonly of: RowOrigin; readonly by: number; readonly span: Span };

/** What `build` may use beside its arguments. */
export interface Call {
  readonly b: Builder;
  readonly span: Span;
  readonly mode: Mode;
  /** The weight of this layer under this name, at the version that is current. `initial` is what it starts from unless the network is `initialize`d. */
  weight(name: string, shape: Shape, initial: Initial, options: WeightOptions): Node;
  /** A tensor that is no weight: running statistics, power iteration vectors. Constant to every gradient. */
  buffer(name: string, shape: Shape, initial: Initial): Node;
  /** The network of a file that the spec names, and the program's file of its tensors. Mistake or Silence where there is none. */
  networkFile(path: string): NetworkFileSource;
  /** Batch statistics of this call for a running buffer: averaged over the calls, by rows, when an update that names the network is applied: momentum 0.1. */
  observe(name: string, batch: Node, rows: Dim): void;
  /** Whether the update being lowered trains the network of this layer (its spectral vectors then move). */
  readonly trained: boolean;
  /** The buffer's next value, if an update that names the network is applied. */
  move(name: string, next: Node): void;
  /** A layer inside this one, of this kind: its weights, buffers and statistics stand under `part`. */
  inner<T>(part: string, kind: string, x: Node, make: (call: Call) => T): T;
  /** Fresh draws of this shape, fixed for the scope, keyed by the expression and `name`. `rows` leads the shape. */
  draw(name: string, distribution: 'uniform' | 'normal' | 'integer', shape: Shape, k?: number): Node;
  /** A host number as a graph scalar. */
  scalar(value: HostExpr): Node;
  /** A tensor of this type for a node, with the ident of this call. */
  tensor(node: Node, type: TensorType): TensorValue;
  /** As `tensor`, with an explicit tail for values of which one call makes several (fields of a record). */
  part(name: string, node: Node, type: TensorType): TensorValue;
  /** A tensor whose bias may turn out to be unwanted (see TensorValue.unbiased). */
  biased(unbiased: Node, biased: () => Node, type: TensorType): TensorValue;
  /** Rows of two origins made one (samples join streams), or a `rows` mistake. */
  join(a: RowOrigin | null, b: RowOrigin | null): RowOrigin | null;
  /** Two losses as they are added: their rows made one where they are, else their means over rows. */
  addends(a: TensorValue, b: TensorValue): readonly [TensorValue, TensorValue];
  /** The number of rows behind an origin: a number when lowering a step, else with symbols. */
  rowCount(rows: RowOrigin): Dim;
  /** [all rows, ...]: those of all processes that share the run, in their order. */
  allRows(x: TensorValue, rows: RowOrigin): Node;
  /** Holds batches to a size, once all rows have met (check/rules/row-counts.ts). */
  demand(demand: RowDemand): void;
  /** What a network, fn or block gives for these values. */
  apply(callee: Value, given: readonly Value[]): Value;
  /** The derivative of `y` (summed over rows) by `x`; see LANGUAGE `gradient`. Mistake if there is no path. */
  gradient(y: TensorValue, x: TensorValue): Node;
  /** Tells of an adversarial game, for the rule on its sides (check/rules/games.ts). */
  played(game: PlayedGame): void;
  /** Of a field of a stream of sounds: how they are heard; null of any other value. */
  heard(value: TensorValue): Heard | null;
  /** Throws Silence where the value is made of what a network in error gives: its mistakes have been reported. */
  requireKnown(node: Node): void;
  /** Throws a Mistake, placed at this call. */
  fail(kind: DiagnosticKind, details: DiagnosticDetails): never;
}

/** The arguments, bound to parameters by name, checked for sort, defaults filled in. */
export interface Args {
  has(name: string): boolean;
  int(name: string): number;
  real(name: string): number;
  bool(name: string): boolean;
  string(name: string): string;
  choice(name: string): string;
  reals(name: string): readonly number[];
  scalar(name: string): HostExpr;
  /** A tensor; a host number becomes a scalar tensor without rows. */
  tensor(name: string): TensorValue;
  distribution(name: string): DistributionValue;
  /** Whatever was given. */
  value(name: string): Value;
  /** All that was given; the elements of a list in its place. */
  values(name: string): readonly Value[];
}

// ---------------------------------------------------------------- how parameters are written

const spec =
  (type: ParamSpec['type']) =>
  (name: string, doc: string, fallback?: ParamSpec['default']): ParamSpec =>
    fallback === undefined ? { name, type, doc } : { name, type, doc, default: fallback };

export const value = spec('value');
export const values = spec('values');
export const callee = spec('function');
export const int = spec('int');
export const flag = spec('bool');
export const string = spec('string');
export const num = spec('real');
export const nums = spec('reals');
export const scalar = spec('scalar');
export const strength = spec('strength');
export const choice = (
  name: string,
  choices: readonly string[],
  doc: string,
  fallback?: string | null,
): ParamSpec =>
  fallback === undefined
    ? { name, type: 'choice', choices, doc }
    : { name, type: 'choice', choices, doc, default: fallback };
