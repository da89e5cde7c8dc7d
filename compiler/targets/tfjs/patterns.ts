/** How TensorFlow.js says the compositions that it has as one operation. */
import type { Node } from '../../ir/node.ts';
import type { Patterns } from '../text/patterns.ts';
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

function mean(_: Node, { inputs: [x], attrs: { axes } }: Node<'sum'>): Instruction {
  return { inputs: [x], hint: 'mean', print: (_, [value]) => meanOver(value, axes) };
}

/** Channels, or the only axis beside rows, are what a softmax is usually over, and lie last. */
const isLast = ({ shape: { length } }: Node, axis: number): boolean =>
  length <= 4 && axis === (length === 1 ? 0 : 1);

export const patterns: Patterns<Instruction> = {
  relu: (x) => of(x, 'relu'),
  leakyRelu,
  square: (x) => of(x, 'square'),
  softplus: (x) => of(x, 'softplus'),
  logSoftmax: (x, axis) => (isLast(x, axis) ? logSoftmax(x, axis) : undefined),
  mean,
  rsqrt: (x) => of(x, 'rsqrt'),
  oneHot,
};
