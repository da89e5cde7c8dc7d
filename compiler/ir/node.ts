/**
 * The graph: a hash-consed DAG of primitives (compiler/ops). One float type, channels first, one output a node;
 * truth values are 0 and 1, classes are whole numbers. Leaves are what the host feeds (`input`, `draw`),
 * constants, and sizes. Nothing here knows a spec or an engine.
 */
import type { OpName } from './primitives/catalog.ts';
import type { Shape } from './dim.ts';
import type { Span } from '../../grammar/source.ts';

/** Plain, JSON-like, compared by its printed form. `scan` holds a Subgraph. */
export type Attrs = Readonly<Record<string, unknown>>;

export interface Node {
  /** Unique in its builder and topological: inputs have smaller ids. */
  readonly id: number;
  readonly op: OpName;
  readonly inputs: readonly Node[];
  readonly attrs: Attrs;
  readonly shape: Shape;
  /** The text this came from, for diagnostics and comments in emitted programs; not part of its identity. */
  readonly origin?: Span;
  /** The innermost call that it was made for; not part of its identity. */
  readonly region?: Region;
}

/**
 * One call of a network, block, function or layer, as the spec says it: targets whose programs people read make functions
 * of regions. A node belongs to the call that made it first; another that finds it there only uses it.
 */
export interface Region {
  readonly kind: 'network' | 'block' | 'function' | 'layer' | 'gradient';
  /** As called: `G`, `down`, `bce`, `batch_norm`. */
  readonly name: string;
  /** Of a layer, network or block: where its weights are, `G.batch_norm_1`, `G`, `G.average`. */
  readonly path: string | null;
  readonly parent: Region | undefined;
  /** Where it is declared, if the spec does. */
  readonly span: Span | undefined;
  /** What its parameters are called. */
  readonly parameters: Map<Node, string>;
}

/**
 * The body of a scan: a function of rows, built with a symbolic number of rows `R`, so that it can be applied to a
 * step's rows or to all steps' rows at once. Parameters, in order: the state [R, S...], one slice [R, X...] of each
 * sequence, then the constants (no row axis; weights). The result is the next state.
 */
export interface Subgraph {
  readonly parameters: readonly Node[];
  readonly result: Node;
}

/** All nodes that `roots` depend on, inputs before users, each once; nothing before the nodes that `until` names. */
export function reachable(roots: readonly Node[], until: (node: Node) => boolean = () => false): Node[] {
  const seen = new Map<number, Node>();
  const stack = [...roots];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node.id)) continue;
    seen.set(node.id, node);
    if (!until(node)) stack.push(...node.inputs);
  }
  return [...seen.values()].sort((a, b) => a.id - b.id);
}
