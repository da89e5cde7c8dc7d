/** How each primitive becomes TensorFlow.js: one row each, and a missing row doesn't compile. */
import type { Node, OpName } from '../../ir/node.ts';
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
import { patternOf } from '../text/patterns.ts';
import { patterns } from './patterns.ts';
import { amax, argmax, sum } from './reduction.ts';
import { Outline as Outlined, type Derivatives } from '../text/outline.ts';
import { arranged, inNumbers, list, range, type Instruction, type Value } from './value.ts';

type Row<K extends OpName> = (node: Node<K>) => Instruction;

/** Leaves are known to the place that prints (scope.ts); they never come here. */
function leaf({ op }: Node): Instruction {
  throw new Error(`${op} has no value here`);
}

const constant = ({ attrs: { values, shape } }: Node<'constant'>): Instruction => ({
  inputs: [],
  print(): Value {
    if (shape.length === 0) return { code: String(values[0]), axes: [], host: true };
    const flat = list(values);
    return {
      code: shape.length === 1 ? `tf.tensor(${flat})` : `tf.tensor(${flat}, ${list(shape)})`,
      axes: range(shape.length),
    };
  },
});

const iota = ({ shape }: Node<'iota'>): Instruction => ({
  inputs: [],
  print: (place) => ({ code: `tf.range(0, ${place.size(shape[0])})`, axes: [0] }),
});

const extent = ({ attrs }: Node<'extent'>): Instruction => ({
  inputs: [],
  print: (place) => ({ code: place.size(attrs.dim), axes: [], host: true }),
});

const scan = (node: Node<'scan'>): Instruction => ({
  inputs: node.inputs,
  print(place, args) {
    const { body, sequences, shown } = node.attrs;
    const whole = (i: number): string => {
      const { inputs } = node;
      return arranged(place, inputs[i], inNumbers(args[i]), range(inputs[i].shape.length), true);
    };
    const [state, ...rest] = body.parameters;
    const given = new Map(rest.slice(sequences).map((parameter, i) => [parameter, args[1 + sequences + i]]));
    const step = place.body([state, ...rest.slice(0, sequences)], body.result, given);
    const xs = range(sequences).map((i) => place.short(whole(1 + i), 'sequence'));
    return {
      code: `${place.use('scan')}(${[whole(0), list(xs), step, ...(shown === undefined ? [] : [shown])].join(', ')})`,
      axes: range(node.shape.length),
    };
  },
});

const rows: { readonly [K in OpName]: Row<K> } = {
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
  sin: unary('sin'),
  cos: unary('cos'),
  add: binary('add'),
  sub: binary('sub'),
  mul: binary('mul'),
  div: binary('div'),
  ...{ pow, max, min, less, equal, select },
  ...{ reshape, regroup: reshape, transpose, expand, slice, pad, concat, flip },
  ...{ sum, amax, argmax },
  matmul,
  ...{ conv, conv_input_grad: convInputGrad, conv_weight_grad: convWeightGrad },
  ...{ stop, reverse },
  scan,
};

const rowOf = <K extends OpName>(node: Node<K>): Instruction => rows[node.op](node);

/** How a node is computed. */
const instructionOf = (node: Node): Instruction => patternOf(node, patterns) ?? rowOf(node);

/** Which nodes become which function of a module. */
export type Outline = Outlined<Instruction>;
export const outlineOf = (
  roots: readonly Node[],
  extra?: readonly Node[],
  derivatives?: Derivatives,
): Outline => new Outlined(instructionOf, roots, extra, derivatives);
