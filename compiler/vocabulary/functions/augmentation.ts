/**
 * Images moved about at random, so that what is learned of them survives it. In: images, how far; out: images of the
 * same type. Differentiable by the image, so that a generator can learn through it.
 */
import { broadcastTo } from '../../graph/compose.ts';
import { mulDims, type Dim } from '../../graph/dim.ts';
import type { Node } from '../../graph/node.ts';
import { features, moved, toPlaces, wrongForm } from '../shapes.ts';
import { num, value, type Args, type Call, type Vocable } from '../vocable.ts';

export const random_affine: Vocable = {
  doc: 'Each image turned, resized and shifted about its middle by draws of its own, in updates only: reports see it as it is. Read bilinearly; beyond its edges lies the low end of its range (0 if it has none). Around what a judge sees, real and generated, it is the differentiable augmentation of Zhao et al. 2020, arXiv:2006.10738.',
  where: 'anywhere',
  params: [
    value('x', 'image[C, H, W] with rows.'),
    num('degrees', 'Turned by up to so much either way; below 45. The tangent of the angle is uniform.', 0),
    num('translate', 'Shifted by up to so many pixels, along each axis.', 0),
    num('scale', 'Resized by a factor of 1 give or take so much; below 1.', 0),
  ],
  build(call, args) {
    const { b } = call;
    const input = features(call, args.tensor('x'));
    const { type, node } = input;
    if (type.form !== 'image') return wrongForm(call, 'random_affine', 'image[C, H, W]', type, toPlaces);
    if (type.rows === null) return call.fail('rows', '`random_affine` takes images with rows', 'Each row has draws of its own.', 'Put it on what comes from data or samples.'); // prettier-ignore
    const reach = reachOf(call, args);
    const still = Object.values(reach).every((most) => most === 0);
    if (still || call.mode !== 'train') return input;
    const motion = drawn(call, reach, node.shape[0]);
    const low = type.range?.[0] ?? 0;
    const result = vertically(call, horizontally(call, b.sub(node, low), motion), motion);
    return call.tensor(b.add(result, low), moved(type, type.shape));
  },
};

/** How far at most: a tangent, pixels, a share. */
interface Reach {
  readonly tangent: number;
  readonly translate: number;
  readonly scale: number;
}

function reachOf(call: Call, args: Args): Reach {
  return {
    tangent: Math.tan((below(call, args, 'degrees', 45) * Math.PI) / 180),
    translate: below(call, args, 'translate', Infinity),
    scale: below(call, args, 'scale', 1),
  };
}

function below(call: Call, args: Args, name: string, limit: number): number {
  const given = args.real(name);
  if (given >= 0 && given < limit) return given;
  return call.fail('badArgument', `\`${name}\` is ${given}, and must be at least 0${limit === Infinity ? '' : ` and below ${limit}`}`, undefined, `Leave \`${name}\` out for none of it.`); // prettier-ignore
}

/** Numbers for each row, [R]: tangent and cosine of the angle, the scale, shifts in pixels. */
interface Motion {
  readonly tangent: Node;
  readonly cosine: Node;
  readonly scale: Node;
  readonly right: Node;
  readonly down: Node;
}

function drawn(call: Call, reach: Reach, rows: Dim): Motion {
  const { b } = call;
  const eitherWay = (name: string, most: number): Node =>
    b.mul(b.sub(call.draw(name, 'uniform', [rows]), 0.5), 2 * most);
  const tangent = b.called('tangent', eitherWay('turn', reach.tangent));
  return {
    tangent,
    cosine: b.called('cosine', b.div(1, b.sqrt(b.add(1, b.mul(tangent, tangent))))),
    scale: b.called('grown', b.add(1, eitherWay('scale', reach.scale))),
    right: b.called('along', eitherWay('right', reach.translate)),
    down: b.called('across', eitherWay('down', reach.translate)),
  };
}

/*
 * An affine motion reads the place (x, y) of the result at s·R(angle)·(x, y) + shift. As two passes (Catmull and Smith
 * 1980): first along rows, where y is already that of the source, then along columns. Each pass is one product with a
 * matrix of hats for each line, which needs no gathering and whose derivative is its transpose.
 */

/** [R, C, H, W] to the same: place x of source row y is read at s / cos · x - tan · y + right + tan · down. */
function horizontally(call: Call, image: Node, { tangent, cosine, scale, right, down }: Motion): Node {
  const { b } = call;
  const [rows, channels, height, width] = image.shape;
  const lines = [rows, height, width];
  const over = (x: Node, axis: number): Node => broadcastTo(b, x, lines, [axis]);
  const along = b.mul(over(b.div(scale, cosine), 0), over(centred(call, width), 2));
  const slant = b.mul(over(tangent, 0), over(centred(call, height), 1));
  const places = b.called('columns', b.add(b.sub(along, slant), over(b.add(right, b.mul(tangent, down)), 0)));
  const read = readAt(call, b.transpose(image, [0, 2, 1, 3]), places);
  return b.transpose(b.reshape(read, [rows, height, channels, width]), [0, 2, 1, 3]);
}

/** [R, C, H, W] to the same: row y of column x is read at s · cos · y + s · sin · x + down. */
function vertically(call: Call, image: Node, { tangent, cosine, scale, down }: Motion): Node {
  const { b } = call;
  const [rows, channels, height, width] = image.shape;
  const lines = [rows, width, height];
  const over = (x: Node, axis: number): Node => broadcastTo(b, x, lines, [axis]);
  const grown = b.mul(scale, cosine);
  const along = b.mul(over(grown, 0), over(centred(call, height), 2));
  const slant = b.mul(over(b.mul(grown, tangent), 0), over(centred(call, width), 1));
  const places = b.called('lines', b.add(b.add(along, slant), over(down, 0)));
  const read = readAt(call, b.transpose(image, [0, 3, 1, 2]), places);
  return b.transpose(b.reshape(read, [rows, width, channels, height]), [0, 2, 3, 1]);
}

/** The places of n pixels, counted from the middle: [n]. */
const centred = ({ b }: Call, n: Dim): Node => b.sub(b.iota(n), b.div(b.sub(b.extent(n), 1), 2));

/** Lines of pixels [R, L, C, N] read at places [R, L, N] between them: [R·L, C, N]. */
function readAt(call: Call, lines: Node, places: Node): Node {
  const { b } = call;
  const [rows, count, channels, size] = lines.shape;
  const all = mulDims(rows, count);
  const hats = [all, size, size];
  const source = broadcastTo(b, centred(call, size), hats, [1]);
  const wanted = broadcastTo(b, b.reshape(places, [all, size]), hats, [0, 2]);
  const weights = b.called('hats', b.max(0, b.sub(1, b.abs(b.sub(source, wanted)))));
  return b.matmul(b.reshape(lines, [all, channels, size]), weights);
}
