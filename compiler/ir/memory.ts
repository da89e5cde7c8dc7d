/** How much a step's values take: the largest sum of sizes alive at once, running nodes in order, each freed after its last use. */
import { substituteDim, type Dim } from './dim.ts';
import { reachable, type Node } from './node.ts';

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
    if (counts(node) && !kept.has(node)) alive += sizeOf(node);
    most = Math.max(most, alive);
    for (const done of freedAt.get(at) ?? []) if (counts(done) && !kept.has(done)) alive -= sizeOf(done);
  });
  return most;
}

/** Movement that engines do in place takes nothing of its own. */
const views = new Set(['reshape', 'expand', 'stop', 'reverse']);
const leaves = new Set(['input', 'draw', 'constant', 'iota', 'extent']);
const counts = (node: Node): boolean => !views.has(node.op) && !leaves.has(node.op);

/** Whose memory a node's value lies in: a view keeps alive what it looks at. */
const storageOf = (node: Node): Node => (views.has(node.op) ? storageOf(node.inputs[0]) : node);

const sizeOf = (node: Node): number => node.shape.reduce<number>((size, dim) => size * numeric(dim), 1);

/** Symbols count as one: steps have none. */
function numeric(dim: Dim): number {
  if (typeof dim === 'number') return dim;
  const value = substituteDim(
    dim,
    Object.fromEntries(Object.keys(dim.terms).flatMap((key) => key.split('*').map((name) => [name, 1]))),
  );
  return typeof value === 'number' ? value : 1;
}

/** Numbers that are computed for each key, whenever they are alive: what shares a peak out among networks. */
export function sizesBy<K>(roots: readonly Node[], keyOf: (node: Node) => K | undefined): Map<K, number> {
  const sizes = new Map<K, number>();
  for (const node of reachable(roots)) {
    const key = counts(node) ? keyOf(node) : undefined;
    if (key !== undefined) sizes.set(key, (sizes.get(key) ?? 0) + sizeOf(node));
  }
  return sizes;
}
