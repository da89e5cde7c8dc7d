/**
 * What is known of a spec after one evaluation on symbolic sizes, with errors or without: everything that rules, lowering
 * and editors ask about is decided here and nowhere again. `analyse` makes it; nobody changes it.
 */
import type * as ast from '../../grammar/ast.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { Span } from '../../grammar/source.ts';
import type { TimeName } from '../../program/host.ts';
import type { InputOrigin, Length } from '../../program/manifest.ts';
import type { Names, StateInfo, Weights } from '../bind/names.ts';
import type { Repeated } from '../evaluate/context.ts';
import type { RowsTable } from '../evaluate/rows.ts';
import type { TypeTable } from '../evaluate/typing.ts';
import type { Node } from '../ir/node.ts';
import type { OptimizerUse, PhaseInfo, ReportInfo } from '../model.ts';
import type { Placed, TensorValue, Value } from '../values.ts';
import type { ChangingStrength, PlayedGame, RowDemand } from '../vocabulary/builtin.ts';

export interface Analysis {
  readonly names: Names;
  /** The spec that was asked about. */
  readonly span: Span;
  /** Declarations of the spec itself: not of what it imports, nor of the prelude. */
  readonly own: readonly ast.Declaration[];
  /** Whether imported files, text with syntax errors, or a misspelt name may mean this one. */
  mayUse(name: string): boolean;
  /** Which samples and streams share rows, over the whole spec. */
  readonly rows: RowsTable;
  /** Rows in a minibatch of each stream and sample; without those that have none (analyse/batches.ts). */
  readonly batches: ReadonlyMap<string, number>;
  /** null: there is no `train`. */
  readonly schedule: Schedule | null;
  readonly reports: readonly ReportInfo[];
  /** Every call of a network outside of networks' own bodies, with the values that its parameters got. */
  readonly calls: readonly NetworkCall[];
  /** Of expressions, for each call that they are evaluated in. Those of reports stand with their lines. */
  readonly types: {
    /** Everything that updates are made of. */
    readonly training: TypeTable;
    /** Each network's body, at the declared types of its parameters. */
    readonly networks: ReadonlyMap<string, TypeTable>;
  };
  /** Of each network without errors: its body at the declared types of its parameters. */
  readonly bodies: ReadonlyMap<string, NetworkBody>;
  /** Of every network; of one in error, as far as its body could be followed. */
  readonly weights: Weights;
  /** Networks in error. */
  readonly inError: ReadonlySet<string>;
  readonly evaluated: Evaluated;
  /** What binding and evaluating found wrong. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface Schedule {
  readonly declaration: ast.TrainDecl;
  /** null: in error. */
  readonly length: Length | null;
  /** The batch of streams and samples without their own; null: none is written, or it is in error. */
  readonly batch: number | null;
  readonly phases: readonly PhaseInfo[];
  /** All of them in the order of the spec, those in error too. */
  readonly updates: readonly AnalysedUpdate[];
  readonly sets: readonly AnalysedSet[];
  /** Whether some of it is in error, so that what it reads is not known. */
  readonly uncertain: boolean;
}

/** A summand of an objective, as the spec has it. */
export interface Term {
  readonly expr: ast.Expr;
  readonly node: Node;
  /** -1: it is taken off. */
  readonly sign: 1 | -1;
}

/** An update as far as it is in order. */
export interface AnalysedUpdate {
  readonly declaration: ast.Update;
  /** Those that there are. */
  readonly networks: readonly string[];
  /** Where it names each of them: of a list, all in one place. */
  readonly idents: ReadonlyMap<string, ast.Ident>;
  /** null: in error, or made of what a network in error gives. */
  readonly objective: TensorValue | null;
  /** What the objective adds up, names of values and losses followed; without plain numbers. */
  readonly terms: readonly Term[];
  /** What stands behind `when`; null: nothing does. */
  readonly when: Value | null;
  /** undefined: in error. */
  readonly optimizer: OptimizerUse | undefined;
  /** The streams that its objective and condition read. */
  readonly reads: readonly string[];
  /** The histories that they read. */
  readonly histories: readonly string[];
  /** The times that its numbers depend on: weights of losses, rates, its condition. */
  readonly times: readonly TimeName[];
}

/** A `set` as far as it is in order. */
export interface AnalysedSet {
  readonly declaration: ast.SetState;
  /** null: there is none of this name, or it is in error. */
  readonly state: StateInfo | null;
  /** The next value; null: in error. */
  readonly value: Node | null;
  /** What stands behind `when`; null: nothing does. */
  readonly when: Value | null;
  /** The streams that its value and condition read. */
  readonly reads: readonly string[];
  readonly times: readonly TimeName[];
}

export interface NetworkCall {
  readonly network: string;
  readonly parameters: ReadonlyMap<string, Placed<Value>>;
}

/** What a network takes and gives, as values of `evaluated`; the result is as declared. */
export interface NetworkBody {
  readonly parameters: ReadonlyMap<string, Value>;
  readonly result: Value;
}

/** The one graph of everything that is evaluated for training, on symbolic rows; weights are inputs of it. */
export interface Evaluated {
  /** By full name. */
  readonly weights: ReadonlyMap<string, Node>;
  /** Weights and buffers: what a gradient stops at unless it is asked for. */
  readonly constants: ReadonlySet<Node>;
  /** Where each fed input comes from. */
  readonly origins: ReadonlyMap<string, InputOrigin>;
  readonly games: readonly PlayedGame[];
  readonly strengths: readonly ChangingStrength[];
  readonly demands: readonly RowDemand[];
  /** Calls of `again`, and what was drawn inside of them. */
  readonly repeated: readonly Repeated[];
  readonly redrawn: ReadonlySet<Node>;
  /** What histories keep. */
  readonly kept: readonly StateInfo[];
  /** Which nodes are derivatives that the spec asks for, and of what by what. */
  readonly gradients: ReadonlyMap<Node, { readonly of: Node; readonly by: Node }>;
  /** What the spec calls a value: the first name of each node. */
  readonly called: ReadonlyMap<Node, string>;
}
