/**
 * Metrics that compare a network's answers with labels on the very rows that it is trained on. In: a metric's expression,
 * and what updates train on which streams; out: the calls that do, for the rule (rules/measures.ts) and for the manifest,
 * by which such a metric never says which checkpoint is the best.
 */
import type * as ast from '../../grammar/ast.ts';
import type { Names } from '../bind/names.ts';
import { labelOf, networkCallOf, nodesIn, placedArguments } from './walk.ts';

/** Of an update: what it trains, on which streams. */
export interface Trains {
  readonly networks: readonly string[];
  readonly reads: readonly string[];
}

export interface Remembered<U extends Trains> {
  readonly call: ast.CallExpr;
  readonly network: string;
  readonly stream: string;
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
  const made = guess && networkCallOf(guess, names);
  if (label === undefined || made?.callee.kind !== 'Name') return [];
  const network = made.callee.name;
  const { stream } = label;
  const update = updates.find(({ networks, reads }) => networks.includes(network) && reads.includes(stream));
  return update === undefined ? [] : [{ call, network, stream, update }];
}
