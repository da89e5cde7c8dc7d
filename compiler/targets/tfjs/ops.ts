/** How each primitive becomes TensorFlow.js: one row each, and a missing row doesn't compile. */
import type { Dim } from '../../ir/dim.ts';
import type { Node, Subgraph } from '../../ir/node.ts';
import type { OpName } from '../../ir/primitives/catalog.ts';
import {
  abs,
  binary,
  equal,
  less,
  max,
  min,
  neg,
  pow,
  reverse,
  select,
  sqrt,
  stop,
  unary,
} from './elementwise.ts';
import { conv, convInputGrad, convWeightGrad, matmul } from './linear.ts';
import { concat, expand, flip, pad, reshape, slice, transpose } from './movement.ts';
import { patternOf } from './patterns.ts';
import { amax, argmax, sum } from './reduction.ts';
import { arranged, inNumbers, list, range, type Instruction, type Value } from './value.ts';

type Row = (node: Node) => Instruction;

/** Leaves are known to the place that prints (scope.ts); they never come here. */
const leaf: Row = (node) => {
  throw new Error(`${node.op} has no value here`);
};

const constant: Row = ({ attrs, shape }) => ({
  inputs: [],
  print(): Value {
    const values = attrs.values as readonly number[];
    if (shape.length === 0) return { code: String(values[0]), axes: [], host: true };
    const flat = list(values);
    return {
      code: shape.length === 1 ? `tf.tensor(${flat})` : `tf.tensor(${flat}, ${list(shape as number[])})`,
      axes: range(shape.length),
    };
  },
});

const iota: Row = ({ shape }) => ({
  inputs: [],
  print: (place) => ({ code: `tf.range(0, ${place.size(shape[0])})`, axes: [0] }),
});

const extent: Row = ({ attrs }) => ({
  inputs: [],
  print: (place) => ({ code: place.size(attrs.dim as Dim), axes: [], host: true }),
});

const scan: Row = (node) => ({
  inputs: node.inputs,
  print(place, args) {
    const { body, sequences } = node.attrs as unknown as { body: Subgraph; sequences: number };
    const whole = (i: number): string => {
      const { inputs } = node;
      return arranged(place, inputs[i], inNumbers(args[i]), range(inputs[i].shape.length), true);
    };
    const [state, ...rest] = body.parameters;
    const given = new Map(rest.slice(sequences).map((parameter, i) => [parameter, args[1 + sequences + i]]));
    const step = place.body([state, ...rest.slice(0, sequences)], body.result, given);
    const xs = range(sequences).map((i) => place.short(whole(1 + i), 'sequence'));
    return {
      code: `${place.use('scan')}(${whole(0)}, ${list(xs)}, ${step})`,
      axes: range(node.shape.length),
    };
  },
});

export const rows = {
  ...{ input: leaf, draw: leaf, constant, iota, extent },
  neg,
  exp: unary('exp', 'exp'),
  log: unary('log'),
  sqrt,
  tanh: unary('tanh', 'tanh'),
  sigmoid: unary('sigmoid', 'sigmoid'),
  abs,
  sign: unary('sign'),
  floor: unary('floor'),
  erf: unary('erf'),
  add: binary('add'),
  sub: binary('sub'),
  mul: binary('mul'),
  div: binary('div'),
  ...{ pow, max, min, less, equal, select },
  ...{ reshape, transpose, expand, slice, pad, concat, flip },
  ...{ sum, amax, argmax },
  matmul,
  ...{ conv, conv_input_grad: convInputGrad, conv_weight_grad: convWeightGrad },
  ...{ stop, reverse },
  scan,
} satisfies { readonly [K in OpName]: Row };

/** How a node is computed. */
export const instructionOf = (node: Node): Instruction => patternOf(node) ?? rows[node.op](node);
