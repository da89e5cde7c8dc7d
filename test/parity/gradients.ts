/** Each update's gradients by themselves, at the weights that stand when its step begins: an independent look at what steps do. */
import { assert } from 'chai';
import { checkSpec } from '../../compiler/compile.ts';
import type { CompileOptions } from '../../compiler/input.ts';
import type { Node } from '../../compiler/ir/node.ts';
import { newWork, takeGradients } from '../../compiler/differentiate/step.ts';
import { lowerUpdate } from '../../compiler/lower/update.ts';
import { updatesIn } from '../../compiler/model.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';
import type { Source } from '../../grammar/source.ts';
import type { Tensors } from '../../runtime/engines/engine.ts';
import { host } from './host.ts';
import type { Recorded } from './train.ts';

export interface UpdateGradients {
  readonly networks: readonly string[];
  readonly objective: Node;
  /** d objective (or minus it) / d weight, by the weight's name; neither clipped nor decayed. */
  readonly gradients: Readonly<Record<string, Node>>;
}

/** By update. */
export function updateGradients(
  source: Source,
  options: CompileOptions = {},
): Record<string, UpdateGradients> {
  const { model } = checkSpec(source, host, options);
  assert(model !== null);
  const lowering = { model, catalogue: host.catalogue };
  const updates = model.schedule.phases.flatMap((phase) => updatesIn(phase.body));
  return Object.fromEntries(
    updates.map((update) => {
      const { objective, weights, gradients } = takeGradients(newWork(), lowerUpdate(lowering, update));
      const named = Object.fromEntries(weights.map((weight, i) => [weight.name, gradients[i]]));
      return [update.name, { networks: update.networks, objective, gradients: named }];
    }),
  );
}

/** Values of nodes on the batch, draws and state of a recorded run; `instead` replaces some of them. */
export function valuesAt(nodes: readonly Node[], run: Recorded, instead: Tensors = {}): Float64Array[] {
  const wide = Object.entries({ ...run.state, ...run.feeds, ...instead }).map(
    ([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }] as const,
  );
  const draws = wide.map(([name, tensor]) => [name.replace(/^draw:/, ''), tensor] as const);
  return evaluate(nodes, { inputs: new Map(wide), draws: new Map(draws) }).map(({ data }) => data);
}
