/**
 * How weights and running statistics move, as graph: an optimizer's rule, clipping, decay, averages. In: the nodes before
 * and a gradient or batch; out: the nodes after. Steps are made of these, and targets that differentiate by themselves
 * print them (rules.ts).
 */
import type { HostExpr } from '../../program/host.ts';
import type { Context } from '../evaluate/context.ts';
import { scalarNode } from '../evaluate/feeds.ts';
import type { Builder } from '../ir/builder.ts';
import { square, sumAll } from '../ir/compose.ts';
import type { Node } from '../ir/node.ts';
import type { UpdateInfo } from '../model.ts';
import type { Optimizer, OptimizerArguments } from '../vocabulary/optimizer.ts';

/** Where nodes are made, and what feeds them is noted. */
export type Making = Pick<Context, 'b' | 'origins'>;

/** A running statistic after one more batch. */
export const running = (b: Builder, before: Node, batch: Node): Node =>
  b.add(b.mul(before, 0.9), b.mul(batch, 0.1));

/** An exponential moving average after one more value. */
export const averaged = (b: Builder, before: Node, current: Node, decay: Node): Node =>
  b.add(current, b.mul(decay, b.sub(before, current)));

/** `clip_gradients`, elementwise. */
export function clippedByValue(making: Making, { optimizer }: UpdateInfo, gradient: Node): Node {
  const { clip_gradients: value } = optimizer.args;
  if (value === null || value === undefined) return gradient;
  return cut(making, gradient, value as HostExpr);
}

/** What `clip_norm` multiplies all gradients of an update by; null where nobody asks. */
export function clipFactor(
  making: Making,
  { optimizer }: UpdateInfo,
  gradients: readonly Node[],
): Node | null {
  const { clip_norm: norm } = optimizer.args;
  if (norm === null || norm === undefined) return null;
  const { b } = making;
  const length = b.sqrt(gradients.map((g) => sumAll(b, square(b, g))).reduce((sum, one) => b.add(sum, one)));
  const limit = scalarNode(making, norm as HostExpr);
  return b.select(b.less(limit, length), b.div(limit, length), b.constant(1));
}

/** What the host feeds an optimizer with each step. */
export const optimizerScalars = (making: Making, { steps, optimizer }: UpdateInfo): Record<string, Node> =>
  mapValues(optimizer.rule.scalars(optimizer.args, steps), (value) => scalarNode(making, value));

export interface WeightStep {
  readonly weight: Node;
  /** Clipped. */
  readonly gradient: Node;
  readonly slots: Readonly<Record<string, Node>>;
  /** Of optimizerScalars. */
  readonly scalars: Readonly<Record<string, Node>>;
  /** Whether weight decay touches this weight. */
  readonly decay: boolean;
}

/**
 * The optimizer's rule on one weight. `weight_decay` times the weight is added to what is left after clipping, as
 * PyTorch's optimizers do, unless the rule decouples it.
 */
export function stepWeight(
  making: Making,
  update: UpdateInfo,
  { weight, gradient, slots, scalars, decay }: WeightStep,
): ReturnType<Optimizer['step']> {
  const { b } = making;
  const { rule, args } = update.optimizer;
  const factor = (args.weight_decay ?? 0) as HostExpr;
  const added = decay && factor !== 0 && rule.decoupled !== true;
  const whole = added ? b.add(gradient, b.mul(weight, scalarNode(making, factor))) : gradient;
  const next = rule.step(b, weight, whole, slots, scalars, args, decay);
  return { ...next, weight: withinLimit(making, next.weight, args.clip_weights) };
}

/** `clip_weights`: what the rule left, cut to ± the limit. */
function withinLimit(making: Making, weight: Node, limit: OptimizerArguments[string] | undefined): Node {
  return limit === null || limit === undefined ? weight : cut(making, weight, limit as HostExpr);
}

/** Each element between minus the limit and the limit. */
function cut(making: Making, x: Node, limit: HostExpr): Node {
  const { b } = making;
  const most = scalarNode(making, limit);
  return b.max(b.min(x, most), b.neg(most));
}

const mapValues = <A, B>(object: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
