/** Convolution by ONNX's own kernels, channels first; float32 only on the CPU. */
import { addDims, knownDim, knownShape, mulDims, reachOf, subDims } from '../../ir/dim.ts';
import type { Node, Window } from '../../ir/node.ts';
import type { Emission } from './emission.ts';
import { denseInput } from './emission.ts';
import { plain } from './value.ts';
import type { Value } from './value.ts';

/** ONNX wants all the beginnings, then all the ends. */
const padsOf = ({ pads }: Window): number[] => [...pads.map(([low]) => low), ...pads.map(([, high]) => high)];

/** Strides, and what isn't 1 of dilations and groups. */
const windowOf = ({ strides, dilations, groups }: Window): Record<string, number | readonly number[]> => ({
  strides,
  ...(dilations && { dilations }),
  ...(groups !== undefined && { group: groups }),
});

export function nativeConv(e: Emission, node: Node<'conv'>): Value {
  const window = node.attrs;
  const names = node.inputs.map((input) => denseInput(e, input));
  return plain(e.w.node('Conv', names, { ...windowOf(window), pads: padsOf(window) }), node.shape);
}

/**
 * Whether ConvTranspose is right for it on WebGPU: onnxruntime 1.30's kernel there is wrong where groups have an even number of
 * channels each and make one of them (test/onnx/webgpu.spec.ts).
 */
export function isRightNatively({ attrs, inputs }: Node<'conv_input_grad'>): boolean {
  const { groups = 1 } = attrs;
  const [out, made] = knownShape(inputs[1].shape);
  return groups === 1 || made > 1 || (out / groups) % 2 === 1;
}

export function nativeConvInputGrad(e: Emission, node: Node<'conv_input_grad'>): Value {
  const window = node.attrs;
  const [g, w] = node.inputs;
  // What the stride leaves over at the end; a number even where the sizes are symbolic.
  const rest = node.shape.slice(2).map((size, i) => {
    const [low, high] = window.pads[i];
    const reach = reachOf(w.shape[i + 2], window.dilations?.[i]);
    const reached = addDims(mulDims(window.strides[i], addDims(g.shape[i + 2], -1)), reach);
    return knownDim(subDims(size, addDims(reached, -low - high)));
  });
  const attributes = { ...windowOf(window), pads: padsOf(window), output_padding: rest };
  return plain(e.w.node('ConvTranspose', [denseInput(e, g), denseInput(e, w)], attributes), node.shape);
}
