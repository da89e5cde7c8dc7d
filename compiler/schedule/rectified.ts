/**
 * Which units an activation can cut off for good, for rules of health: forward from a bias, through what only moves, adds and
 * scales its units, to a function that is flat on one side (`relu`, `clamp`). In: what an update minimises; out: those biases'
 * names. A unit behind another function may rest, but isn't dead; one that is sliced away has nothing to learn.
 */
import { reachable, usersIn, type Node, type OpName } from '../ir/node.ts';
import { uniformValue } from '../ir/patterns.ts';
import type { LoweredUpdate } from '../lower/lowered.ts';
import { roleOf } from '../vocabulary/initializers.ts';

/** A unit is still itself, and in its place, behind these. */
const keeping: ReadonlySet<OpName> = new Set<OpName>(['add', 'sub', 'mul', 'div', 'neg', 'expand']);
/** Behind these it may be anywhere. */
const moving: ReadonlySet<OpName> = new Set<OpName>([
  ...(['sum', 'amax', 'reshape', 'regroup', 'transpose', 'pad', 'flip'] as const),
]);

/** Where in a value the units of a bias are. */
interface Place {
  readonly node: Node;
  /** From `low` up to `high` along an axis; null: anywhere. */
  readonly along: { readonly axis: number; readonly low: number; readonly high: number } | null;
}

/** Names of biases of the networks that it trains; none where weights are cut to a bound, at which a unit that lives may rest. */
export function rectifiedBiases({ update, objective, state, weights }: LoweredUpdate): string[] {
  if ((update.optimizer.args.clip_weights ?? null) !== null) return [];
  const users = usersIn(reachable([objective]));
  return weights.flatMap(({ name, network, part }) => {
    const bias = state.get(name);
    const own = update.networks.includes(network) && roleOf(part) === 'bias';
    return own && bias !== undefined && isRectified(bias, users) ? [name] : [];
  });
}

function isRectified(bias: Node, users: ReadonlyMap<Node, readonly Node[]>): boolean {
  const met = new Map<string, Place>();
  const add = (place: Place): void => void met.set(nameOf(place), place);
  add({ node: bias, along: null });
  // A map is read to its end, with what is added on the way.
  for (const place of met.values())
    for (const user of users.get(place.node) ?? []) {
      if (cutsOff(user, place.node)) return true;
      placesIn(user, place).forEach(add);
    }
  return false;
}

const nameOf = ({ node, along }: Place): string =>
  along === null ? `${node.id}` : `${node.id} ${along.axis} ${along.low} ${along.high}`;

/** Whether `user` gives nothing back to `x`, one of its inputs, on one side of a bound. */
function cutsOff(user: Node, x: Node): boolean {
  if (user.op === 'max' || user.op === 'min') return user.inputs.some((one) => one !== x && isFlat(one));
  if (user.op !== 'select') return false;
  const [, yes, no] = user.inputs;
  return (yes === x && isFlat(no)) || (no === x && isFlat(yes));
}

/** Has no gradient to give. */
const isFlat = (node: Node): boolean => node.op === 'stop' || uniformValue(node) !== undefined;

/** Where the units are in a value that is made of theirs. */
function placesIn(user: Node, { node, along }: Place): Place[] {
  if (user.op === 'concat') return joined(user, node);
  if (user.op === 'slice') return cut(user, along);
  if (user.op === 'mul' && user.inputs.some((factor) => uniformValue(factor) === 0)) return [];
  if (keeping.has(user.op))
    return [{ node: user, along: user.shape.length === node.shape.length ? along : null }];
  return moving.has(user.op) ? [{ node: user, along: null }] : [];
}

function joined(user: Node<'concat'>, node: Node): Place[] {
  const { axis } = user.attrs;
  let low: number | null = 0;
  return user.inputs.flatMap((input): Place[] => {
    const [size, from] = [input.shape[axis], low];
    low = from === null || typeof size !== 'number' ? null : from + size;
    if (input !== node) return [];
    return [{ node: user, along: from === null || low === null ? null : { axis, low: from, high: low } }];
  });
}

function cut(user: Node<'slice'>, along: Place['along']): Place[] {
  const { axis, start, end, step } = user.attrs;
  if (along === null || along.axis !== axis) return [{ node: user, along }];
  if (typeof start !== 'number' || typeof end !== 'number') return [{ node: user, along: null }];
  const [low, high] = [Math.max(along.low, start), Math.min(along.high, end)];
  if (low >= high) return [];
  return [{ node: user, along: step === 1 ? { axis, low: low - start, high: high - start } : null }];
}
