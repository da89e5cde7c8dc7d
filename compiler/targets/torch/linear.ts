/** Products, convolutions and their adjoints. PyTorch pads both ends of an axis alike: else the padding is made apart. */
import { addDims, mulDims, reachOf, subDims, type Dim } from '../../ir/dim.ts';
import type { Node, Window } from '../../ir/node.ts';
import {
  atom,
  axesCode,
  binds,
  plain,
  range,
  whole,
  within,
  type Place,
  type Row,
  type Value,
} from './value.ts';

export const matmul: Row = (node) => ({
  inputs: node.inputs,
  print(place, args) {
    const [a, b] = node.inputs.map((input, i) => whole(place, input, args[i]));
    return {
      code: `${within(a, binds.matmul)} @ ${within(b, binds.negate)}`,
      binding: binds.matmul,
      axes: range(node.shape.length),
    };
  },
});

/** Whether both ends of each axis are padded alike. */
export const even = ({ pads }: Window): boolean => pads.every(([low, high]) => low === high);

/** `, stride=2, padding=1, dilation=3, groups=4`; nothing where they are 1 and 0. */
export function windowArguments({ strides, pads, dilations, groups }: Window, padded = true): string {
  const stride = strides.every((s) => s === 1) ? '' : `, stride=${alike(strides)}`;
  const lows = pads.map(([low]) => low);
  const padding = !padded || lows.every((low) => low === 0) ? '' : `, padding=${alike(lows)}`;
  const dilation = dilations === undefined ? '' : `, dilation=${alike(dilations)}`;
  return stride + padding + dilation + (groups === undefined ? '' : `, groups=${groups}`);
}

/** One number where all are the same. */
export const alike = (values: readonly number[]): string =>
  values.every((value) => value === values[0]) ? String(values[0]) : axesCode(values);

/** `1, 2`: the last axis first, as `F.pad` has it. */
export const paddings = ({ pads }: Window): string => [...pads].reverse().flat().join(', ');
const spatial = (node: Node): number => node.shape.length - 2;

/** The operand whole; `F.pad`ded where PyTorch's own padding can't be. */
function image(place: Place, node: Node, x: Value, windows: Window): string {
  const code = plain(whole(place, node, x));
  return even(windows) ? code : `F.pad(${code}, (${paddings(windows)}))`;
}

export const conv: Row<'conv'> = (node) => ({
  inputs: node.inputs,
  print(place, [x, w]) {
    const windows = node.attrs;
    const [input, filter] = node.inputs;
    const code = `F.conv${spatial(node)}d(${image(place, input, x, windows)}, ${plain(whole(place, filter, w))}${windowArguments(windows, even(windows))})`;
    return atom(code, range(node.shape.length));
  },
});

/** How much larger the result is than PyTorch would make it: numbers below the stride, or null. */
export function outputPadding(node: Node<'conv_input_grad'>): number[] | null {
  const [cotangent, filter] = node.inputs;
  const { strides, pads, dilations } = node.attrs;
  const gaps = strides.map((stride, i): Dim => {
    const reach = reachOf(filter.shape[i + 2], dilations?.[i]);
    const plainSize = addDims(mulDims(subDims(cotangent.shape[i + 2], 1), stride), reach);
    return subDims(node.shape[i + 2], subDims(plainSize, pads[i][0] * 2));
  });
  const fits = gaps.every((gap, i) => typeof gap === 'number' && gap >= 0 && (gap < strides[i] || gap === 0));
  return fits ? (gaps as number[]) : null;
}

export const convInputGrad: Row<'conv_input_grad'> = (node) => ({
  inputs: node.inputs,
  print(place, [g, w]) {
    const [cotangent, filter] = node.inputs;
    const windows = node.attrs;
    const extra = even(windows) ? outputPadding(node) : null;
    const operands = `${plain(whole(place, cotangent, g))}, ${plain(whole(place, filter, w))}`;
    const called = `F.conv_transpose${spatial(node)}d(${operands}`;
    const axes = range(node.shape.length);
    if (extra !== null) {
      const more = extra.every((n) => n === 0) ? '' : `, output_padding=${alike(extra)}`;
      return atom(`${called}${windowArguments(windows)}${more})`, axes);
    }
    const lows = windows.pads.map(([low]) => low);
    const size = node.shape.slice(2).map((dim) => place.size(dim));
    const made = `${called}${windowArguments(windows, false)})`;
    return atom(`ops.fitted(${made}, ${tuple(lows)}, ${tuple(size)})`, axes);
  },
});

const tuple = (items: readonly (number | string)[]): string =>
  `(${items.join(', ')}${items.length === 1 ? ',' : ''})`;

/** As a forward operation it only stands in graphs that hold derivatives already. */
export const convWeightGrad: Row<'conv_weight_grad'> = (node) => ({
  inputs: node.inputs,
  print(place, [x, g]) {
    const [input, cotangent] = node.inputs;
    const windows = node.attrs;
    const shape = tuple(node.shape.map((dim) => place.size(dim)));
    const operands = `${image(place, input, x, windows)}, ${shape}, ${plain(whole(place, cotangent, g))}`;
    const code = `torch.nn.grad.conv${spatial(node)}d_weight(${operands}${windowArguments(windows, even(windows))})`;
    return atom(code, range(node.shape.length));
  },
});
