/**
 * Floating-point operations of matrix products and convolutions: what any program of the same computation must do, so
 * that time can be set against the machine's rate. In: nodes; out: multiplications and additions, each counted.
 */
import { reachable, type Node } from '../ir/node.ts';
import { numbers, type Sizes } from '../ir/sizes.ts';

/** Of a whole graph. */
export const flops = (outputs: Readonly<Record<string, Node>>, sizes: Sizes = {}): number =>
  flopsOf(reachable(Object.values(outputs)), sizes);

export const flopsOf = (nodes: readonly Node[], sizes: Sizes = {}): number =>
  nodes.reduce((sum, node) => sum + nodeFlops(node, sizes), 0);

/** Weights' windows, input channels included: [O, C, kernel...] → C · kernel. A scan runs its body once a step. */
export function nodeFlops(node: Node, sizes: Sizes = {}): number {
  const count = (of: Node, from = 0): number => numbers(of.shape.slice(from), sizes);
  const [a, b] = node.inputs;
  switch (node.op) {
    case 'matmul':
      return 2 * count(node) * numbers(a.shape.slice(-1), sizes);
    case 'conv':
      return 2 * count(node) * count(b, 1);
    case 'conv_input_grad':
      return 2 * count(a) * count(b, 1);
    case 'conv_weight_grad':
      return 2 * count(b) * count(node, 1);
    case 'scan': {
      const [steps, rows] = b.shape;
      const inner = { ...sizes, R: numbers([rows], sizes) };
      return numbers([steps], sizes) * flopsOf(reachable([node.attrs.body.result]), inner);
    }
    default:
      return 0;
  }
}
