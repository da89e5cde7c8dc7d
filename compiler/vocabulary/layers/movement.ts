/** Layers that move numbers and change none: kinds and ranges stay. */
import { kinds } from '../../errors.ts';
import {
  addDims,
  mulDims,
  printDim,
  printShape,
  product,
  divDims,
  sameDim,
  sameShape,
  type Dim,
} from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import type { ParamSpec } from '../../../program/catalogue.ts';
import { alignRows } from '../align.ts';
import { formOf, printType, type TensorType } from '../../types.ts';
import type { TensorValue } from '../../values.ts';
import {
  commonKind,
  commonRange,
  count,
  derived,
  features,
  inRows,
  leadOf,
  moved,
  tensorOf,
  toPlaces,
  withShape,
  wrongForm,
} from '../shapes.ts';
import { choice, int, nums, value, values, type Args, type Call, type Builtin } from '../builtin.ts';
import { axisNames, axisOf } from '../places.ts';
import { passBias } from '../weights.ts';

export const flatten: Builtin = {
  doc: 'The same numbers as one vec.',
  where: 'anywhere',
  params: [value('x', 'Any tensor.')],
  build(call, args) {
    const input = features(call, args.tensor('x'));
    const shape = [product(input.type.shape)];
    return call.tensor(call.b.reshape(input.node, withShape(input, shape)), moved(input.type, shape));
  },
};

/** Given by its name, behind any number of sizes. */
const matParam: ParamSpec = {
  name: 'form',
  type: 'word',
  choices: ['mat'],
  doc: 'mat: two sizes make a mat[M, N]. Default: a seq[C, T].',
  default: null,
};

export const reshape: Builtin = {
  doc: 'The same numbers, row-major, in another shape: one size makes a vec, two a seq[C, T] (or, with `form: mat`, a mat[M, N]), three an image[C, H, W].',
  where: 'anywhere',
  params: [value('x', 'Any tensor.'), nums('shape', 'The sizes, without rows.'), matParam],
  build(call, args) {
    const input = features(call, args.tensor('x'));
    const shape = args.reals('shape');
    if (shape.length < 1 || shape.length > 3 || shape.some((n) => !Number.isInteger(n) || n < 1))
      call.fail(kinds.badArgument, {
        what: `\`reshape\` takes one to three whole numbers, and ${shape.join(', ')} are given`,
        hint: 'Write `reshape(C, H, W)` for an image, `reshape(C, T)` for a seq, `reshape(N)` for a vec.',
      });
    const mat = args.has('form');
    if (mat && args.string('form') !== 'mat')
      call.fail(kinds.badArgument, {
        what: `\`form\` is \`mat\`, and \`${args.string('form')}\` is given`,
        hint: 'Leave it out for a vec, a seq or an image: the number of sizes says which.',
      });
    if (mat && shape.length !== 2)
      call.fail(kinds.shape, {
        what: `a mat has two sizes, and ${shape.length} are given`,
        hint: 'Write `reshape(M, N, form: mat)`.',
      });
    const [has, wants] = [product(input.type.shape), product(shape)];
    if (!sameDim(has, wants)) {
      call.fail(kinds.shape, {
        what: `${printType(input.type)} has ${printDim(has)} numbers, and ${printShape(shape)} would have ${printDim(wants)}`,
        hint: `Change the sizes, or let \`dense(${printDim(wants)})\` make as many numbers before it.`,
      });
    }
    const type: TensorType = { ...moved(input.type, shape), form: formOf(shape.length, mat ? 'mat' : 'seq') };
    return call.tensor(call.b.reshape(input.node, withShape(input, shape)), type);
  },
};

// ---------------------------------------------------------------- concat

export const concat: Builtin = {
  doc: 'Values side by side along the channel axis. A scalar counts as vec[1], a label as its onehot; a vec beside images or seqs is repeated at every place. `over` puts them one behind the other in time, or beside or below each other.',
  where: 'anywhere',
  params: [
    values(
      'x',
      'Two or more tensors, or a list of them, with equal places: vec, seq[C, T] or image[C, H, W].',
    ),
    choice(
      'over',
      axisNames,
      'channels: all other sizes are equal. time, height, width: all but this one are.',
      'channels',
    ),
  ],
  build(call, args) {
    if (args.choice('over') !== 'channels') return endToEnd(call, args, args.choice('over'));
    const parts = partsOf(call, args).map((part) => asVector(call, part));
    const widest = parts.reduce((a, b) => (b.type.shape.length > a.type.shape.length ? b : a)).type;
    const places = widest.shape.slice(1);
    const spread = parts.map((part) => atPlaces(call, part, widest));
    const { nodes, rows, hidden } = alignRows(call, spread);
    const channels = parts.map((part) => part.type.shape[0]);
    const shape = [sum(channels), ...places];
    const type: TensorType = { ...derived(widest, shape), rows, hidden, range: commonRange(parts) };
    return call.tensor(call.b.concat(nodes, rows === null ? 0 : 1), type);
  },
};

function partsOf(call: Call, args: Args): TensorValue[] {
  const parts = args.values('x').map((part) => features(call, tensorOf(call, part, '`concat`')));
  if (parts.length > 0) return parts;
  return call.fail(kinds.missingArgument, {
    what: '`concat` takes at least one tensor',
    hint: 'Write `concat(a, b)`.',
  });
}

/** Along an axis of places. */
function endToEnd(call: Call, args: Args, over: string): TensorValue {
  const parts = partsOf(call, args);
  const [first] = parts;
  const axis = axisOf(call, '`concat`', first.type, over);
  const odd = parts.find(
    ({ type }) =>
      type.form !== first.type.form || !sameShape(type.shape.with(axis, 1), first.type.shape.with(axis, 1)),
  );
  if (odd !== undefined)
    call.fail(kinds.shape, {
      what: `\`concat\` of ${printType(first.type)} and ${printType(odd.type)} along \`${over}\``,
      why: 'All other sizes must be equal.',
      hint: 'Bring them to one size first, with `crop`, `pad` or `resize`.',
    });
  const { nodes, rows, hidden } = alignRows(call, parts);
  const shape = first.type.shape.with(axis, sum(parts.map(({ type }) => type.shape[axis])));
  const type: TensorType = { ...derived(first.type, shape), rows, hidden, range: commonRange(parts) };
  const kind = commonKind(parts);
  return call.tensor(call.b.concat(nodes, axis + (rows === null ? 0 : 1)), { ...type, kind });
}

const sum = (dims: readonly Dim[]): Dim => dims.reduce<Dim>(addDims, 0);

function asVector(call: Call, input: TensorValue): TensorValue {
  if (input.type.form !== 'scalar') return input;
  return call.part('vector', call.b.reshape(input.node, withShape(input, [1])), moved(input.type, [1]));
}

/** A vec is repeated at the places of `widest`; other forms must have the same places. */
function atPlaces(call: Call, input: TensorValue, widest: TensorType): TensorValue {
  const { node, type } = input;
  const places = widest.shape.slice(1);
  if (type.form === widest.form && sameShape(type.shape.slice(1), places)) return input;
  if (type.form !== 'vec') {
    return call.fail(kinds.shape, {
      what: `\`concat\` of ${printType(type)} and ${printType(widest)}`,
      why: 'Side by side along the channels, all other sizes must be equal.',
      hint: 'Resize one with `upsample`, a pool or a strided `conv`, or `flatten` both.',
    });
  }
  const ones = withShape(input, [type.shape[0], ...places.map(() => 1)]);
  const shape = [type.shape[0], ...places];
  const repeated = call.b.expand(call.b.reshape(node, ones), withShape(input, shape));
  return call.part('places', repeated, moved(type, shape));
}

// ---------------------------------------------------------------- resizing

const takes = 'image[C, H, W] or seq[C, T]';

export const upsample: Builtin = {
  doc: 'Every place repeated `factor` times along each axis (nearest neighbour): image[C, H, W] to image[C, H · factor, W · factor].',
  where: 'anywhere',
  params: [value('x', takes), int('factor', 'How many times.', 2)],
  build(call, args) {
    const input = args.tensor('x');
    const { type } = input;
    if (type.form !== 'image' && type.form !== 'seq') wrongForm(call, 'upsample', takes, type, toPlaces);
    const factor = count(call, args, 'factor');
    const [channels, ...places] = type.shape;
    const shape = [channels, ...places.map((size) => mulDims(size, factor))];
    const change = (node: Node): Node => {
      const lead = node.shape.slice(0, leadOf(type));
      const apart = (n: number): Dim[] => [...lead, channels, ...places.flatMap((size) => [size, n])];
      const repeated = call.b.expand(call.b.reshape(node, apart(1)), apart(factor));
      return call.b.reshape(repeated, [...lead, ...shape]);
    };
    return passBias(call, input, change, moved(type, shape));
  },
};

export const pixel_shuffle: Builtin = {
  doc: 'Channels to places: image[C · factor², H, W] to image[C, H · factor, W · factor], seq[C · factor, T] to seq[C, T · factor] (Shi et al. 2016, arXiv:1609.05158).',
  where: 'anywhere',
  params: [value('x', takes), int('factor', 'How many times larger each axis becomes.', 2)],
  build(call, args) {
    const input = args.tensor('x');
    const { type } = input;
    if (type.form !== 'image' && type.form !== 'seq') wrongForm(call, 'pixel_shuffle', takes, type, toPlaces);
    const factor = count(call, args, 'factor');
    const [inside, ...places] = type.shape;
    const group = factor ** places.length;
    const channels =
      divDims(inside, group) ??
      call.fail(kinds.shape, {
        what: `\`pixel_shuffle(${factor})\` takes a multiple of ${group} channels, and ${printType(type)} came in`,
        hint: `Let the layer before it give a multiple of ${group}.`,
      });
    const { x, undo } = inRows(call, input);
    const { b } = call;
    const split = b.reshape(x, [x.shape[0], channels, ...places.map(() => factor), ...places]);
    const n = places.length;
    const order = [0, 1, ...places.flatMap((_, i) => [2 + n + i, 2 + i])];
    const shape = [channels, ...places.map((size) => mulDims(size, factor))];
    const made = b.reshape(b.transpose(split, order), [x.shape[0], ...shape]);
    return call.tensor(undo(made), moved(type, shape));
  },
};
