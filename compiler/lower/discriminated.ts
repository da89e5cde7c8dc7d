/**
 * What an update tells of its games' discriminators, for rules of health. In: what the update minimises, the losses with names
 * and the games that were computed on the way; out: which losses are what a discriminator minimises, and where a game's value
 * has no name but is one term of a sum, that term as a loss of its own.
 */
import type { Discriminates, Telling } from '../../program/discriminates.ts';
import type { Context } from '../evaluate/context.ts';
import { meanAll } from '../ir/compose.ts';
import type { Node } from '../ir/node.ts';
import { meanOf, uniformValue } from '../ir/patterns.ts';
import type { Value } from '../values.ts';

export interface Discriminated {
  readonly games: readonly Discriminates[];
  /** The losses that the update's graph tells beside what it minimises, by their means. */
  readonly losses: ReadonlyMap<string, Node>;
}

/** `lossRows`: losses with names, row by row. */
export function discriminated(
  context: Context,
  minimised: Value,
  lossRows: ReadonlyMap<string, Node>,
): Discriminated {
  const { games, losses } = context.effects;
  const told = (node: Node): Telling | undefined =>
    games.find(({ discriminator }) => discriminator === node)?.tells ?? undefined;
  if (minimised.sort !== 'tensor') return { games: [], losses };
  const own = told(minimised.node);
  if (own !== undefined) return { games: [{ loss: null, ...own }], losses };
  const found = new Map<Node, Discriminates>();
  const all = new Map(losses);
  for (const [loss, node] of lossRows) {
    const named = told(node);
    if (named !== undefined) found.set(node, { loss, ...named });
  }
  for (const node of addedUp(minimised.node)) {
    const term = told(node);
    if (term === undefined || found.has(node)) continue;
    const loss = termName(context, node);
    all.set(loss, meanAll(context.b, node));
    found.set(node, { loss, ...term });
  }
  return { games: [...found.values()], losses: all };
}

/** The values whose sum a value is, each of them by a number above 0; of rows or as their mean. Itself is the first. */
function addedUp(sum: Node): Set<Node> {
  const found = new Set([sum]);
  // A set is read to its end, with what is added on the way.
  for (const node of found) for (const part of partsOf(node)) found.add(part);
  return found;
}

function partsOf(node: Node): readonly Node[] {
  const [a, b] = node.inputs;
  const above = (factor: Node): boolean => (uniformValue(factor) ?? 0) > 0;
  switch (node.op) {
    case 'add':
      return [a, b];
    case 'sub':
      return [a];
    case 'mul':
      return [...(above(b) ? [a] : []), ...(above(a) ? [b] : [])];
    case 'div':
      return above(b) ? [a] : (meanOf(node)?.inputs ?? []);
    default:
      return [];
  }
}

/** `game.discriminator`, by the `let` that holds the game. No declaration's name has a dot. */
function termName({ memo }: Context, node: Node): string {
  const holds = (value: Value): boolean =>
    value.sort === 'record' &&
    value.fields.discriminator?.sort === 'tensor' &&
    value.fields.discriminator.node === node;
  const key = [...memo].find(([name, value]) => name.startsWith('Let:') && holds(value))?.[0];
  return `${key?.slice('Let:'.length) ?? 'adversarial'}.discriminator`;
}
