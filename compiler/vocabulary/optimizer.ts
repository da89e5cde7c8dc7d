/**
 * What an optimizer is: a rule from (weight, gradient, slots) to (weight, slots), written in primitives. Step counts and
 * bias corrections are the host's: `scalars` says which numbers a step is fed.
 */
import type { Builder } from '../ir/builder.ts';
import type { Node } from '../ir/node.ts';
import type { ParamSpec } from '../../program/catalogue.ts';
import type { HostExpr } from '../../program/host.ts';

/** Argument values: numbers, host expressions (the rate may change with time), lists. */
export type OptimizerArguments = Readonly<Record<string, HostExpr | boolean | readonly HostExpr[] | null>>;

export interface Optimizer {
  readonly doc: string;
  readonly params: readonly ParamSpec[];
  /** The arguments in the one form that everything after reads, where they can be written in several; default: as given. */
  readonly normal?: (args: OptimizerArguments) => OptimizerArguments;
  /** The rule applies `weight_decay` itself; nothing is added to the gradient then. */
  readonly decoupled?: true;
  /** One tensor of the weight's shape each, starting at 0. */
  slots(args: OptimizerArguments): readonly string[];
  /** Host numbers fed with each step; `applied`: how often it has moved these weights, this time included. */
  scalars(args: OptimizerArguments, applied: HostExpr): Readonly<Record<string, HostExpr>>;
  /** The next weight and slots. `decay`: whether weight decay touches this weight. */
  step(
    b: Builder,
    weight: Node,
    gradient: Node,
    slots: Readonly<Record<string, Node>>,
    scalars: Readonly<Record<string, Node>>,
    args: OptimizerArguments,
    decay: boolean,
  ): { readonly weight: Node; readonly slots: Readonly<Record<string, Node>> };
}
