/**
 * Compositions that libraries have as one operation (ir/patterns.ts recognises them), so that programs read as they would be
 * written and fewer operations are dispatched. In: a node, and a target's row for each; out: an instruction on what the
 * pattern reads, or nothing.
 */
import type { Node } from '../../ir/node.ts';
import {
  leakyReluOf,
  logSoftmaxOf,
  meanOf,
  oneHotOf,
  reluOf,
  rsqrtOf,
  softplusOf,
  squareOf,
} from '../../ir/patterns.ts';

/** How a target says each. */
export interface Patterns<Instruction> {
  relu(x: Node): Instruction;
  leakyRelu(x: Node, slope: number): Instruction;
  square(x: Node): Instruction;
  softplus(x: Node): Instruction;
  /** undefined: not over this axis. */
  logSoftmax(x: Node, axis: number): Instruction | undefined;
  /** `node`: the quotient, of this sum. */
  mean(node: Node, total: Node<'sum'>): Instruction;
  rsqrt(x: Node): Instruction;
  oneHot(classes: Node, k: number): Instruction;
}

/** The pattern that the node ends, if there is one. */
export function patternOf<I>(node: Node, patterns: Patterns<I>): I | undefined {
  switch (node.op) {
    case 'select': {
      const relu = reluOf(node.inputs);
      // Without `stop` it is one whose gradient, at 0, isn't the library's.
      if (relu !== undefined && node.inputs[2].op === 'stop') return patterns.relu(relu.x);
      const leaky = leakyReluOf(node.inputs);
      return leaky && patterns.leakyRelu(leaky.x, leaky.slope);
    }
    case 'mul': {
      const x = squareOf(node);
      return x && patterns.square(x);
    }
    case 'add': {
      const x = softplusOf(node);
      return x && patterns.softplus(x);
    }
    case 'sub': {
      const found = logSoftmaxOf(node);
      return found && patterns.logSoftmax(found.x, found.axis);
    }
    case 'div': {
      const [total, x] = [meanOf(node), rsqrtOf(node)];
      return total ? patterns.mean(node, total) : x && patterns.rsqrt(x);
    }
    case 'equal': {
      const found = oneHotOf(node);
      return found && patterns.oneHot(found.classes, found.k);
    }
    default:
      return undefined;
  }
}
