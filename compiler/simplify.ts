/**
 * Graphs after the last differentiation → the same values, simpler, with their inputs and outputs declared as a program
 * declares them.
 */
import type { GraphEntry, GraphInput, HostShape, InputOrigin } from '../program/manifest.ts';
import type { Graphs } from './differentiate/differentiate.ts';
import { printDim, type Shape } from './ir/dim.ts';
import { isFed, reachable, type Node } from './ir/node.ts';
import { simplify as simplifyNodes } from './ir/simplify.ts';
import { leafName } from './leaves.ts';
import type { Graph } from './lower/lowered.ts';

export interface SimpleGraph {
  readonly entry: GraphEntry;
  readonly outputs: Readonly<Record<string, Node>>;
}

export type SimpleGraphs = Readonly<Record<string, SimpleGraph>>;

export const simplify = (graphs: Graphs): SimpleGraphs =>
  declareAll(graphs, (nodes) => simplifyNodes(nodes).roots);

/** The same without a rule applied: the reference takes this, so that a wrong rule shows as a difference from it. */
export const unsimplified = (graphs: Graphs): SimpleGraphs => declareAll(graphs, (nodes) => nodes);

type Rewrite = (nodes: readonly Node[]) => readonly Node[];

const declareAll = (graphs: Graphs, rewrite: Rewrite): SimpleGraphs =>
  Object.fromEntries([...graphs].map(([name, graph]) => [name, declare(graph, rewrite)]));

function declare({ outputs, origins }: Graph, rewrite: Rewrite): SimpleGraph {
  const names = [...outputs.keys()];
  const roots = rewrite([...outputs.values()].map(({ node }) => node));
  return {
    entry: {
      inputs: inputsOf(roots, origins),
      outputs: names.map((name, i) => ({
        name,
        shape: hostShape(roots[i].shape),
        to: outputs.get(name)!.to,
      })),
    },
    outputs: Object.fromEntries(names.map((name, i) => [name, roots[i]])),
  };
}

/** As a program declares it: symbols by their names. */
export const hostShape = (shape: Shape): HostShape =>
  shape.map((dim) => (typeof dim === 'number' ? dim : printDim(dim)));

/** The leaves of a graph, in a stable order; what has no other origin is state. */
const inputsOf = (roots: readonly Node[], origins: ReadonlyMap<string, InputOrigin>): GraphInput[] =>
  reachable(roots)
    .filter(isFed)
    .map((node): GraphInput => {
      const name = leafName(node);
      const from = origins.get(name) ?? { kind: 'state', state: name };
      return { name, shape: hostShape(node.shape), from };
    });
