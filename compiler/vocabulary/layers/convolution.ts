/** Convolutions over images (two spatial axes) and sequences (one). */
import type { ParamSpec } from '../../../program/catalogue.ts';
import type { TensorValue } from '../../values.ts';
import { count, derived, fixed, inRows, toPlaces, wrongForm } from '../shapes.ts';
import { flag, int, value, type Args, type Call, type Builtin } from '../builtin.ts';
import { glorot, layerWeight, weightParams, withBias } from '../weights.ts';
import { attrsOf, kernelParam, padParam, strideParam, transposedWindows, windowsOf } from '../windows.ts';

const takes = 'image[C, H, W] or seq[C, T]';
const biasParam = flag(
  'bias',
  'Whether a bias is added for each channel; left out anyway where a normalisation follows that would cancel it.',
  true,
);

function spatial(call: Call, args: Args, layer: string): TensorValue {
  const input = args.tensor('x');
  const { form } = input.type;
  if (form === 'image' || form === 'seq') return input;
  return wrongForm(call, layer, takes, input.type, toPlaces);
}

const area = (windows: readonly { kernel: number }[]): number => windows.reduce((n, w) => n * w.kernel, 1);

const params: readonly ParamSpec[] = [
  value('x', takes),
  int('channels', 'Channels that come out.'),
  kernelParam,
  strideParam,
  padParam,
  biasParam,
  ...weightParams,
];

export const conv: Builtin = {
  doc: 'A convolution: image[C, H, W] to image[channels, ceil(H / stride), ceil(W / stride)], seq[C, T] to seq[channels, ceil(T / stride)]. Weights [channels, C, kernel...] Glorot uniform, biases 0.',
  where: 'network',
  params,
  build(call, args) {
    const input = spatial(call, args, 'conv');
    const [channels, inside] = [count(call, args, 'channels'), fixed(call, 'conv', input.type.shape[0])];
    const windows = windowsOf(call, args, input.type.shape.slice(1));
    const initial = glorot(inside * area(windows), channels * area(windows));
    const shape = [channels, inside, ...windows.map((w) => w.kernel)];
    const weight = layerWeight(call, args, shape, initial, 0);
    const { x, undo } = inRows(call, input);
    const made = call.b.conv(x, weight, attrsOf(windows));
    return withBias(
      call,
      made,
      channels,
      args.bool('bias'),
      undo,
      derived(input.type, [channels, ...windows.map((w) => w.out)]),
    );
  },
};

export const conv_transpose: Builtin = {
  doc: 'A transposed convolution, the adjoint of `conv`: image[C, H, W] to image[channels, H · stride, W · stride], seq[C, T] to seq[channels, T · stride]; with `pad: p`, (size - 1) · stride + kernel - 2p. Weights [C, channels, kernel...] Glorot uniform, biases 0.',
  where: 'network',
  params,
  build(call, args) {
    const input = spatial(call, args, 'conv_transpose');
    const channels = count(call, args, 'channels');
    const inside = fixed(call, 'conv_transpose', input.type.shape[0]);
    const windows = transposedWindows(call, args, input.type.shape.slice(1));
    const initial = glorot(inside * area(windows), channels * area(windows));
    const shape = [inside, channels, ...windows.map((w) => w.kernel)];
    const weight = layerWeight(call, args, shape, initial, 1);
    const { x, undo } = inRows(call, input);
    const size = windows.map((w) => w.out);
    const made = call.b.convInputGrad(x, weight, { ...attrsOf(windows), size });
    return withBias(call, made, channels, args.bool('bias'), undo, derived(input.type, [channels, ...size]));
  },
};
