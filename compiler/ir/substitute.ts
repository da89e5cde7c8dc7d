/**
 * Builds nodes again with other leaves and other sizes: a scan's body for given rows, a symbolic graph for a fixed
 * batch, a graph in another builder. In: roots, nodes to replace, symbols to replace; out: the roots' new nodes.
 */
import type { Builder } from './builder.ts';
import { mapAttrs } from './attributes.ts';
import { substituteDim, type Dim } from './dim.ts';
import { reachable, type Node, type Subgraph } from './node.ts';

export type Symbols = Readonly<Record<string, Dim>>;

/**
 * `roots` rebuilt in `b`, with `replace`'s values for its keys (leaves or interior nodes) and `symbols`' sizes for
 * symbols. Bodies of scans are closed: nothing is replaced in them but symbols other than their own rows, R.
 */
export function instantiate(
  b: Builder,
  roots: readonly Node[],
  replace: ReadonlyMap<Node, Node>,
  symbols: Symbols = {},
): Node[] {
  const made = new Map(replace);
  const sameSizes = Object.keys(symbols).length === 0;
  for (const node of reachable(roots, (n) => replace.has(n))) {
    if (made.has(node)) continue;
    const inputs = node.inputs.map((x) => made.get(x)!);
    const same = sameSizes && b.has(node) && inputs.every((x, i) => x === node.inputs[i]);
    made.set(node, same ? node : remake(b, node, inputs, symbols));
  }
  return roots.map((root) => made.get(root)!);
}

function remake(b: Builder, node: Node, inputs: readonly Node[], symbols: Symbols): Node {
  const attrs = mapAttrs(
    node.attrs,
    (dim) => substituteDim(dim, symbols),
    (body) => instantiateBody(b, body, symbols),
  );
  return b.withOrigin(node.origin, () => b.make(node.op, inputs, attrs));
}

function instantiateBody(b: Builder, body: Subgraph, symbols: Symbols): Subgraph {
  const outer = Object.fromEntries(Object.entries(symbols).filter(([name]) => name !== 'R'));
  const parameters = instantiate(b, body.parameters, new Map(), outer);
  const replace = new Map(body.parameters.map((p, i) => [p, parameters[i]]));
  return { parameters, result: instantiate(b, [body.result], replace, outer)[0] };
}
