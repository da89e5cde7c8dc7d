/**
 * What layers with weights have in common: how weights start, biases that may turn out unwanted, normalised weights.
 * In: a call; out: nodes.
 */
import { kinds } from '../errors.ts';
import { allAxes, broadcastTo, movedAxis, square, sumAll } from '../ir/compose.ts';
import { product, type Shape } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import type { ParamSpec } from '../../program/catalogue.ts';
import type { Initial } from '../../program/manifest.ts';
import type { TensorType } from '../types.ts';
import type { TensorValue } from '../values.ts';
import { fixed } from './shapes.ts';
import { choice, flag, type Args, type Call } from './builtin.ts';

export const zero: Initial = { kind: 'constant', value: 0 };
export const one: Initial = { kind: 'constant', value: 1 };

/** Uniform in ±sqrt(6 / (in + out)): Glorot & Bengio 2010, equation 16. */
export function glorot(fanIn: number, fanOut: number): Initial {
  const high = Math.sqrt(6 / (fanIn + fanOut));
  return { kind: 'uniform', low: -high, high };
}

/** One number a channel, along `axis` of x. */
export const perChannel = (call: Call, values: Node, x: Node, axis = 1): Node =>
  broadcastTo(call.b, values, x.shape, [axis]);

/**
 * `x` [N, C, ...] with the layer's bias, one number a channel, where `bias` asks for one. It is made only when somebody
 * reads the sum: a normalisation that would cancel it takes the value without.
 */
export function withBias(
  call: Call,
  x: Node,
  channels: number,
  bias: boolean,
  undo: (node: Node) => Node,
  type: TensorType,
): TensorValue {
  if (!bias) return call.tensor(undo(x), type);
  const biased = (): Node => {
    const weight = call.weight('bias', [channels], zero, { decay: false });
    return undo(call.b.add(x, perChannel(call, weight, x)));
  };
  return call.biased(undo(x), biased, type);
}

/** A value whose bias commutes with `change` (pooling, upsampling): the choice stays open. */
export function passBias(
  call: Call,
  value: TensorValue,
  change: (node: Node) => Node,
  type: TensorType,
): TensorValue {
  return value.unbiased === undefined
    ? call.tensor(change(value.node), type)
    : call.biased(change(value.unbiased), () => change(value.node), type);
}

// ---------------------------------------------------------------- normalised weights

/** How a layer's weight may be normalised: parameters of every layer that has one. */
export const weightParams: readonly ParamSpec[] = [
  flag(
    'spectral',
    'Divide the weight by its largest singular value (spectral normalisation, Miyato et al. 2018, arXiv:1802.05957).',
    false,
  ),
  choice(
    'weight_norm',
    ['learned', 'unit'],
    'Divide the weights into each unit or channel by their length (weight normalisation, Salimans & Kingma 2016, arXiv:1602.07868). learned: and multiply them by a learned length, 1 at first. unit: they stay of length 1.',
    null,
  ),
];

export const equalizedParam: ParamSpec = choice(
  'equalized',
  ['he', 'unit'],
  'An equalised learning rate (Karras et al. 2017, arXiv:1710.10196, section 4.1): the weight starts as N(0, 1), and is scaled where it is used. he: by √(2 / inputs). unit: by √(1 / inputs), as StyleGAN2 has it.',
  null,
);

/** The layer's weight, normalised or scaled as its arguments ask. `out` is the axis of output channels. */
export function layerWeight(call: Call, args: Args, shape: Shape, initial: Initial, out: number): Node {
  const spectral = args.bool('spectral');
  if (args.has('equalized')) return equalized(call, args, shape, out);
  const weight = call.weight('weight', shape, initial, { decay: true });
  if (!args.has('weight_norm')) return spectral ? ofUnitNorm(call, weight, out) : weight;
  if (spectral)
    call.fail(kinds.exclusive, {
      what: 'a weight is normalised by `spectral` or by `weight_norm`, not by both',
      why: 'Either sets the size of the weight, so the other would be undone.',
      hint: 'Leave one of them out.',
    });
  return ofUnitLength(call, weight, out, args.choice('weight_norm') === 'learned');
}

/** The size of a weight that counts is set where it is used, so that each learns at the same rate. */
function equalized(call: Call, args: Args, shape: Shape, out: number): Node {
  if (args.bool('spectral') || args.has('weight_norm'))
    call.fail(kinds.exclusive, {
      what: 'a weight is scaled by `equalized`, and normalised by `spectral` or `weight_norm`',
      why: 'A weight that is normalised forgets its scale.',
      hint: 'Leave one of them out.',
    });
  const inputs = fixed(call, 'equalized', product(shape.toSpliced(out, 1)));
  const scale = Math.sqrt((args.choice('equalized') === 'he' ? 2 : 1) / inputs);
  return call.b.mul(
    call.weight('weight', shape, { kind: 'normal', mean: 0, std: 1 }, { decay: true }),
    scale,
  );
}

/** Salimans & Kingma 2016, equation 2: w = g v / |v| for each output channel. */
function ofUnitLength(call: Call, weight: Node, out: number, learned: boolean): Node {
  const { b } = call;
  const channels = weight.shape[out];
  const others = allAxes(weight).filter((axis) => axis !== out);
  const inverse = b.div(1, b.sqrt(b.add(b.sum(square(b, weight), others), 1e-12)));
  const scale = learned ? b.mul(call.weight('gain', [channels], one, { decay: false }), inverse) : inverse;
  return b.mul(weight, broadcastTo(b, scale, weight.shape, [out]));
}

/** `vector`: the buffer of its power iteration. */
export const ofUnitNorm = (call: Call, weight: Node, out: number, vector = 'singular'): Node =>
  call.b.div(weight, largestSingularValue(call, weight, out, vector));

/**
 * Algorithm 1 of Miyato et al. 2018: one power iteration per applied update of the network; the vectors are constants
 * to the gradient.
 */
function largestSingularValue(call: Call, weight: Node, out: number, vector: string): Node {
  const { b } = call;
  const rows = fixed(call, 'spectral', weight.shape[out]);
  const rest = product(weight.shape.toSpliced(out, 1));
  const matrix = b.reshape(movedAxis(b, weight, out, 0), [rows, rest]);
  const start = call.buffer(vector, [rows], { kind: 'normal', mean: 0, std: 1 });
  const u = unit(call, b.reshape(start, [1, rows]));
  const v = b.stop(unit(call, b.matmul(u, matrix)));
  const image = b.matmul(matrix, b.transpose(v, [1, 0]));
  const next = call.trained ? unit(call, b.reshape(image, [1, rows])) : u;
  if (call.trained) call.move(vector, b.reshape(b.stop(next), [rows]));
  return sumAll(b, b.mul(b.stop(next), b.reshape(image, [1, rows])));
}

const unit = ({ b }: Call, x: Node): Node => b.div(x, b.add(b.sqrt(sumAll(b, square(b, x))), 1e-12));
