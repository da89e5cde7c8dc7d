/**
 * Functions that emitted programs bring along, each only where it is used: what TensorFlow.js lacks, or differentiates
 * otherwise than the language says. TensorFlow.js 4.22 keeps an operation's result for its gradient in a way that a
 * second derivative doesn't see (exp, tanh, sigmoid), and has no gradient at all for comparisons.
 */
import { stepHelpers } from './support-steps.ts';
import { tapHelpers } from './support-taps.ts';

interface Helper {
  readonly text: string;
  readonly uses?: readonly HelperName[];
}

export type HelperName =
  | (
      | 'stop'
      | 'reversed'
      | 'less'
      | 'equal'
      | 'select'
      | 'maximum'
      | 'minimum'
      | 'sqrt'
      | 'amax'
      | 'abs'
      | 'pow'
    )
  | ('power' | 'exp' | 'tanh' | 'sigmoid' | 'leakyRelu' | 'logSoftmax' | 'repeated' | 'everyNth' | 'spread')
  | ('scan' | 'smoothConv' | 'smoothConvTranspose' | 'smoothConvWeights')
  | keyof typeof stepHelpers
  | keyof typeof tapHelpers;

export const helpers: { readonly [name in HelperName]: Helper } = {
  stop: {
    text: `/** x; nothing flows back. */
const stop = (x) => tf.customGrad((x) => ({ value: tf.clone(x), gradFunc: (dy) => tf.zerosLike(dy) }))(x);`,
  },
  reversed: {
    text: `/** x; the gradient flows back times -k. */
const reversed = (x, k) => tf.customGrad((x) => ({ value: tf.clone(x), gradFunc: (dy) => tf.mul(dy, tf.neg(k)) }))(x);`,
  },
  less: {
    text: `/** a < b, without a gradient. */
const less = (a, b) => compared(tf.less, a, b);`,
  },
  equal: {
    text: `/** a = b, without a gradient. */
const equal = (a, b) => compared(tf.equal, a, b);`,
  },
  select: {
    text: `/** a where c is not 0, else b. */
const select = (c, a, b) => tf.where(equal(c, 0), b, a);`,
    uses: ['equal'],
  },
  maximum: {
    text: `/** The larger; ties give half the gradient to each. */
const maximum = (a, b) => tf.where(less(b, a), a, tf.where(less(a, b), b, tf.mul(tf.add(a, b), 0.5)));`,
    uses: ['less'],
  },
  minimum: {
    text: `/** The smaller; ties give half the gradient to each. */
const minimum = (a, b) => tf.where(less(a, b), a, tf.where(less(b, a), b, tf.mul(tf.add(a, b), 0.5)));`,
    uses: ['less'],
  },
  sqrt: {
    text: `/** Square root, with gradient 0 at 0. */
function sqrt(x) {
  const zero = equal(x, 0);
  return tf.where(zero, 0, tf.sqrt(tf.where(zero, 1, x)));
}`,
    uses: ['equal'],
  },
  abs: {
    text: `/** Absolute value, with gradient 0 at 0. */
const abs = (x) => tf.mul(x, tf.sign(x));`,
  },
  amax: {
    text: `/** The maximum over axes, kept with size 1; equal maxima share the gradient. */
const amax = (x, axes) =>
  tf.customGrad((x, save) => {
    save([x]);
    const gradFunc = (dy, [x]) => {
      const hit = tf.cast(equal(x, tf.max(x, axes, true)), 'float32');
      return tf.mul(hit, tf.div(dy, tf.sum(hit, axes, true)));
    };
    return { value: tf.max(x, axes, true), gradFunc };
  })(x);`,
    uses: ['equal'],
  },
  pow: {
    text: `/** a to the b for numbers b, differentiable again and again. */
const pow = (a, b) =>
  tf.customGrad((a, save) => {
    save([a]);
    return { value: tf.pow(a, b), gradFunc: (dy, [a]) => (b === 0 ? tf.zerosLike(dy) : tf.mul(tf.mul(dy, b), pow(a, b - 1))) };
  })(a);`,
  },
  power: {
    text: `/** a to the b for tensors, differentiable again and again; no derivative by b where a is not positive. */
const power = (a, b) =>
  tf.customGrad((a, b, save) => {
    save([a, b]);
    const gradFunc = (dy, [a, b]) => {
      const slope = tf.mul(b, power(a, tf.sub(b, 1)));
      const logarithm = tf.log(tf.where(less(0, a), a, 1));
      const positive = tf.where(less(0, a), tf.mul(power(a, b), logarithm), 0);
      return [tf.mul(dy, tf.where(equal(b, 0), 0, slope)), tf.mul(dy, positive)];
    };
    return { value: tf.pow(a, b), gradFunc };
  })(tf.add(a, tf.zerosLike(b)), tf.add(b, tf.zerosLike(a)));`,
    uses: ['less', 'equal'],
  },
  exp: {
    text: `/** e to the x, differentiable again and again. */
const exp = (x) =>
  tf.customGrad((x, save) => {
    save([x]);
    return { value: tf.exp(x), gradFunc: (dy, [x]) => tf.mul(dy, exp(x)) };
  })(x);`,
  },
  tanh: {
    text: `/** Hyperbolic tangent, differentiable again and again. */
const tanh = (x) =>
  tf.customGrad((x, save) => {
    save([x]);
    return { value: tf.tanh(x), gradFunc: (dy, [x]) => tf.mul(dy, tf.sub(1, tf.square(tanh(x)))) };
  })(x);`,
  },
  sigmoid: {
    text: `/** 1 / (1 + exp(-x)), differentiable again and again. */
const sigmoid = (x) =>
  tf.customGrad((x, save) => {
    save([x]);
    const slope = (y) => tf.mul(y, tf.sub(1, y));
    return { value: tf.sigmoid(x), gradFunc: (dy, [x]) => tf.mul(dy, slope(sigmoid(x))) };
  })(x);`,
  },
  leakyRelu: {
    text: `/** x where it is positive, else slope · x, differentiable again and again. */
const leakyRelu = (x, slope) => tf.where(less(0, x), x, tf.mul(x, slope));`,
    uses: ['less'],
  },
  logSoftmax: {
    text: `/** log(softmax(x)) over the last axis, differentiable again and again. */
const logSoftmax = (x) =>
  tf.customGrad((x, save) => {
    save([x]);
    const gradFunc = (dy, [x]) => tf.sub(dy, tf.mul(tf.sum(dy, -1, true), exp(logSoftmax(x))));
    return { value: tf.logSoftmax(x), gradFunc };
  })(x);`,
    uses: ['exp'],
  },
  repeated: {
    text: `/** x, repeated along its axes of size 1. TensorFlow.js differentiates tiles of up to four axes only, slice by slice. */
const repeated = (x, shape) => tf.add(x, tf.zeros(shape));`,
  },
  everyNth: {
    text: `/** Of an axis, the elements start, start + step, ...: count of them. */
function everyNth(x, axis, start, count, step) {
  const at = (value, otherwise) => x.shape.map((size, i) => (i === axis ? value : otherwise(size)));
  const lack = Math.max(0, start + count * step - x.shape[axis]);
  const padded = lack === 0 ? x : tf.pad(x, at([0, lack], () => [0, 0]));
  const part = tf.slice(padded, at(start, () => 0), at(count * step, (size) => size));
  const apart = tf.reshape(part, part.shape.flatMap((size, i) => (i === axis ? [count, step] : [size])));
  const shape = apart.shape.map((size, i) => (i === axis + 1 ? 1 : size));
  return tf.reshape(tf.slice(apart, shape.map(() => 0), shape), at(count, (size) => size));
}`,
  },
  spread: {
    text: `/** Zeros between the elements of an axis, so many each time. */
function spread(x, axis, gap) {
  const size = x.shape[axis];
  const apart = tf.reshape(x, x.shape.flatMap((size, i) => (i === axis ? [size, 1] : [size])));
  const wide = tf.pad(apart, apart.shape.map((_, i) => (i === axis + 1 ? [0, gap] : [0, 0])));
  const at = (value) => x.shape.map((size, i) => (i === axis ? value : size));
  const whole = tf.reshape(wide, at(size * (gap + 1)));
  return tf.slice(whole, x.shape.map(() => 0), at(size * (gap + 1) - gap));
}`,
  },
  scan: {
    text: `/** The states after each step of a recurrence over the first axis of the sequences; of each, so many columns. */
function scan(initial, sequences, step, columns) {
  // Of one element, the gradients of unstack and stack can't be differentiated.
  const slices = sequences.map((x) => (x.shape[0] === 1 ? [tf.squeeze(x, [0])] : tf.unstack(x)));
  let state = initial;
  const shown = (x) => (columns === undefined ? x : tf.slice(x, [0, 0], [-1, columns]));
  const states = slices[0].map((_, t) => shown((state = step(state, ...slices.map((x) => x[t])))));
  return states.length === 1 ? tf.expandDims(states[0]) : tf.stack(states);
}`,
  },
  smoothConv: {
    text: `/** A convolution whose gradients are the two functions below, differentiable again and again. */
const smoothConv = (x, w, strides, pad) =>
  tf.customGrad((x, w, save) => {
    save([x, w]);
    const gradFunc = (dy, [x, w]) => [smoothConvTranspose(dy, w, x.shape, strides, pad), smoothConvWeights(x, dy, w.shape, strides, pad)];
    return { value: tf.conv2d(x, w, strides, pad), gradFunc };
  })(x, w);`,
    uses: ['smoothConvTranspose', 'smoothConvWeights'],
  },
  smoothConvTranspose: {
    text: `/** The adjoint of smoothConv for its image, of this shape. */
const smoothConvTranspose = (g, w, shape, strides, pad) =>
  tf.customGrad((g, w, save) => {
    save([g, w]);
    const gradFunc = (dy, [g, w]) => [smoothConv(dy, w, strides, pad), smoothConvWeights(dy, g, w.shape, strides, pad)];
    return { value: tf.conv2dTranspose(g, w, shape, strides, pad), gradFunc };
  })(g, w);`,
    uses: ['smoothConv', 'smoothConvWeights'],
  },
  smoothConvWeights: {
    text: `/** The adjoint of smoothConv for its weights, of this shape. */
const smoothConvWeights = (x, g, shape, strides, pad) =>
  tf.customGrad((x, g, save) => {
    save([x, g]);
    const attributes = { strides, pad, dataFormat: 'NHWC', dimRoundingMode: null, filterShape: shape };
    const gradFunc = (dw, [x, g]) => [smoothConvTranspose(g, dw, x.shape, strides, pad), smoothConv(x, dw, strides, pad)];
    return { value: tf.engine().runKernel('Conv2DBackpropFilter', { x, dy: g }, attributes), gradFunc };
  })(x, g);`,
    uses: ['smoothConv', 'smoothConvTranspose'],
  },
  ...tapHelpers,
  ...stepHelpers,
};

const compared = `/** A comparison that no derivative sees: it is computed off the tape, as a function of nothing. */
const compared = (compare, a, b) => tf.customGrad(() => ({ value: compare(a, b), gradFunc: () => [] }))();`;

/** The text of these and of what they use, in the order of the table. */
export function supportText(names: ReadonlySet<HelperName>): string[] {
  const all = new Set<string>(names);
  const table: readonly (readonly [string, Helper])[] = Object.entries(helpers);
  const needs = new Map(table.map(([name, { uses }]) => [name, uses ?? []]));
  for (const name of all) needs.get(name)?.forEach((other) => all.add(other));
  const texts = table.filter(([name]) => all.has(name)).map(([, { text }]) => text);
  return all.has('less') || all.has('equal') ? [compared, ...texts] : texts;
}
