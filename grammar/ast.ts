/**
 * What a spec says, as a tree: syntax only. No name is resolved, no layer or loss is known, nothing is ever
 * changed after parsing. Every node carries the span of its text; declarations carry their `///` comment.
 * What the parser could not read is a `Missing` expression, about which later stages stay silent.
 */
import type { Span } from './source.ts';

/** What every node is: of one kind, at one place. */
interface Part<Kind extends string> {
  readonly kind: Kind;
  readonly span: Span;
}

/** A name in the text. Empty where recovery left a type without one: already reported, like `Missing`. */
export interface Ident extends Part<'Ident'> {
  readonly name: string;
}

// ---------------------------------------------------------------- expressions

export type UnaryOperator = '-' | 'not';
export type BinaryOperator =
  '+' | '-' | '*' | '/' | '^' | '<' | '<=' | '>' | '>=' | '==' | '!=' | 'and' | 'or';

interface Literal<Kind extends string, Value> extends Part<Kind> {
  readonly value: Value;
}
export type NumberLiteral = Literal<'Number', number>;
export type StringLiteral = Literal<'String', string>;
export type BoolLiteral = Literal<'Bool', boolean>;
/** A name, or a choice word when it stands alone as an argument; the parameter's own list decides which. */
export interface NameExpr extends Part<'Name'> {
  readonly name: string;
}
/** `f(a, k: b)`; the callee is a name or a field (`G.average`). */
export interface CallExpr extends Part<'Call'> {
  readonly callee: Expr;
  readonly args: readonly Argument[];
}
/** `left |> right`; right is a Name, Field or Call, and left becomes its first argument. */
export interface PipeExpr extends Part<'Pipe'> {
  readonly left: Expr;
  readonly right: Expr;
}
export interface UnaryExpr extends Part<'Unary'> {
  readonly operator: UnaryOperator;
  readonly operand: Expr;
}
export interface BinaryExpr extends Part<'Binary'> {
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
}
export interface ListExpr extends Part<'List'> {
  readonly items: readonly Expr[];
}
/** `[for i in 0..3: e]`: e at each whole number from `low` up to `high`, which is left out. */
export interface SeriesExpr extends Part<'Series'> {
  readonly name: Ident;
  readonly low: Expr;
  readonly high: Expr;
  readonly value: Expr;
}
export interface RecordExpr extends Part<'Record'> {
  readonly fields: readonly RecordField[];
}
export interface FieldExpr extends Part<'Field'> {
  readonly object: Expr;
  readonly field: Ident;
}
export interface IndexExpr extends Part<'Index'> {
  readonly object: Expr;
  readonly index: Expr;
}
/** `v[0..8]`, `x[height: 8..24, width: 8..]`: what lies in these places, the upper bounds left out of it. */
export interface SliceExpr extends Part<'Slice'> {
  readonly object: Expr;
  readonly places: readonly Place[];
}
/** `time: 1..`: a range if `range`, else one index, which is `low`; a bound that is left out is the end of the axis. */
export interface Place extends Part<'Place'> {
  readonly axis?: Ident;
  readonly range: boolean;
  readonly low?: Expr;
  readonly high?: Expr;
}
/** What recovery left out; already reported. */
export type MissingExpr = Part<'Missing'>;

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
  | SeriesExpr
  | RecordExpr
  | FieldExpr
  | IndexExpr
  | SliceExpr
  | MissingExpr;

/** Positional when `name` is absent. Durations stand only as whole arguments. */
export interface Argument extends Part<'Argument'> {
  readonly name?: Ident;
  readonly value: Expr | Duration;
}
export interface RecordField extends Part<'RecordField'> {
  readonly name: Ident;
  readonly value: Expr;
}

/** `5000 steps`, `40 epochs`, `40 epochs of mnist`. */
export interface Duration extends Part<'Duration'> {
  readonly count: Expr;
  readonly unit: 'steps' | 'epochs';
  readonly of?: Ident;
}

// ---------------------------------------------------------------- types

/** `image[1, 28, 28] in [0, 1]`, `logit`, `categorical[10]`. */
export interface NamedType extends Part<'NamedType'> {
  readonly name: Ident;
  readonly dims: readonly Expr[];
  readonly range?: Range;
}
/** `{ digit: categorical[10], style: normal[2] }` */
export interface RecordType extends Part<'RecordType'> {
  readonly fields: readonly TypeField[];
}
export type TypeExpr = NamedType | RecordType;
export interface TypeField extends Part<'TypeField'> {
  readonly name: Ident;
  readonly type: TypeExpr;
}
/** `in [low, high]` */
export interface Range extends Part<'Range'> {
  readonly low: Expr;
  readonly high: Expr;
}

// ---------------------------------------------------------------- declarations

/** With the `///` comment above it. */
interface Declared<Kind extends string> extends Part<Kind> {
  readonly doc?: string;
}
interface Named<Kind extends string> extends Declared<Kind> {
  readonly name: Ident;
}

export type HeaderDecl = Named<'Header'>;
export interface ParamDecl extends Named<'Param'> {
  readonly type: 'int' | 'real' | 'bool' | 'string';
  readonly value: Expr;
}
export interface ProfileDecl extends Named<'Profile'> {
  readonly settings: readonly Setting[];
}
export interface Setting extends Part<'Setting'> {
  readonly name: Ident;
  readonly value: Expr;
}
export interface DataDecl extends Named<'Data'> {
  readonly source: Expr;
  readonly as?: TypeExpr;
  readonly range?: Range;
  readonly hide: readonly Ident[];
  readonly batch?: Expr;
}
/** `uniform[62](-1, 1)`, `normal[n]`, `categorical[10]`, `bernoulli(0.5)` */
export interface Distribution extends Part<'Distribution'> {
  readonly name: Ident;
  readonly dims: readonly Expr[];
  readonly args: readonly Argument[];
}
export interface SampleDecl extends Named<'Sample'> {
  readonly distribution: Distribution;
  readonly batch?: Expr;
}
/** `state k: real = 0` */
export interface StateDecl extends Named<'State'> {
  readonly type: TypeExpr;
  readonly value: Expr;
}
/** `history old of { x: fake } size 50 chance 0.5` */
export interface HistoryDecl extends Named<'History'> {
  readonly of: Expr;
  readonly size: Expr;
  readonly chance?: Expr;
}
/** A network's parameters have types; a block's and a fn's may, and may have defaults. */
export interface Parameter extends Part<'Parameter'> {
  readonly name: Ident;
  readonly type?: TypeExpr;
  readonly default?: Expr;
}
export interface Body extends Part<'Body'> {
  readonly lets: readonly LetDecl[];
  readonly result: Expr;
}
export interface NetworkDecl extends Named<'Network'> {
  readonly shared: boolean;
  /** `network D[3](...)`: so many networks of this text. */
  readonly copies?: Expr;
  readonly parameters: readonly Parameter[];
  readonly result: TypeExpr;
  readonly body: Body;
}
export interface BlockDecl extends Named<'Block'> {
  readonly parameters: readonly Parameter[];
  readonly body: Body;
}
export interface FnDecl extends Named<'Fn'> {
  readonly parameters: readonly Parameter[];
  /** `= e`, or `{ let a = ... e }` */
  readonly value: Expr | Body;
}
/** `initialize G, D with normal(0, 0.02)`, or `initialize G from "runs/x"`: one of the two is there. */
export interface InitializeDecl extends Declared<'Initialize'> {
  readonly networks: readonly Ident[];
  readonly initializer?: Expr;
  readonly from?: Origin;
}
/** `from "runs/gan-1" at best partly`, `from E.average of "runs/gan-1"`, `from B`: whose weights. */
export interface Origin extends Part<'Origin'> {
  readonly value: Expr;
  /** The run or file that the network in `value` is one of. */
  readonly of?: StringLiteral;
  /** Which checkpoint: `best`, or an iteration. */
  readonly at?: Expr;
  /** Whether what fits is enough. */
  readonly partly: boolean;
}
/** `optimizer o = adam(2e-4)`: its moments and step count are those of all updates `with o`. */
export interface OptimizerDecl extends Named<'Optimizer'> {
  readonly value: Expr;
}
export interface LetDecl extends Named<'Let'> {
  readonly value: Expr;
}
export interface LossDecl extends Named<'Loss'> {
  readonly value: Expr;
}
export interface ImportDecl extends Declared<'Import'> {
  readonly path: StringLiteral;
}
export interface TrainDecl extends Declared<'Train'> {
  readonly duration: Duration;
  readonly batch?: Expr;
  readonly body: readonly Statement[];
}
export interface ReportDecl extends Declared<'Report'> {
  readonly every: Every;
  readonly body: readonly ReportLine[];
}

export type Declaration =
  | HeaderDecl
  | ParamDecl
  | ProfileDecl
  | DataDecl
  | SampleDecl
  | StateDecl
  | HistoryDecl
  | NetworkDecl
  | BlockDecl
  | FnDecl
  | InitializeDecl
  | OptimizerDecl
  | LetDecl
  | LossDecl
  | ImportDecl
  | TrainDecl
  | ReportDecl;

// ---------------------------------------------------------------- schedules and reports

/** `every 500 steps`, `every 2` (default: steps) */
export interface Every extends Part<'Every'> {
  readonly count: Expr;
  readonly unit: 'steps' | 'epochs';
  /** Of reports and their lines. */
  readonly moments?: Moments;
}
/** `and at 50, 150 steps`: once each, beside every n (default: steps) */
export interface Moments extends Part<'Moments'> {
  readonly counts: readonly Expr[];
  readonly unit: 'steps' | 'epochs';
}
export interface Phase extends Part<'Phase'> {
  readonly name: Ident;
  readonly duration?: Duration;
  readonly body: readonly Statement[];
}
export interface Repeat extends Part<'Repeat'> {
  readonly count: Expr;
  readonly fresh?: Expr;
  readonly body: readonly Statement[];
}
/** What is taken at weights and states on entry, and then applied. */
export interface Together extends Part<'Together'> {
  readonly body: readonly (Update | SetState)[];
}
export interface Update extends Part<'Update'> {
  readonly networks: readonly Ident[];
  readonly sense: 'minimize' | 'maximize';
  readonly objective: Expr;
  readonly optimizer: Expr;
  readonly when?: Expr;
  readonly every?: Every;
}
export interface Average extends Part<'Average'> {
  readonly network: Ident;
  readonly decay: Expr;
  readonly every?: Every;
}
/** `set k to clamp(k + 0.001 * balance, 0, 1) when step > 100` */
export interface SetState extends Part<'Set'> {
  readonly state: Ident;
  readonly value: Expr;
  readonly when?: Expr;
  readonly every?: Every;
}
/** `initialize A from B` where a phase begins. */
export interface Start extends Part<'Start'> {
  readonly networks: readonly Ident[];
  readonly from: Origin;
}
export type Statement = Phase | Repeat | Together | Update | Average | SetState | Start;

export interface Show extends Part<'Show'> {
  readonly medium: 'picture' | 'metric' | 'sound';
  readonly name: Ident;
  readonly value: Expr;
  readonly goal?: Goal;
  readonly every?: Every;
}
/** `goal 0.05 from "Chen et al. 2016"`: what a metric is held against, and whose number it is. */
export interface Goal extends Part<'Goal'> {
  readonly value: Expr;
  readonly from?: StringLiteral;
}
/** `recalibrate E(mnist.image) for 1000 steps` */
export interface Recalibrate extends Part<'Recalibrate'> {
  readonly call: Expr;
  readonly duration: Duration;
  readonly every?: Every;
}
export type ReportLine = Show | Recalibrate;

// ---------------------------------------------------------------- a file

export interface Comment extends Part<'Comment'> {
  readonly text: string;
  readonly doc: boolean;
}
/** One file, in source order; comments are kept for the formatter. */
export interface Spec extends Part<'Spec'> {
  readonly declarations: readonly Declaration[];
  readonly comments: readonly Comment[];
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
  | Goal
  | Origin
  | Moments
  | Duration
  | Expr
  | Argument
  | RecordField
  | Place
  | TypeExpr
  | TypeField
  | Range
  | Ident;
