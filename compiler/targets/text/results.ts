/** What calls of networks give: in, a node and the calls that it was made for; out, the nodes that their network declares. */
import { isFed, reachable, type Node, type Region } from '../../ir/node.ts';
import { isStateLeaf } from '../../leaves.ts';

/** What the networks give for which a node was made. */
export function resultsAround({ region }: Node): Node[] {
  const results: Node[] = [];
  for (let at = region; at !== undefined; at = at.parent)
    if (at.results !== undefined) results.push(...at.results.keys());
  return results;
}

/**
 * Whether a result can be made where nothing but `fed` and state is at hand: a call may stand in a graph for its weights
 * alone, as the normalised ones that a later call of the network shares.
 */
export function madeOf(fed: ReadonlySet<Node>): (result: Node) => boolean {
  const known = new Map<Node, boolean>();
  return (result) => {
    const made =
      known.get(result) ??
      reachable([result]).every((node) => !isFed(node) || isStateLeaf(node) || fed.has(node));
    known.set(result, made);
    return made;
  };
}

/** Whether the network around gives the node. */
export function isResult(node: Node, region: Region): boolean {
  for (let at: Region | undefined = region; at !== undefined; at = at.parent)
    if (at.results !== undefined) return at.results.has(node);
  return false;
}
