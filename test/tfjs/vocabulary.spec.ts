/**
 * Every layer, function and loss through TensorFlow.js: its value, its derivatives by inputs and weights, and theirs,
 * against the compiler's own in float64.
 */
import { assert } from 'chai';
import { describe } from 'mocha';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { sumAll } from '../../compiler/ir/compose.ts';
import { reachable, type Node } from '../../compiler/ir/node.ts';
import type { Tensor } from '../../compiler/ir/primitives/op.ts';
import type { Derivative } from '../../compiler/targets/text/outline.ts';
import { assertClose } from '../ops/differences.ts';
import { nameOf } from '../ops/samples.ts';
import { inputsOf, samples, tensorsIn, type Sample } from '../vocabulary/samples.ts';
import { Workbench } from '../vocabulary/workbench.ts';
import { compiled, onTensorflow, onWasm } from './run.ts';

/** What an item computes, the slopes of a number made of that, and the slopes of a number made of those. */
function graphs(
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

/** Within float32's reach of the largest element: a second derivative cancels. */
function assertNear(found: Tensor, wanted: Tensor, tolerance: number, what: string): void {
  const size = Math.max(1, ...wanted.data.map(Math.abs));
  const scaled = ({ shape, data }: Tensor): Tensor => ({ shape, data: data.map((x) => x / size) });
  assertClose(scaled(found), scaled(wanted), tolerance, what);
}

describe('TensorFlow.js: vocabulary', () => {
  for (const { choice, it, ready } of [onTensorflow, onWasm])
    it(`values and derivatives on ${choice.backend}`, async () => {
      const tensorflow = await ready();
      const wrong: string[] = [];
      for (const [name, list] of Object.entries(samples))
        for (const [i, one] of list.entries()) {
          const bench = new Workbench({ trained: false });
          const { nodes, derivatives } = graphs(bench, name, one);
          const wanted = bench.run(...Object.values(nodes));
          const feeds = new Map(
            [...bench.values].flatMap(([key, value]) => [
              [key, value],
              [`draw:${key}`, value],
            ]),
          );
          try {
            const run = await compiled(nodes, derivatives);
            const found = await run.on(tensorflow, feeds);
            Object.keys(nodes).forEach((key, at) =>
              assertNear(found[key], wanted[at], 1e-4, `${name} ${i + 1} ${key}`),
            );
          } catch (error) {
            wrong.push(`${name} ${i + 1}: ${String(error)}`);
          }
        }
      assert.isEmpty(wrong, wrong.join('\n'));
    });
});
