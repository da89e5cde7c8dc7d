/**
 * Parts of images and seqs at places that are drawn: windows cut out, masks of boxes. In: values, and one number a row for
 * each axis; out: windows, or masks. Where something is cut is constant to every gradient.
 */
import { kinds } from '../../errors.ts';
import { broadcastTo } from '../../ir/compose.ts';
import { addDims, printDim, subDims, type Dim, type Shape } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { isScalar, printType, type TensorType } from '../../types.ts';
import type { TensorValue } from '../../values.ts';
import { alignRows } from '../align.ts';
import { alongAxis, checkPlaced, placed, surely } from '../places.ts';
import { derived, leadOf, moved, wrongForm } from '../shapes.ts';
import { nums, value, type Args, type Builtin, type Call } from '../builtin.ts';
import { perAxis } from '../windows.ts';

const fractions = 'One number for all axes, or vec[2]: of the height, of the width.';

export const crop: Builtin = {
  doc: 'A window of each row: image[C, H, W] to image[C, size...], seq[C, T] to seq[C, size]. `crop(x, size: [16, 16], at: u)` with `sample u ~ uniform[2]` takes any of the windows with equal chances.',
  where: 'anywhere',
  params: [
    value('x', placed),
    nums('size', 'Size of the window: one number, or one for each axis.'),
    value('at', `Where it lies, from 0 (the first place) to 1 (the last). ${fractions}`, 0.5),
  ],
  build(call, args) {
    const input = args.tensor('x');
    checkPlaced(call, 'crop', input.type);
    const [channels, ...places] = input.type.shape;
    const sizes = perAxis(call, args, 'size', places.length);
    places.forEach((have, i) => {
      if (!surely(sizes[i], have)) tooLarge(call, sizes[i], input.type);
    });
    const given = args.value('at');
    const shape = [channels, ...sizes];
    if (given.sort === 'number' && typeof given.value === 'number')
      return call.tensor(fixedCrop(call, input, sizes, given.value), ofPlaces(input.type, shape));
    const { nodes, type } = withFractions(call, args, 'at', input);
    const made = places.reduce<Node>((part, have, i) => {
      const room = subDims(have, sizes[i] - 1);
      const start = startOf(call, nodes.fractions[i], room);
      return alongAxis(call, part, i + 2, window(call, start, have, sizes[i]));
    }, nodes.x);
    return call.tensor(made, { ...ofPlaces(input.type, shape), rows: type.rows, hidden: type.hidden });
  },
};

/** Other places with the same channels: classes of each step stay classes. */
const ofPlaces = (type: TensorType, shape: Shape): TensorType => ({ ...moved(type, shape), kind: type.kind });

function tooLarge(call: Call, size: number, type: TensorType): never {
  return call.fail(kinds.outside, {
    what: `a window of ${size} is larger than ${printType(type)}`,
    hint: 'Make it smaller, or `pad` what comes in.',
  });
}

/** At one place for all rows: slices. */
function fixedCrop(call: Call, { node, type }: TensorValue, sizes: readonly number[], at: number): Node {
  if (at < 0 || at > 1)
    call.fail(kinds.argumentOutside, {
      what: `\`at\` is ${at}, and must lie in [0, 1]`,
      hint: 'Write `at: 0` for the first place, `at: 0.5` for the middle, `at: 1` for the last.',
    });
  return sizes.reduce((part, size, i) => {
    const [axis, have] = [i + 1 + leadOf(type), type.shape[i + 1]];
    const room = subDims(have, size);
    const start =
      at === 0 ? 0 : at === 1 ? room : typeof room === 'number' ? Math.floor(at * room) : undefined;
    if (start === undefined)
      return call.fail(kinds.division, {
        what: `the middle of ${printDim(have)} places is not known when compiling`,
        hint: 'Write `at: 0` or `at: 1`, or give a value with rows.',
      });
    return call.b.slice(part, axis, start, addDims(start, size));
  }, node);
}

/** floor(u · room), within 0..room - 1, where u is 1 too: [rows]. `room` is how many places there are. */
function startOf({ b }: Call, u: Node, room: Dim): Node {
  const count = b.extent(room);
  return b.stop(b.max(0, b.min(b.floor(b.mul(u, count)), b.sub(count, 1))));
}

/** A matrix for each row, [rows, have, size], that takes the places start, start + 1, ... */
function window({ b }: Call, start: Node, have: Dim, size: number): Node {
  const shape = [start.shape[0], have, size];
  const wanted = b.add(broadcastTo(b, b.iota(size), shape, [2]), broadcastTo(b, start, shape, [0]));
  return b.equal(broadcastTo(b, b.iota(have), shape, [1]), wanted);
}

/** The image beside one number a row for each of its axes, [rows]; rows made one. */
function withFractions(
  call: Call,
  args: Args,
  name: string,
  image: TensorValue,
): { nodes: { x: Node; fractions: Node[] }; type: Pick<TensorType, 'rows' | 'hidden'> } {
  const given = args.tensor(name);
  const count = image.type.shape.length - 1;
  checkFractions(call, name, given.type, count);
  const { nodes, rows, hidden } = alignRows(call, [image, given]);
  const lead = rows === null ? 0 : 1;
  const [x, at] = nodes.map((node) => (lead === 1 ? node : call.b.reshape(node, [1, ...node.shape])));
  const fractions = perPlace(call, at, given.type, count);
  if (rows !== null) return { nodes: { x, fractions }, type: { rows, hidden } };
  return call.fail(kinds.noRows, {
    what: `\`${name}\` is drawn, and nothing here has rows`,
    hint: 'Give values of streams or samples.',
  });
}

function checkFractions(call: Call, name: string, type: TensorType, count: number): void {
  const fits = isScalar(type) || (type.form === 'vec' && type.shape[0] === count);
  if (fits && type.kind !== 'label') return;
  wrongForm(
    call,
    name,
    count === 1 ? 'one number a row' : 'one number a row or vec[2]',
    type,
    count === 1 ? 'A seq has one axis.' : 'Give one number for both axes, or one for each.',
  );
}

/** [R, ...] as one [R] for each axis. */
function perPlace({ b }: Call, at: Node, type: TensorType, count: number): Node[] {
  const [rows] = at.shape;
  if (isScalar(type)) return Array.from({ length: count }, () => b.reshape(at, [rows]));
  return Array.from({ length: count }, (_, i) => b.reshape(b.slice(at, 1, i, i + 1), [rows]));
}

export const box: Builtin = {
  doc: 'A mask: image[1, H, W], or seq[1, T], of ones inside a box and zeros outside, what leaves the image cut off. `hold(mask, like: x)` brings it to the channels of x. Constant to every gradient.',
  where: 'anywhere',
  params: [
    value('middle', `Where its middle lies, from 0 to 1. ${fractions}`),
    value('size', `How much of each axis it takes, from 0 to 1. ${fractions}`),
    value('like', `${placed}: its places.`),
  ],
  build(call, args) {
    const { type: like } = args.tensor('like');
    checkPlaced(call, 'box', like);
    const places = like.shape.slice(1);
    const given = ['middle', 'size'].map((name) => args.tensor(name));
    given.forEach(({ type }, i) => checkFractions(call, ['middle', 'size'][i], type, places.length));
    const { nodes, rows, hidden } = alignRows(call, given);
    const [middles, sizes] = nodes.map((node, i) => {
      const inRow = rows === null ? call.b.reshape(node, [1, ...node.shape]) : node;
      return perPlace(call, inRow, given[i].type, places.length);
    });
    const full = [middles[0].shape[0], 1, ...places];
    const inside = places.map((n, i) =>
      broadcastTo(call.b, within(call, middles[i], sizes[i], n), full, [0, i + 2]),
    );
    const mask = inside.reduce((a, b) => call.b.mul(a, b));
    const type: TensorType = { ...derived(like, [1, ...places]), rows, hidden, range: [0, 1] };
    return call.tensor(call.b.reshape(mask, rows === null ? full.slice(1) : full), type);
  },
};

/** [rows, n]: 1 where -size / 2 ≤ place - middle < size / 2, a place being the middle of its pixel. */
function within({ b }: Call, middle: Node, size: Node, n: Dim): Node {
  const shape = [middle.shape[0], n];
  const along = (node: Node): Node => broadcastTo(b, node, shape, [0]);
  const pixels = b.extent(n);
  const place = broadcastTo(b, b.add(b.iota(n), 0.5), shape, [1]);
  const gap = b.sub(place, along(b.mul(middle, pixels)));
  const half = along(b.div(b.mul(size, pixels), 2));
  return b.mul(b.less(gap, half), b.sub(1, b.less(gap, b.neg(half))));
}
