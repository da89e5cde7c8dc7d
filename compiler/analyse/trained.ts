/** The weights that an update trains, as nodes of the analysed graph; all else is constant to it. */
import type { Node } from '../ir/node.ts';
import type { Analysis, Evaluated } from './analysis.ts';

/** The weights of one network; none if there is no such network. */
export function weightNodes({ weights, evaluated }: Analysis, network: string): Node[] {
  const own = [...(weights.get(network)?.values() ?? [])];
  return own.filter(({ role }) => role === 'weight').map(({ name }) => evaluated.weights.get(name)!);
}

/** Every weight and buffer but these. */
export function constantsBeside({ constants }: Evaluated, trained: readonly Node[]): Set<Node> {
  const others = new Set(constants);
  for (const node of trained) others.delete(node);
  return others;
}
