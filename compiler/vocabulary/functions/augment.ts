/**
 * Differentiable augmentation: what a discriminator sees of images, real and generated, changed at random, so that it can't
 * learn a small set by heart. In: images with rows; out: images, differentiable by them. Zhao et al. 2020, arXiv:2006.10738,
 * section 3.2 and appendix (colour, translation, cutout); the defaults are the paper's code's.
 */
import { alongAxes, broadcastTo, mean } from '../../ir/compose.ts';
import { mulDims, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import type { TensorType } from '../../types.ts';
import { strengths, times, type Strength } from '../strength.ts';
import { strength, value, type Args, type Builtin, type Call } from '../builtin.ts';
import { derived, imageRows, moved } from '../shapes.ts';

export const augment: Builtin = {
  doc: 'Each image in other colours, shifted, and with a box cut out, by draws of its own, in updates only: reports see it as it is. Around what a discriminator sees, real and generated, it is the differentiable augmentation of Zhao et al. 2020, arXiv:2006.10738, with the defaults of its code. What is not of the image is 0. `random_affine` turns and resizes.',
  where: 'anywhere',
  params: [
    value('x', 'image[C, H, W] with rows.'),
    {
      ...strength('brightness', 'Up to so much of the range ([-1, 1] where there is none) is added.', 0.25),
      interval: '[0, ∞)',
    },
    {
      ...strength('saturation', 'Distances from the mean of the channels times 1 give or take so much.', 1),
      interval: '[0, ∞)',
    },
    {
      ...strength('contrast', 'Distances from the mean of the image times 1 give or take so much.', 0.5),
      interval: '[0, ∞)',
    },
    {
      ...strength(
        'translate',
        'Shifted by up to this share of its size along each axis, by whole pixels.',
        0.125,
      ),
      interval: '[0, 1)',
    },
    {
      ...strength('cutout', 'A box of this share of its height and width is set to 0.', 0.5),
      interval: '[0, 1)',
    },
  ],
  build(call, args) {
    const input = imageRows(call, 'augment', args.tensor('x'));
    const { node } = input;
    const { reach, type } = reachOf(call, args, input.type);
    if (call.mode !== 'train' || Object.values(reach).every((most) => most === 0)) return input;
    const coloured = colours(call, node, reach);
    const shifted = reach.translate === 0 ? coloured : translated(call, coloured, reach.translate);
    const cut = reach.cutout === 0 ? shifted : holed(call, shifted, reach.cutout);
    return call.tensor(cut, coloured === node ? withZero(type) : derived(type));
  },
};

const names = ['brightness', 'saturation', 'contrast', 'translate', 'cutout'] as const;
/** The brightness in the numbers of the image. */
type Reach = Readonly<Record<(typeof names)[number], Strength>>;

function reachOf(call: Call, args: Args, image: TensorType): { reach: Reach; type: TensorType } {
  const [low, high] = image.range ?? [-1, 1];
  const { most, type } = strengths(args, image, names);
  // A single channel is its own mean.
  const saturation = image.shape[0] === 1 ? 0 : most.saturation;
  return { reach: { ...most, saturation, brightness: times(call, most.brightness, high - low) }, type };
}

/** Zeros come in from outside and stand in the box. */
function withZero(type: TensorType): TensorType {
  const same = moved(type, type.shape);
  if (type.range === null) return same;
  return { ...same, range: [Math.min(0, type.range[0]), Math.max(0, type.range[1])] };
}

/** One after the other, as the paper's code does: each looks at what the one before has made. */
function colours(call: Call, image: Node, { brightness, saturation, contrast }: Reach): Node {
  const { b } = call;
  const { shape } = image;
  /** One number a row, so much above or below 0, over the whole image. */
  const drawn = (name: string, most: Strength): Node => {
    const uniform = b.sub(call.draw(name, 'uniform', [shape[0]]), 0.5);
    return broadcastTo(b, b.mul(uniform, times(call, most, 2)), shape, [0]);
  };
  const stretched = (x: Node, name: string, axes: readonly number[], most: Strength): Node => {
    const centre = b.called(`${name}_centre`, alongAxes(b, mean(b, x, axes), shape, axes));
    return b.add(centre, b.mul(b.sub(x, centre), b.add(1, drawn(name, most))));
  };
  const bright = brightness === 0 ? image : b.add(image, drawn('brightness', brightness));
  const vivid = saturation === 0 ? bright : stretched(bright, 'saturation', [1], saturation);
  return contrast === 0 ? vivid : stretched(vivid, 'contrast', [1, 2, 3], contrast);
}

/** round(share · size), a number of pixels. */
const pixels = ({ b }: Call, size: Dim, share: Strength): Node =>
  b.floor(b.add(b.mul(b.extent(size), share), 0.5));

function translated(call: Call, image: Node, share: Strength): Node {
  const { b } = call;
  const across = alongLast(call, image, 'right', share);
  return b.transpose(alongLast(call, b.transpose(across, [0, 1, 3, 2]), 'down', share), [0, 1, 3, 2]);
}

/** Lines of pixels [R, C, L, N], each row shifted by whole places: a product with a matrix of ones and zeros. */
function alongLast(call: Call, lines: Node, name: string, share: Strength): Node {
  const { b } = call;
  const [rows, channels, count, size] = lines.shape;
  const most = pixels(call, size, share);
  const steps = b.mul(call.draw(name, 'uniform', [rows]), b.add(b.mul(2, most), 1));
  const shift = b.called(name, b.sub(b.floor(steps), most));
  const square = [rows, size, size];
  const source = broadcastTo(b, b.iota(size), square, [1]);
  const wanted = b.add(broadcastTo(b, b.iota(size), square, [2]), broadcastTo(b, shift, square, [0]));
  const chosen = b.called('chosen', b.max(0, b.sub(1, b.abs(b.sub(source, wanted)))));
  return b.reshape(b.matmul(b.reshape(lines, [rows, mulDims(channels, count), size]), chosen), lines.shape);
}

/** A box about a place that is drawn, which may stand over the edge. */
function holed(call: Call, image: Node, share: Strength): Node {
  const { b } = call;
  const { shape } = image;
  const within = (name: string, axis: number): Node => {
    const size = shape[axis];
    const hole = pixels(call, size, share);
    const half = b.floor(b.div(hole, 2));
    const odd = b.sub(hole, b.mul(2, half));
    const middle = b.floor(
      b.mul(call.draw(name, 'uniform', [shape[0]]), b.sub(b.add(b.extent(size), 1), odd)),
    );
    const lines = [shape[0], size];
    const first = broadcastTo(b, b.sub(middle, half), lines, [0]);
    const places = broadcastTo(b, b.iota(size), lines, [1]);
    const [from, to] = [b.sub(first, 0.5), b.sub(b.add(first, hole), 0.5)];
    return broadcastTo(b, b.mul(b.less(from, places), b.less(places, to)), shape, [0, axis]);
  };
  const kept = b.called('kept', b.sub(1, b.mul(within('row', 2), within('column', 3))));
  return b.mul(image, kept);
}
