/** Convolutions over images (two spatial axes) and sequences (one). */
import { kinds } from '../../errors.ts';
import type { Node } from '../../ir/node.ts';
import type { ParamSpec } from '../../../program/catalogue.ts';
import type { TensorValue } from '../../values.ts';
import { fillOf, fillParam, padded } from '../places.ts';
import { count, derived, fixed, inRows, toPlaces, wrongForm } from '../shapes.ts';
import { flag, int, value, type Args, type Call, type Builtin } from '../builtin.ts';
import { equalizedParam, glorot, layerWeight, weightParams, withBias } from '../weights.ts';
import {
  attrsOf,
  dilationParam,
  kernelParam,
  padParam,
  strideParam,
  transposedPadParam,
  transposedWindows,
  windowsOf,
  type Window,
} from '../windows.ts';

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

const groupsParam = int(
  'groups',
  'Channels in so many groups: each group of those that come out sees one group of those that come in.',
  1,
);

const first: readonly ParamSpec[] = [
  value('x', takes),
  int('channels', 'Channels that come out.'),
  kernelParam,
  strideParam,
];

export const conv: Builtin = {
  doc: 'A convolution: image[C, H, W] to image[channels, ceil(H / stride), ceil(W / stride)], seq[C, T] to seq[channels, ceil(T / stride)]. Weights [channels, C / groups, kernel...] Glorot uniform, biases 0.',
  where: 'network',
  params: [
    ...first,
    padParam,
    biasParam,
    ...weightParams,
    dilationParam,
    groupsParam,
    fillParam,
    equalizedParam,
  ],
  build(call, args) {
    const input = spatial(call, args, 'conv');
    const [channels, inside] = [count(call, args, 'channels'), fixed(call, 'conv', input.type.shape[0])];
    const groups = groupsOf(call, args, inside, channels);
    const windows = windowsOf(call, args, input.type.shape.slice(1));
    const initial = glorot((inside / groups) * area(windows), (channels / groups) * area(windows));
    const shape = [channels, inside / groups, ...windows.map((w) => w.kernel)];
    const weight = layerWeight(call, args, shape, initial, 0);
    const { x, undo } = inRows(call, input);
    const made = convolved(call, args, x, weight, windows, groups);
    const type = derived(input.type, [channels, ...windows.map((w) => w.out)]);
    return withBias(call, made, channels, args.bool('bias'), undo, type);
  },
};

function groupsOf(call: Call, args: Args, inside: number, channels: number): number {
  const groups = count(call, args, 'groups');
  if (inside % groups === 0 && channels % groups === 0) return groups;
  return call.fail(kinds.division, {
    what: `${inside} channels to ${channels} are not in ${groups} equal groups`,
    why: 'Each group has as many channels, of those that come in and of those that come out.',
    hint: `Make both a multiple of ${groups}.`,
  });
}

/** Padding that isn't 0 is made apart. */
function convolved(
  call: Call,
  args: Args,
  x: Node,
  weight: Node,
  windows: readonly Window[],
  groups: number,
): Node {
  const fill = fillOf(args);
  if (fill === 'zero') return call.b.conv(x, weight, attrsOf(windows, groups));
  const whole = windows.reduce((part, { pads }, i) => padded(call, part, i + 2, pads, fill), x);
  return call.b.conv(
    whole,
    weight,
    attrsOf(
      windows.map((w) => ({ ...w, pads: [0, 0] })),
      groups,
    ),
  );
}

export const conv_transpose: Builtin = {
  doc: 'A transposed convolution, the adjoint of `conv`: image[C, H, W] to image[channels, H · stride, W · stride], seq[C, T] to seq[channels, T · stride]; with `pad: p`, (size - 1) · stride + (kernel - 1) · dilation + 1 - 2p. Weights [C, channels / groups, kernel...] Glorot uniform, biases 0.',
  where: 'network',
  params: [
    ...first,
    transposedPadParam,
    biasParam,
    ...weightParams,
    dilationParam,
    groupsParam,
    equalizedParam,
  ],
  build(call, args) {
    const input = spatial(call, args, 'conv_transpose');
    const channels = count(call, args, 'channels');
    const inside = fixed(call, 'conv_transpose', input.type.shape[0]);
    const groups = groupsOf(call, args, inside, channels);
    const windows = transposedWindows(call, args, input.type.shape.slice(1));
    const initial = glorot((inside / groups) * area(windows), (channels / groups) * area(windows));
    const shape = [inside, channels / groups, ...windows.map((w) => w.kernel)];
    const weight = layerWeight(call, args, shape, initial, 1);
    const { x, undo } = inRows(call, input);
    const size = windows.map((w) => w.out);
    const made = call.b.convInputGrad(x, weight, { ...attrsOf(windows, groups), size });
    return withBias(call, made, channels, args.bool('bias'), undo, derived(input.type, [channels, ...size]));
  },
};
