/** Samples (samples.ts) of convolutions, learned values and slopes, attention, styles, and norms of groups and places. */
import type { Shape } from '../../compiler/ir/dim.ts';
import type { TensorType } from '../../compiler/types.ts';
import { readOnnx } from '../../runtime/formats/onnx.ts';
import { chain, weights } from './onnx-chain.ts';
import type { Sample } from './samples.ts';
import type { Given } from './workbench.ts';

const image: Shape = [2, 4, 3];
const seq: Shape = [2, 5];
const vec: Shape = [4];
const mat: readonly [Shape, Partial<TensorType>] = [[2, 3], { form: 'mat' }];
const unary = (shape: Shape, more: Record<string, Given> = {}): Sample => ({
  inputs: { x: shape },
  args: ({ x }) => ({ x, ...more }),
});

/** A network of a file. */
const ofFile: Sample = {
  inputs: { x: image },
  args({ x }, bench) {
    const { bytes } = chain(
      [2, 4, 3],
      [['Conv', { pads: [1, 1, 1, 1] }, [weights(3, 2, 3, 3), weights(3)]], ['Elu'], ['Flatten']],
    );
    const { graph } = readOnnx(bytes, 'net.onnx');
    bench.files.set('net.onnx', { file: 'weights/network-1.safetensors', graph });
    return { x, file: 'net.onnx' };
  },
};

export const learned: Readonly<Record<string, readonly Sample[]>> = {
  conv: [
    unary(image, { channels: 3, kernel: 3, stride: 2 }),
    unary(image, { channels: 2, kernel: [2, 3], pad: 0, weight_norm: 'unit' }),
    unary(seq, { channels: 2, kernel: 4, stride: 2, spectral: true }),
    unary(seq, { channels: 3, kernel: 2, dilation: 2, pad: 'causal' }),
    unary(image, { channels: 2, kernel: 2, dilation: [2, 1], pad: 1, stride: 2 }),
    unary(image, { channels: 4, kernel: 3, groups: 2, weight_norm: 'learned' }),
    unary([4, 5], { channels: 4, kernel: 3, groups: 4, dilation: 2 }),
    unary(image, { channels: 2, kernel: 3, pad: 1, fill: 'reflect' }),
    unary(image, { channels: 2, kernel: 3, equalized: 'he' }),
    unary(seq, { channels: 2, kernel: 3, stride: 2, fill: 'replicate' }),
  ],
  onnx: [ofFile],
  conv_transpose: [
    unary(image, { channels: 3, kernel: 4, stride: 2 }),
    unary(image, { channels: 1, kernel: 2, stride: 3, bias: false }),
    unary(image, { channels: 2, kernel: 2, stride: 2, weight_norm: 'learned' }),
    unary(seq, { channels: 2, kernel: 3, stride: 2, pad: 1, spectral: true }),
    unary(image, { channels: 4, kernel: 2, stride: 2, dilation: [1, 3], groups: 2 }),
    unary(seq, { channels: 2, kernel: 3, dilation: 2, groups: 2, weight_norm: 'learned' }),
  ],
  upsample: [unary(image), unary(seq, { factor: 3 })],
  pixel_shuffle: [unary([4, 2, 3]), unary([6, 3], { factor: 3 })],
  group_norm: [
    unary([4, 2, 3], { groups: 2 }),
    unary([4, 3], { groups: 4, affine: false }),
    unary(vec, { groups: 2 }),
  ],
  pixel_norm: [unary(vec), unary(image), unary(seq)],
  prelu: [unary(vec), unary(image), unary(seq, { slopes: 'one' })],
  weight: [
    { inputs: {}, args: () => ({ shape: [3] }) },
    { inputs: {}, args: () => ({ shape: [2, 3], form: 'mat' }) },
  ],
  attention: [
    unary([4, 3], { heads: 2 }),
    unary([4, 3], { causal: true }),
    unary([2, 2, 3], { keys: 1 }),
    { inputs: { x: [4, 3], y: [2, 5] }, args: ({ x, y }) => ({ x, to: y, heads: 2, keys: 2 }) },
  ],
  modulated_conv: [
    { inputs: { x: image, s: [3] }, args: ({ x, s }) => ({ x, channels: 3, style: s }) },
    {
      inputs: { x: seq, s: [2] },
      args: ({ x, s }) => ({ x, channels: 2, style: s, kernel: 2, pad: 'causal', equalized: 'unit' }),
    },
    {
      inputs: { x: image, s: [2] },
      args: ({ x, s }) => ({ x, channels: 2, style: s, kernel: 1, demodulate: false }),
    },
  ],
  batch_norm: [
    unary(vec),
    unary(image),
    unary(seq),
    { inputs: { x: image, s: [3] }, args: ({ x, s }) => ({ x, condition: s }) },
    { inputs: { x: vec, s: [3] }, args: ({ x, s }) => ({ x, condition: s, spectral: true }) },
    { inputs: { x: vec, s: [2] }, args: ({ x, s }) => ({ x, condition: s }) },
  ],
  sin: [unary(vec)],
  cos: [unary(vec)],
  total: [
    { inputs: { p: vec, q: vec }, args: ({ p, q }) => ({ x: [p, q, p] }) },
    { inputs: { p: [], q: [] }, args: ({ p, q }) => ({ x: [p, q] }) },
  ],
  matmul: [
    { inputs: { p: mat, q: [[3, 2], { form: 'mat' }] }, args: ({ p, q }) => ({ a: p, b: q }) },
    { inputs: { p: mat, q: [3] }, args: ({ p, q }) => ({ a: p, b: q }) },
    { inputs: { p: [2], q: mat }, args: ({ p, q }) => ({ a: p, b: q }) },
  ],
  outer: [{ inputs: { p: [2], q: [3] }, args: ({ p, q }) => ({ a: p, b: q }) }],
  transpose: [{ inputs: { x: mat }, args: ({ x }) => ({ x }) }],
  adain: [
    { inputs: { x: image, s: [3] }, args: ({ x, s }) => ({ x, style: s }) },
    { inputs: { x: seq, s: [2] }, args: ({ x, s }) => ({ x, style: s }) },
  ],
};
