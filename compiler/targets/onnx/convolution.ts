/**
 * Convolution and its two adjoints as matrix products over gathered windows, channels last, in any float type
 * (columns.ts); `channels-first` uses ONNX's own Conv and ConvTranspose (native.ts) for the first two.
 */
import { knownShape, type Dim } from '../../ir/dim.ts';
import type { Node, Window } from '../../ir/node.ts';
import { columns } from './columns.ts';
import type { Taps } from './columns.ts';
import type { Emission } from './emission.ts';
import { folded, foldIsCheaper } from './fold.ts';
import { filters, fromPixels, imageOf, pixels } from './image.ts';
import { groupedConv, groupedWeightGrad } from './grouped.ts';
import { gemm } from './matmul.ts';
import { isRightNatively, nativeConv, nativeConvInputGrad } from './native.ts';
import { inputGradient } from './subpixel.ts';
import { identity, permute, reshape } from './value.ts';
import type { Value } from './value.ts';

function tapsOf(window: Window, kernel: readonly number[], counts: readonly Dim[]): Taps[] {
  return kernel.map((size, i) => ({
    start: -window.pads[i][0],
    step: window.strides[i],
    gap: window.dilations?.[i],
    size,
    count: counts[i],
  }));
}

/** Whether ONNX's own kernels compute it: they want channels first, and on the CPU know float32 alone. */
const isNative = ({ layout, float }: Emission): boolean => layout === 'channels-first' && float === 'float32';

/** conv, with a vector added to every pixel if one is given. */
function convolution(e: Emission, node: Node<'conv'>, bias?: string): Value {
  if (isNative(e)) return nativeConv(e, node);
  const [x, w] = node.inputs;
  const kernel = knownShape(w.shape.slice(2));
  const taps = tapsOf(node.attrs, kernel, node.shape.slice(2));
  if (node.attrs.groups !== undefined) return groupedConv(e, node, taps);
  const rows = columns(e, imageOf(e, x), taps);
  const weights = { name: filters(e, w), turned: true };
  return fromPixels(e, node, gemm(e, { name: rows, turned: false }, weights, bias));
}

export function conv(e: Emission, node: Node<'conv'>): Value {
  const value = convolution(e, node);
  if (isNative(e) || node.attrs.groups !== undefined) return value;
  return { ...value, biased: (row) => convolution(e, node, row).name };
}

export function convWeightGrad(e: Emission, node: Node<'conv_weight_grad'>): Value {
  const [x, g] = node.inputs;
  const kernel = knownShape(node.shape.slice(2));
  const taps = tapsOf(node.attrs, kernel, g.shape.slice(2));
  if (node.attrs.groups !== undefined) return groupedWeightGrad(e, node, taps);
  const rows = columns(e, imageOf(e, x), taps);
  // A product is faster with more rows than columns: the transpose of what comes to mind, [K..·C, O].
  const matrix = gemm(e, { name: rows, turned: true }, { name: pixels(e, imageOf(e, g)), turned: false });
  const rank = node.shape.length;
  const perm = [...identity(rank).slice(2), 1, 0];
  return { name: reshape(e, matrix, permute(node.shape, perm)), perm, stored: node.shape };
}

export function convInputGrad(e: Emission, node: Node<'conv_input_grad'>): Value {
  if (isNative(e) && isRightNatively(node)) return nativeConvInputGrad(e, node);
  return foldIsCheaper(node) ? folded(e, node) : inputGradient(e, node);
}
