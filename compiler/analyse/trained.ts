/** The weights that an update trains, as nodes of the check's graph; all else is constant to it. */
import type { Context } from '../evaluate/context.ts';
import type { Node } from '../ir/node.ts';

/** The weights of one network; none if there is no such network. */
export function weightNodes(context: Context, network: string): Node[] {
  const weights = [...(context.names.networks.get(network)?.weights.values() ?? [])];
  return weights.filter(({ role }) => role === 'weight').map((weight) => context.state(weight, false));
}

/** Every weight and buffer but these. */
export function constantsBeside(context: Context, trained: readonly Node[]): Set<Node> {
  const constants = new Set(context.constants());
  for (const node of trained) constants.delete(node);
  return constants;
}
