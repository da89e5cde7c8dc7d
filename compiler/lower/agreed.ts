/**
 * Which reductions over the rows of a batch its parts must agree on, whether ranks have them at once or one process has them
 * in turn. An objective that is linear in a mean over rows is the mean of what the parts make of their own rows; one that
 * isn't (a square of a mean, a comparison) needs the mean over all of them. In: an update's roots; out: the means, sums and
 * derivatives of means whose value is used in a way that isn't linear.
 */
import type { Derivative } from '../ir/builder.ts';
import { ofOneProcess, symbolsOf } from '../ir/dim.ts';
import { reachable, type Node } from '../ir/node.ts';
import { meanOf } from '../ir/patterns.ts';
import { isWholeLeaf } from '../leaves.ts';

/** `together`: what all ranks must have alike: a condition (compared with 0, which isn't linear), a state's next value. */
export function agreedNodes(
  roots: readonly Node[],
  together: readonly Node[],
  derivatives: ReadonlyMap<Node, Derivative> = new Map(),
): Set<Node> {
  const isReduction = (node: Node): boolean =>
    node.op === 'sum' || meanOf(node) !== undefined || isOfMean(derivatives.get(node));
  const nodes = reachable(roots);
  const bent = new Set<Node>(together);
  // The ranks' objectives are averaged: a mean over rows that is used as it is needs nothing, a sum would lack the others' rows.
  const divided = dividedSums(nodes);
  const summed = new Set([
    ...roots,
    ...nodes.flatMap((node) => node.inputs.filter((x) => x !== meanOf(node))),
  ]);
  const agreed = new Set<Node>();
  // Users come after what they use.
  for (const node of [...nodes].reverse()) {
    const own = bent.has(node);
    if ((own && isReduction(node)) || (isOverRows(node) && (!divided.has(node) || summed.has(node))))
      agreed.add(node);
    node.inputs.forEach((input, i) => {
      if (own || !isLinear(node, i)) bent.add(input);
    });
  }
  return agreed;
}

/** Sums that means are made of. */
export const dividedSums = (nodes: readonly Node[]): Set<Node> =>
  new Set(nodes.flatMap((node) => meanOf(node) ?? []));

const isOverRows = ({ op, attrs, inputs: [x] }: Node): boolean =>
  op === 'sum' &&
  attrs.axes.includes(0) &&
  symbolsOf(x.shape[0]).some((name) => ofOneProcess(name) === undefined);

/** By something without rows, a derivative is that of a mean over them. */
export const isOfMean = (derivative: Derivative | undefined): boolean =>
  derivative !== undefined && derivative.by.shape.every((dim) => symbolsOf(dim).length === 0);

const straight: ReadonlySet<Node['op']> = new Set([
  'add',
  'sub',
  'neg',
  'reshape',
  'expand',
  'transpose',
  'sum',
  'stop',
]);

/** Whether the value is linear in its input number i, with factors that are the same on every rank. */
function isLinear(node: Node, i: number): boolean {
  if (straight.has(node.op)) return true;
  if (node.op === 'mul') return isShared(node.inputs[1 - i]);
  return node.op === 'div' && i === 0 && isShared(node.inputs[1]);
}

/** Numbers of the spec and of the schedule, of the whole minibatch, and sizes. */
function isShared(node: Node): boolean {
  if (node.op === 'constant' || node.op === 'extent') return true;
  if (node.op === 'input') return node.attrs.name.startsWith('scalar:') || isWholeLeaf(node);
  return (node.op === 'expand' || node.op === 'reshape') && isShared(node.inputs[0]);
}
