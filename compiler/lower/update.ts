/** One update as values: its objective and condition evaluated at weights that are inputs, for one minibatch. */
import { evaluate } from '../evaluate/expression.ts';
import { topScope, type Context } from '../evaluate/context.ts';
import { scalarNode } from '../evaluate/feeds.ts';
import type { WeightInfo } from '../bind/names.ts';
import { Builder } from '../ir/builder.ts';
import { meanAll } from '../ir/compose.ts';
import type { Node } from '../ir/node.ts';
import type { Model, UpdateInfo } from '../model.ts';
import type { InputOrigin } from '../../program/manifest.ts';
import type { Value } from '../values.ts';
import { trainContext, type Asked, type Lowering } from './context.ts';
import { discriminated } from './discriminated.ts';
import type { LoweredUpdate } from './lowered.ts';
import { overCalls } from './observed.ts';

/** `rowCount`: how many rows a stream or sample has; default: its batch. */
export function lowerUpdate(
  lowering: Lowering,
  update: UpdateInfo,
  rowCount?: Context['rowCount'],
): LoweredUpdate {
  const builder = new Builder();
  const origins = new Map<string, InputOrigin>();
  const state: Asked = new Map();
  const trained = { ...trainContext(lowering, builder, update.networks, origins, state), leavesOut: true };
  const context = rowCount === undefined ? trained : { ...trained, rowCount };
  const { declaration, networks } = update;
  const minimised = evaluate(declaration.objective, context, topScope);
  const objective = meanNode(builder, minimised);
  // Before the condition is evaluated: what only its calls leave behind moves nothing.
  const left = { observed: copied(context.effects.observed), moved: new Map(context.effects.moved) };
  const condition = declaration.when
    ? conditionNode(context, evaluate(declaration.when, context, topScope))
    : null;
  const of = (role: WeightInfo['role']): WeightInfo[] =>
    networks.flatMap((network) => weightsOf(lowering.model, network).filter((one) => one.role === role));
  const buffers = of('buffer');
  const own = <T>(table: ReadonlyMap<string, T>): Map<string, T> =>
    new Map(buffers.flatMap(({ name }) => (table.has(name) ? [[name, table.get(name)!]] : [])));
  const moved = own(left.moved);
  const observed = new Map([...own(left.observed)].filter(([name]) => !moved.has(name)));
  const rows = lossRows(context);
  return {
    ...{ update, builder, origins, state, objective, condition, buffers, observed, moved },
    lossRows: rows,
    ...discriminated(context, minimised, rows),
    weights: of('weight'),
    rounds: [],
    withRows: (count) => lowerUpdate(lowering, update, count),
    batches: [...context.effects.observed.values()].flatMap((calls) => calls.map(({ batch }) => batch)),
  };
}

const copied = <T>(lists: ReadonlyMap<string, readonly T[]>): Map<string, readonly T[]> =>
  new Map([...lists].map(([name, list]) => [name, [...list]]));

/** The batch statistics that running ones move by, each made one over its network's calls. */
export const statisticsOf = ({ builder, observed }: LoweredUpdate): Map<string, Node> =>
  new Map([...observed].map(([name, calls]) => [name, overCalls(builder, calls)]));

/** Of one network, in the order of its body. */
export const weightsOf = ({ weights }: Model, network: string): WeightInfo[] => [
  ...weights.get(network)!.values(),
];

function lossRows({ effects, memo }: Context): Map<string, Node> {
  const values = [...effects.losses.keys()].map((name) => [name, memo.get(`Loss:${name}`)] as const);
  return new Map(values.flatMap(([name, value]) => (value?.sort === 'tensor' ? [[name, value.node]] : [])));
}

function meanNode(b: Builder, value: Value): Node {
  if (value.sort === 'tensor') return value.node.shape.length === 0 ? value.node : meanAll(b, value.node);
  throw new Error(`an objective that the checker let through is ${value.sort}`);
}

/** A condition as 1 or 0; null for one that always holds. */
export function conditionNode(context: Context, value: Value): Node | null {
  if (value.sort === 'tensor') return value.node;
  if (value.sort === 'bool') return value.value ? null : context.b.constant(0);
  return value.sort === 'number' ? scalarNode(context, value.value) : null;
}
