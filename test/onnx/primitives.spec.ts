/** Every primitive's samples, and their gradients, through ONNX's CPU kernels against the reference engine. */
import type { Builder } from '../../compiler/graph/builder.ts';
import type { Node } from '../../compiler/graph/node.ts';
import { sumAll } from '../../compiler/graph/compose.ts';
import { differentiate } from '../../compiler/differentiate.ts';
import { simplify } from '../../compiler/graph/simplify.ts';
import type { OnnxOptions } from '../../compiler/targets/onnx/emit.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';
import { assertClose } from '../ops/differences.ts';
import { allSamples, sampleGraph } from '../ops/samples.ts';
import { onnxValues } from './run.ts';

const ways: (OnnxOptions & { tolerance: number })[] = [
  { float: 'float64', tolerance: 1e-10 },
  { float: 'float64', unroll: 0, tolerance: 1e-10 },
  { float: 'float32', tolerance: 2e-5 },
  { float: 'float32', layout: 'channels-first', tolerance: 2e-5 },
];

/** The sample's value and the gradients of a sum that weighs its elements unequally. */
function roots(b: Builder, node: Node, inputs: readonly Node[], smooth: boolean): Node[] {
  if (!smooth) return [node];
  const weighed = b.mul(node, b.add(b.mul(node, 0.5), 1));
  return [node, ...differentiate(b, sumAll(b, weighed), inputs)];
}

describe('ONNX: primitives', () => {
  for (const way of ways) {
    const title = [way.float, way.layout, way.unroll === 0 ? 'looped' : ''].filter(Boolean).join(', ');
    it(`samples and gradients in ${title}`, async () => {
      for (const { name, op, sample, title: what } of allSamples) {
        const { b, node, inputs, values } = sampleGraph(name, sample);
        const nodes = roots(b, node, inputs, op.gradient !== 'none');
        const leaf = new Map(
          [
            ['x', [2, 3]],
            ['u', [2, 3]],
            ['z', [4]],
            ['i', [3]],
          ].map(([key, shape]) => [
            key as string,
            {
              shape: shape as number[],
              data: new Float64Array(12).fill(0.5).subarray(
                0,
                (shape as number[]).reduce((a, c) => a * c),
              ),
            },
          ]),
        );
        const wanted = evaluate(nodes, { inputs: new Map([...values, ...leaf]), draws: leaf });
        const feeds = new Map([...values, ...leaf, ...[...leaf].map(([k, v]) => [`draw:${k}`, v] as const)]);
        for (const made of [nodes, simplify(nodes).roots]) {
          const got = await onnxValues(made, way, feeds).catch((error: unknown) => {
            throw new Error(`${what}: ${String(error)}`);
          });
          got.forEach((value, i) => assertClose(value, wanted[i], way.tolerance, `${what} ${i}`));
        }
      }
    });
  }
});
