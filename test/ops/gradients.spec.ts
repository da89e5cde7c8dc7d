/** Each primitive's gradient, and its gradient's gradient, against central differences in float64. */
import { assert } from 'chai';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { sumAll } from '../../compiler/ir/compose.ts';
import type { Builder } from '../../compiler/ir/builder.ts';
import type { Node, OpName } from '../../compiler/ir/node.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { opOf } from '../../compiler/ir/primitives/catalog.ts';
import type { Op } from '../../compiler/ir/primitives/op.ts';
import { allSamples, nameOf, randomTensor, sampleGraph, stream, type SampleGraph } from './samples.ts';
import { assertClose, centralDifferences, valueOf, type Values } from './differences.ts';

/** A number that depends on all of the nodes: their products with fixed random numbers, summed. */
function projection(b: Builder, nodes: readonly Node[], seed: number): Node {
  const next = stream(seed);
  const parts = nodes.map((node) => {
    const shape = node.shape as number[];
    return sumAll(b, b.mul(node, b.constant([...randomTensor(shape, next).data], shape)));
  });
  return parts.reduce((sum, part) => b.add(sum, part));
}

function assertGradients(b: Builder, y: Node, wrt: readonly Node[], values: Values, what: string): Node[] {
  const gradients = differentiate(b, y, wrt);
  verify(gradients);
  wrt.forEach((x, i) => {
    const name = nameOf(x);
    const wanted = centralDifferences(y, name, values);
    assertClose(valueOf(gradients[i], values), wanted, 1e-7, `${what} by ${name}`);
  });
  return gradients;
}

/** The inputs that a derivative should reach. */
const flowing = ({ inputs }: SampleGraph, cuts: readonly number[] = []): Node[] =>
  inputs.filter((_, i) => !cuts.includes(i));

function gradientOf(name: OpName): Exclude<Op['gradient'], 'none'> {
  const { gradient } = opOf(name);
  assert(gradient !== 'none', name);
  return gradient;
}

// `reverse` lies about its derivative by design; test/ops/gradientControl.spec.ts holds it to its definition.
const differentiable = allSamples.filter(({ name, op }) => op.gradient !== 'none' && name !== 'reverse');

describe('gradients of primitives', () => {
  for (const { name, op, sample, title } of differentiable) {
    it(`${title}: first and second order equal central differences`, () => {
      const graph = sampleGraph(name, sample);
      const wrt = flowing(graph, op.cuts);
      const { b, node, values } = graph;
      const first = assertGradients(b, projection(b, [node], 7), wrt, values, 'first order');
      // A square makes the second derivative differ from 0 for linear primitives too.
      const curved = projection(b, [b.mul(node, node)], 8);
      const curvedFirst = differentiate(b, curved, wrt);
      assertGradients(b, projection(b, [...first, ...curvedFirst], 9), wrt, values, 'second order');
    });

    it(`${title}: cuts are where nothing flows`, () => {
      const { b, node } = sampleGraph(name, sample);
      assert.equal(node.op, name, 'a sample that simplifies away tests nothing');
      const parts = gradientOf(name)(b, node, b.input('g', node.shape));
      const cut = [...node.inputs.keys()].filter((i) => parts[i] === undefined);
      assert.deepEqual(cut, [...(op.cuts ?? [])]);
      parts.forEach((part, i) => part && assert.deepEqual(part.shape, node.inputs[i].shape));
    });
  }

  it('are there for all but comparisons, rounding, indices, leaves and stop', () => {
    const without = new Set(allSamples.filter(({ op }) => op.gradient === 'none').map(({ name }) => name));
    const leaves = ['input', 'draw', 'constant', 'iota', 'extent'];
    assert.sameMembers([...without], [...leaves, 'sign', 'floor', 'less', 'equal', 'argmax', 'stop']);
  });
});
