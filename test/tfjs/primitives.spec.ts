/**
 * Every primitive's samples through TensorFlow.js: values, first derivatives and derivatives of derivatives, as the
 * library takes them of the emitted code, against ours in float64. What each needs for that is the table in
 * docs/tfjs-derivatives.md, which this test prints (UPDATE_GOLDEN=1).
 */
import { createRequire } from 'node:module';
import type * as Tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import type { Builder } from '../../compiler/ir/builder.ts';
import { sumAll } from '../../compiler/ir/compose.ts';
import type { Elementwise, Node, OpName } from '../../compiler/ir/node.ts';
import { opNames, opOf } from '../../compiler/ir/primitives/catalog.ts';
import type { OpSample } from '../../compiler/ir/primitives/op.ts';
import { tensor } from '../../compiler/ir/primitives/tensor.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';
import { functionModule } from '../../compiler/targets/tfjs/function.ts';
import type { Derivative } from '../../compiler/targets/text/outline.ts';
import type { HelperName } from '../../compiler/targets/tfjs/support.ts';
import type { Tensorflow } from '../../runtime/engines/tensorflow/load.ts';
import { page } from '../docs/page.ts';
import { assertClose } from '../ops/differences.ts';
import { allSamples, sampleGraph } from '../ops/samples.ts';
import { compiled, onCpu, onTensorflow, onWasm } from './run.ts';

type Order = 'value' | 'first' | 'second';

/** Σ (y + y²/2) + Σ x³/3: no derivative of it is constant, and every input has one. */
function weighed(b: Builder, nodes: readonly Node[], inputs: readonly Node[]): Node {
  const ofValue = nodes.map((y) => sumAll(b, b.mul(y, b.add(b.mul(y, 0.5), 1))));
  const ofInput = inputs.map((x) => sumAll(b, b.mul(b.mul(x, x), b.mul(x, 1 / 3))));
  return [...ofValue, ...ofInput].reduce((sum, term) => b.add(sum, term));
}

/** A sample's value, gradients of a number made of it, and gradients of a number made of those. */
function sampled(b: Builder, node: Node, inputs: readonly Node[]) {
  const derivatives = new Map<Node, Derivative>();
  const gradients = (of: Node): Node[] =>
    differentiate(b, of, inputs).map((made, i) => (derivatives.set(made, { of, by: inputs[i] }), made));
  const first = inputs.length === 0 ? [] : gradients(weighed(b, [node], inputs));
  const second = inputs.length === 0 ? [] : gradients(weighed(b, first, []));
  const named = (name: string, nodes: readonly Node[]): [string, Node][] =>
    nodes.map((one, i) => [`${name}.${i}`, one]);
  const outputs: Record<Order, Record<string, Node>> = {
    value: { value: node },
    first: Object.fromEntries(named('first', first)),
    second: Object.fromEntries(named('second', second)),
  };
  return { outputs, derivatives };
}

/** Where a derivative jumps, the language says what it is; samples stay away from there. */
const kinks: readonly [Elementwise, Omit<OpSample, 'attrs'>][] = [
  ['abs', { inputs: [[3]], values: [[0, 1, -1]] }],
  ['sign', { inputs: [[3]], values: [[0, 1, -1]] }],
  ['sqrt', { inputs: [[3]], values: [[0, 1, 4]] }],
  [
    'max',
    {
      inputs: [[3], [3]],
      values: [
        [0, 1, 2],
        [0, 1, 1],
      ],
    },
  ],
  ['max', { inputs: [[3], []], values: [[0, 1, 2], [1]] }],
  [
    'min',
    {
      inputs: [[3], [3]],
      values: [
        [0, 1, 2],
        [0, 1, 1],
      ],
    },
  ],
  [
    'pow',
    {
      inputs: [[3], [3]],
      values: [
        [2, 1, 0.5],
        [0, 1, 2],
      ],
    },
  ],
];
const atKinks = [
  { name: 'amax' as const, sample: { inputs: [[2, 3]], attrs: { axes: [1] }, values: [[0, 2, 2, 1, 1, 1]] } },
  ...kinks.map(([name, sample]) => ({ name, sample: { ...sample, attrs: {} } })),
].map((one) => ({ ...one, title: `${one.name} at a kink` }));

/** What leaves' samples are fed. */
const leaves = new Map(
  Object.entries({ x: [2, 3], u: [2, 3], z: [4], i: [3] }).map(([key, shape]) => [
    key,
    tensor(shape, new Float64Array(shape.reduce((a, c) => a * c)).fill(0.5)),
  ]),
);

/** Kernels that ran, by what the library calls them; `forward` and the like are its own marks. */
async function kernelsOf({ tf }: Tensorflow, work: () => Promise<unknown>): Promise<string[]> {
  const { kernelNames } = await tf.profile(async () => (await work(), tf.scalar(0)));
  return kernelNames.filter((name) => /^[A-Z]/.test(name));
}

const used = new Set<string>();

describe('TensorFlow.js: primitives', () => {
  for (const { choice, it, ready } of [onTensorflow, onWasm, onCpu])
    it(`values and derivatives on ${choice.backend}`, async () => {
      const tensorflow = await ready();
      const wrong: string[] = [];
      for (const { name, sample, title } of [...allSamples, ...atKinks]) {
        const { b, node, inputs, values } = sampleGraph(name, sample);
        const { outputs, derivatives } = sampled(b, node, inputs);
        const nodes = Object.assign({}, ...Object.values(outputs)) as Record<string, Node>;
        const wanted = evaluate(Object.values(nodes), {
          inputs: new Map([...values, ...leaves]),
          draws: leaves,
        });
        const feeds = new Map([
          ...values,
          ...leaves,
          ...[...leaves].map(([key, value]) => [`draw:${key}`, value] as const),
        ]);
        try {
          const run = await compiled(nodes, derivatives);
          const found = await run.on(tensorflow, feeds);
          Object.keys(nodes).forEach((key, i) => assertClose(found[key], wanted[i], 5e-5, `${title} ${key}`));
          if (choice.backend === 'cpu')
            (await kernelsOf(tensorflow, () => run.on(tensorflow, feeds))).forEach((kernel) =>
              used.add(kernel),
            );
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
