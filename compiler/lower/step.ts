/**
 * A step as one graph: updates in order, each seeing what the ones before it left, weights in SSA form, so that what two
 * updates share at the same weights is the same node. Averages follow where they stand.
 */
import { Builder } from '../ir/builder.ts';
import type { Node } from '../ir/node.ts';
import { simplify } from '../ir/simplify.ts';
import { verify } from '../ir/verify.ts';
import { scalarNode } from '../evaluate/feeds.ts';
import type { AverageInfo, StatementInfo, UpdateInfo } from '../model.ts';
import { host, type HostExpr } from '../../program/host.ts';
import type { GraphEntry, GraphOutput, InputOrigin, OutputUse } from '../../program/manifest.ts';
import {
  averageCount,
  averageName,
  graphInputs,
  outputShape,
  StateNodes,
  trainContext,
  type Lowering,
} from './context.ts';
import { applyUpdate, takeGradients, type Taken } from './update.ts';

export interface LoweredGraph {
  readonly entry: GraphEntry;
  readonly outputs: Readonly<Record<string, Node>>;
  /** The same before it was simplified: nodes still know the calls that they were made for (ir/node.ts). */
  readonly made: Readonly<Record<string, Node>>;
}

/** Statements without repeats: what the host runs in one go. */
export type StepStatement = Exclude<StatementInfo, { readonly kind: 'repeat' }>;

export function lowerStep(lowering: Lowering, statements: readonly StepStatement[]): LoweredGraph {
  const b = new Builder();
  const state = new StateNodes(b);
  const origins = new Map<string, InputOrigin>();
  const taken: Taken[] = [];
  const take = (update: UpdateInfo): Taken => {
    const one = takeGradients(trainContext(lowering, b, state, update.networks, origins), state, update);
    taken.push(one);
    return one;
  };
  for (const statement of statements) {
    if (statement.kind === 'average') average(lowering, b, state, origins, statement.average);
    else {
      const updates = statement.kind === 'update' ? [statement.update] : statement.updates;
      for (const one of updates.map(take)) applyUpdate(one, state);
    }
  }
  return finish(origins, outputsOf(state, taken));
}

/** An exponential moving average of the network's weights and running statistics; the first time, a copy of them. */
function average(
  lowering: Lowering,
  b: Builder,
  state: StateNodes,
  origins: Map<string, InputOrigin>,
  info: AverageInfo,
): void {
  const context = trainContext(lowering, b, state, [], origins);
  const decay = scalarNode(context, decayOf(info));
  for (const weight of lowering.model.names.networks.get(info.network)!.weights.values()) {
    const name = averageName(weight);
    const before = state.get(name, weight.shape);
    const current = state.get(weight.name, weight.shape);
    state.set(name, averaged(b, before, current, decay));
  }
}

/** An exponential moving average after one more value. */
export const averaged = (b: Builder, before: Node, current: Node, decay: Node): Node =>
  b.add(current, b.mul(decay, b.sub(before, current)));

/** The decay of an average; 0 the first time, which makes a copy. */
export const decayOf = (info: AverageInfo): HostExpr =>
  host('select', host('equal', { applied: averageCount(info.network) }, 1), 0, info.decay);

type Output = { readonly node: Node; readonly to: OutputUse };

function outputsOf(state: StateNodes, taken: readonly Taken[]): Map<string, Output> {
  const outputs = new Map<string, Output>();
  for (const { update, objective, condition, context } of taken) {
    // A loss with a name before the objective: a number that is not finite is told by its name.
    if (condition !== null)
      outputs.set(`applied:${update.name}`, {
        node: condition,
        to: { kind: 'applied', update: update.name },
      });
    for (const [loss, node] of context.effects.losses) {
      outputs.set(`loss:${update.name}.${loss}`, { node, to: { kind: 'loss', loss, update: update.name } });
    }
    outputs.set(`objective:${update.name}`, {
      node: objective,
      to: { kind: 'objective', update: update.name },
    });
  }
  for (const [name, node] of state.changed())
    outputs.set(`next:${name}`, { node, to: { kind: 'state', state: name } });
  return outputs;
}

/** Simplified, verified, with its inputs declared. */
export function finish(
  origins: ReadonlyMap<string, InputOrigin>,
  outputs: ReadonlyMap<string, Output>,
): LoweredGraph {
  const names = [...outputs.keys()];
  const { roots } = simplify(names.map((name) => outputs.get(name)!.node));
  verify(roots);
  const entries = names.map((name, i): GraphOutput => ({
    name,
    shape: outputShape(roots[i]),
    to: outputs.get(name)!.to,
  }));
  return {
    entry: { inputs: graphInputs(roots, origins), outputs: entries },
    outputs: Object.fromEntries(names.map((name, i) => [name, roots[i]])),
    made: Object.fromEntries(names.map((name) => [name, outputs.get(name)!.node])),
  };
}
