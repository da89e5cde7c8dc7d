/** What pools have in common: windows along each axis of places, side by side or not, and what is made of each. */
import { addDims, mulDims, reachOf, sameDim, type Dim } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import type { Call } from './builtin.ts';

export interface Pool {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly out: readonly Dim[];
}

/** Each axis of places of x [R, C, S..] folded window by window. */
export function pooled(
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
  const reach = reachOf(out, stride);
  const slices = Array.from({ length: size }, (_, k) => {
    const slice = b.slice(x, axis, k, addDims(reach, k), stride);
    return b.reshape(slice, slice.shape.toSpliced(axis + 1, 0, 1));
  });
  return b.concat(slices, axis + 1);
}
