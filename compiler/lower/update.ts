/**
 * One update as graph: objective and condition at the weights as they stand, gradients by the weights of the networks
 * that it names (all else is constant), clipped and decayed, the optimizer's rule, running statistics. `gradients` and
 * `apply` are apart because a `together` takes all gradients before it applies any.
 */
import { differentiate } from '../ir/differentiate.ts';
import type { Context, Effects } from '../evaluate/context.ts';
import { topScope } from '../evaluate/context.ts';
import { evaluate } from '../evaluate/expression.ts';
import type { WeightInfo } from '../bind/names.ts';
import { scalarNode } from '../evaluate/feeds.ts';
import type { Builder } from '../ir/builder.ts';
import { meanAll, square, sumAll } from '../ir/compose.ts';
import { addDims, type Dim } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import type { UpdateInfo } from '../model.ts';
import type { HostExpr } from '../../program/host.ts';
import type { Optimizer } from '../vocabulary/optimizer.ts';
import type { Value } from '../values.ts';
import type { StateNodes } from './context.ts';

/** An update with its gradients taken, not yet applied. */
export interface Taken {
  readonly update: UpdateInfo;
  readonly context: Context;
  /** What it minimises, the mean over rows, sign as written. */
  readonly objective: Node;
  /** 1 or 0; null: always. */
  readonly condition: Node | null;
  readonly weights: readonly WeightInfo[];
  readonly gradients: readonly Node[];
  /** What the calls in the objective leave behind; those that only the condition makes move nothing. */
  readonly observed: Effects['observed'];
  readonly moved: Effects['moved'];
}

/** An update's values, before anything is differentiated. */
export function evaluateUpdate(context: Context, update: UpdateInfo): Omit<Taken, 'gradients'> {
  const { declaration } = update;
  const objective = meanNode(context.b, evaluate(declaration.objective, context, topScope));
  const observed = new Map([...context.effects.observed].map(([buffer, calls]) => [buffer, [...calls]]));
  const moved = new Map(context.effects.moved);
  const condition =
    declaration.when === undefined
      ? null
      : conditionNode(context, evaluate(declaration.when, context, topScope));
  const weights = update.networks.flatMap((network) => weightsOf(context, network, 'weight'));
  return { update, context, objective, condition, weights, observed, moved };
}

export function takeGradients(context: Context, state: StateNodes, update: UpdateInfo): Taken {
  const evaluated = evaluateUpdate(context, update);
  const nodes = evaluated.weights.map((weight) => state.get(weight.name, weight.shape));
  const constants = state.current();
  for (const node of nodes) constants.delete(node);
  const { objective } = evaluated;
  const signed = update.declaration.sense === 'maximize' ? context.b.neg(objective) : objective;
  return { ...evaluated, gradients: differentiate(context.b, signed, nodes, { constants }) };
}

export function weightsOf(context: Context, network: string, role: WeightInfo['role']): WeightInfo[] {
  return [...context.names.networks.get(network)!.weights.values()].filter((weight) => weight.role === role);
}

function meanNode(b: Builder, value: Value): Node {
  if (value.sort === 'tensor') return value.node.shape.length === 0 ? value.node : meanAll(b, value.node);
  throw new Error(`an objective that the checker let through is ${value.sort}`);
}

function conditionNode(context: Context, value: Value): Node | null {
  if (value.sort === 'tensor') return value.node;
  if (value.sort === 'bool') return value.value ? null : context.b.constant(0);
  return value.sort === 'number' ? scalarNode(context, value.value) : null;
}

/** Sets the next weights, slots and statistics in `state`. */
export function applyUpdate(taken: Taken, state: StateNodes): void {
  const { context, update, condition } = taken;
  const { b } = context;
  const set = (name: string, before: Node, after: Node): void =>
    state.set(name, condition === null ? after : b.select(condition, after, before));
  const limited = taken.gradients.map((gradient) => clippedByValue(context, update, gradient));
  const factor = clipFactor(context, update, limited);
  const { rule, args } = update.optimizer;
  const scalars = optimizerScalars(context, update);
  taken.weights.forEach((weight, i) => {
    const before = state.get(weight.name, weight.shape);
    const slots = Object.fromEntries(
      rule.slots(args).map((slot) => [slot, state.get(slotName(update, weight, slot), weight.shape)]),
    );
    const clipped = factor === null ? limited[i] : b.mul(limited[i], factor);
    const after = stepWeight(context, update, {
      weight: before,
      gradient: clipped,
      slots,
      scalars,
      decay: weight.decay,
    });
    set(weight.name, before, after.weight);
    for (const [slot, node] of Object.entries(after.slots))
      set(slotName(update, weight, slot), slots[slot], node);
  });
  for (const network of update.networks) for (const buffer of weightsOf(context, network, 'buffer')) moveBuffer(taken, state, buffer, set); // prettier-ignore
}

/** `update_1.G.dense_1.weight.m` */
export const slotName = (update: UpdateInfo, weight: WeightInfo, slot: string): string =>
  `${update.name}.${weight.name}.${slot}`;

/** A batch statistic averaged over a network's calls, by their rows. */
export function overCalls(
  b: Builder,
  observed: readonly { readonly batch: Node; readonly rows: Dim }[],
): Node {
  if (observed.length === 1) return observed[0].batch;
  const total = observed.reduce<Dim>((sum, { rows }) => addDims(sum, rows), 0);
  return observed
    .map(({ batch, rows }) => b.mul(batch, b.div(b.extent(rows), b.extent(total))))
    .reduce((sum, part) => b.add(sum, part));
}

/** Running statistics move once: 0.9 running + 0.1 batch, the batch's averaged over the calls, by rows. */
function moveBuffer(
  taken: Taken,
  state: StateNodes,
  buffer: WeightInfo,
  set: (name: string, before: Node, after: Node) => void,
): void {
  const { b } = taken.context;
  const before = state.get(buffer.name, buffer.shape);
  const moved = taken.moved.get(buffer.name);
  if (moved !== undefined) return set(buffer.name, before, moved);
  const observed = taken.observed.get(buffer.name);
  if (observed === undefined) return;
  const batch = overCalls(b, observed);
  set(buffer.name, before, running(b, before, batch));
}

/** A running statistic after one more batch. */
export const running = (b: Builder, before: Node, batch: Node): Node =>
  b.add(b.mul(before, 0.9), b.mul(batch, 0.1));

/** `clip_gradients`, elementwise. */
export function clippedByValue(context: Context, { optimizer }: UpdateInfo, gradient: Node): Node {
  const { clip_gradients: value } = optimizer.args;
  if (value === null || value === undefined) return gradient;
  const { b } = context;
  const limit = scalarNode(context, value as HostExpr);
  return b.max(b.min(gradient, limit), b.neg(limit));
}

/** What `clip_norm` multiplies all gradients of an update by; null where nobody asks. */
function clipFactor(context: Context, { optimizer }: UpdateInfo, gradients: readonly Node[]): Node | null {
  const { clip_norm: norm } = optimizer.args;
  if (norm === null || norm === undefined) return null;
  const { b } = context;
  const length = b.sqrt(gradients.map((g) => sumAll(b, square(b, g))).reduce((sum, one) => b.add(sum, one)));
  const limit = scalarNode(context, norm as HostExpr);
  return b.select(b.less(limit, length), b.div(limit, length), b.constant(1));
}

interface WeightStep {
  readonly weight: Node;
  /** Clipped. */
  readonly gradient: Node;
  readonly slots: Readonly<Record<string, Node>>;
  /** Of optimizerScalars. */
  readonly scalars: Readonly<Record<string, Node>>;
  /** Whether weight decay touches this weight. */
  readonly decay: boolean;
}

/** What the host feeds an optimizer with each step. */
export const optimizerScalars = (context: Context, { name, optimizer }: UpdateInfo): Record<string, Node> =>
  mapValues(optimizer.rule.scalars(optimizer.args, { applied: name }), (value) => scalarNode(context, value));

/**
 * The optimizer's rule on one weight. `weight_decay` times the weight is added to what is left after clipping, as
 * PyTorch's optimizers do, unless the rule decouples it.
 */
export function stepWeight(
  context: Context,
  update: UpdateInfo,
  { weight, gradient, slots, scalars, decay }: WeightStep,
): ReturnType<Optimizer['step']> {
  const { b } = context;
  const { rule, args } = update.optimizer;
  const factor = (args.weight_decay ?? 0) as HostExpr;
  const added = decay && factor !== 0 && rule.decoupled !== true;
  const whole = added ? b.add(gradient, b.mul(weight, scalarNode(context, factor))) : gradient;
  return rule.step(b, weight, whole, slots, scalars, args, decay);
}

const mapValues = <A, B>(object: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
