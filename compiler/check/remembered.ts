/**
 * Metrics that compare a network's answers with labels on the very rows that it is trained on. In: a metric's expression,
 * and what updates train on which streams; out: the calls that do, for the rule (rules/measures.ts) and for the manifest,
 * by which such a metric never says which checkpoint is the best.
 */
import type * as ast from '../../grammar/ast.ts';
import type { DataInfo, Names } from '../bind/names.ts';
import { networksOf } from '../bind/network-named.ts';
import { answeringIn, labelOf, nodesIn, placedArguments } from './walk.ts';

/** Of an update: what it trains, on which streams. */
export interface Trains {
  readonly networks: readonly string[];
  readonly reads: readonly string[];
}

export interface Remembered<U extends Trains> {
  readonly call: ast.CallExpr;
  readonly network: string;
  /** The stream that it is trained on. */
  readonly stream: string;
  /** The one that is measured: the same, or one of some of its rows. */
  readonly measured: string;
  /** One that trains the network on it. */
  readonly update: U;
}

const supervised: ReadonlySet<string> = new Set(['accuracy', 'nll', 'cross_entropy']);

export const rememberedIn = <U extends Trains>(
  metric: ast.Expr,
  names: Names,
  updates: readonly U[],
): Remembered<U>[] =>
  nodesIn(metric).flatMap((node) => (node.kind === 'Call' ? remembered(node, names, updates) : []));

function remembered<U extends Trains>(
  call: ast.CallExpr,
  names: Names,
  updates: readonly U[],
): Remembered<U>[] {
  if (call.callee.kind !== 'Name' || !supervised.has(call.callee.name)) return [];
  const [guess, target] = placedArguments(call);
  const label = labelOf(target, names);
  if (label === undefined || guess === undefined) return [];
  const measured = names.data.get(label.stream);
  const same = [...names.data].flatMap(([name, data]) => (measured && holds(data, measured) ? [name] : []));
  return answeringIn(guess, names)
    .flatMap(({ network }) => {
      const all = networksOf(names, network);
      const stream = (update: U): string | undefined => same.find((one) => update.reads.includes(one));
      const update = updates.find(
        (one) => all.some((name) => one.networks.includes(name)) && stream(one) !== undefined,
      );
      const found = update && stream(update);
      return update === undefined || found === undefined
        ? []
        : [{ call, network, stream: found, measured: label.stream, update }];
    })
    .slice(0, 1);
}

/** Whether all rows of `part` are rows of `whole`: the same source and arguments, but that one may say which part of it. */
const holds = (whole: DataInfo, part: DataInfo): boolean =>
  whole.source === part.source &&
  Object.entries(part.args).every(([name, value]) => {
    const given = whole.args[name];
    return JSON.stringify(given) === JSON.stringify(value) || whole.parts[name].includes(String(value));
  });
