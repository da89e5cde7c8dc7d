/**
 * What an evaluation happens in: which weights are current, whether an update or a report asks, whose rows are whose,
 * where mistakes go. A context is made for one set of weights (one update, one report); values are remembered in it.
 */
import type * as ast from '../../grammar/ast.ts';
import { cover, type Span } from '../../grammar/source.ts';
import { diagnostic, Mistake, type Diagnostic, type Label } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type { Builder } from '../ir/builder.ts';
import { ShapeError } from '../ir/primitives/op.ts';
import type { Dim } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import type { Catalogue } from '../../program/catalogue.ts';
import type { InputOrigin } from '../../program/manifest.ts';
import type { NumberValue, Placed, TensorValue, Value } from '../values.ts';
import type { Names, WeightInfo, Weights, StateInfo } from '../bind/names.ts';
import type { ChangingStrength, Mode, PlayedGame, RowDemand } from '../vocabulary/builtin.ts';
import type { Given } from '../bind/match.ts';
import type { RowsTable } from './rows.ts';
import type { CallSite, Typing } from './typing.ts';

/** Evaluates an expression where a call stands: what calls are given, so that they need not know the scope. */
export type Evaluate = (expr: ast.Expr) => Value;

/** What evaluating an objective leaves behind for lowering, beside its value. */
export interface Effects {
  /** Batch statistics of calls, by running buffer. */
  readonly observed: Map<string, { batch: Node; rows: Dim }[]>;
  /** Next values of other buffers (spectral vectors). */
  readonly moved: Map<string, Node>;
  /** Losses that were evaluated on the way, each its mean over rows. */
  readonly losses: Map<string, Node>;
  /** Adversarial games that were evaluated on the way. */
  readonly games: PlayedGame[];
  /** Strengths of layers and functions that change with time. */
  readonly strengths: ChangingStrength[];
  /** What histories keep, by name. */
  readonly kept: Map<string, StateInfo>;
  /** What functions want of batches. */
  readonly demands: RowDemand[];
  /** Calls of `again`; null: what they give may draw later. */
  readonly repeated: Repeated[];
  /** What was drawn inside of `again`. */
  readonly redrawn: Set<Node>;
}

export interface Repeated {
  readonly span: Span;
  readonly nodes: readonly Node[] | null;
}

/** What a report line lends to its expression: a metric's call becomes a number of the host. */
export interface ReportLine {
  metric(
    name: string,
    given: readonly Given[],
    evaluate: Evaluate,
    span: Span,
    site: CallSite | null,
  ): NumberValue;
  /** The mean of a value over all rows, as a number of the host. */
  mean(value: TensorValue): NumberValue;
}

/** As a message says it. */
export type AcrossRows = 'a batch norm' | '`over_pairs`';

export interface Context {
  readonly names: Names;
  readonly catalogue: Catalogue;
  /** The evaluator (evaluate/expression.ts): expressions hold calls, and a call's arguments and body hold expressions. */
  evaluate(expr: ast.Expr, context: Context, scope: Scope): Value;
  readonly b: Builder;
  readonly mode: Mode;
  readonly rows: RowsTable;
  rowCount(origin: string): Dim;
  readonly weights: Weights;
  /** Told of a weight or buffer that isn't there yet: bodies are first evaluated by the analysis. */
  declare(info: WeightInfo): void;
  /** The current node of a weight or buffer; `info` says what it is when it is first asked for. */
  state(info: WeightInfo, averaged: boolean): Node;
  /** Weights and buffers as they stand: constants to `gradient(y, x)`. */
  constants(): ReadonlySet<Node>;
  /** Networks that the update being lowered trains. */
  readonly trained: ReadonlySet<string>;
  /** Samples bound to other values (a traversal's). */
  readonly bound: ReadonlyMap<string, TensorValue>;
  /** Where each named input of the graph comes from; filled as inputs are made. */
  readonly origins: Map<string, InputOrigin>;
  /** What is computed of several rows: a row's gradient through it would depend on others. */
  readonly acrossRows: Map<Node, AcrossRows>;
  readonly effects: Effects;
  /** Networks in error: where the signature is in order, calls give what it says. */
  readonly inError: Map<string, 'signature' | 'body'>;
  /** What calls of networks in error are made of. */
  readonly standIns: Set<Node>;
  /** Of lets and losses. */
  readonly memo: Map<string, Value>;
  /** Of calls of networks; lines of reports share theirs. */
  readonly calls: Map<string, CallMade>;
  /** Told of the type of every expression, and of the call that it stands in. */
  readonly typing: Typing;
  /**
   * Whether what is multiplied by 0 is no part of the program (left-out.ts): in updates alone. The analysis looks at all that is
   * written, zeros would not tell a report how many rows there are, and would narrow the range of a state's next value.
   */
  readonly leavesOut: boolean;
  /** Grows inside `again(e)`: draws there are their own. */
  readonly salt: string;
  readonly report?: ReportLine;
  /** Told of every body that is unfolded, so that there is a limit on it. */
  unfold?(): void;
  /** Told of every network call, with the values its parameters got. */
  called(network: string, parameters: ReadonlyMap<string, Placed<Value>>): void;
  say(diagnostic: Diagnostic): void;
}

/** What a call of a network gave, and where. */
export interface CallMade {
  readonly value: Value;
  readonly site: CallSite;
  readonly rows: RowsTable;
  /** The rows of its arguments, as they were in that table. */
  readonly origins: string;
  /** Whether rows have met in its body. */
  readonly met: boolean;
}

export interface NetworkScope {
  readonly name: string;
  readonly averaged: boolean;
  /** `conv` → how often it stood in this body so far; names weights `conv_1`, `conv_2`. */
  readonly counts: Map<string, number>;
  /** Names of its layers and blocks so far. */
  readonly taken: Set<string>;
  /** Of blocks inside: `G.down_1`. */
  readonly path: string;
  /** Identifies this call of the network, for draws. */
  readonly ident: string;
}

/** Local names, and where we are. */
export interface Scope {
  readonly locals: ReadonlyMap<string, Value>;
  /** The shape variables of the signature that stands above. */
  readonly sizes: ReadonlyMap<string, Dim>;
  readonly network: NetworkScope | null;
  /** Where the fn or block that is being expanded was called: messages point there. */
  readonly site: { readonly span: Span; readonly name: string } | null;
  /** The innermost call whose body this is. */
  readonly call: CallSite | null;
}

export const topScope: Scope = { locals: new Map(), sizes: new Map(), network: null, site: null, call: null };

export const newEffects = (): Effects => ({
  observed: new Map(),
  moved: new Map(),
  losses: new Map(),
  games: [],
  strengths: [],
  demands: [],
  kept: new Map(),
  repeated: [],
  redrawn: new Set(),
});

/**
 * Turns a mistake into a diagnostic at `span`, or at the call site if it happened inside an expansion; a name that is
 * unknown is so whoever calls.
 */
export function sayMistake(context: Context, scope: Scope, mistake: Mistake, span: Span): void {
  const inner = mistake.span ?? span;
  const labels: Label[] = [...(mistake.details.labels ?? [])];
  const own = mistake.kind === kinds.unknownName || mistake.kind === kinds.unknownFunction;
  const outside = !own && scope.site !== null && !within(inner, scope.site.span);
  if (outside) labels.push({ span: inner, text: `here, inside ${scope.site!.name}` });
  const place = outside ? scope.site!.span : inner;
  context.say(diagnostic(mistake.kind, place, { ...mistake.details, labels }));
}

/** What was thrown, as a mistake of the spec; whatever isn't one is thrown on. A primitive knows sizes only. */
export function mistakeOf(error: unknown): Mistake {
  if (error instanceof Mistake) return error;
  if (!(error instanceof ShapeError)) throw error;
  return new Mistake(kinds.shape, { what: error.message, hint: 'Change the sizes of what comes in.' });
}

function within(inner: Span, outer: Span): boolean {
  if (inner.source !== outer.source) return false;
  const both = cover(inner, outer);
  return both.start === outer.start && both.end === outer.end;
}
