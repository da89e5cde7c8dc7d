/** How much a step's values take: the largest sum of sizes alive at once, running nodes in order, each freed after its last use. */
import { reachable, type Node } from './node.ts';
import { numbers } from './sizes.ts';

/** Numbers (not bytes), leaves and results left out: those are state, batches and draws. */
export function activationBytes(roots: readonly Node[]): number {
  const nodes = reachable(roots);
  const lastUse = new Map<Node, number>();
  nodes.forEach((node, at) => node.inputs.forEach((input) => lastUse.set(storageOf(input), at)));
  const kept = new Set(roots.map(storageOf));
  const freedAt = new Map<number, Node[]>();
  for (const [node, at] of lastUse) freedAt.set(at, [...(freedAt.get(at) ?? []), node]);
  let [alive, most] = [0, 0];
  nodes.forEach((node, at) => {
    if (takesRoom(node) && !kept.has(node)) alive += numbers(node.shape);
    most = Math.max(most, alive);
    for (const done of freedAt.get(at) ?? [])
      if (takesRoom(done) && !kept.has(done)) alive -= numbers(done.shape);
  });
  return most;
}

/** Movement that engines do in place takes nothing of its own. */
const views = new Set(['reshape', 'regroup', 'expand', 'stop', 'reverse']);
const leaves = new Set(['input', 'draw', 'constant', 'iota', 'extent']);
/** Whether a node's value is computed and lies in memory of its own. */
export const takesRoom = (node: Node): boolean => !views.has(node.op) && !leaves.has(node.op);

/** Whose memory a node's value lies in: a view keeps alive what it looks at. */
export const storageOf = (node: Node): Node => (views.has(node.op) ? storageOf(node.inputs[0]) : node);

/** Numbers that are computed for each key, whenever they are alive: what shares a peak out among networks. */
export function sizesBy<K>(roots: readonly Node[], keyOf: (node: Node) => K | undefined): Map<K, number> {
  const sizes = new Map<K, number>();
  for (const node of reachable(roots)) {
    const key = takesRoom(node) ? keyOf(node) : undefined;
    if (key !== undefined) sizes.set(key, (sizes.get(key) ?? 0) + numbers(node.shape));
  }
  return sizes;
}
