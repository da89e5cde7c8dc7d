/** Elementwise primitives as PyTorch. What its own derivative makes otherwise than the language is in ganc_torch/ops.py. */
import type { Node } from '../../ir/node.ts';
import { uniformValue } from '../../ir/patterns.ts';
import {
  atom,
  binds,
  inNumbers,
  object,
  plain,
  together,
  within,
  type Binding,
  type Row,
  type Value,
} from './value.ts';

/** A function of one tensor. */
export const unary =
  (name: string): Row =>
  ({ inputs }) => ({
    inputs,
    print: (_, [x]) => atom(`${name}(${x.host ? object(x) : plain(x)})`, x.axes),
  });

export const neg: Row = ({ inputs }) => ({
  inputs,
  print: (_, [x]) => ({
    ...x,
    truth: undefined,
    code: `-${within(x, (binds.multiply + 1) as Binding)}`,
    binding: binds.negate,
  }),
});

/**
 * An operator between two tensors that PyTorch broadcasts. `right`: how tightly the second operand must hold together. What
 * begins with a matrix product is one to whoever stands before it.
 */
const operator =
  (sign: string, binding: Binding, right: Binding, extra: Partial<Value> = {}): Row =>
  ({ inputs }) => ({
    inputs,
    print(_, args) {
      const {
        values: [a, b],
        axes,
      } = together(inputs, args);
      const host = a.host && b.host ? { host: true as const } : {};
      const second = within(b, right);
      // `a + -b` reads better as `a - b`.
      const code =
        sign === '+' && second.startsWith('-') && b.binding === binds.negate
          ? `- ${second.slice(1)}`
          : `${sign} ${second}`;
      const product = binding === binds.multiply && a.binding === binds.matmul;
      const left = product ? binds.matmul : binding;
      return { code: `${within(a, left)} ${code}`, binding: left, axes, ...host, ...extra };
    },
  });

export const add = operator('+', binds.add, binds.add);
export const sub = operator('-', binds.add, binds.multiply);
export const mul = operator('*', binds.multiply, binds.multiply);
export const div = operator('/', binds.multiply, binds.negate);
export const less = operator('<', binds.compare, binds.add, { truth: true });
export const equal = operator('==', binds.compare, binds.add, { truth: true });

/** A function of several tensors that PyTorch broadcasts; numbers among them become tensors. */
const joined =
  (name: string): Row =>
  ({ inputs }) => ({
    inputs,
    print(_, args) {
      const { values, axes } = together(inputs, args);
      return atom(`${name}(${values.map((x) => (x.host ? object(x) : x.code)).join(', ')})`, axes);
    },
  });

export const max = joined('torch.maximum');
export const min = joined('torch.minimum');

/** By a number PyTorch's own; by a tensor one whose derivative for the exponent is 0 where the base isn't positive. */
export const pow: Row = (node) => ({
  inputs: node.inputs,
  print(place, args) {
    const {
      values: [a, b],
      axes,
    } = together(node.inputs, args);
    const own = place.recorded(node.inputs[1]);
    return atom(
      `${own ? 'ops.power' : 'torch.pow'}(${a.host ? object(a) : a.code}, ${own && b.host ? object(b) : b.code})`,
      axes,
    );
  },
});

/** The gradient of a root at 0 is 0; away from 0 PyTorch's own will do. */
export const sqrt: Row = (node) => ({
  inputs: node.inputs,
  print(place, [x]) {
    const [input] = node.inputs;
    const own = place.recorded(input) && !awayFromZero(input);
    return atom(`${own ? 'ops.sqrt' : 'torch.sqrt'}(${x.host ? object(x) : plain(x)})`, x.axes);
  },
});

/** A sum with a positive constant: a variance and its epsilon. */
const awayFromZero = ({ op, inputs }: Node): boolean =>
  op === 'add' && inputs.some((x) => (uniformValue(x) ?? 0) > 0);

export const select: Row = ({ inputs }) => ({
  inputs,
  print(_, args) {
    const [condition] = args;
    const {
      values: [c, a, b],
      axes,
    } = together(inputs, [{ ...condition, truth: undefined }, ...args.slice(1)]);
    const number = condition.host ? object(c) : within(c, binds.add);
    const chosen = condition.truth && !condition.host ? c.code : `${number} != 0`;
    return atom(`torch.where(${chosen}, ${a.code}, ${b.code})`, axes);
  },
});

/** The identity forwards; only a derivative sees it. */
export const stop: Row = ({ inputs }) => ({
  inputs,
  print: (place, [x]) =>
    place.recorded(inputs[0]) && !x.host ? atom(`${object(inNumbers(x))}.detach()`, x.axes) : x,
});

export const reverse: Row = ({ inputs }) => ({
  inputs,
  print: (place, [x, k]) =>
    place.recorded(inputs[0]) ? atom(`ops.reversed_gradient(${plain(x)}, ${k.code})`, x.axes) : x,
});
