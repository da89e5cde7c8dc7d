/** Sliding windows of an ONNX node: kernel, strides, dilations and padding of each axis, as its attributes have them. */
import { addDims, reachOf, type Dim } from '../../ir/dim.ts';
import { slots, type Window } from '../windows.ts';
import type { Step, Tensor } from './values.ts';

/** How many places before and behind those of an axis, for a window that reaches so far. */
function padsOf(
  step: Step,
  axis: number,
  axes: number,
  size: Dim,
  reach: number,
  stride: number,
): readonly [number, number] {
  const auto = step.word('auto_pad', 'NOTSET');
  if (auto === 'VALID') return [0, 0];
  if (auto === 'NOTSET') {
    const pads = step.list('pads') ?? [];
    return [pads[axis] ?? 0, pads[axis + axes] ?? 0];
  }
  if (typeof size !== 'number') return step.fail('its padding depends on a length that is not known here');
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
  const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)];
  return auto === 'SAME_LOWER' ? [more, less] : [less, more];
}

/** Its windows over the places of what comes in, [rows, channels, places...]. */
export function windowsOf(step: Step, { node }: Tensor, kernel: readonly number[]): Window[] {
  const places = node.shape.slice(2);
  if (places.length === 0 || places.length > 2 || kernel.length !== places.length)
    step.fail(`it works on ${places.length} axes of places, and one or two are taken`);
  const [strides, dilations] = ['strides', 'dilations'].map((name) => step.list(name) ?? places.map(() => 1));
  return places.map((size, axis) => {
    const [own, stride, dilation] = [kernel[axis], strides[axis], dilations[axis]];
    if (![own, stride, dilation].every((one) => Number.isSafeInteger(one) && one >= 1))
      step.fail('its kernel, strides and dilations must be whole numbers of at least 1');
    const reach = reachOf(own, dilation);
    const pads = padsOf(step, axis, places.length, size, reach, stride);
    if (pads.some((pad) => !Number.isSafeInteger(pad) || pad < 0))
      step.fail('its padding must be whole numbers of at least 0');
    const out = slots(step.of.call, addDims(addDims(size, pads[0]), pads[1]), reach, stride);
    return { kernel: own, stride, dilation, pads, out };
  });
}
