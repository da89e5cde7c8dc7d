/** One `set` as values: its state's next value and its condition, evaluated at weights that are inputs, for one minibatch. */
import type { InputOrigin } from '../../program/manifest.ts';
import { topScope, type Context } from '../evaluate/context.ts';
import { evaluate } from '../evaluate/expression.ts';
import { historyNext } from '../evaluate/histories.ts';
import { stateNext, stateValue } from '../evaluate/states.ts';
import { Builder } from '../ir/builder.ts';
import { fill, meanAll } from '../ir/compose.ts';
import type { Node } from '../ir/node.ts';
import type { SetInfo } from '../model.ts';
import { trainContext, type Asked, type Lowering } from './context.ts';
import type { LoweredSet } from './lowered.ts';
import { conditionNode } from './update.ts';

function nextOf(context: Context, { model }: Lowering, { state, kept, declaration }: SetInfo): Node {
  if (kept !== null) return historyNext(context, kept.history, kept.part).next;
  return stateNext(
    context,
    model.names.states.get(state.name)!,
    evaluate(declaration.value, context, topScope),
  );
}

/** `rowCount`: how many rows a stream or sample has; default: its batch. */
export function lowerSet(lowering: Lowering, set: SetInfo, rowCount?: Context['rowCount']): LoweredSet {
  const builder = new Builder();
  const origins = new Map<string, InputOrigin>();
  const state: Asked = new Map();
  const made = trainContext(lowering, builder, [], origins, state);
  const context = rowCount === undefined ? made : { ...made, rowCount };
  const { declaration } = set;
  const before = stateValue(context, set.state).node;
  const value = nextOf(context, lowering, set);
  const condition =
    declaration.when === undefined
      ? null
      : conditionNode(context, evaluate(declaration.when, context, topScope));
  const kept =
    condition === null ? value : builder.select(fill(builder, condition, value.shape), value, before);
  const after = kept.shape.length === 0 ? kept : meanAll(builder, kept);
  return {
    ...{ set, builder, origins, state, value, condition, after, rounds: [] },
    withRows: (count) => lowerSet(lowering, set, count),
  };
}
