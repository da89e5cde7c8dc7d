/**
 * The pass after the last differentiation: builds a graph again while looking through operands (ir/rules.ts) and
 * dropping what only gradients saw (`stop`, `reverse`). Values stay the same; derivatives would not.
 */
import { Builder } from './builder.ts';
import type { Node } from './node.ts';

/** The same values, simpler, in a new builder (given back for making more); equal roots stay equal nodes. */
export function simplify(roots: readonly Node[]): { builder: Builder; roots: Node[] } {
  const builder = new Builder({ after: true });
  return { builder, roots: builder.instantiate(roots, new Map()) };
}
