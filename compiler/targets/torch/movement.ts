/** Primitives that move elements. */
import { product, sameDim } from '../../ir/dim.ts';
import { addDims, mulDims, subDims } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import {
  atom,
  axesCode,
  inNumbers,
  object,
  plain,
  range,
  sizes,
  whole,
  type Place,
  type Row,
  type Value,
} from './value.ts';

export const transpose: Row<'transpose'> = ({ inputs, attrs: { perm } }) => ({
  inputs,
  print(_, [x]) {
    const moved = x.axes.map((axis) => perm.indexOf(axis));
    const axes = [...moved].sort((a, b) => a - b);
    return ordered(
      x,
      axes.map((axis) => moved.indexOf(axis)),
      axes,
    );
  },
});

/** Axis i of the result is axis order[i] of the tensor. */
function ordered(x: Value, order: readonly number[], axes: readonly number[]): Value {
  const moved = order.flatMap((axis, i) => (axis === i ? [] : [i]));
  if (moved.length === 0) return { ...x, axes };
  if (moved.length > 2) return atom(`${object(x)}.permute(${order.join(', ')})`, axes);
  if (order.length === 2) return atom(`${object(x)}.T`, axes);
  return atom(`${object(x)}.transpose(${moved.join(', ')})`, axes);
}

/** Axes of size 1 that grow are dropped: PyTorch repeats what is not there. */
export const expand: Row = (node) => ({
  inputs: node.inputs,
  print(_, [x]) {
    const [before] = node.inputs;
    const grown = x.axes.filter((axis) => !sameDim(before.shape[axis], node.shape[axis]));
    return squeezed(x, grown);
  },
});

/** Without these axes, which are of size 1. */
function squeezed(x: Value, axes: readonly number[]): Value {
  if (axes.length === 0) return x;
  const at = x.axes.flatMap((axis, i) => (axes.includes(axis) ? [i] : []));
  const left = x.axes.filter((axis) => !axes.includes(axis));
  return atom(`${object(x)}.squeeze(${axesCode(at)})`, left);
}

export const reshape: Row = (node) => ({
  inputs: node.inputs,
  print(place, [x]) {
    const [before] = node.inputs;
    const large = (of: Node): number[] => range(of.shape.length).filter((axis) => of.shape[axis] !== 1);
    const [old, now] = [large(before), large(node)];
    if (
      old.length === now.length &&
      old.every((axis, i) => sameDim(before.shape[axis], node.shape[now[i]]))
    ) {
      const kept = squeezed(
        x,
        x.axes.filter((axis) => before.shape[axis] === 1),
      );
      return { ...kept, axes: kept.axes.map((axis) => now[old.indexOf(axis)]) };
    }
    return reshaped(place, node, before, x);
  },
});

/** Packs of rows, or those of all ranks: the other sizes are numbers or known. */
export const regroup: Row<'regroup'> = (node) => ({
  inputs: node.inputs,
  print(place, [x]) {
    const full = plain(whole(place, node.inputs[0], x));
    const axes = range(node.shape.length);
    if (node.attrs.rows === 'all') return atom(`ops.rows_of_ranks(${full})`, axes);
    const sizes = node.shape.slice(1).map((dim) => place.size(dim));
    return atom(`ops.packed(${[full, ...sizes].join(', ')})`, axes);
  },
});

function reshaped(place: Place, node: Node, before: Node, x: Value): Value {
  const axes = range(node.shape.length);
  const full = object(whole(place, before, x));
  const kept = axes.findIndex(
    (axis) => axis >= before.shape.length || !sameDim(before.shape[axis], node.shape[axis]),
  );
  const flat =
    kept === node.shape.length - 1 &&
    kept < before.shape.length &&
    sameDim(product(before.shape.slice(kept)), node.shape[kept]);
  if (flat) return atom(kept === 0 ? `${full}.flatten()` : `${full}.flatten(${kept})`, axes);
  return atom(`${full}.reshape(${sizes(place, node.shape)})`, axes);
}

/** `x[:, 2:5]` */
export const slice: Row<'slice'> = (node) => ({
  inputs: node.inputs,
  print(place, [x]) {
    const { axis, start, step } = node.attrs;
    const at = x.axes.indexOf(axis);
    // A repeated axis has the same element everywhere.
    if (at < 0) return x;
    const size = node.inputs[0].shape[axis];
    const end = addDims(addDims(start, mulDims(subDims(node.shape[axis], 1), step)), 1);
    const from = start === 0 ? '' : place.size(start);
    const to = sameDim(end, size) ? '' : place.size(end);
    const part = `${from}:${to}${step === 1 ? '' : `:${step}`}`;
    return atom(`${object(x)}[${[...range(at).map(() => ':'), part].join(', ')}]`, x.axes);
  },
});

export const pad: Row<'pad'> = (node) => ({
  inputs: node.inputs,
  print(place, [x]) {
    const { low, high, interior } = node.attrs;
    const full = whole(place, node.inputs[0], x);
    const rank = node.shape.length;
    const spread = range(rank).filter((axis) => interior[axis] > 0);
    const code = spread.reduce(
      (inner, axis) => `ops.spread(${inner}, ${axis}, ${interior[axis]})`,
      full.code,
    );
    const touched = range(rank).filter((axis) => low[axis] !== 0 || high[axis] !== 0);
    if (touched.length === 0) return atom(code, range(rank));
    const pads = range(rank)
      .slice(touched[0])
      .reverse()
      .flatMap((axis) => [low[axis], high[axis]].map((dim) => place.size(dim)));
    return atom(`F.pad(${code}, (${pads.join(', ')}))`, range(rank));
  },
});

export const concat: Row<'concat'> = (node) => ({
  inputs: node.inputs,
  print(place, args) {
    const parts = args.map((x, i) => plain(whole(place, node.inputs[i], x)));
    return atom(`torch.cat([${parts.join(', ')}], ${node.attrs.axis})`, range(node.shape.length));
  },
});

export const flip: Row<'flip'> = ({ inputs, attrs }) => ({
  inputs,
  print(_, [x]) {
    const at = x.axes.indexOf(attrs.axis);
    return at < 0 ? x : atom(`${object(inNumbers(x))}.flip(${at})`, x.axes);
  },
});
