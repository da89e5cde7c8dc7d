/**
 * Sliding windows: kernel sizes, strides and padding of a call, for one or two spatial axes. The default padding gives
 * ceil(size / stride), the odd zero at the end; `pad: p` puts p zeros at both ends. Sizes may have symbols.
 */
import { kinds } from '../errors.ts';
import { addDims, ceilDivDim, mulDims, printDim, reachOf, subDims, type Dim } from '../ir/dim.ts';
import type { Attributes } from '../ir/node.ts';
import type { ParamSpec } from '../../program/catalogue.ts';
import type { Args, Call } from './builtin.ts';
import { int, nums } from './builtin.ts';
import { whole } from './shapes.ts';

/** Along one axis. */
export interface Window {
  readonly kernel: number;
  /** Places from one tap of the kernel to the next. */
  readonly dilation: number;
  readonly stride: number;
  readonly pads: readonly [number, number];
  readonly out: Dim;
}

export const kernelParam = nums('kernel', 'Size of the window: one number, or one for each axis, `[3, 9]`.');
export const strideParam = nums(
  'stride',
  'Steps from one window to the next: one number, or one for each axis.',
  1,
);
const padDoc =
  'Places added at both ends of each axis. Default: as many as give ceil(size / stride) (transposed: size · stride), the odd one at the end.';
export const padParam: ParamSpec = {
  ...int('pad', `${padDoc} causal: all of them before the first step of a seq.`, null),
  choices: ['causal'],
};
export const transposedPadParam = int('pad', padDoc, null);
export const dilationParam = nums(
  'dilation',
  'Places from one tap of the kernel to the next: one number, or one for each axis.',
  1,
);

/** One whole number of at least `least` for each of `axes`, from one number or a list. */
export function perAxis(call: Call, args: Args, name: string, axes: number, least = 1): number[] {
  const given = args.reals(name);
  const list = typeof given === 'number' ? [given] : given;
  if (list.some((n) => !Number.isInteger(n) || n < least))
    call.fail(kinds.notCount, {
      what: `\`${name}\` is ${list.join(', ')}, and must be a whole number of at least ${least}`,
      hint: `Write \`${name}: ${least}\` or more, or a list with one for each axis.`,
    });
  if (list.length === 1) return Array.from({ length: axes }, () => list[0]);
  return list.length === axes
    ? [...list]
    : call.fail(kinds.badArgument, {
        what: `\`${name}\` has ${list.length} numbers for ${axes} ${axes === 1 ? 'axis' : 'axes'}`,
        hint: 'Write one number for all axes, or one for each.',
      });
}

/** The padding that was asked for; null: the default. */
function padOf(call: Call, args: Args): number | null {
  if (!args.has('pad')) return null;
  const pad = args.int('pad');
  return pad >= 0
    ? pad
    : call.fail(kinds.argumentOutside, {
        what: `\`pad\` is ${pad}, and must be 0 or more`,
        hint: 'Write `pad: 0` for none, or leave it out.',
      });
}

const split = (total: number): [number, number] => [Math.floor(total / 2), Math.ceil(total / 2)];

/** The windows of a convolution over `sizes`. */
export function windowsOf(
  call: Call,
  args: Args,
  sizes: readonly Dim[],
  dilations: readonly number[] = perAxis(call, args, 'dilation', sizes.length),
): Window[] {
  const kernels = perAxis(call, args, 'kernel', sizes.length);
  const strides = perAxis(call, args, 'stride', sizes.length);
  const causal = args.has('pad') && args.value('pad').sort === 'string';
  const pad = causal ? null : padOf(call, args);
  if (causal && sizes.length > 1)
    call.fail(kinds.badArgument, {
      what: '`pad: causal` is for a seq, and an image came in',
      why: 'An image has no earlier places.',
      hint: 'Write a number, or leave it out.',
    });
  const windows = sizes.map((size, i): Window => {
    const own = { kernel: kernels[i], stride: strides[i], dilation: dilations[i] };
    const [stride, reach] = [strides[i], reachOf(kernels[i], dilations[i])];
    if (pad !== null)
      return { ...own, pads: [pad, pad], out: slots(call, addDims(size, 2 * pad), reach, stride) };
    const out = whole(call, ceilDivDim(size, stride), size, stride);
    if (causal) return { ...own, pads: [reach - 1, 0], out };
    const rest = Number(subDims(mulDims(out, stride), size));
    return { ...own, pads: split(Math.max(0, rest + reach - stride)), out };
  });
  return windows.map((window, i) => ({ ...window, stride: strideWithin(window, sizes[i]) }));
}

/** Where one window has room, any stride is the same: the least that leaves room for one, so that no target counts to more. */
function strideWithin({ kernel, dilation, stride, pads, out }: Window, size: Dim): number {
  if (out !== 1 || typeof size !== 'number') return stride;
  const reach = reachOf(kernel, dilation);
  return Math.min(stride, Math.max(1, size + pads[0] + pads[1] - reach + 1));
}

/** How many windows have room: floor((size - kernel) / stride) + 1. */
export function slots(call: Call, size: Dim, kernel: number, stride: number): Dim {
  const room = subDims(size, kernel);
  if (typeof room === 'number' && room < 0)
    call.fail(kinds.shape, {
      what: `a window of ${kernel} is larger than the ${printDim(size)} that come in`,
      why: 'Padding counts as coming in.',
      hint: 'Make the window smaller, or leave out a layer that shrinks before it.',
    });
  return addDims(whole(call, ceilDivDim(subDims(room, stride - 1), stride), size, stride), 1);
}

/** The windows of the convolution that a transposed one is the adjoint of; `out` is the transposed one's size. */
export function transposedWindows(call: Call, args: Args, sizes: readonly Dim[]): Window[] {
  const kernels = perAxis(call, args, 'kernel', sizes.length);
  const strides = perAxis(call, args, 'stride', sizes.length);
  const dilations = perAxis(call, args, 'dilation', sizes.length);
  const pad = padOf(call, args);
  return sizes.map((size, i) => {
    const own = { kernel: kernels[i], stride: strides[i], dilation: dilations[i] };
    const [stride, reach] = [strides[i], reachOf(kernels[i], dilations[i])];
    if (pad === null) return { ...own, pads: split(Math.max(0, reach - stride)), out: mulDims(size, stride) };
    const out = addDims(mulDims(subDims(size, 1), stride), reach - 2 * pad);
    if (typeof out === 'number' && out < 1)
      call.fail(kinds.shape, {
        what: `nothing would come out: \`pad: ${pad}\` is too much for a kernel of ${reach}`,
        hint: 'Make the padding smaller.',
      });
    return { ...own, pads: [pad, pad], out };
  });
}

/** As the primitives take them. */
export const attrsOf = (windows: readonly Window[], groups = 1): Attributes['conv'] => ({
  strides: windows.map((w) => w.stride),
  pads: windows.map((w) => w.pads),
  dilations: windows.map((w) => w.dilation),
  groups,
});
