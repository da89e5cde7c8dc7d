/**
 * What a checked spec means: names resolved, params and counts computed, the schedule as a tree of updates. Values stay
 * expressions: lowering evaluates them on each update's weights (evaluate/expression.ts).
 */
import type * as ast from '../grammar/ast.ts';
import type { Span } from '../grammar/source.ts';
import type { HistoryInfo, Names, OriginUse, StateInfo, Weights } from './bind/names.ts';
import type { RowsTable } from './evaluate/rows.ts';
import type { TypeTable } from './evaluate/typing.ts';
import type { HostExpr } from '../program/host.ts';
import type { Length, LineDue } from '../program/manifest.ts';
import type { Optimizer, OptimizerArguments } from './vocabulary/optimizer.ts';

export interface UpdateInfo {
  /** `update_1`, in the order of the spec. */
  readonly name: string;
  readonly declaration: ast.Update;
  readonly networks: readonly string[];
  readonly optimizer: OptimizerUse;
  /** How often its optimizer has moved its networks, this time included. */
  readonly steps: HostExpr;
  readonly every: Length | null;
  /** As written, on one line. */
  readonly text: string;
  /** The streams that its objective and condition read. */
  readonly reads: readonly string[];
}

export interface OptimizerUse {
  readonly name: string;
  readonly rule: Optimizer;
  readonly args: OptimizerArguments;
  /** The declaration whose moments it has; null: its update has moments of its own. */
  readonly declared: string | null;
}

export interface AverageInfo {
  readonly declaration: ast.Average;
  readonly network: string;
  readonly decay: HostExpr;
  readonly every: Length | null;
}

/** A tensor that a history keeps. */
export interface KeptPart {
  readonly history: HistoryInfo;
  readonly part: string;
}

export interface SetInfo {
  /** `set_1`, in the order of the spec. */
  readonly name: string;
  readonly declaration: ast.SetState;
  readonly state: StateInfo;
  /** Of what a history keeps, which is written at the end of its scope and logged nowhere; null: of a `set`. */
  readonly kept: KeptPart | null;
  readonly every: Length | null;
  /** As written, on one line. */
  readonly text: string;
  /** The streams that its value and condition read. */
  readonly reads: readonly string[];
}

/** What may stand in a `together`. */
export type MemberInfo =
  { readonly kind: 'update'; readonly update: UpdateInfo } | { readonly kind: 'set'; readonly set: SetInfo };

export type StatementInfo =
  | MemberInfo
  | { readonly kind: 'together'; readonly body: readonly MemberInfo[] }
  | { readonly kind: 'average'; readonly average: AverageInfo }
  | {
      readonly kind: 'repeat';
      readonly count: number;
      readonly fresh: boolean;
      readonly body: readonly StatementInfo[];
    };

/** `initialize A from B`, for one of its networks. */
export interface StartInfo {
  readonly network: string;
  readonly origin: OriginUse;
  readonly span: Span;
}

export interface PhaseInfo {
  readonly name: string | null;
  readonly length: Length | null;
  /** The stream whose epochs `epoch` counts; null if the phase reads none, or several and none counts. */
  readonly clock: string | null;
  /** What it begins with, in this order. */
  readonly starts: readonly StartInfo[];
  readonly body: readonly StatementInfo[];
  readonly span: Span;
}

export interface ScheduleInfo {
  readonly length: Length;
  /** The batch of streams and samples without their own. */
  readonly batch: number | null;
  readonly phases: readonly PhaseInfo[];
}

/** `every: null`: in error. */
export interface ReportInfo extends LineDue {
  readonly declaration: ast.ReportDecl;
  readonly lines: readonly ReportLineInfo[];
}

/** `every: null`: it is due when its report is, or its own `every` is in error. */
export interface ReportLineInfo extends LineDue {
  readonly declaration: ast.ReportLine;
  /** Of `recalibrate`: over how many minibatches; null for all other lines, or in error. */
  readonly length: Length | null;
  readonly types: TypeTable;
}

export interface Model {
  /** What updates and values of training are, by expression and call. */
  readonly types: TypeTable;
  readonly names: Names;
  readonly weights: Weights;
  /** Which samples and streams share rows, over the whole spec. */
  readonly rows: RowsTable;
  /** Rows in a minibatch of each stream and sample. */
  readonly batches: ReadonlyMap<string, number>;
  /** What histories keep. */
  readonly kept: readonly StateInfo[];
  readonly schedule: ScheduleInfo;
  readonly reports: readonly ReportInfo[];
  readonly span: Span;
}

/** All updates of a list of statements, in order. */
export function updatesIn(statements: readonly StatementInfo[]): UpdateInfo[] {
  return statements.flatMap((statement) => {
    switch (statement.kind) {
      case 'update':
        return [statement.update];
      case 'together':
      case 'repeat':
        return updatesIn(statement.body);
      case 'average':
      case 'set':
        return [];
    }
  });
}

/** All `set`s of a list of statements, in order. */
export const setsIn = (statements: readonly StatementInfo[]): SetInfo[] =>
  statements.flatMap((statement): readonly SetInfo[] => {
    if (statement.kind === 'set') return [statement.set];
    return 'body' in statement ? setsIn(statement.body) : [];
  });

/** All averages of a list of statements, in order; of a list of networks, one each. */
export const averagesIn = (statements: readonly StatementInfo[]): AverageInfo[] =>
  statements.flatMap((statement): readonly AverageInfo[] => {
    if (statement.kind === 'average') return [statement.average];
    return statement.kind === 'repeat' ? averagesIn(statement.body) : [];
  });
