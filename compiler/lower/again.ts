/** An update or `set` built again in a builder of its own, with all that is read of it: for other rows, with other nodes. */
import { substituteDim, type Dim } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import { rebuilt, type Rebuilt } from '../ir/rebuilt.ts';
import { sizesOfRows } from './blocks.ts';
import type { LoweredSet, LoweredUpdate, Whole } from './lowered.ts';

/** What is made anew beside what is built again; `withRows`: of what has symbols still. */
type Anew<T extends LoweredUpdate | LoweredSet> = Partial<T> & Pick<T, 'rounds'>;

export function updateAgain(
  one: LoweredUpdate,
  { b, read }: Rebuilt,
  anew: Anew<LoweredUpdate>,
  size: (dim: Dim) => Dim = (dim) => dim,
): LoweredUpdate {
  const table = tableBy(read);
  const made: LoweredUpdate = {
    ...one,
    builder: b,
    state: table(one.state),
    objective: read(one.objective),
    condition: one.condition && read(one.condition),
    losses: table(one.losses),
    lossRows: table(one.lossRows),
    observed: new Map(
      [...one.observed].map(([name, calls]) => [
        name,
        calls.map(({ batch, rows }) => ({ batch: read(batch), rows: size(rows) })),
      ]),
    ),
    moved: table(one.moved),
    batches: one.batches.map(read),
    withRows: (count) => {
      const { to, sizes, rounds } = resized(made, count);
      return updateAgain(made, to, { rounds, withRows: made.withRows }, (dim) => substituteDim(dim, sizes));
    },
    ...anew,
  };
  return made;
}

export function setAgain(one: LoweredSet, { b, read }: Rebuilt, anew: Anew<LoweredSet>): LoweredSet {
  const made: LoweredSet = {
    ...one,
    builder: b,
    state: tableBy(read)(one.state),
    value: read(one.value),
    condition: one.condition && read(one.condition),
    after: read(one.after),
    withRows: (count) => {
      const { to, rounds } = resized(made, count);
      return setAgain(made, to, { rounds, withRows: made.withRows });
    },
    ...anew,
  };
  return made;
}

const tableBy =
  (read: Rebuilt['read']) =>
  (nodes: ReadonlyMap<string, Node>): Map<string, Node> =>
    new Map([...nodes].map(([name, node]) => [name, read(node)]));

/** What has symbols for numbers of rows, for given ones. */
function resized(
  { builder, rounds }: Pick<LoweredUpdate, 'builder' | 'rounds'>,
  rowCount: (name: string) => Dim,
) {
  const sizes = sizesOfRows(builder.nodes, rowCount);
  const to = rebuilt(builder, sizes);
  const again = ({ number, value, leaf }: Whole): Whole => ({
    number,
    value: to.read(value),
    leaf: to.read(leaf),
  });
  return { to, sizes, rounds: rounds.map((round) => round.map(again)) };
}
