/**
 * Convolutions whose channels are in groups, and their adjoints, as products for each group: the windows of an image
 * (columns.ts) [N·P, K..·C] lie as [N, G, P, K..·C/G], and one MatMul makes all of N and G.
 */
import { knownDim, knownShape, product, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { columns } from './columns.ts';
import type { Image, Taps } from './columns.ts';
import type { Emission } from './emission.ts';
import { fromPixels, imageOf } from './image.ts';
import { whole } from './sizes.ts';
import { arrange, expand, identity, plain, reshape } from './value.ts';
import type { Value } from './value.ts';

const transposed = (e: Emission, name: string, perm: readonly number[]): string =>
  e.w.node('Transpose', [name], { perm });

/** Windows of each group: [N, G, P, K..·C/G]. */
function groupedColumns(e: Emission, image: Image, taps: readonly Taps[], groups: number): string {
  const [batch] = image.shape;
  const own = knownDim(image.shape[image.shape.length - 1]) / groups;
  const places = product(taps.map(({ count }) => count));
  const area = taps.reduce((n, { size }) => n * size, 1);
  const rows = reshape(e, columns(e, image, taps), [batch, places, area, groups, own]);
  return reshape(e, transposed(e, rows, [0, 3, 1, 2, 4]), [batch, groups, places, area * own]);
}

/** Pixels [N, P.., C] of each group: [N, G, P, C/G], or [N, G, C/G, P] turned. */
function groupedPixels(e: Emission, { name, shape }: Image, groups: number, turned: boolean): string {
  const [batch, ...rest] = shape;
  const own = knownDim(rest[rest.length - 1]) / groups;
  const apart = reshape(e, name, [batch, product(rest.slice(0, -1)), groups, own]);
  return transposed(e, apart, turned ? [0, 2, 3, 1] : [0, 2, 1, 3]);
}

/** A product [N, G, P, C/G] as the value of a node [N, C, P..]. */
function fromGroups(e: Emission, node: Node, made: string, places: Dim): Value {
  const [batch, channels] = node.shape;
  return fromPixels(e, node, reshape(e, transposed(e, made, [0, 2, 1, 3]), [batch, places, channels]));
}

/** Weights w [O, C/G, K..] in another order: `order` of the axes [G, O/G, C/G, K], `turned` with the kernel turned round. */
function groupedWeights(
  e: Emission,
  w: Node,
  groups: number,
  order: readonly number[],
  turned = false,
): string {
  const [out, inside, ...kernel] = knownShape(w.shape);
  const area = kernel.reduce((a, b) => a * b, 1);
  const value = arrange(e, expand(e, e.value(w), w.shape), identity(w.shape.length));
  const flat = reshape(e, value.name, [groups, out / groups, inside, area]);
  const taken = turned
    ? e.w.node('Gather', [flat, whole(e.w, [...identity(area)].reverse())], { axis: 3 })
    : flat;
  return transposed(e, taken, order);
}

export function groupedConv(e: Emission, node: Node<'conv'>, taps: readonly Taps[]): Value {
  const { groups = 1 } = node.attrs;
  const [x, w] = node.inputs;
  const rows = groupedColumns(e, imageOf(e, x), taps, groups);
  const [out, inside, ...kernel] = knownShape(w.shape);
  const weights = reshape(e, groupedWeights(e, w, groups, [0, 3, 2, 1]), [
    groups,
    kernel.reduce((a, b) => a * b, inside),
    out / groups,
  ]);
  return fromGroups(e, node, e.w.node('MatMul', [rows, weights]), product(node.shape.slice(2)));
}

export function groupedWeightGrad(e: Emission, node: Node<'conv_weight_grad'>, taps: readonly Taps[]): Value {
  const { groups = 1 } = node.attrs;
  const [x, g] = node.inputs;
  const rows = groupedColumns(e, imageOf(e, x), taps, groups);
  const each = e.w.node('MatMul', [groupedPixels(e, imageOf(e, g), groups, true), rows]);
  const summed = e.w.node('ReduceSum', [each, whole(e.w, [0])], { keepdims: 0 });
  const [out, inside, ...kernel] = knownShape(node.shape);
  const area = kernel.reduce((a, b) => a * b, 1);
  const apart = reshape(e, summed, [groups, out / groups, area, inside]);
  return plain(reshape(e, transposed(e, apart, [0, 1, 3, 2]), node.shape), node.shape);
}

/** By the taps of g that meet each place: for a stride of 1. */
export function groupedInputGrad(
  e: Emission,
  node: Node<'conv_input_grad'>,
  g: Image,
  taps: readonly Taps[],
): Value {
  const { groups = 1 } = node.attrs;
  const w = node.inputs[1];
  const rows = groupedColumns(e, g, taps, groups);
  const [out, inside, ...kernel] = knownShape(w.shape);
  const weights = reshape(e, groupedWeights(e, w, groups, [0, 3, 1, 2], true), [
    groups,
    kernel.reduce((a, b) => a * b, out / groups),
    inside,
  ]);
  return fromGroups(e, node, e.w.node('MatMul', [rows, weights]), product(node.shape.slice(2)));
}

/** What every pixel of g makes of its whole window: [N, P·K.., C], as a fold reads it. */
export function groupedWindows(e: Emission, node: Node<'conv_input_grad'>): string {
  const { groups = 1 } = node.attrs;
  const [g, w] = node.inputs;
  const [out, inside, ...kernel] = knownShape(w.shape);
  const area = kernel.reduce((a, b) => a * b, 1);
  const weights = reshape(e, groupedWeights(e, w, groups, [0, 1, 3, 2]), [
    groups,
    out / groups,
    area * inside,
  ]);
  const made = e.w.node('MatMul', [groupedPixels(e, imageOf(e, g), groups, false), weights]);
  const apart = reshape(e, made, [g.shape[0], groups, product(g.shape.slice(2)), area, inside]);
  return transposed(e, apart, [0, 2, 3, 1, 4]);
}
