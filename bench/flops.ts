/**
 * Floating-point operations of a graph's matrix products and convolutions: what any program of the same computation
 * must do, so that time can be set against the machine's rate. Out: multiplications and additions, each counted.
 */
import { reachable } from '../compiler/ir/node.ts';
import type { Node } from '../compiler/ir/node.ts';

const size = (node: Node, from = 0): number =>
  node.shape.slice(from).reduce<number>((product, dim) => {
    if (typeof dim !== 'number') throw new Error('a graph with symbolic sizes has no count of operations');
    return product * dim;
  }, 1);

/** Weights' windows, input channels included: [O, C, kernel...] → C · kernel. */
function flopsOf(node: Node): number {
  const [a, b] = node.inputs;
  if (node.op === 'matmul') return 2 * size(node) * Number(a.shape.at(-1));
  if (node.op === 'conv') return 2 * size(node) * size(b, 1);
  if (node.op === 'conv_input_grad') return 2 * size(a) * size(b, 1);
  if (node.op === 'conv_weight_grad') return 2 * size(b) * size(node, 1);
  return 0;
}

export const flops = (outputs: Readonly<Record<string, Node>>): number =>
  reachable(Object.values(outputs)).reduce((sum, node) => sum + flopsOf(node), 0);
