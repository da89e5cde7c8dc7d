/**
 * Every primitive, layer, function and loss on PyTorch by itself: values, first derivatives and derivatives of derivatives, as
 * the library takes them of the emitted code, against the compiler's own, in float64.
 */
import { assert } from 'chai';
import { describe } from 'mocha';
import type { Node } from '../../compiler/ir/node.ts';
import type { Tensor } from '../../compiler/ir/primitives/op.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';
import { assertClose } from '../ops/differences.ts';
import { atKinks, leaves, sampled } from '../ops/derived.ts';
import { allSamples, sampleGraph } from '../ops/samples.ts';
import { derived } from '../vocabulary/derived.ts';
import { samples } from '../vocabulary/samples.ts';
import { Workbench } from '../vocabulary/workbench.ts';
import { differences, type Case } from './values.ts';
import { itOnTorch } from './where.ts';

const named = (nodes: Readonly<Record<string, Node>>, values: readonly Tensor[]): Record<string, Tensor> =>
  Object.fromEntries(Object.keys(nodes).map((name, i) => [name, values[i]]));

function primitives(): Case[] {
  return [...allSamples, ...atKinks].map(({ name, sample, title }) => {
    const { b, node, inputs, values } = sampleGraph(name, sample);
    const { outputs, derivatives } = sampled(b, node, inputs);
    const nodes = Object.assign({}, ...Object.values(outputs)) as Record<string, Node>;
    const feeds = new Map([...values, ...leaves]);
    const wanted = named(nodes, evaluate(Object.values(nodes), { inputs: feeds, draws: leaves }));
    return { title, nodes, derivatives, feeds, wanted };
  });
}

function vocabulary(): Case[] {
  return Object.entries(samples).flatMap(([name, list]) =>
    list.map((one, i) => {
      const bench = new Workbench({ trained: false });
      const { nodes, derivatives } = derived(bench, name, one);
      const wanted = named(nodes, bench.run(...Object.values(nodes)));
      return { title: `${name} ${i + 1}`, nodes, derivatives, feeds: bench.values, wanted };
    }),
  );
}

describe('PyTorch: values and derivatives', () => {
  for (const [what, cases] of [
    ['primitives', primitives],
    ['vocabulary', vocabulary],
  ] as const)
    itOnTorch(`of the ${what}, first and second order`, async () => {
      const near = (found: Tensor, wanted: Tensor, title: string): void => {
        const size = Math.max(1, ...wanted.data.map(Math.abs));
        const scaled = ({ shape, data }: Tensor): Tensor => ({ shape, data: data.map((x) => x / size) });
        assertClose(scaled(found), scaled(wanted), 1e-9, title);
      };
      const made = cases();
      assert.isAbove(made.length, 50);
      const wrong = await differences(made, near);
      assert.isEmpty(wrong, wrong.join('\n'));
    });
});
