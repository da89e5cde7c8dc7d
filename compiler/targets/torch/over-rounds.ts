/**
 * What the rounds of a `repeat … fresh: false` compute alike. They read the same minibatches and draws, so that a value differs
 * between them only by what a round itself moves: tensors of the state, and counts of updates.
 */
import { countsUpdates } from '../../../program/host.ts';
import { reachable, type Node } from '../../ir/node.ts';
import { isStateLeaf } from '../../leaves.ts';
import type { LoweredScope, LoweredStatement, LoweredUpdate } from '../../lower/lowered.ts';

/** Whether a value of an update is the same in each pass through the scope. */
export function staysOverRounds(
  node: Node,
  { origins }: Pick<LoweredUpdate, 'origins'>,
  scope: LoweredScope,
): boolean {
  const written = statementsIn(scope).map(writtenBy);
  return reachable([node]).every((one) => {
    if (one.op !== 'input') return true;
    const { name } = one.attrs;
    if (isStateLeaf(one)) return !written.some((isWritten) => isWritten(name));
    const origin = origins.get(name);
    if (origin?.kind === 'scalar') return !countsUpdates(origin.value);
    return origin?.kind === 'field';
  });
}

const statementsIn = ({ actions }: LoweredScope): LoweredStatement[] =>
  actions.flatMap((action) => (action.kind === 'step' ? action.statements : statementsIn(action.scope)));

/** Whether a statement writes a tensor of the state. */
export function writtenBy(statement: LoweredStatement): (name: string) => boolean {
  if (statement.kind === 'average') return (name) => name.startsWith(`${statement.average.network}.average.`);
  if (statement.kind === 'set') return (name) => name === statement.set.set.state.name;
  const names = new Set([
    ...statement.sets.map(({ set }) => set.state.name),
    ...statement.updates.flatMap(({ weights, buffers, moved }) => [
      ...[...weights, ...buffers].map(({ name }) => name),
      ...moved.keys(),
    ]),
  ]);
  return (name) => names.has(name);
}
