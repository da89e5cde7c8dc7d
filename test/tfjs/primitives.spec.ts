/**
 * Every primitive's samples through TensorFlow.js: values, first derivatives and derivatives of derivatives, as the
 * library takes them of the emitted code, against ours in float64. What each needs for that is the table in
 * docs/tfjs-derivatives.md, which this test prints (UPDATE_GOLDEN=1).
 */
import { createRequire } from 'node:module';
import type * as Tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import type { Node, OpName } from '../../compiler/ir/node.ts';
import { opNames, opOf } from '../../compiler/ir/primitives/catalog.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';
import type { HelperName } from '../../compiler/targets/tfjs/support.ts';
import type { Tensorflow } from '../../runtime/engines/tensorflow/load.ts';
import { page } from '../docs/page.ts';
import { assertClose } from '../ops/differences.ts';
import { atKinks, leaves, sampled, type Order } from '../ops/derived.ts';
import { allSamples, sampleGraph, type SampleGraph } from '../ops/samples.ts';
import { compiled, onCpu, onTensorflow, onWasm } from './run.ts';
import { functionModule } from './function-module.ts';

/** Kernels that ran, by what the library calls them; `forward` and the like are its own marks. */
async function kernelsOf({ tf }: Tensorflow, work: () => Promise<unknown>): Promise<string[]> {
  const { kernelNames } = await tf.profile(async () => (await work(), tf.scalar(0)));
  return kernelNames.filter((name) => /^[A-Z]/.test(name));
}

const used = new Set<string>();

/** Numbers as exponents, which samples of `pow` don't have: they are no tensors in the module. */
const numberPowers = (): (SampleGraph & { title: string })[] =>
  [3, 1.5, 1, 0].map((exponent) => {
    const { b, inputs, values } = sampleGraph('exp', { attrs: {}, inputs: [[3]], values: [[0.5, 1, 2]] });
    return { b, node: b.pow(inputs[0], exponent), inputs, values, title: `x ^ ${exponent}` };
  });

async function compare(
  tensorflow: Tensorflow,
  { b, node, inputs, values }: SampleGraph,
  title: string,
  profiled: boolean,
): Promise<void> {
  const { outputs, derivatives } = sampled(b, node, inputs);
  const nodes = Object.assign({}, ...Object.values(outputs)) as Record<string, Node>;
  const wanted = evaluate(Object.values(nodes), { inputs: new Map([...values, ...leaves]), draws: leaves });
  const drawn = [...leaves].map(([key, value]) => [`draw:${key}`, value] as const);
  const feeds = new Map([...values, ...leaves, ...drawn]);
  const run = await compiled(nodes, derivatives);
  const found = await run.on(tensorflow, feeds);
  Object.keys(nodes).forEach((key, i) => assertClose(found[key], wanted[i], 5e-5, `${title} ${key}`));
  if (!profiled) return;
  for (const kernel of await kernelsOf(tensorflow, () => run.on(tensorflow, feeds))) used.add(kernel);
}

describe('TensorFlow.js: primitives', () => {
  for (const { choice, it, ready } of [onTensorflow, onWasm, onCpu])
    it(`values and derivatives on ${choice.backend}`, async () => {
      const tensorflow = await ready();
      const wrong: string[] = [];
      const samples = [...allSamples, ...atKinks].map(({ name, sample, title }) => ({
        ...sampleGraph(name, sample),
        title,
      }));
      for (const { title, ...graph } of [...samples, ...numberPowers()]) {
        try {
          await compare(tensorflow, graph, title, choice.backend === 'cpu');
        } catch (error) {
          wrong.push(`${title}: ${String(error)}`);
        }
      }
      assert.isEmpty(wrong, wrong.join('\n'));
    });

  it('docs/tfjs-derivatives.md has every primitive', () => page('docs/tfjs-derivatives.md', table()));

  it('webgpu has every kernel that they use', () => {
    const require = createRequire(import.meta.url);
    const tf = require('@tensorflow/tfjs') as typeof Tf;
    require('@tensorflow/tfjs-backend-webgpu');
    assert.isAbove(used.size, 40);
    const there = new Set(tf.getKernelsForBackend('webgpu').map(({ kernelName }) => kernelName));
    assert.deepEqual(
      [...used].filter((kernel) => !there.has(kernel)),
      [],
    );
  });
});

// ---------------------------------------------------------------- the table

/** What the weighing itself needs: nothing. Helpers that a derivative of this order brings along, over all samples. */
function helpersOf(name: OpName, order: Order): Set<HelperName> {
  const all = new Set<HelperName>();
  for (const { sample } of allSamples.filter((one) => one.name === name)) {
    const { b, node, inputs } = sampleGraph(name, sample);
    const { outputs, derivatives } = sampled(b, node, inputs);
    functionModule(outputs[order], derivatives).helpers.forEach((helper) => all.add(helper));
  }
  return all;
}

function cell(name: OpName, order: Order): string {
  const op = opOf(name);
  if (op.inputs.length === 0) return '–';
  const helpers = [...helpersOf(name, order)].map((helper) => `\`${helper}\``).sort();
  if (op.gradient === 'none')
    return `none, as defined${helpers.length === 0 ? '' : ` (${helpers.join(', ')})`}`;
  return helpers.length === 0 ? "the library's own" : `composed: ${helpers.join(', ')}`;
}

function table(): string {
  const rows = opNames.map((name) => `| \`${name}\` | ${cell(name, 'first')} | ${cell(name, 'second')} |`);
  return `# Derivatives in TensorFlow.js programs

Programs of the target \`tfjs\` are differentiated by TensorFlow.js itself: \`tf.variableGrads\` for an update, \`tf.grad\` where
a spec says \`gradient(y, x)\`, and one inside the other for a gradient penalty. TensorFlow.js 4.22 has gaps there: comparisons
and some gradients of gradients are missing, and of operations that keep their result for their gradient (\`exp\`, \`tanh\`,
\`sigmoid\`, softmax) the second derivative is silently wrong. Where that matters the program brings a few lines of its own,
composed of operations whose derivatives are right, and uses the library's operation everywhere else.

A test computes this table from what the compiler emits, and compares the values of every entry with the compiler's own
differentiation in float64: on TensorFlow where it is set up, on WebAssembly and on plain JavaScript.

| primitive | first derivative | derivative of the derivative |
|---|---|---|
${rows.join('\n')}

*None, as defined*: the language gives it no derivative (what flows back is 0), and neither does the program. *–*: nothing to
differentiate by.
`;
}
