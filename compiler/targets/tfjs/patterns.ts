/**
 * Compositions that TensorFlow.js has as one operation (ir/patterns.ts recognises them), so that programs read as they
 * would be written and fewer operations are dispatched. In: a node; out: an instruction on what the pattern reads, or
 * nothing.
 */
import type { Node } from '../../ir/node.ts';
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
import { meanOver } from './reduction.ts';
import type { HelperName } from './support.ts';
import { numeric, type Instruction, type Place, type Value } from './value.ts';

const of = (x: Node, name: string): Instruction => ({
  inputs: [x],
  print: (_, [value]) => ({ code: `tf.${name}(${numeric(value)})`, axes: value.axes }),
});

/** The library's own function, or ours where it is differentiated twice. */
const called = (place: Place, x: Node, name: HelperName): string =>
  place.twice && place.recorded(x) ? place.use(name) : `tf.${name}`;

const leakyRelu = (x: Node, slope: number): Instruction => ({
  inputs: [x],
  print: (place, [value]) => ({
    code: `${called(place, x, 'leakyRelu')}(${numeric(value)}, ${slope})`,
    axes: value.axes,
  }),
});

/** TensorFlow's works on the axis that lies last. */
const logSoftmax = (x: Node, axis: number): Instruction => ({
  inputs: [x],
  print(place, [value]): Value {
    const axes = value.axes.at(-1) === axis ? value.axes : [...value.axes.filter((a) => a !== axis), axis];
    const order = axes.map((a) => value.axes.indexOf(a)).join(', ');
    const code = axes === value.axes ? numeric(value) : `tf.transpose(${numeric(value)}, [${order}])`;
    return { code: `${called(place, x, 'logSoftmax')}(${code})`, axes };
  },
});

const oneHot = (classes: Node, k: number): Instruction => ({
  inputs: [classes],
  hint: 'onehot',
  print: (_, [value]) => ({
    // Of whole numbers, then cast: the WebAssembly backend writes those whatever type it is asked for.
    code: `tf.cast(tf.oneHot(tf.cast(${value.code}, 'int32'), ${k}), 'float32')`,
    axes: [...value.axes, 1],
  }),
});

function mean({ inputs: [x], attrs: { axes } }: Node<'sum'>): Instruction {
  return { inputs: [x], hint: 'mean', print: (_, [value]) => meanOver(value, axes) };
}

/** Channels, or the only axis beside rows, are what a softmax is usually over, and lie last. */
const isLast = ({ shape: { length } }: Node, axis: number): boolean =>
  length <= 4 && axis === (length === 1 ? 0 : 1);

function rectifier(node: Node<'select'>): Instruction | undefined {
  const relu = reluOf(node.inputs);
  // Without `stop` it is one whose gradient, at 0, isn't TensorFlow's.
  if (relu !== undefined && node.inputs[2].op === 'stop') return of(relu.x, 'relu');
  const leaky = leakyReluOf(node.inputs);
  return leaky && leakyRelu(leaky.x, leaky.slope);
}

/** The pattern that the node ends, if there is one. */
export function patternOf(node: Node): Instruction | undefined {
  switch (node.op) {
    case 'select':
      return rectifier(node);
    case 'mul': {
      const x = squareOf(node);
      return x && of(x, 'square');
    }
    case 'add': {
      const x = softplusOf(node);
      return x && of(x, 'softplus');
    }
    case 'sub': {
      const found = logSoftmaxOf(node);
      return found && isLast(found.x, found.axis) ? logSoftmax(found.x, found.axis) : undefined;
    }
    case 'div': {
      const [total, x] = [meanOf(node), rsqrtOf(node)];
      return total ? mean(total) : x && of(x, 'rsqrt');
    }
    case 'equal': {
      const found = oneHotOf(node);
      return found && oneHot(found.classes, found.k);
    }
    default:
      return undefined;
  }
}
