/**
 * What layers with weights have in common: how weights start, biases that may turn out unwanted, spectral
 * normalisation. In: a call; out: nodes.
 */
import { broadcastTo, movedAxis, square, sumAll } from '../graph/compose.ts';
import { product, type Shape } from '../graph/dim.ts';
import type { Node } from '../graph/node.ts';
import type { Initial } from '../program/manifest.ts';
import type { TensorType } from '../types.ts';
import type { TensorValue } from '../values.ts';
import { fixed } from './shapes.ts';
import { flag, type Call } from './vocable.ts';

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

// ---------------------------------------------------------------- spectral normalisation

export const spectralParam = flag(
  'spectral',
  'Divide the weight by its largest singular value (spectral normalisation, Miyato et al. 2018, arXiv:1802.05957).',
  false,
);

/**
 * The layer's weight; divided by its largest singular value where `spectral` asks for it. Algorithm 1 of Miyato et al.
 * 2018: one power iteration per applied update of the network; the vectors are constants to the gradient. `out` is the
 * axis of output channels.
 */
export function layerWeight(
  call: Call,
  shape: Shape,
  initial: Initial,
  spectral: boolean,
  out: number,
): Node {
  const weight = call.weight('weight', shape, initial, { decay: true });
  if (!spectral) return weight;
  return call.b.div(weight, largestSingularValue(call, weight, out));
}

function largestSingularValue(call: Call, weight: Node, out: number): Node {
  const { b } = call;
  const rows = fixed(call, 'spectral', weight.shape[out]);
  const rest = product(weight.shape.toSpliced(out, 1));
  const matrix = b.reshape(movedAxis(b, weight, out, 0), [rows, rest]);
  const start = call.buffer('singular', [rows], { kind: 'normal', mean: 0, std: 1 });
  const u = unit(call, b.reshape(start, [1, rows]));
  const v = b.stop(unit(call, b.matmul(u, matrix)));
  const image = b.matmul(matrix, b.transpose(v, [1, 0]));
  const next = call.trained ? unit(call, b.reshape(image, [1, rows])) : u;
  if (call.trained) call.move('singular', b.reshape(b.stop(next), [rows]));
  return sumAll(b, b.mul(b.stop(next), b.reshape(image, [1, rows])));
}

const unit = ({ b }: Call, x: Node): Node => b.div(x, b.add(b.sqrt(sumAll(b, square(b, x))), 1e-12));
