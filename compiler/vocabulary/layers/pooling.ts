/** Pooling over windows without padding: floor((size - window) / stride) + 1 places, what is left over is dropped. */
import { addDims, mulDims, sameDim, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { derived, inRows, moved, toPlaces, wrongForm, wrongKind } from '../shapes.ts';
import { nums, value, type Args, type Call, type Builtin } from '../builtin.ts';
import { passBias } from '../weights.ts';
import { perAxis, slots } from '../windows.ts';

const takes = 'image[C, H, W] or seq[C, T]';
const params: Builtin['params'] = [
  value('x', takes),
  nums('size', 'Size of the window: one number, or one for each axis.'),
  nums('stride', "Steps from one window to the next (default: the window's size).", null),
];

interface Pool {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly out: readonly Dim[];
}

/** From the elements of each window, on a new last axis of size n, to one number: `fold`. */
function pooling(
  name: string,
  doc: string,
  fold: (call: Call, x: Node, axis: number, n: number) => Node,
): Builtin {
  return {
    doc,
    where: 'anywhere',
    params,
    build(call, args) {
      const input = args.tensor('x');
      const { type } = input;
      if (type.form !== 'image' && type.form !== 'seq') wrongForm(call, name, takes, type, toPlaces);
      if (type.kind === 'label') wrongKind(call, name, type, undefined, 'Pool numbers.');
      const [channels, ...places] = type.shape;
      const pool = poolOf(call, args, places);
      const shape = [channels, ...pool.out];
      const change = (node: Node): Node => {
        const { x, undo } = inRows(call, { ...plain(node), type });
        return undo(pooled(call, x, pool, fold));
      };
      return passBias(
        call,
        input,
        change,
        moved({ ...derived(type), kind: type.kind, range: type.range }, shape),
      );
    },
  };
}

const plain = (node: Node): { sort: 'tensor'; node: Node; ident: string } => ({
  sort: 'tensor',
  node,
  ident: '',
});

function poolOf(call: Call, args: Args, places: readonly Dim[]): Pool {
  const sizes = perAxis(call, args, 'size', places.length);
  const strides = args.has('stride') ? perAxis(call, args, 'stride', places.length) : sizes;
  const out = places.map((size, i) => slots(call, size, sizes[i], strides[i]));
  return { sizes, strides, out };
}

function pooled(
  call: Call,
  x: Node,
  { sizes, strides, out }: Pool,
  fold: (call: Call, x: Node, axis: number, n: number) => Node,
): Node {
  const apart = sizes.every((size, i) => size === strides[i]);
  return sizes.reduce((node, size, i) => {
    const axis = 2 + i;
    const windows = apart
      ? tiles(call, node, axis, size, out[i])
      : shifts(call, node, axis, size, strides[i], out[i]);
    return fold(call, windows, axis + 1, size);
  }, x);
}

/** Windows side by side: the axis split in two, [.., out, size, ..]. */
function tiles({ b }: Call, x: Node, axis: number, size: number, out: Dim): Node {
  const used = mulDims(out, size);
  const cut = sameDim(used, x.shape[axis]) ? x : b.slice(x, axis, 0, used);
  return b.reshape(cut, cut.shape.toSpliced(axis, 1, out, size));
}

/** Windows that overlap, or leave gaps: one strided slice for each place in the window. */
function shifts({ b }: Call, x: Node, axis: number, size: number, stride: number, out: Dim): Node {
  const reach = addDims(mulDims(addDims(out, -1), stride), 1);
  const slices = Array.from({ length: size }, (_, k) => {
    const slice = b.slice(x, axis, k, addDims(reach, k), stride);
    return b.reshape(slice, slice.shape.toSpliced(axis + 1, 0, 1));
  });
  return b.concat(slices, axis + 1);
}

export const max_pool: Builtin = pooling(
  'max_pool',
  'The largest number of each window, channel by channel.',
  ({ b }, x, axis) => b.amax(x, [axis]),
);

export const avg_pool: Builtin = pooling(
  'avg_pool',
  'The mean of each window, channel by channel.',
  ({ b }, x, axis, n) => b.div(b.sum(x, [axis]), n),
);
