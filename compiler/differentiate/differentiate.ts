/** Values → whole graphs: each step with its gradients taken and applied. Reports need no gradient and stay as they are. */
import { stepsOf, type Graph, type Lowered } from '../lower/lowered.ts';
import { stepGraphs } from '../lower/parts.ts';
import { differentiateGraph } from './parts.ts';

/** By the graph's name: steps in the order of the spec, then reports. */
export type Graphs = ReadonlyMap<string, Graph>;

export const differentiate = (lowered: Lowered): Graphs =>
  new Map([
    ...stepsOf(lowered)
      .flatMap((step) => stepGraphs(step, lowered.parts))
      .map((graph) => [graph.name, differentiateGraph(graph, lowered)] as const),
    ...lowered.reports.flatMap(({ graphs }) => Object.entries(graphs)),
  ]);
