/** Pooling over windows without padding: floor((size - window) / stride) + 1 places, what is left over is dropped. */
import { type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { derived, inRows, moved, toPlaces, wrongForm, wrongKind } from '../shapes.ts';
import { nums, value, type Args, type Call, type Builtin } from '../builtin.ts';
import { pooled, type Pool } from '../pooled.ts';
import { passBias } from '../weights.ts';
import { perAxis, slots } from '../windows.ts';

const takes = 'image[C, H, W] or seq[C, T]';
const params: Builtin['params'] = [
  value('x', takes),
  nums('size', 'Size of the window: one number, or one for each axis.'),
  nums('stride', "Steps from one window to the next (default: the window's size).", null),
];

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
