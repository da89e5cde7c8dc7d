/** What style-based generators do to channels: statistics set anew, kernels scaled for each row. */
import { product } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { count, derived, fixed } from '../shapes.ts';
import { checkPlaced } from '../places.ts';
import { flag, int, value, type Builtin, type Call } from '../builtin.ts';
import { normalised, refuseOnePlace } from '../normalised.ts';
import { mapped, perRowChannel, styled, type Styled } from '../styles.ts';
import { equalizedParam, glorot, layerWeight, one, weightParams, zero } from '../weights.ts';
import { attrsOf, kernelParam, padParam, strideParam, windowsOf } from '../windows.ts';

export const adain: Builtin = {
  doc: 'Adaptive instance normalisation (Huang & Belongie 2017, arXiv:1703.06868; as in StyleGAN): each channel of each row by its own mean and variance over places, times 1 + gain plus bias, both a learned linear map of `style`.',
  where: 'network',
  params: [
    value('x', 'seq[C, T] or image[C, H, W]'),
    value('style', 'vec[N], or a label as its onehot: what gain and bias are made of.'),
  ],
  build(call, args) {
    const { b } = call;
    const input = args.tensor('x');
    checkPlaced(call, 'adain', input.type);
    refuseOnePlace(call, 'adain', input.type);
    const style = styled(call, 'adain', input, args.tensor('style'), 'style');
    const { x, by, size } = style;
    const channels = fixed(call, 'adain', input.type.shape[0]);
    const made = (part: string): Node => {
      const weight = call.weight(`${part}_weight`, [size, channels], glorot(size, channels), { decay: true });
      const bias = call.weight(`${part}_bias`, [channels], zero, { decay: false });
      return perRowChannel(call, mapped(call, by, weight, bias), x);
    };
    const normal = normalised(call, x, [...x.shape.keys()].slice(2));
    const node = b.add(b.mul(normal, b.add(1, made('gain'))), made('bias'));
    const { rows, hidden } = style;
    return call.tensor(style.undo(node), { ...derived(input.type), rows, hidden });
  },
};

export const modulated_conv: Builtin = {
  doc: 'The modulated convolution of StyleGAN2 (Karras et al. 2019, arXiv:1912.04958, section 2.2): a kernel whose input channels each row scales by a learned map of `style` (1 at first), and whose output channels are then of length 1 (`demodulate`). No bias; weights [channels, C, kernel...].',
  where: 'network',
  params: [
    value('x', 'seq[C, T] or image[C, H, W]'),
    int('channels', 'Channels that come out.'),
    value('style', 'vec[N], or a label as its onehot: what scales the channels.'),
    { ...kernelParam, default: 3 },
    padParam,
    strideParam,
    flag(
      'demodulate',
      'Whether the scaled kernel of each channel that comes out is divided by its length.',
      true,
    ),
    ...weightParams,
    equalizedParam,
  ],
  build(call, args) {
    const { b } = call;
    const input = args.tensor('x');
    checkPlaced(call, 'modulated_conv', input.type);
    const style = styled(call, 'modulated_conv', input, args.tensor('style'), 'style');
    const [channels, inside] = [
      count(call, args, 'channels'),
      fixed(call, 'modulated_conv', input.type.shape[0]),
    ];
    const windows = windowsOf(
      call,
      args,
      input.type.shape.slice(1),
      input.type.shape.slice(1).map(() => 1),
    );
    const area = windows.reduce((n, w) => n * w.kernel, 1);
    const shape = [channels, inside, ...windows.map((w) => w.kernel)];
    const weight = layerWeight(call, args, shape, glorot(inside * area, channels * area), 0);
    const scales = scalesOf(call, style, inside, args.has('equalized'));
    // A kernel scaled along its input is the kernel on a scaled input: one convolution for all rows.
    const made = b.conv(b.mul(style.x, perRowChannel(call, scales, style.x)), weight, attrsOf(windows));
    const node = args.bool('demodulate')
      ? b.mul(made, perRowChannel(call, lengths(call, scales, weight), made))
      : made;
    const { rows, hidden } = style;
    const type = derived(input.type, [channels, ...windows.map((w) => w.out)]);
    return call.tensor(style.undo(node), { ...type, rows, hidden });
  },
};

/** The scales [N, C]; their map learns at the rate of all else where that is equalised. */
function scalesOf(call: Call, { by, size }: Styled, channels: number, equalized: boolean): Node {
  const initial = equalized ? ({ kind: 'normal', mean: 0, std: 1 } as const) : glorot(size, channels);
  const weight = call.weight('style_weight', [size, channels], initial, { decay: true });
  const used = equalized ? call.b.mul(weight, 1 / Math.sqrt(size)) : weight;
  return mapped(call, by, used, call.weight('style_gain', [channels], one, { decay: false }));
}

/** 1 / √(Σ (s w)² + 1e-8) over all that leads to an output channel, [N, C]: equation 3. */
function lengths({ b }: Call, scales: Node, weight: Node): Node {
  const [channels, inside, ...places] = weight.shape;
  const flat = b.reshape(weight, [channels, inside, product(places)]);
  const squares = b.sum(b.mul(flat, flat), [2]);
  const sums = b.matmul(b.mul(scales, scales), b.transpose(squares, [1, 0]));
  return b.div(1, b.sqrt(b.add(sums, 1e-8)));
}
