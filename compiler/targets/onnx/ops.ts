/** How each primitive becomes ONNX: one row each, and a missing row doesn't compile. */
import type { Node, OpName } from '../../ir/node.ts';
import type { Emission } from './emission.ts';
import { conv, convInputGrad, convWeightGrad } from './convolution.ts';
import {
  add,
  comparison,
  div,
  elementwise,
  erf,
  mul,
  neg,
  select,
  sign,
  sub,
  unchanged,
} from './elementwise.ts';
import { constant, extent, fed, iota } from './leaves.ts';
import { linesBetween } from './lines.ts';
import { matmul, sumOfProducts } from './matmul.ts';
import { concat, expand, flip, pad, reshape, slice, transpose } from './movement.ts';
import { amax, argmax, sum } from './reduction.ts';
import { scan } from './scan.ts';
import type { Value } from './value.ts';

/** From a node whose inputs have values to its own value. */
export type Row<K extends OpName> = (e: Emission, node: Node<K>) => Value;

export const rows: { readonly [K in OpName]: Row<K> } = {
  ...{ input: fed, draw: fed, constant, iota, extent },
  add: (e, node) => sumOfProducts(e, node) ?? add(e, node),
  ...{ neg, sub, mul, div },
  exp: elementwise('Exp'),
  log: elementwise('Log'),
  sqrt: elementwise('Sqrt'),
  tanh: elementwise('Tanh'),
  sigmoid: elementwise('Sigmoid'),
  abs: elementwise('Abs'),
  sign,
  floor: elementwise('Floor'),
  erf,
  sin: elementwise('Sin'),
  cos: elementwise('Cos'),
  pow: elementwise('Pow'),
  max: elementwise('Max'),
  min: elementwise('Min'),
  less: comparison('Less'),
  equal: comparison('Equal'),
  select,
  ...{ reshape, regroup: reshape, transpose, expand, slice, pad, concat, flip },
  ...{ sum, amax, argmax },
  matmul: (e, node) => linesBetween(e, node) ?? matmul(e, node),
  ...{ conv, conv_input_grad: convInputGrad, conv_weight_grad: convWeightGrad },
  stop: unchanged,
  reverse: unchanged,
  scan,
};
