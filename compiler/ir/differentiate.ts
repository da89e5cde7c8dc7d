/**
 * Reverse-mode differentiation: one walk from y back, over each primitive's own rule; no primitive is known by name.
 * In: a graph; out: more graph, which can be differentiated again.
 */
import { ops } from './primitives/catalog.ts';
import { ShapeError } from './primitives/op.ts';
import { fill } from './compose.ts';
import { printShape, sameShape } from './dim.ts';
import { reachable, type Node, type OpName } from './node.ts';
import type { OpBuilder } from './opBuilder.ts';

export interface DifferentiateOptions {
  /** Nothing flows into or through these. */
  readonly constants?: ReadonlySet<Node>;
  /** The cotangent of y, of its shape; 1 for a y of rank 0. */
  readonly cotangent?: Node;
}

/**
 * The gradients of y with respect to `wrt`, which may be interior nodes and are taken as leaves: what flows into one
 * doesn't go on to another behind it. Zeros where no path leads. Throws ShapeError if y needs a cotangent.
 */
export function differentiate(
  b: OpBuilder,
  y: Node,
  wrt: readonly Node[],
  { constants = new Set(), cotangent }: DifferentiateOptions = {},
): Node[] {
  const seed = cotangent ?? fill(b, 1, y.shape);
  if (!sameShape(seed.shape, y.shape) || (!cotangent && y.shape.length > 0)) {
    throw new ShapeError(`a gradient of ${printShape(y.shape)} needs a cotangent of that shape`);
  }
  const leaves = new Set(wrt);
  const path = dependents(y, leaves, constants, flowingInputs);
  const sums = new Map<Node, Node>(path.has(y) ? [[y, seed]] : []);
  for (const node of [...path].sort((p, q) => q.id - p.id)) {
    const g = sums.get(node);
    if (g !== undefined && !leaves.has(node))
      b.withOrigin(node.origin, () => backwards(b, node, g, path, sums));
  }
  return wrt.map((x) => sums.get(x) ?? fill(b, 0, x.shape));
}

/** Adds what flows from one node into its inputs that lie on the path. */
function backwards<K extends OpName>(
  b: OpBuilder,
  node: Node<K>,
  g: Node,
  path: ReadonlySet<Node>,
  sums: Map<Node, Node>,
): void {
  const { gradient } = ops[node.op];
  if (gradient === 'none') return;
  const parts = gradient(b, node, g);
  for (const [i, input] of node.inputs.entries()) {
    const part = parts[i];
    if (part === undefined || !path.has(input)) continue;
    const sum = sums.get(input);
    sums.set(input, sum === undefined ? part : b.add(sum, part));
  }
}

/** The inputs that a cotangent flows into. */
export function flowingInputs({ op, inputs }: Node): readonly Node[] {
  const { gradient, cuts } = ops[op];
  if (gradient === 'none') return [];
  return cuts === undefined ? inputs : inputs.filter((_, i) => !cuts.includes(i));
}

/** Every node that a derivative of y flows to, y among them: one walk answers for any number of leaves. */
export function flowsTo(y: Node): Set<Node> {
  const found = new Set([y]);
  for (const node of found) for (const input of flowingInputs(node)) found.add(input);
  return found;
}

/** The nodes between y and `leaves` (both included) along the given edges; `constants` are left out. */
function dependents(
  y: Node,
  leaves: ReadonlySet<Node>,
  constants: ReadonlySet<Node>,
  edges: (node: Node) => readonly Node[],
): Set<Node> {
  const path = new Set<Node>();
  for (const node of reachable([y], (n) => leaves.has(n) || constants.has(n))) {
    if (constants.has(node)) continue;
    if (leaves.has(node) || edges(node).some((x) => path.has(x))) path.add(node);
  }
  return path;
}

export type Flow =
  | { readonly kind: 'reaches' }
  /** y depends on them, but no derivative passes `at`, the nearest node to y behind which one would flow. */
  | { readonly kind: 'cut'; readonly at: Node }
  | { readonly kind: 'independent' };

/** Whether a derivative of y flows to any of `wrt`, without building it. */
export function flow(y: Node, wrt: readonly Node[], constants: ReadonlySet<Node> = new Set()): Flow {
  const leaves = new Set(wrt);
  const flowing = dependents(y, leaves, constants, flowingInputs);
  if (flowing.has(y)) return { kind: 'reaches' };
  const linked = dependents(y, leaves, constants, (node) => node.inputs);
  if (!linked.has(y)) return { kind: 'independent' };
  return { kind: 'cut', at: nearestCut(y, linked, flowing) };
}

/** The nodes that a derivative of y passes on its way to any of `wrt`, both included; none where no path leads. */
export function passed(y: Node, wrt: readonly Node[], constants: ReadonlySet<Node> = new Set()): Set<Node> {
  const leaves = new Set(wrt);
  const flowing = dependents(y, leaves, constants, flowingInputs);
  // Those behind a cut have a path to a leaf and none from y.
  const found = new Set(flowing.has(y) ? [y] : []);
  for (const node of found) {
    if (!leaves.has(node))
      flowingInputs(node)
        .filter((x) => flowing.has(x))
        .forEach((x) => found.add(x));
  }
  return found;
}

/** Behind the cut that matters the derivative would flow on: cuts nearer to y may only be how a formula is computed. */
function nearestCut(y: Node, linked: ReadonlySet<Node>, flowing: ReadonlySet<Node>): Node {
  const queue = new Set([y]);
  for (const node of queue) {
    if (node.inputs.some((x) => flowing.has(x))) return node;
    node.inputs.filter((x) => linked.has(x)).forEach((x) => queue.add(x));
  }
  return y;
}
