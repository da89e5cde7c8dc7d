/** How each primitive becomes PyTorch: one row each, and a missing row doesn't compile. */
import type { Node, OpName } from '../../ir/node.ts';
import {
  leakyReluOf,
  logSoftmaxOf,
  meanOf,
  oneHotOf,
  reluOf,
  rsqrtOf,
  softplusOf,
  squareOf,
} from '../../ir/patterns.ts';
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
import { concat, expand, flip, pad, reshape, slice, transpose } from './movement.ts';
import { amax, argmax, meanOver, sum } from './reduction.ts';
import { atom, binds, object, plain, range, whole, type Instruction, type Row, type Value } from './value.ts';

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
export function numberCode(value: number): string {
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
    const { body, sequences } = node.attrs;
    const full = (i: number): string => plain(whole(place, node.inputs[i], args[i]));
    const [state, ...rest] = body.parameters;
    const given = new Map(rest.slice(sequences).map((parameter, i) => [parameter, args[1 + sequences + i]]));
    const xs = range(sequences).map((i) => place.short(full(1 + i), 'sequence'));
    const step = place.body([state, ...rest.slice(0, sequences)], body.result, given);
    return atom(`ops.scan(${full(0)}, [${xs.join(', ')}], ${step})`, range(node.shape.length));
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
  ...{ add, sub, mul, div, pow, max, min, less, equal, select },
  ...{ reshape, transpose, expand, slice, pad, concat, flip },
  ...{ sum, amax, argmax },
  matmul,
  ...{ conv, conv_input_grad: convInputGrad, conv_weight_grad: convWeightGrad },
  ...{ stop, reverse },
  scan,
};

const rowOf = <K extends OpName>(node: Node<K>): Instruction => rows[node.op](node);

/** How a node is computed: what the library has as one operation is that. */
export const instructionOf = (node: Node): Instruction => patternOf(node) ?? rowOf(node);

const of = (x: Node, print: Instruction['print'], hint?: string): Instruction => ({
  inputs: [x],
  print,
  hint,
});
const called = (name: string, x: Node, more = ''): Instruction =>
  of(x, (_, [value]) => atom(`${name}(${value.host ? object(value) : plain(value)}${more})`, value.axes));

function patternOf(node: Node): Instruction | undefined {
  switch (node.op) {
    case 'select': {
      const relu = reluOf(node.inputs);
      // Without `stop` it is one whose gradient, at 0, isn't the library's.
      if (relu !== undefined && node.inputs[2].op === 'stop') return called('F.relu', relu.x);
      const leaky = leakyReluOf(node.inputs);
      return leaky && called('F.leaky_relu', leaky.x, `, ${leaky.slope}`);
    }
    case 'mul': {
      const x = squareOf(node);
      return x && of(x, (_, [value]) => atom(`${object(value)}.square()`, value.axes));
    }
    case 'add': {
      const x = softplusOf(node);
      // Above 40 it is x in float64 too; at the library's own threshold, 20, it is not.
      return x && called('F.softplus', x, ', threshold=40');
    }
    case 'sub': {
      const found = logSoftmaxOf(node);
      return found && logSoftmax(found.x, found.axis);
    }
    case 'div': {
      const [total, x] = [meanOf(node), rsqrtOf(node)];
      return total ? mean(node, total) : x && called('torch.rsqrt', x);
    }
    case 'equal': {
      const found = oneHotOf(node);
      return (
        found &&
        of(
          found.classes,
          (_, [value]) => atom(`ops.one_hot(${value.code}, ${found.k})`, [...value.axes, 1]),
          'onehot',
        )
      );
    }
    default:
      return undefined;
  }
}

function mean(node: Node, { inputs: [x], attrs: { axes } }: Node<'sum'>): Instruction {
  return of(x, (place, [value]) => meanOver(place, node, x, value, axes), 'mean');
}

const logSoftmax = (x: Node, axis: number): Instruction =>
  of(x, (place, [value]) => {
    const full = value.axes.includes(axis) ? value : whole(place, x, value);
    return atom(`F.log_softmax(${plain(full)}, ${full.axes.indexOf(axis)})`, full.axes);
  });

/** Which nodes become which function of a program. */
export type Outline = Outlined<Instruction>;
export const outlineOf = (roots: readonly Node[], derivatives?: Derivatives): Outline =>
  new Outlined(instructionOf, roots, [], derivatives, true);
