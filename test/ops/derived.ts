/**
 * Samples of primitives with derivatives: of each a value, gradients of a number made of it, and gradients of a number made
 * of those, so that a target's own differentiation is held against ours.
 */
import type { Builder } from '../../compiler/ir/builder.ts';
import { sumAll } from '../../compiler/ir/compose.ts';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import type { Elementwise, Node } from '../../compiler/ir/node.ts';
import type { OpSample } from '../../compiler/ir/primitives/op.ts';
import { tensor } from '../../compiler/ir/primitives/tensor.ts';
import type { Derivative } from '../../compiler/ir/builder.ts';

export type Order = 'value' | 'first' | 'second';

/** Σ (y + y²/2) + Σ x³/3: no derivative of it is constant, and every input has one. */
function weighed(b: Builder, nodes: readonly Node[], inputs: readonly Node[]): Node {
  const ofValue = nodes.map((y) => sumAll(b, b.mul(y, b.add(b.mul(y, 0.5), 1))));
  const ofInput = inputs.map((x) => sumAll(b, b.mul(b.mul(x, x), b.mul(x, 1 / 3))));
  return [...ofValue, ...ofInput].reduce((sum, term) => b.add(sum, term));
}

/** A sample's value, gradients of a number made of it, and gradients of a number made of those. */
export function sampled(b: Builder, node: Node, inputs: readonly Node[]) {
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
export const atKinks = [
  { name: 'amax' as const, sample: { inputs: [[2, 3]], attrs: { axes: [1] }, values: [[0, 2, 2, 1, 1, 1]] } },
  ...kinks.map(([name, sample]) => ({ name, sample: { ...sample, attrs: {} } })),
].map((one) => ({ ...one, title: `${one.name} at a kink` }));

/** What leaves' samples are fed. */
export const leaves = new Map(
  Object.entries({ x: [2, 3], u: [2, 3], z: [4], i: [3] }).map(([key, shape]) => [
    key,
    tensor(shape, new Float64Array(shape.reduce((a, c) => a * c)).fill(0.5)),
  ]),
);
