/**
 * Images moved about at random, so that what is learned of them survives it. In: images, how far; out: images of the
 * same type. Differentiable by the image, so that a generator can learn through it.
 */
import { broadcastTo } from '../../ir/compose.ts';
import { mulDims, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { imageRows, moved } from '../shapes.ts';
import { strengths, tangentOf, times, type Strength } from '../strength.ts';
import { strength, value, type Call, type Builtin } from '../builtin.ts';

export const random_affine: Builtin = {
  doc: 'Each image turned, slanted, resized and shifted about its middle by draws of its own, in updates only: reports see it as it is. Read bilinearly; beyond its edges lies the low end of its range (0 if it has none). Around what a discriminator sees, real and generated, it is a differentiable augmentation as in Zhao et al. 2020, arXiv:2006.10738, whose own are `augment`.',
  where: 'anywhere',
  params: [
    value('x', 'image[C, H, W] with rows.'),
    {
      ...strength('degrees', 'Turned by up to so much either way. The tangent of the angle is uniform.', 0),
      interval: '[0, 45)',
    },
    { ...strength('translate', 'Shifted by up to so many pixels, along each axis.', 0), interval: '[0, ∞)' },
    { ...strength('scale', 'Resized by a factor of 1 give or take so much.', 0), interval: '[0, 1)' },
    {
      ...strength('shear', 'Slanted by up to so many degrees either way, before it is turned.', 0),
      interval: '[0, 45)',
    },
  ],
  build(call, args) {
    const { b } = call;
    const input = imageRows(call, 'random_affine', args.tensor('x'));
    const { node } = input;
    const { most, type } = strengths(args, input.type, ['degrees', 'translate', 'scale', 'shear']);
    if (call.mode !== 'train' || Object.values(most).every((one) => one === 0)) return input;
    const motion = drawn(call, most, node.shape[0]);
    const low = type.range?.[0] ?? 0;
    return call.tensor(b.add(passed(call, b.sub(node, low), motion), low), moved(type, type.shape));
  },
};

/** How far at most: degrees, pixels, a share, degrees. */
type Reach = Readonly<Record<'degrees' | 'translate' | 'scale' | 'shear', Strength>>;

/** Numbers for each row, [R]: tangent and cosine of the angle, the slant (no node: upright), the scale, shifts in pixels. */
interface Motion {
  readonly tangent: Node;
  readonly cosine: Node;
  readonly slanted: Node | null;
  readonly scale: Node;
  readonly right: Node;
  readonly down: Node;
}

function drawn(call: Call, reach: Reach, rows: Dim): Motion {
  const { b } = call;
  const eitherWay = (name: string, most: Strength): Node =>
    b.mul(b.sub(call.draw(name, 'uniform', [rows]), 0.5), times(call, most, 2));
  const tangent = b.called('tangent', eitherWay('turn', tangentOf(call, reach.degrees)));
  return {
    tangent,
    cosine: b.called('cosine', b.div(1, b.sqrt(b.add(1, b.mul(tangent, tangent))))),
    slanted: reach.shear === 0 ? null : b.called('slanted', eitherWay('shear', tangentOf(call, reach.shear))),
    scale: b.called('grown', b.add(1, eitherWay('scale', reach.scale))),
    right: b.called('along', eitherWay('right', reach.translate)),
    down: b.called('across', eitherWay('down', reach.translate)),
  };
}

/**
 * An affine motion reads the place (x, y) of the result at scale · turn · (x + slanted · y, y) + shift, counted from the
 * middle. As two passes (Catmull and Smith 1980): first along rows, where y is already that of the source, then along columns.
 * Images [R, C, H, W] in, the same out.
 */
function passed(call: Call, image: Node, motion: Motion): Node {
  const { b } = call;
  const { wide, high } = passes(call, motion);
  const rows = readLines(call, b.transpose(image, [0, 2, 1, 3]), wide);
  const columns = readLines(call, b.transpose(rows, [0, 3, 2, 1]), high);
  return b.transpose(columns, [0, 2, 3, 1]);
}

/** Where a pass reads place x of line y: at stretch · x + slant · y + shift, each [R]. */
type Pass = Readonly<Record<'stretch' | 'slant' | 'shift', Node>>;

function passes({ b }: Call, motion: Motion): { readonly wide: Pass; readonly high: Pass } {
  const { tangent, cosine, slanted, scale, right, down } = motion;
  const grown = b.mul(scale, cosine);
  if (slanted === null)
    return {
      wide: {
        stretch: b.div(scale, cosine),
        slant: b.neg(tangent),
        shift: b.add(right, b.mul(tangent, down)),
      },
      high: { stretch: grown, slant: b.mul(grown, tangent), shift: down },
    };
  const wedge = b.add(1, b.mul(slanted, tangent));
  const across = b.div(b.sub(slanted, tangent), wedge);
  return {
    wide: {
      stretch: b.div(scale, b.mul(cosine, wedge)),
      slant: across,
      shift: b.sub(right, b.mul(across, down)),
    },
    high: { stretch: b.mul(grown, wedge), slant: b.mul(grown, tangent), shift: down },
  };
}

/** The places of n pixels, counted from the middle: [n]. */
const centred = ({ b }: Call, n: Dim): Node => b.sub(b.iota(n), b.div(b.sub(b.extent(n), 1), 2));

/**
 * Lines of pixels [R, L, C, N] to the same, by a pass. One product with a matrix of hats for each line, which needs no gathering
 * and whose derivative is its transpose.
 */
function readLines(call: Call, lines: Node, { stretch, slant, shift }: Pass): Node {
  const { b } = call;
  const [rows, count, channels, size] = lines.shape;
  const over = (x: Node, axis: number): Node => broadcastTo(b, x, [rows, count, size], [axis]);
  const along = b.mul(over(stretch, 0), over(centred(call, size), 2));
  const across = b.mul(over(slant, 0), over(centred(call, count), 1));
  const places = b.called('places', b.add(b.add(along, across), over(shift, 0)));
  const all = mulDims(rows, count);
  const hats = [all, size, size];
  const source = broadcastTo(b, centred(call, size), hats, [1]);
  const wanted = broadcastTo(b, b.reshape(places, [all, size]), hats, [0, 2]);
  const weights = b.called('hats', b.max(0, b.sub(1, b.abs(b.sub(source, wanted)))));
  return b.reshape(b.matmul(b.reshape(lines, [all, channels, size]), weights), lines.shape);
}
