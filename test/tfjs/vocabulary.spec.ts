/**
 * Every layer, function and loss through TensorFlow.js: its value, its derivatives by inputs and weights, and theirs,
 * against the compiler's own in float64.
 */
import { assert } from 'chai';
import { describe } from 'mocha';
import type { Tensor } from '../../compiler/ir/primitives/op.ts';
import { assertClose } from '../ops/differences.ts';
import { derived } from '../vocabulary/derived.ts';
import { samples } from '../vocabulary/samples.ts';
import { Workbench } from '../vocabulary/workbench.ts';
import { compiled, onTensorflow, onWasm } from './run.ts';

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
          const { nodes, derivatives } = derived(bench, name, one);
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
