/**
 * A step as one graph: its updates in order, each at the weights that the ones before it left (in SSA form, so that what
 * two updates share at the same weights is the same node), gradients by the weights of the networks that it names, the
 * optimizer's rule, running statistics. Averages follow where they stand.
 */
import type { InputOrigin } from '../../program/manifest.ts';
import { scalarNode } from '../evaluate/feeds.ts';
import { Builder } from '../ir/builder.ts';
import { differentiate } from '../ir/differentiate.ts';
import { fill } from '../ir/compose.ts';
import type { Node } from '../ir/node.ts';
import { averageName, slotName } from '../leaves.ts';
import type {
  Graph,
  LoweredAverage,
  LoweredSet,
  LoweredStatement,
  LoweredUpdate,
  Output,
} from '../lower/lowered.ts';
import {
  averaged,
  clipFactor,
  clippedByValue,
  optimizerScalars,
  running,
  stepWeight,
  type Making,
} from './apply.ts';
import { overCalls } from '../lower/observed.ts';
import type { SetInfo } from '../model.ts';
import { StateNodes } from './state.ts';

/** A step under construction. */
export interface Work extends Making {
  readonly state: StateNodes;
}

/** An update with its gradients taken, not yet applied. */
export interface Taken extends Pick<
  LoweredUpdate,
  'update' | 'weights' | 'buffers' | 'objective' | 'condition' | 'losses' | 'observed' | 'moved'
> {
  readonly gradients: readonly Node[];
}

export const newWork = (): Work => {
  const b = new Builder();
  return { b, state: new StateNodes(b), origins: new Map<string, InputOrigin>() };
};

export function differentiateStep(statements: readonly LoweredStatement[]): Graph {
  const work = newWork();
  return graphOf(
    work,
    statements.flatMap((statement) => performed(work, statement)),
  );
}

/** These outputs, and the state as the step leaves it. */
export function graphOf(work: Work, outputs: readonly [string, Output][]): Graph {
  const states = work.state
    .changed()
    .map(([name, node]): [string, Output] => [`next:${name}`, { node, to: { kind: 'state', state: name } }]);
  return { origins: work.origins, outputs: new Map([...outputs, ...states]) };
}

/** What the statement gives beside the next state. */
function performed(work: Work, statement: LoweredStatement): [string, Output][] {
  switch (statement.kind) {
    case 'average':
      average(work, statement.average);
      return [];
    case 'set': {
      const next = nextState(work, statement.set);
      work.state.set(next.state, next.value);
      return next.outputs;
    }
    case 'updates': {
      const together = statement.updates.map((update) => takeGradients(work, update));
      const sets = statement.sets.map((set) => nextState(work, set));
      together.forEach((one) => apply(work, one));
      for (const { state, value } of sets) work.state.set(state, value);
      return [...together.flatMap(outputsOf), ...sets.flatMap(({ outputs }) => outputs)];
    }
  }
}

/** A state's next value at weights and states as they stand, and what is told of it. */
function nextState(
  work: Work,
  lowered: LoweredSet,
): { state: string; value: Node; outputs: [string, Output][] } {
  const { name, state, kept } = lowered.set;
  const made = setValue(work, lowered);
  // What a history keeps is no loss.
  const outputs = kept === null ? outputsOf({ update: { name }, ...made }) : [];
  return { state: state.name, value: keptState(work, state, made.value, made.condition), outputs };
}

/** A `set`'s value and condition, and what is logged of it. */
export function setValue(
  work: Work,
  lowered: LoweredSet,
  given?: ReadonlyMap<Node, Node>,
): Pick<Standing, 'objective' | 'condition' | 'losses'> & { readonly value: Node } {
  const { state, kept } = lowered.set;
  const none = { losses: new Map([[state.name, lowered.after]]), observed: new Map(), moved: new Map() };
  const made = standing(work, { ...lowered, ...none, objective: lowered.value }, given);
  const losses = kept === null ? made.losses : new Map<string, Node>();
  return {
    value: made.objective,
    condition: made.condition,
    losses,
    objective: made.losses.get(state.name)!,
  };
}

/** What the state is next: the value where the condition holds. */
export function keptState(
  { b, state }: Work,
  { name, shape }: SetInfo['state'],
  value: Node,
  condition: Node | null,
): Node {
  const before = state.get(name, shape);
  return condition === null ? value : b.select(fill(b, condition, value.shape), value, before);
}

/** An exponential moving average of the network's weights and running statistics; the first time, a copy of them. */
export function average(work: Work, info: LoweredAverage): void {
  const { b, state } = work;
  const decay = scalarNode(work, info.decay);
  for (const weight of info.weights) {
    const name = averageName(weight);
    const before = state.get(name, weight.shape);
    const current = state.get(weight.name, weight.shape);
    state.set(name, averaged(b, before, current, decay));
  }
}

// ---------------------------------------------------------------- gradients

/** The update's values at the weights as they stand, and the derivatives of what it minimises by those that it trains. */
export function takeGradients(work: Work, lowered: LoweredUpdate, given?: ReadonlyMap<Node, Node>): Taken {
  const { b, state } = work;
  const { update, weights, buffers } = lowered;
  const values = standing(work, lowered, given);
  const nodes = weights.map((weight) => state.get(weight.name, weight.shape));
  const constants = state.current();
  for (const node of nodes) constants.delete(node);
  const signed = update.declaration.sense === 'maximize' ? b.neg(values.objective) : values.objective;
  return { update, weights, buffers, ...values, gradients: differentiate(b, signed, nodes, { constants }) };
}

type Standing = Pick<LoweredUpdate, 'objective' | 'condition' | 'losses' | 'observed' | 'moved'>;

/** What was built by itself: its builder, where its inputs come from, the state that it asked for. */
type BuiltIn = Pick<LoweredUpdate, 'builder' | 'origins' | 'state'>;

/**
 * Nodes of its builder as they are in the step, with what earlier updates left in the place of the inputs; `given`: what stands in
 * the place of other leaves.
 */
export function standingNodes(
  { b, state, origins }: Work,
  { builder, state: asked, ...lowered }: BuiltIn,
  given: ReadonlyMap<Node, Node> = new Map(),
): (node: Node) => Node {
  for (const [name, origin] of lowered.origins) origins.set(name, origin);
  const replace = new Map(given);
  for (const [name, node] of asked) {
    const now = state.known(name);
    if (now !== undefined) replace.set(node, now);
  }
  // All of it, for derivatives may need again what those in the objective left over.
  const before = builder.nodes;
  const made = b.instantiate(before, replace);
  const at = new Map(before.map((node, i) => [node, made[i]]));
  // In the order in which they were asked for: outputs of the step have it too.
  for (const [name, { shape }] of asked) state.get(name, shape as readonly number[]);
  return (node) => at.get(node)!;
}

/** An update's values built again in the step. */
function standing(work: Work, lowered: Standing & BuiltIn, given?: ReadonlyMap<Node, Node>): Standing {
  const { objective, condition, losses, observed, moved } = lowered;
  const here = standingNodes(work, lowered, given);
  const all = (nodes: ReadonlyMap<string, Node>): Map<string, Node> =>
    new Map([...nodes].map(([name, node]) => [name, here(node)]));
  return {
    objective: here(objective),
    condition: condition && here(condition),
    losses: all(losses),
    observed: new Map(
      [...observed].map(([name, calls]) => [
        name,
        calls.map(({ batch, rows }) => ({ batch: here(batch), rows })),
      ]),
    ),
    moved: all(moved),
  };
}

// ---------------------------------------------------------------- applied

/** Sets the next weights, slots and statistics. */
export function apply(work: Work, taken: Taken): void {
  const { b, state } = work;
  const { update, condition } = taken;
  const set = (name: string, before: Node, after: Node): void =>
    state.set(name, condition === null ? after : b.select(condition, after, before));
  const limited = taken.gradients.map((gradient) => clippedByValue(work, update, gradient));
  const factor = clipFactor(work, update, limited);
  const { rule, args } = update.optimizer;
  const scalars = optimizerScalars(work, update);
  taken.weights.forEach((weight, i) => {
    const before = state.get(weight.name, weight.shape);
    const named = rule.slots(args).map((slot) => [slot, slotName(update, weight, slot)] as const);
    const slots = Object.fromEntries(named.map(([slot, name]) => [slot, state.get(name, weight.shape)]));
    const gradient = factor === null ? limited[i] : b.mul(limited[i], factor);
    const after = stepWeight(work, update, { weight: before, gradient, slots, scalars, decay: weight.decay });
    set(weight.name, before, after.weight);
    for (const [slot, name] of named) set(name, slots[slot], after.slots[slot]);
  });
  for (const { name, shape } of taken.buffers) {
    const before = state.get(name, shape);
    const after = nextBuffer(b, taken, name, before);
    if (after !== undefined) set(name, before, after);
  }
}

/** Running statistics move once: 0.9 running + 0.1 batch, the batch's averaged over the calls, by rows. */
function nextBuffer(b: Builder, { moved, observed }: Taken, name: string, before: Node): Node | undefined {
  const calls = observed.get(name);
  return moved.get(name) ?? (calls && running(b, before, overCalls(b, calls)));
}

export function outputsOf({
  update,
  objective,
  condition,
  losses,
}: Pick<Standing, 'objective' | 'condition' | 'losses'> & {
  readonly update: { readonly name: string };
}): [string, Output][] {
  const of = { update: update.name };
  const applied: [string, Output][] =
    condition === null
      ? []
      : [[`applied:${update.name}`, { node: condition, to: { kind: 'applied', ...of } }]];
  // A loss with a name before the objective: a number that is not finite is told by its name.
  const named = [...losses].map(([loss, node]): [string, Output] => [
    `loss:${update.name}.${loss}`,
    { node, to: { kind: 'loss', loss, ...of } },
  ]);
  return [
    ...applied,
    ...named,
    [`objective:${update.name}`, { node: objective, to: { kind: 'objective', ...of } }],
  ];
}
