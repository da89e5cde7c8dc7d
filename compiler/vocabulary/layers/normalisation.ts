/**
 * Normalisations, epsilon 1e-5, each with a gain (1) and a bias (0) for every channel, or every feature of a vec, unless
 * told otherwise.
 * Those that subtract a channel's own mean take what came in without its bias, which they would cancel.
 */
import { kinds } from '../../errors.ts';
import { alongAxes, countOf, mean, moments, square } from '../../ir/compose.ts';
import type { Node } from '../../ir/node.ts';
import { isPlain, type TensorType } from '../../types.ts';
import type { TensorValue } from '../../values.ts';
import { normalised, refuseOne, refuseOnePlace, scaleOf } from '../normalised.ts';
import { count, derived, fixed, inRows, wrongForm } from '../shapes.ts';
import { flag, int, value, type Args, type Call, type Builtin } from '../builtin.ts';
import { mapped, perRowChannel, styled } from '../styles.ts';
import { glorot, ofUnitNorm, one, perChannel, zero } from '../weights.ts';

const affine = flag(
  'affine',
  'Whether each channel has a gain (from 1) and a bias (from 0) that are learned.',
  true,
);

/** Gain and bias of the layer, [C] each; null where it has none. */
type Affine = { readonly gain: Node; readonly bias: Node } | null;

function affineOf(call: Call, args: Args, channels: number): Affine {
  if (!args.bool('affine')) return null;
  return {
    gain: call.weight('gain', [channels], one, { decay: false }),
    bias: call.weight('bias', [channels], zero, { decay: false }),
  };
}

/** Sizes of a vec, seq or image; anything else does not fit. */
function channelsOf(call: Call, layer: string, type: TensorType): number {
  if (isPlain(type.form))
    wrongForm(call, layer, 'vec[N], seq[C, T] or image[C, H, W]', type, 'Put `|> flatten` before it.');
  if (type.form === 'scalar' || type.kind === 'label')
    wrongForm(
      call,
      layer,
      'vec[N], seq[C, T] or image[C, H, W]',
      type,
      'A single number has nothing to be normalised with: put it after a layer of several.',
    );
  return fixed(call, layer, type.shape[0]);
}

export const batch_norm: Builtin = {
  doc: 'Batch normalisation (Ioffe & Szegedy 2015, arXiv:1502.03167), for each channel over rows and places. An update normalises by its own batch and, when it names the network, moves the running mean and (unbiased) variance once: 0.9 running + 0.1 batch; reports use the running ones. Conditional (Dumoulin et al. 2016, arXiv:1610.07629; de Vries et al. 2017, arXiv:1707.00683; as in BigGAN): gain 1 + g and bias are learned linear maps of `condition`.',
  where: 'network',
  params: [
    value('x', 'vec[N], seq[C, T] or image[C, H, W]'),
    affine,
    value(
      'condition',
      'vec[N], or a label as its onehot: what gain and bias are made of, in the place of one for all rows.',
      null,
    ),
    flag(
      'spectral',
      'Of a `condition`: divide either map by its largest singular value (spectral normalisation, as BigGAN does).',
      false,
    ),
  ],
  build(call, args) {
    const input = args.tensor('x');
    const channels = channelsOf(call, 'batch_norm', input.type);
    if (args.bool('spectral') && !args.has('condition'))
      call.fail(kinds.missingArgument, {
        what: '`spectral` of `batch_norm` is given without `condition`',
        why: 'It is about the maps that make gain and bias of the condition.',
        hint: 'Give a `condition`, or leave it out.',
      });
    if (args.has('condition')) return conditional(call, args, input, channels);
    const learned = affineOf(call, args, channels);
    const { x, undo } = inRows(call, unbiasedOf(input));
    return call.tensor(undo(byStatistics(call, x, channels, learned)), derived(input.type));
  },
};

/** By the batch in updates, by the running statistics in reports. */
function byStatistics(call: Call, x: Node, channels: number, learned: Affine): Node {
  const running = {
    mean: call.buffer('mean', [channels], zero),
    variance: call.buffer('variance', [channels], one),
  };
  if (call.mode === 'report') return byRunning(call, x, learned, running);
  // Another norm of the same values has the same moments, but running statistics of its own.
  return call.b.apart(running.mean, () => byBatch(call, x, learned));
}

/** Gain and bias of each row. */
function conditional(call: Call, args: Args, input: TensorValue, channels: number): TensorValue {
  const { b } = call;
  const given = styled(call, 'batch_norm', unbiasedOf(input), args.tensor('condition'), 'condition');
  const { x, by, size, rows, hidden } = given;
  const normal = call.inner('statistics', 'batch_norm', x, (own) => byStatistics(own, x, channels, null));
  const [gain, bias] = ['gain', 'bias'].map((part) => {
    const plain = call.weight(`${part}_weight`, [size, channels], glorot(size, channels), { decay: true });
    const weight = args.bool('spectral') ? ofUnitNorm(call, plain, 1, `${part}_singular`) : plain;
    return perRowChannel(call, mapped(call, by, weight, null), x);
  });
  const node = b.add(b.mul(normal, b.add(1, gain)), bias);
  return call.tensor(given.undo(node), { ...derived(input.type), rows, hidden });
}

const unbiasedOf = (input: TensorValue): TensorValue =>
  input.unbiased === undefined
    ? input
    : { sort: 'tensor', node: input.unbiased, type: input.type, ident: input.ident };

function byBatch(call: Call, x: Node, learned: Affine): Node {
  const { b } = call;
  const axes = [...x.shape.keys()].filter((axis) => axis !== 1);
  const { mean, variance, centred } = moments(b, x, axes);
  const n = countOf(b, x, axes);
  call.observe('mean', mean, x.shape[0]);
  call.observe('variance', b.mul(variance, b.div(n, b.max(b.sub(n, 1), 1))), x.shape[0]);
  const own = scaleOf(call, variance);
  if (learned === null) return b.mul(centred, perChannel(call, own, x));
  const scale = b.mul(learned.gain, own);
  return b.add(b.mul(centred, perChannel(call, scale, x)), perChannel(call, learned.bias, x));
}

function byRunning(call: Call, x: Node, learned: Affine, running: { mean: Node; variance: Node }): Node {
  const { b } = call;
  const own = scaleOf(call, running.variance);
  const scale = b.called('scale', learned === null ? own : b.mul(learned.gain, own));
  const shift = b.called('shift', b.sub(learned === null ? 0 : learned.bias, b.mul(running.mean, scale)));
  return b.add(b.mul(x, perChannel(call, scale, x)), perChannel(call, shift, x));
}

export const layer_norm: Builtin = {
  doc: 'Layer normalisation (Ba et al. 2016, arXiv:1607.06450): each row by the mean and variance of all its numbers. Gain and bias are one for each channel (of a vec: each number).',
  where: 'network',
  params: [value('x', 'vec[N], seq[C, T] or image[C, H, W]'), affine],
  build(call, args) {
    const input = args.tensor('x');
    const channels = channelsOf(call, 'layer_norm', input.type);
    if (input.type.shape.every((size) => size === 1))
      refuseOne(call, 'layer_norm', input.type, 'one number', 'Leave it out here.');
    const { x, undo } = inRows(call, input);
    const axes = [...x.shape.keys()].slice(1);
    return call.tensor(undo(overAxes(call, x, axes, affineOf(call, args, channels))), derived(input.type));
  },
};

export const instance_norm: Builtin = {
  doc: 'Instance normalisation (Ulyanov et al. 2016, arXiv:1607.08022): each channel of each row by its own mean and variance over places.',
  where: 'network',
  params: [value('x', 'seq[C, T] or image[C, H, W]'), affine],
  build(call, args) {
    const input = args.tensor('x');
    const { form } = input.type;
    if (form !== 'seq' && form !== 'image') {
      wrongForm(
        call,
        'instance_norm',
        'seq[C, T] or image[C, H, W]',
        input.type,
        'A vec has one number a channel: use `layer_norm` or `batch_norm`.',
      );
    }
    refuseOnePlace(call, 'instance_norm', input.type);
    const channels = channelsOf(call, 'instance_norm', input.type);
    const { x, undo } = inRows(call, unbiasedOf(input));
    const axes = [...x.shape.keys()].slice(2);
    return call.tensor(undo(overAxes(call, x, axes, affineOf(call, args, channels))), derived(input.type));
  },
};

export const group_norm: Builtin = {
  doc: 'Group normalisation (Wu & He 2018, arXiv:1803.08494): groups of channels of each row by the mean and variance of all their numbers.',
  where: 'network',
  params: [
    value('x', 'vec[N], seq[C, T] or image[C, H, W]'),
    int('groups', 'How many groups the channels make; it divides their number.', 32),
    affine,
  ],
  build(call, args) {
    const { b } = call;
    const input = args.tensor('x');
    const channels = channelsOf(call, 'group_norm', input.type);
    const groups = count(call, args, 'groups');
    if (channels % groups !== 0)
      call.fail(kinds.division, {
        what: `${channels} channels do not make ${groups} groups`,
        why: 'All groups have as many channels.',
        hint: `Write \`groups:\` with a number that divides ${channels}.`,
      });
    if (channels === groups && input.type.shape.slice(1).every((size) => size === 1))
      refuseOne(
        call,
        'group_norm',
        input.type,
        'groups of one number',
        `Write fewer \`groups:\` than ${channels}.`,
      );
    const { x, undo } = inRows(call, input);
    const grouped = b.reshape(x, [x.shape[0], groups, channels / groups, ...x.shape.slice(2)]);
    const normal = normalised(call, grouped, [...grouped.shape.keys()].slice(2));
    const learned = affineOf(call, args, channels);
    return call.tensor(undo(withAffine(call, b.reshape(normal, x.shape), learned)), derived(input.type));
  },
};

export const pixel_norm: Builtin = {
  doc: 'Each place by the root of the mean of its squared channels, epsilon 1e-8 (Karras et al. 2017, arXiv:1710.10196, section 4.2); of a vec, all of it.',
  where: 'anywhere',
  params: [value('x', 'vec[N], seq[C, T] or image[C, H, W]')],
  build(call, args) {
    const { b } = call;
    const input = args.tensor('x');
    channelsOf(call, 'pixel_norm', input.type);
    const { x, undo } = inRows(call, input);
    const size = b.sqrt(b.add(mean(b, square(b, x), [1]), 1e-8));
    return call.tensor(undo(b.div(x, alongAxes(b, size, x.shape, [1]))), derived(input.type));
  },
};

const overAxes = (call: Call, x: Node, axes: readonly number[], learned: Affine): Node =>
  withAffine(call, normalised(call, x, axes), learned);

function withAffine(call: Call, x: Node, learned: Affine): Node {
  const { b } = call;
  if (learned === null) return x;
  return b.add(b.mul(x, perChannel(call, learned.gain, x)), perChannel(call, learned.bias, x));
}
