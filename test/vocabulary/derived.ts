/** Samples of the vocabulary with derivatives, so that a target's own differentiation is held against ours. */
import { sumAll } from '../../compiler/ir/compose.ts';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { reachable, type Node } from '../../compiler/ir/node.ts';
import type { Derivative } from '../../compiler/ir/builder.ts';
import { nameOf } from '../ops/samples.ts';
import { inputsOf, tensorsIn, type Sample } from './samples.ts';
import type { Workbench } from './workbench.ts';

/** What an item computes, the slopes of a number made of that, and the slopes of a number made of those. */
export function derived(
  bench: Workbench,
  name: string,
  one: Sample,
): { nodes: Record<string, Node>; derivatives: Map<Node, Derivative> } {
  const { b } = bench;
  const result = bench.apply(name, one.args(inputsOf(bench, one.inputs), bench));
  const values = tensorsIn(result).map(({ node }) => node);
  const inputs = reachable(values).filter((node) => node.op === 'input' && !('w' in node.attrs));
  const by = inputs.filter((node) => bench.owned.get(nameOf(node))?.kind !== 'buffer');
  const cubes = by.map((x) => sumAll(b, b.mul(b.mul(x, x), x)));
  const squares = (nodes: readonly Node[]): Node[] =>
    nodes.map((y) => sumAll(b, b.mul(y, b.add(b.mul(y, 0.5), 1))));
  const total = (terms: readonly Node[]): Node => terms.reduce((sum, term) => b.add(sum, term));
  const derivatives = new Map<Node, Derivative>();
  const slopes = (of: Node): Node[] =>
    differentiate(b, of, by).map((made, i) => (derivatives.set(made, { of, by: by[i] }), made));
  const first = slopes(total([...squares(values), ...cubes]));
  const second = slopes(total(squares(first)));
  const named = (what: string, nodes: readonly Node[]): [string, Node][] =>
    nodes.map((node, i) => [`${what} ${i}`, node]);
  const nodes = Object.fromEntries([
    ...named('value', values),
    ...named('first', first),
    ...named('second', second),
  ]);
  return { nodes, derivatives };
}
