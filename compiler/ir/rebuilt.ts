/**
 * A builder's graph built again in a new one, with all that targets read beside its nodes: calls, names, derivatives. In: a
 * builder, sizes for its symbols, what stands in the place of some nodes; out: the new builder, and which node is which.
 */
import { Builder } from './builder.ts';
import { entryOf } from './entries.ts';
import type { Node, OpName, Region } from './node.ts';
import type { Symbols } from './opBuilder.ts';
import { opOf } from './primitives/catalog.ts';
import type { Resizing } from './primitives/op.ts';
import { instantiateBody, sizesFor } from './substitute.ts';

export interface Rebuilt {
  readonly b: Builder;
  /** The node itself, built again. */
  copy(node: Node): Node;
  /** What users of the node read now: the node, or what stands in its place. */
  read(node: Node): Node;
}

/** `instead`: makes what users of a node read in its place. */
export function rebuilt(
  from: Builder,
  symbols: Symbols,
  instead: ReadonlyMap<Node, (b: Builder) => Node> = new Map(),
): Rebuilt {
  const b = new Builder();
  const [copies, reads] = [new Map<Node, Node>(), new Map<Node, Node>()];
  const read = (node: Node): Node => entryOf(reads, node);
  const copy = (node: Node): Node => entryOf(copies, node);
  const regions = new Map<Region, Region>();
  const to = sizesFor(symbols, (body) => instantiateBody(b, body, symbols));
  for (const node of from.nodes) {
    const region = node.region && regionIn(regions, node.region);
    const made = copied(b, node, node.inputs.map(read), to, region);
    copies.set(node, made);
    reads.set(node, instead.get(node)?.(b) ?? made);
  }
  for (const [before, after] of regions) {
    for (const [node, name] of before.parameters) after.parameters.set(read(node), name);
    for (const [node, name] of before.results ?? []) after.results?.set(copy(node), name);
  }
  for (const [node, name] of from.names) b.names.set(copy(node), name);
  for (const [node, { of, by }] of from.gradients)
    b.gradients.set(copy(node), { of: copy(of), by: read(by) });
  return { b, copy, read };
}

const copied = <K extends OpName>(
  b: Builder,
  { op, attrs, origin }: Node<K>,
  inputs: readonly Node[],
  to: Resizing,
  region: Region | undefined,
): Node => b.withOrigin(origin, () => b.copied(op, inputs, opOf(op).resized(attrs, to), region));

/** The call with those around it; its parameters and results are filled in when all nodes are there. */
function regionIn(known: Map<Region, Region>, region: Region): Region {
  const found = known.get(region);
  if (found !== undefined) return found;
  const parent = region.parent && regionIn(known, region.parent);
  const results = region.results && { results: new Map<Node, string>() };
  const made: Region = { ...region, ...results, parameters: new Map<Node, string>(), parent };
  known.set(region, made);
  return made;
}
