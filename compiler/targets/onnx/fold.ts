/**
 * conv_input_grad by one product and a fold (col2im): every pixel of g makes its whole window [K..,C], and each result
 * gathers the windows' elements that fall on it. Right where C is small beside O: an image's own channels. What a window
 * puts outside is never gathered; where a result has fewer taps than others, a row of zeros fills the place.
 */
import { isKnown, knownDim, knownShape, product } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { filters, fromPixels, imageOf, pixels } from './image.ts';
import type { Emission } from './emission.ts';
import { groupedWindows } from './grouped.ts';
import { gemm } from './matmul.ts';
import { whole } from './sizes.ts';
import { reshape } from './value.ts';
import type { Value } from './value.ts';

/**
 * Elements moved by a fold (product, gather, sum) against those of sub-pixel columns, for each tap of each pixel; these have
 * no phases where both stride and dilation are above 1.
 */
export function foldIsCheaper(node: Node<'conv_input_grad'>): boolean {
  const { strides, dilations, groups = 1 } = node.attrs;
  const [g, w] = node.inputs;
  const [out, channels] = knownShape(w.shape);
  if (!isKnown([...node.shape.slice(2), ...g.shape.slice(2)])) return false;
  const sparse = (dilations !== undefined || groups > 1) && strides.some((s) => s > 1);
  return sparse || 3 * channels * groups < out;
}

export function folded(e: Emission, node: Node<'conv_input_grad'>): Value {
  const [g, w] = node.inputs;
  const [batch, channels] = node.shape;
  const windows =
    node.attrs.groups === undefined
      ? gemm(e, { name: pixels(e, imageOf(e, g)), turned: false }, { name: filters(e, w), turned: false })
      : groupedWindows(e, node);
  const index = elementsOf(node);
  const rows = knownDim(product([...g.shape.slice(2), ...w.shape.slice(2)]));
  const each = reshape(e, windows, [batch, rows, channels]);
  const withZero = index.some((at) => at.includes(rows))
    ? e.w.node('Pad', [each, whole(e.w, [0, 0, 0, 0, 1, 0])])
    : each;
  const parts = index.map((at) => e.w.node('Gather', [withZero, whole(e.w, at)], { axis: 1 }));
  return fromPixels(e, node, total(e, parts));
}

function total(e: Emission, parts: readonly string[]): string {
  if (parts.length === 1) return parts[0];
  return e.lacks('Sum') ? parts.reduce((a, b) => e.w.node('Add', [a, b])) : e.w.node('Sum', parts);
}

/** The rows (pixel, kernel position) that add up to each result: one list a tap, filled up with the zero row. */
function elementsOf({
  attrs: { strides, pads, dilations },
  inputs: [g, w],
  shape,
}: Node<'conv_input_grad'>): number[][] {
  const [grid, kernel, size] = [g, w, { shape }].map((x) => knownShape(x.shape.slice(2)));
  const zero = [...grid, ...kernel].reduce((a, b) => a * b, 1);
  // Along one axis: for each result, pairs of pixel and kernel position.
  const along = size.map((length, axis) =>
    Array.from({ length }, (_, y) =>
      Array.from({ length: kernel[axis] }, (__, k) => [
        (y + pads[axis][0] - k * (dilations?.[axis] ?? 1)) / strides[axis],
        k,
      ]).filter(([at]) => Number.isInteger(at) && at >= 0 && at < grid[axis]),
    ),
  );
  const taps = along.reduce((all, places) => all * Math.max(...places.map((pairs) => pairs.length)), 1);
  let lists: { pixel: number; place: number }[][] = [[{ pixel: 0, place: 0 }]];
  along.forEach((places, axis) => {
    const step = (
      list: { pixel: number; place: number }[],
      pairs: number[][],
    ): { pixel: number; place: number }[] =>
      list.flatMap(({ pixel, place }) =>
        pairs.map(([at, k]) => ({ pixel: pixel * grid[axis] + at, place: place * kernel[axis] + k })),
      );
    lists = lists.flatMap((list) => places.map((pairs) => step(list, pairs)));
  });
  const positions = kernel.reduce((a, b) => a * b, 1);
  return Array.from({ length: taps }, (_, i) =>
    lists.map((list) => (i < list.length ? list[i].pixel * positions + list[i].place : zero)),
  );
}
