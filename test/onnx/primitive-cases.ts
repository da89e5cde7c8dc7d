/** Every primitive's samples as graphs: values and, where they are smooth, gradients. */
import { sumAll } from '../../compiler/ir/compose.ts';
import type { Builder } from '../../compiler/ir/builder.ts';
import type { Node } from '../../compiler/ir/node.ts';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import type { Tensor } from '../../compiler/ir/primitives/op.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';
import { allSamples, sampleGraph } from '../ops/samples.ts';
import type { Feeds } from './run.ts';

export interface PrimitiveCase {
  readonly title: string;
  readonly nodes: readonly Node[];
  readonly feeds: Feeds;
  /** By the reference engine. */
  readonly wanted: readonly Tensor[];
}

/** What leaves' samples read. */
const leaves = new Map(
  Object.entries({ x: [2, 3], u: [2, 3], z: [4], i: [3] }).map(([name, shape]) => [
    name,
    { shape, data: new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(0.5) },
  ]),
);

export function* primitiveCases(): Generator<PrimitiveCase> {
  for (const { name, op, sample, title } of allSamples) {
    const { b, node, inputs, values } = sampleGraph(name, sample);
    const nodes = roots(b, node, inputs, op.gradient !== 'none');
    const wanted = evaluate(nodes, { inputs: new Map([...values, ...leaves]), draws: leaves });
    const draws = [...leaves].map(([key, value]) => [`draw:${key}`, value] as const);
    yield { title, nodes, feeds: new Map([...values, ...leaves, ...draws]), wanted };
  }
}

/** The sample's value and the gradients of a sum that weighs its elements unequally. */
function roots(b: Builder, node: Node, inputs: readonly Node[], smooth: boolean): Node[] {
  if (!smooth) return [node];
  const weighed = b.mul(node, b.add(b.mul(node, 0.5), 1));
  return [node, ...differentiate(b, sumAll(b, weighed), inputs)];
}
