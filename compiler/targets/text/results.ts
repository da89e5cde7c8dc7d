/** What calls of networks give: in, a node and the calls that it was made for; out, the nodes that their network declares. */
import type { Node, Region } from '../../ir/node.ts';

/** What the networks give for which a node was made. */
export function resultsAround({ region }: Node): Node[] {
  const results: Node[] = [];
  for (let at = region; at !== undefined; at = at.parent)
    if (at.results !== undefined) results.push(...at.results.keys());
  return results;
}

/** Whether the network around gives the node. */
export function isResult(node: Node, region: Region): boolean {
  for (let at: Region | undefined = region; at !== undefined; at = at.parent)
    if (at.results !== undefined) return at.results.has(node);
  return false;
}
