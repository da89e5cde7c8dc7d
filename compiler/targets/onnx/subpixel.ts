/**
 * conv_input_grad as small dense convolutions (Shi et al. 2016, arXiv:1609.07009): the results at one phase of the
 * stride are a stride-1 convolution of g with every stride-th tap of the kernel, turned round. Nothing is multiplied
 * by the zeros that a stride would put between the pixels of g. Where sizes aren't known, those zeros are put in.
 */
import { addDims, isKnown, knownDim, knownShape, mulDims, product, subDims } from '../../ir/dim.ts';
import type { Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { columns, paddedFor } from './columns.ts';
import type { Image, Taps } from './columns.ts';
import { groupedInputGrad } from './grouped.ts';
import { fromPixels, imageOf } from './image.ts';
import type { Emission } from './emission.ts';
import { gemm } from './matmul.ts';
import { padPhysical } from './movement.ts';
import { whole } from './sizes.ts';
import { arrange, expand, identity, reshape } from './value.ts';
import type { Value } from './value.ts';

export function inputGradient(e: Emission, node: Node<'conv_input_grad'>): Value {
  const { strides, dilations, groups } = node.attrs;
  const known = isKnown([...node.shape.slice(2), ...node.inputs[0].shape.slice(2)]);
  if (strides.every((s) => s === 1)) return ofStrideOne(e, node, imageOf(e, node.inputs[0]));
  if (!known || dilations !== undefined || groups !== undefined)
    return ofStrideOne(e, node, dilated(e, imageOf(e, node.inputs[0]), strides));
  return byPhases(e, node);
}

/** g with the stride's zeros between its pixels. */
function dilated(e: Emission, { name, shape }: Image, strides: readonly number[]): Image {
  const interior = [0, ...strides.map((s) => s - 1), 0];
  const none = shape.map(() => 0);
  const spread = shape.map((dim, i) => addDims(dim, mulDims(interior[i], subDims(dim, 1))));
  return { name: padPhysical(e, name, shape, { low: none, high: none, interior }), shape: spread };
}

/** The taps of one phase along one axis. */
interface Phase {
  /** Kernel positions, in the order of the pixels of g that they meet. */
  readonly kernel: readonly number[];
  readonly taps: Taps;
}

/**
 * Result y gets g[o]·w[k] where y + low = stride·o + k. For y = first + stride·i, k runs over phase, phase + stride, ...
 * and o = q + i - j for the j-th of them, q = (first + low - phase) / stride; reversed, o rises by 1 with each tap.
 */
function phaseAt(first: number, stride: number, low: number, kernel: number, size: Dim): Phase {
  const phase = (first + low) % stride;
  const q = (first + low - phase) / stride;
  const taps = Math.max(0, Math.ceil((kernel - phase) / stride));
  const count = typeof size === 'number' ? Math.ceil((size - first) / stride) : subDims(size, first);
  return {
    kernel: Array.from({ length: taps }, (_, j) => phase + stride * (taps - 1 - j)),
    taps: { start: q - taps + 1, step: 1, size: taps, count },
  };
}

function ofStrideOne(e: Emission, node: Node<'conv_input_grad'>, g: Image): Value {
  const { pads, dilations, groups } = node.attrs;
  const w = node.inputs[1];
  const phases = node.shape.slice(2).map((size, i): Phase => {
    const kernel = knownDim(w.shape[i + 2]);
    const gap = dilations?.[i] ?? 1;
    const phase = phaseAt(0, 1, pads[i][0], kernel, size);
    return { ...phase, taps: { ...phase.taps, gap, start: pads[i][0] - gap * (kernel - 1) } };
  });
  if (groups !== undefined)
    return groupedInputGrad(
      e,
      node,
      g,
      phases.map(({ taps }) => taps),
    );
  return fromPixels(e, node, atPhase(e, g, w, phases));
}

/** The results of one phase, as rows [N·counts.., C]. */
function atPhase(e: Emission, g: Image, w: Node, phases: readonly Phase[]): string {
  const rows = columns(
    e,
    g,
    phases.map((phase) => phase.taps),
  );
  const weights = subKernel(
    e,
    w,
    phases.map((phase) => phase.kernel),
  );
  return gemm(e, { name: rows, turned: false }, { name: weights, turned: false });
}

/** The chosen taps of w [O,C,K..] as a matrix [k..·O, C]. */
function subKernel(e: Emission, w: Node, kernel: readonly (readonly number[])[]): string {
  const rank = w.shape.length;
  const perm = [...identity(rank).slice(2), 0, 1];
  const value = arrange(e, expand(e, e.value(w), w.shape), perm);
  const sizes = knownShape(w.shape.slice(2));
  let taps = [0];
  kernel.forEach((chosen, axis) => {
    taps = taps.flatMap((at) => chosen.map((k) => at * sizes[axis] + k));
  });
  const [out, channels] = w.shape;
  const flat = reshape(e, value.name, [product(sizes), product([out, channels])]);
  const picked = e.w.node('Gather', [flat, whole(e.w, taps)], { axis: 0 });
  return reshape(e, picked, [mulDims(taps.length, out), channels]);
}

/** All phases, then put side by side, innermost axis first: a Concat is all the interleaving it takes. */
function byPhases(e: Emission, node: Node<'conv_input_grad'>): Value {
  const { strides, pads } = node.attrs;
  const [gNode, w] = node.inputs;
  const g = imageOf(e, gNode);
  const sizes = knownShape(node.shape.slice(2));
  const rounded = sizes.map((size, i) => Math.ceil(size / strides[i]) * strides[i]);
  const [batch, channels] = node.shape;
  const along = strides.map((stride, axis) =>
    Array.from({ length: stride }, (_, first) =>
      phaseAt(first, stride, pads[axis][0], knownDim(w.shape[axis + 2]), rounded[axis]),
    ),
  );
  const all = along.reduce<Phase[][]>(
    (lists, phases) => lists.flatMap((l) => phases.map((p) => [...l, p])),
    [[]],
  );
  const { image, taps } = paddedFor(
    e,
    g,
    all.map((phases) => phases.map((phase) => phase.taps)),
  );
  const made = all.map((phases, i) =>
    atPhase(
      e,
      image,
      w,
      phases.map(({ kernel }, axis) => ({ kernel, taps: taps[i][axis] })),
    ),
  );
  const counts = rounded.map((size, i) => size / strides[i]);
  const interleaved = strides.reduceRight((parts, stride, axis) => {
    const rows = product([batch, ...counts.slice(0, axis + 1)]);
    const width = product([...rounded.slice(axis + 1), channels]);
    return Array.from({ length: parts.length / stride }, (_, i) => {
      const group = parts.slice(i * stride, (i + 1) * stride).map((part) => reshape(e, part, [rows, width]));
      return e.w.node('Concat', group, { axis: 1 });
    });
  }, made);
  return cropped(e, node, interleaved[0], rounded);
}

/** Cuts off what a size that isn't a multiple of the stride has too much. */
function cropped(e: Emission, node: Node, name: string, rounded: readonly number[]): Value {
  const sizes = knownShape(node.shape.slice(2));
  if (sizes.every((size, i) => size === rounded[i])) return fromPixels(e, node, name);
  const perm = [0, ...identity(sizes.length).map((i) => i + 2), 1];
  const shape = [node.shape[0], ...rounded, node.shape[1]];
  const axes = identity(sizes.length).map((i) => i + 1);
  const starts = whole(
    e.w,
    sizes.map(() => 0),
  );
  const cut = e.w.node('Slice', [reshape(e, name, shape), starts, whole(e.w, sizes), whole(e.w, axes)]);
  return { name: cut, perm, stored: node.shape };
}
