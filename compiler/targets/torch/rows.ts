/** How each primitive becomes PyTorch: one row each, and a missing row doesn't compile. */
import type { Node, OpName } from '../../ir/node.ts';
import { patternOf } from '../text/patterns.ts';
import { Outline as Outlined, type Derivatives } from '../text/outline.ts';
import {
  add,
  div,
  equal,
  less,
  max,
  min,
  mul,
  neg,
  pow,
  reverse,
  select,
  sqrt,
  stop,
  sub,
  unary,
} from './elementwise.ts';
import { conv, convInputGrad, convWeightGrad, matmul } from './linear.ts';
import { concat, expand, flip, pad, regroup, reshape, slice, transpose } from './movement.ts';
import { patterns } from './patterns.ts';
import { amax, argmax, sum } from './reduction.ts';
import { stepwiseDense } from './stepwise.ts';
import { atom, binds, plain, range, whole, type Instruction, type Row, type Value } from './value.ts';

/** Leaves are known to the place that prints (scope.ts); they never come here. */
function leaf({ op }: Node): Instruction {
  throw new Error(`${op} has no value here`);
}

const constant = ({ attrs: { values, shape } }: Node<'constant'>): Instruction => ({
  inputs: [],
  print(): Value {
    if (shape.length > 0) return atom(`ops.constant(${nested(values, shape)})`, range(shape.length));
    const code = numberCode(values[0]);
    return { code, axes: [], host: true, binding: code.startsWith('-') ? binds.negate : binds.atom };
  },
});

/** A number as Python writes it. */
function numberCode(value: number): string {
  if (Number.isNaN(value)) return 'math.nan';
  if (!Number.isFinite(value)) return value > 0 ? 'math.inf' : '-math.inf';
  return String(value);
}

/** `[[1, 2], [3, 4]]` */
function nested(values: readonly number[], [size, ...rest]: readonly number[]): string {
  const step = values.length / size;
  const part = (i: number): readonly number[] => values.slice(i * step, (i + 1) * step);
  return `[${range(size)
    .map((i) => (rest.length === 0 ? numberCode(values[i]) : nested(part(i), rest)))
    .join(', ')}]`;
}

const iota = ({ shape }: Node<'iota'>): Instruction => ({
  inputs: [],
  print: (place) => atom(`ops.iota(${place.size(shape[0])})`, [0]),
});

const extent = ({ attrs: { dim } }: Node<'extent'>): Instruction => ({
  inputs: [],
  print(place) {
    const code = place.size(dim);
    return { code, axes: [], host: true, binding: /^[\w.[\]]+$/.test(code) ? binds.atom : binds.add };
  },
});

const scan = (node: Node<'scan'>): Instruction => ({
  inputs: node.inputs,
  print(place, args) {
    const { body, sequences, shown } = node.attrs;
    const full = (i: number): string => plain(whole(place, node.inputs[i], args[i]));
    const [state, ...rest] = body.parameters;
    const given = new Map(rest.slice(sequences).map((parameter, i) => [parameter, args[1 + sequences + i]]));
    const xs = range(sequences).map((i) => place.short(full(1 + i), 'sequence'));
    const step = place.body([state, ...rest.slice(0, sequences)], body.result, given);
    const columns = shown === undefined ? '' : `, ${shown}`;
    return atom(`ops.scan(${full(0)}, [${xs.join(', ')}], ${step}${columns})`, range(node.shape.length));
  },
});

const rows: { readonly [K in OpName]: Row<K> } = {
  ...{ input: leaf, draw: leaf, constant, iota, extent },
  neg,
  exp: unary('torch.exp'),
  log: unary('torch.log'),
  sqrt,
  tanh: unary('torch.tanh'),
  sigmoid: unary('torch.sigmoid'),
  abs: unary('torch.abs'),
  sign: unary('torch.sign'),
  floor: unary('torch.floor'),
  erf: unary('torch.erf'),
  sin: unary('torch.sin'),
  cos: unary('torch.cos'),
  ...{ add, sub, mul, div, pow, max, min, less, equal, select },
  ...{ reshape, regroup, transpose, expand, slice, pad, concat, flip },
  ...{ sum, amax, argmax },
  matmul,
  ...{ conv, conv_input_grad: convInputGrad, conv_weight_grad: convWeightGrad },
  ...{ stop, reverse },
  scan,
};

const rowOf = <K extends OpName>(node: Node<K>): Instruction => rows[node.op](node);

/** How a node is computed: what the library has as one operation is that. */
const instructionOf = (node: Node): Instruction =>
  stepwiseDense(node) ?? patternOf(node, patterns) ?? rowOf(node);

/** Which nodes become which function of a program. */
export type Outline = Outlined<Instruction>;
export const outlineOf = (roots: readonly Node[], derivatives?: Derivatives): Outline =>
  new Outlined(instructionOf, roots, [], derivatives, true);
