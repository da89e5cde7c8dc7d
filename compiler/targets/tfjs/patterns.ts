/**
 * Compositions that TensorFlow.js has as one operation: recognised on the graph, so that programs read as they would be
 * written and fewer operations are dispatched. In: a node; out: an instruction on what the pattern reads, or nothing.
 */
import { product, sameDim, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { uniformValue } from '../../ir/rules.ts';
import { meanOver } from './reduction.ts';
import { numeric, type Instruction } from './value.ts';

type Pattern = (node: Node) => Instruction | undefined;

const is = (node: Node, value: number): boolean => uniformValue(node) === value;
/** What a node repeats along other axes. */
const spreadOf = (node: Node): Node =>
  node.op === 'expand' || node.op === 'reshape' ? spreadOf(node.inputs[0]) : node;
const isPositive = (c: Node, x: Node): boolean => c.op === 'less' && is(c.inputs[0], 0) && c.inputs[1] === x;
const isNegative = (c: Node, x: Node): boolean => c.op === 'less' && c.inputs[0] === x && is(c.inputs[1], 0);

const of = (x: Node, name: string): Instruction => ({
  inputs: [x],
  print: (_, [value]) => ({ code: `tf.${name}(${numeric(value)})`, axes: value.axes }),
});

/** A sum divided by how many there are. */
const mean: Pattern = ({ op, inputs: [total, count] }) => {
  if (op !== 'div' || total.op !== 'sum') return undefined;
  const axes = total.attrs.axes as readonly number[];
  const [x] = total.inputs;
  const size = product(axes.map((axis) => x.shape[axis]));
  const divisor: Dim | undefined = count.op === 'extent' ? (count.attrs.dim as Dim) : uniformValue(count);
  if (divisor === undefined || !sameDim(divisor, size)) return undefined;
  return { inputs: [x], hint: 'mean', print: (_, [value]) => meanOver(value, axes) };
};

const square: Pattern = ({ op, inputs: [a, b] }) =>
  op === 'mul' && a === b && uniformValue(a) === undefined ? of(a, 'square') : undefined;

/** compose.relu, before and after its gradient is taken. */
const relu: Pattern = ({ op, inputs: [c, x, other] }) => {
  if (op !== 'select' || !isPositive(c, x) || other.op !== 'stop') return undefined;
  const [top] = other.inputs;
  return top.op === 'max' && top.inputs[0] === x && is(top.inputs[1], 0) ? of(x, 'relu') : undefined;
};

const leakyRelu: Pattern = ({ op, inputs: [c, x, other] }) => {
  if (op !== 'select' || !isPositive(c, x) || other.op !== 'mul' || other.inputs[0] !== x) return undefined;
  const slope = uniformValue(other.inputs[1]);
  if (slope === undefined) return undefined;
  return {
    inputs: [x],
    print(place, [value]) {
      const code = numeric(value);
      const own = place.twice && place.recorded(x);
      return {
        code: own ? `${place.use('leakyRelu')}(${code}, ${slope})` : `tf.leakyRelu(${code}, ${slope})`,
        axes: value.axes,
      };
    },
  };
};

/** compose.softplus: select(x < 0, 0, x) + log(1 + exp(-|x|)). */
const softplus: Pattern = ({ op, inputs: [positive, tail] }) => {
  if (op !== 'add' || positive.op !== 'select' || tail.op !== 'log') return undefined;
  const [c, zero, x] = positive.inputs;
  const [sum] = tail.inputs;
  if (!isNegative(c, x) || !is(zero, 0) || sum.op !== 'add' || !is(sum.inputs[0], 1)) return undefined;
  const [, small] = sum.inputs;
  const size = small.op === 'exp' && small.inputs[0].op === 'neg' ? small.inputs[0].inputs[0] : undefined;
  const absolute = size?.op === 'select' && size.inputs[0] === c && size.inputs[1].op === 'neg' && size.inputs[1].inputs[0] === x && size.inputs[2] === x; // prettier-ignore
  return absolute ? of(x, 'softplus') : undefined;
};

/** compose.logSoftmax over the axis that lies last. */
const logSoftmax: Pattern = ({ op, inputs: [x, other] }) => {
  if (op !== 'sub') return undefined;
  const total = spreadOf(other);
  if (total.op !== 'add' || total.inputs[0].op !== 'log') return undefined;
  const [sum] = total.inputs[0].inputs;
  const top = total.inputs[1];
  if (sum.op !== 'sum' || sum.inputs[0].op !== 'exp' || top.op !== 'stop' || top.inputs[0].op !== 'amax')
    return undefined;
  const shifted = sum.inputs[0].inputs[0];
  const fits = shifted.op === 'sub' && shifted.inputs[0] === x && spreadOf(shifted.inputs[1]) === top && top.inputs[0].inputs[0] === x; // prettier-ignore
  const [axis, ...more] = sum.attrs.axes as readonly number[];
  if (!fits || more.length > 0) return undefined;
  // Channels, or the only axis beside rows, lie last.
  if (axis !== (x.shape.length === 1 ? 0 : 1) || x.shape.length > 4) return undefined;
  return {
    inputs: [x],
    print(place, [value]) {
      const own = place.twice && place.recorded(x);
      if (value.axes.at(-1) !== axis) {
        const order = [...value.axes.filter((a) => a !== axis), axis];
        const code = `tf.transpose(${numeric(value)}, [${order.map((a) => value.axes.indexOf(a)).join(', ')}])`;
        return { code: `${own ? place.use('logSoftmax') : 'tf.logSoftmax'}(${code})`, axes: order };
      }
      return {
        code: `${own ? place.use('logSoftmax') : 'tf.logSoftmax'}(${numeric(value)})`,
        axes: value.axes,
      };
    },
  };
};

/** 1 / sqrt(variance + epsilon) */
const rsqrt: Pattern = ({ op, inputs: [one, root] }) => {
  if (op !== 'div' || !is(one, 1) || root.op !== 'sqrt') return undefined;
  const [x] = root.inputs;
  const away = x.op === 'add' && x.inputs.some((part) => (uniformValue(part) ?? 0) > 0);
  return away ? of(x, 'rsqrt') : undefined;
};

/** compose.oneHot: classes [..] to [.., k]. */
const oneHot: Pattern = ({ op, shape, inputs: [classes, order] }) => {
  if (op !== 'equal' || shape.length < 1) return undefined;
  const [label, iota] = [spreadOf(classes), spreadOf(order)];
  const k = shape[shape.length - 1];
  const fits =
    iota.op === 'iota' &&
    label.shape.length === shape.length - 1 &&
    typeof k === 'number' &&
    sameDim(iota.shape[0], k);
  if (!fits || label.shape.length !== 1) return undefined;
  return {
    inputs: [label],
    hint: 'onehot',
    print: (_, [value]) => ({
      // Of whole numbers, then cast: the WebAssembly backend writes those whatever type it is asked for.
      code: `tf.cast(tf.oneHot(tf.cast(${value.code}, 'int32'), ${k}), 'float32')`,
      axes: [...value.axes, shape.length - 1],
    }),
  };
};

const patterns: readonly Pattern[] = [mean, oneHot, square, relu, leakyRelu, softplus, logSoftmax, rsqrt];

export function patternOf(node: Node): Instruction | undefined {
  for (const pattern of patterns) {
    const found = pattern(node);
    if (found !== undefined) return found;
  }
  return undefined;
}
