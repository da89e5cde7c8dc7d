/**
 * What a spec says, as a tree: syntax only. No name is resolved, no layer or loss is known, nothing is ever
 * changed after parsing. Every node carries the span of its text; declarations carry their `///` comment.
 * What the parser could not read is a `Missing` expression, about which later stages stay silent.
 */
import type { Span } from './source.ts';

/** A name in the text. Empty where recovery left a type without one: already reported, like `Missing`. */
export interface Ident {
  readonly kind: 'Ident';
  readonly name: string;
  readonly span: Span;
}

// ---------------------------------------------------------------- expressions

export type UnaryOperator = '-' | 'not';
export type BinaryOperator =
  '+' | '-' | '*' | '/' | '^' | '<' | '<=' | '>' | '>=' | '==' | '!=' | 'and' | 'or';

export interface NumberLiteral {
  readonly kind: 'Number';
  readonly value: number;
  readonly span: Span;
}
export interface StringLiteral {
  readonly kind: 'String';
  readonly value: string;
  readonly span: Span;
}
export interface BoolLiteral {
  readonly kind: 'Bool';
  readonly value: boolean;
  readonly span: Span;
}
/** A name, or a choice word when it stands alone as an argument; the parameter's own list decides which. */
export interface NameExpr {
  readonly kind: 'Name';
  readonly name: string;
  readonly span: Span;
}
/** `f(a, k: b)`; the callee is a name or a field (`G.average`). */
export interface CallExpr {
  readonly kind: 'Call';
  readonly callee: Expr;
  readonly args: readonly Argument[];
  readonly span: Span;
}
/** `left |> right`; right is a Name, Field or Call, and left becomes its first argument. */
export interface PipeExpr {
  readonly kind: 'Pipe';
  readonly left: Expr;
  readonly right: Expr;
  readonly span: Span;
}
export interface UnaryExpr {
  readonly kind: 'Unary';
  readonly operator: UnaryOperator;
  readonly operand: Expr;
  readonly span: Span;
}
export interface BinaryExpr {
  readonly kind: 'Binary';
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
  readonly span: Span;
}
export interface ListExpr {
  readonly kind: 'List';
  readonly items: readonly Expr[];
  readonly span: Span;
}
export interface RecordExpr {
  readonly kind: 'Record';
  readonly fields: readonly RecordField[];
  readonly span: Span;
}
export interface FieldExpr {
  readonly kind: 'Field';
  readonly object: Expr;
  readonly field: Ident;
  readonly span: Span;
}
export interface IndexExpr {
  readonly kind: 'Index';
  readonly object: Expr;
  readonly index: Expr;
  readonly span: Span;
}
/** What recovery left out; already reported. */
export interface MissingExpr {
  readonly kind: 'Missing';
  readonly span: Span;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | BoolLiteral
  | NameExpr
  | CallExpr
  | PipeExpr
  | UnaryExpr
  | BinaryExpr
  | ListExpr
  | RecordExpr
  | FieldExpr
  | IndexExpr
  | MissingExpr;

/** Positional when `name` is absent. Durations stand only as whole arguments. */
export interface Argument {
  readonly kind: 'Argument';
  readonly name?: Ident;
  readonly value: Expr | Duration;
  readonly span: Span;
}
export interface RecordField {
  readonly kind: 'RecordField';
  readonly name: Ident;
  readonly value: Expr;
  readonly span: Span;
}

/** `5000 steps`, `40 epochs`, `40 epochs of mnist`. */
export interface Duration {
  readonly kind: 'Duration';
  readonly count: Expr;
  readonly unit: 'steps' | 'epochs';
  readonly of?: Ident;
  readonly span: Span;
}

// ---------------------------------------------------------------- types

/** `image[1, 28, 28] in [0, 1]`, `logit`, `categorical[10]`. */
export interface NamedType {
  readonly kind: 'NamedType';
  readonly name: Ident;
  readonly dims: readonly Expr[];
  readonly range?: Range;
  readonly span: Span;
}
/** `{ digit: categorical[10], style: normal[2] }` */
export interface RecordType {
  readonly kind: 'RecordType';
  readonly fields: readonly TypeField[];
  readonly span: Span;
}
export type TypeExpr = NamedType | RecordType;
export interface TypeField {
  readonly kind: 'TypeField';
  readonly name: Ident;
  readonly type: TypeExpr;
  readonly span: Span;
}
/** `in [low, high]` */
export interface Range {
  readonly kind: 'Range';
  readonly low: Expr;
  readonly high: Expr;
  readonly span: Span;
}

// ---------------------------------------------------------------- declarations

interface Declared {
  readonly doc?: string;
  readonly span: Span;
}

export interface HeaderDecl extends Declared {
  readonly kind: 'Header';
  readonly name: Ident;
}
export interface ParamDecl extends Declared {
  readonly kind: 'Param';
  readonly name: Ident;
  readonly type: 'int' | 'real' | 'bool' | 'string';
  readonly value: Expr;
}
export interface ProfileDecl extends Declared {
  readonly kind: 'Profile';
  readonly name: Ident;
  readonly settings: readonly Setting[];
}
export interface Setting {
  readonly kind: 'Setting';
  readonly name: Ident;
  readonly value: Expr;
  readonly span: Span;
}
export interface DataDecl extends Declared {
  readonly kind: 'Data';
  readonly name: Ident;
  readonly source: Expr;
  readonly as?: TypeExpr;
  readonly range?: Range;
  readonly hide: readonly Ident[];
  readonly batch?: Expr;
}
/** `uniform[62](-1, 1)`, `normal[n]`, `categorical[10]`, `bernoulli(0.5)` */
export interface Distribution {
  readonly kind: 'Distribution';
  readonly name: Ident;
  readonly dims: readonly Expr[];
  readonly args: readonly Argument[];
  readonly span: Span;
}
export interface SampleDecl extends Declared {
  readonly kind: 'Sample';
  readonly name: Ident;
  readonly distribution: Distribution;
  readonly batch?: Expr;
}
/** A network's parameters have types; a block's and a fn's may, and may have defaults. */
export interface Parameter {
  readonly kind: 'Parameter';
  readonly name: Ident;
  readonly type?: TypeExpr;
  readonly default?: Expr;
  readonly span: Span;
}
export interface Body {
  readonly kind: 'Body';
  readonly lets: readonly LetDecl[];
  readonly result: Expr;
  readonly span: Span;
}
export interface NetworkDecl extends Declared {
  readonly kind: 'Network';
  readonly name: Ident;
  readonly shared: boolean;
  readonly parameters: readonly Parameter[];
  readonly result: TypeExpr;
  readonly body: Body;
}
export interface BlockDecl extends Declared {
  readonly kind: 'Block';
  readonly name: Ident;
  readonly parameters: readonly Parameter[];
  readonly body: Body;
}
export interface FnDecl extends Declared {
  readonly kind: 'Fn';
  readonly name: Ident;
  readonly parameters: readonly Parameter[];
  readonly value: Expr;
}
/** `initialize G, D with normal(0, 0.02)` */
export interface InitializeDecl extends Declared {
  readonly kind: 'Initialize';
  readonly networks: readonly Ident[];
  readonly initializer: Expr;
}
export interface LetDecl extends Declared {
  readonly kind: 'Let';
  readonly name: Ident;
  readonly value: Expr;
}
export interface LossDecl extends Declared {
  readonly kind: 'Loss';
  readonly name: Ident;
  readonly value: Expr;
}
export interface ImportDecl extends Declared {
  readonly kind: 'Import';
  readonly path: StringLiteral;
}
export interface TrainDecl extends Declared {
  readonly kind: 'Train';
  readonly duration: Duration;
  readonly batch?: Expr;
  readonly body: readonly Statement[];
}
export interface ReportDecl extends Declared {
  readonly kind: 'Report';
  readonly every: Every;
  readonly body: readonly ReportLine[];
}

export type Declaration =
  | HeaderDecl
  | ParamDecl
  | ProfileDecl
  | DataDecl
  | SampleDecl
  | NetworkDecl
  | BlockDecl
  | FnDecl
  | InitializeDecl
  | LetDecl
  | LossDecl
  | ImportDecl
  | TrainDecl
  | ReportDecl;

// ---------------------------------------------------------------- schedules and reports

/** `every 500 steps`, `every 2` (default: steps) */
export interface Every {
  readonly kind: 'Every';
  readonly count: Expr;
  readonly unit: 'steps' | 'epochs';
  readonly span: Span;
}
export interface Phase {
  readonly kind: 'Phase';
  readonly name: Ident;
  readonly duration?: Duration;
  readonly body: readonly Statement[];
  readonly span: Span;
}
export interface Repeat {
  readonly kind: 'Repeat';
  readonly count: Expr;
  readonly fresh?: Expr;
  readonly body: readonly Statement[];
  readonly span: Span;
}
export interface Together {
  readonly kind: 'Together';
  readonly updates: readonly Update[];
  readonly span: Span;
}
export interface Update {
  readonly kind: 'Update';
  readonly networks: readonly Ident[];
  readonly sense: 'minimize' | 'maximize';
  readonly objective: Expr;
  readonly optimizer: Expr;
  readonly when?: Expr;
  readonly every?: Every;
  readonly span: Span;
}
export interface Average {
  readonly kind: 'Average';
  readonly network: Ident;
  readonly decay: Expr;
  readonly every?: Every;
  readonly span: Span;
}
export type Statement = Phase | Repeat | Together | Update | Average;

export interface Show {
  readonly kind: 'Show';
  readonly medium: 'picture' | 'metric' | 'sound';
  readonly name: Ident;
  readonly value: Expr;
  readonly every?: Every;
  readonly span: Span;
}
/** `recalibrate E(mnist.image) for 1000 steps` */
export interface Recalibrate {
  readonly kind: 'Recalibrate';
  readonly call: Expr;
  readonly duration: Duration;
  readonly every?: Every;
  readonly span: Span;
}
export type ReportLine = Show | Recalibrate;

// ---------------------------------------------------------------- a file

export interface Comment {
  readonly kind: 'Comment';
  readonly text: string;
  readonly doc: boolean;
  readonly span: Span;
}
/** One file, in source order; comments are kept for the formatter. */
export interface Spec {
  readonly kind: 'Spec';
  readonly declarations: readonly Declaration[];
  readonly comments: readonly Comment[];
  readonly span: Span;
}

export type Node =
  | Spec
  | Declaration
  | Setting
  | Distribution
  | Parameter
  | Body
  | Statement
  | ReportLine
  | Every
  | Duration
  | Expr
  | Argument
  | RecordField
  | TypeExpr
  | TypeField
  | Range
  | Ident;
