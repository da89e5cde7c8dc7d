/**
 * Builds nodes again with other leaves and other sizes: a scan's body for given rows, a symbolic graph for a fixed
 * batch, a graph in another builder. In: roots, nodes to replace, symbols to replace; out: the roots' new nodes.
 */
import { entryOf } from './entries.ts';
import { substituteDim } from './dim.ts';
import { reachable, type Node, type OpName, type Subgraph } from './node.ts';
import type { OpBuilder, Symbols } from './opBuilder.ts';
import { ops } from './primitives/catalog.ts';
import type { Resizing } from './primitives/op.ts';

/**
 * `roots` rebuilt in `b`, with `replace`'s values for its keys (leaves or interior nodes) and `symbols`' sizes for
 * symbols. Bodies of scans are closed: nothing is replaced in them but symbols other than their own rows, R.
 */
export function instantiate(
  b: OpBuilder,
  roots: readonly Node[],
  replace: ReadonlyMap<Node, Node>,
  symbols: Symbols = {},
): Node[] {
  const made = new Map(replace);
  const sameSizes = Object.keys(symbols).length === 0;
  const to = sizesFor(symbols, (body) => instantiateBody(b, body, symbols));
  for (const node of reachable(roots, (n) => replace.has(n))) {
    if (made.has(node)) continue;
    const inputs = node.inputs.map((x) => entryOf(made, x));
    const same = sameSizes && b.has(node) && inputs.every((x, i) => x === node.inputs[i]);
    made.set(node, same ? node : remade(b, node, inputs, to));
  }
  return roots.map((root) => entryOf(made, root));
}

/** Attributes with these sizes for symbols. */
export const sizesFor = (symbols: Symbols, body: Resizing['body']): Resizing => ({
  size: (dim) => substituteDim(dim, symbols),
  shape: (shape) => shape.map((dim) => substituteDim(dim, symbols)),
  body,
});

const remade = <K extends OpName>(b: OpBuilder, node: Node<K>, inputs: readonly Node[], to: Resizing): Node =>
  b.withOrigin(node.origin, () => b.make(node.op, inputs, ops[node.op].resized(node.attrs, to)));

/** The body of a scan in `b`. */
export function instantiateBody(b: OpBuilder, body: Subgraph, symbols: Symbols): Subgraph {
  const outer = Object.fromEntries(Object.entries(symbols).filter(([name]) => name !== 'R'));
  const parameters = instantiate(b, body.parameters, new Map(), outer);
  const replace = new Map(body.parameters.map((p, i) => [p, parameters[i]]));
  return { parameters, result: instantiate(b, [body.result], replace, outer)[0] };
}
