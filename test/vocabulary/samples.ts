/**
 * A sample of every item of the vocabulary that has a gradient: small inputs and arguments. The tests of gradients and
 * those of engines loop over it.
 */
import type { Shape } from '../../compiler/ir/dim.ts';
import type { TensorType } from '../../compiler/types.ts';
import type { DistributionValue, TensorValue, Value } from '../../compiler/values.ts';
import { drawn } from './samples-drawn.ts';
import { learned } from './samples-learned.ts';
import { rows } from './samples-rows.ts';
import { sound } from './samples-sound.ts';
import type { Given, Workbench } from './workbench.ts';

export interface Sample {
  /** Inputs by name: shape, and type if it is no real. */
  readonly inputs: Readonly<Record<string, Shape | readonly [Shape, Partial<TensorType>]>>;
  /** Arguments, from the inputs by name. */
  readonly args: (inputs: Readonly<Record<string, TensorValue>>, bench: Workbench) => Record<string, Given>;
  /** By which of inputs and weights (default: all of both). */
  readonly by?: readonly string[];
}

const image: Shape = [2, 4, 3];
const seq: Shape = [2, 5];
/** Of recurrences: a first step, one between, a last one. Second derivatives take far longer with each more. */
const steps: Shape = [2, 3];
const vec: Shape = [4];
const unary = (shape: Shape, more: Record<string, Given> = {}, type: Partial<TensorType> = {}): Sample => ({
  inputs: { x: [shape, type] },
  args: ({ x }) => ({ x, ...more }),
});
const binary = (a: string, b: string, p: Shape, q: Shape = p): Sample => ({
  inputs: { p, q },
  args: (given) => ({ [a]: given.p, [b]: given.q }),
});
const logit: Partial<TensorType> = { kind: 'logit' };

const mask: readonly [Shape, Partial<TensorType>] = [[1, 5], { range: [0, 1] }];
/** The mask's values: the first row of three steps, the second of one. */
function marked(bench: Workbench, m: TensorValue): TensorValue {
  bench.set('m', [3, 1, 5], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  return m;
}
const withMask = (more: Record<string, Given> = {}): Sample => ({
  inputs: { x: seq, m: mask },
  args: ({ x, m }, bench) => ({ x, ...more, where: marked(bench, m) }),
  by: ['x'],
});
/** A recurrence over rows of two, one and three steps. */
const maskedSteps = (more: Record<string, Given>): Sample => ({
  inputs: { x: steps, m: [[1, 3], { range: [0, 1] }] },
  args({ x, m }, bench) {
    bench.set('m', [3, 1, 3], [1, 1, 0, 1, 0, 0, 1, 1, 1]);
    return { x, ...more, where: m };
  },
});
const maskedPair: Sample = {
  inputs: { a: seq, b: seq, m: mask },
  args: ({ a, b, m }, bench) => ({ a, b, where: marked(bench, m) }),
  by: ['a', 'b'],
};
/** A recurrence from a given state. */
const started: Sample = {
  inputs: { x: steps, h: [2] },
  args: ({ x, h }) => ({ x, units: 2, start: h }),
};

/** A normal, categorical or bernoulli from inputs. */
const made = (bench: Workbench, family: string, args: Record<string, Given>): DistributionValue =>
  bench.distribution(family, args);

export const samples: Readonly<Record<string, readonly Sample[]>> = {
  dense: [
    unary(vec, { units: 3 }),
    unary(seq, { units: 3, bias: false }),
    unary([], { units: 2 }),
    unary(vec, { units: 2, spectral: true }),
    unary(vec, { units: 2, equalized: 'unit' }),
    unary(vec, { units: 2, weight_norm: 'learned' }),
  ],
  embedding: [unary([3], { units: 2 }, { kind: 'onehot' })],
  layer_norm: [unary(vec), unary(image), unary(seq)],
  instance_norm: [unary(image), unary(seq)],
  ...learned,
  ...rows,
  ...drawn,
  ...sound,
  flatten: [unary(image)],
  reshape: [unary(vec, { shape: [2, 2] })],
  concat: [
    { inputs: { x: vec, y: [2], z: [] }, args: ({ x, y, z }) => ({ x: [x, y, z] }) },
    { inputs: { x: image, y: [3] }, args: ({ x, y }) => ({ x: [x, y] }) },
    { inputs: { x: image, y: [2, 1, 3] }, args: ({ x, y }) => ({ x: [x, y], over: 'height' }) },
    { inputs: { x: seq, y: [2, 2] }, args: ({ x, y }) => ({ x: [x, y], over: 'time' }) },
  ],
  max_pool: [unary([2, 4, 5], { size: 2 }), unary(seq, { size: 3, stride: 2 })],
  avg_pool: [unary([2, 4, 5], { size: 2 }), unary([1, 4, 5], { size: 3, stride: 1 })],
  rnn: [unary(steps, { units: 3 }), unary(steps, { units: 2, both: true }), started],
  gru: [
    unary(steps, { units: 3 }),
    unary(steps, { units: 2, both: true }),
    unary(steps, { units: 2, both: true, last: true }),
    started,
    maskedSteps({ units: 2, both: true }),
    maskedSteps({ units: 2, both: true, last: true }),
  ],
  lstm: [
    unary(steps, { units: 2 }),
    unary(steps, { units: 2, both: true, last: true }),
    started,
    maskedSteps({ units: 2 }),
  ],
  hold: [
    unary(vec, { steps: 3 }),
    { inputs: { x: vec, y: seq }, args: ({ x, y }) => ({ x, like: y }), by: ['x'] },
    { inputs: { x: vec, y: image }, args: ({ x, y }) => ({ x, like: y }), by: ['x'] },
    { inputs: { x: [1, 4, 3], y: image }, args: ({ x, y }) => ({ x, like: y }), by: ['x'] },
  ],
  shift: [
    unary(seq, { by: 1, over: 'time' }),
    unary(image, { by: -2, over: 'height' }),
    unary(image, { by: 1, over: 'width' }),
  ],
  pad: [
    unary(seq, { by: 2 }),
    unary(image, { by: [2, 1], fill: 'reflect' }),
    unary(image, { before: [1, 0], after: 2, fill: 'replicate' }),
  ],
  crop: [
    unary(image, { size: 2 }),
    { inputs: { x: image, u: [2] }, args: ({ x, u }) => ({ x, size: [2, 1], at: u }), by: ['x'] },
    { inputs: { x: seq, u: [] }, args: ({ x, u }) => ({ x, size: 3, at: u }), by: ['x'] },
  ],
  resize: [
    unary(image, { size: [7, 2] }),
    unary(image, { size: 5, method: 'nearest' }),
    { inputs: { x: seq, y: [1, 8] }, args: ({ x, y }) => ({ x, like: y }), by: ['x'] },
  ],
  relu: [unary(vec)],
  leaky_relu: [unary(vec)],
  elu: [unary(vec, { alpha: 0.7 })],
  selu: [unary(vec)],
  gelu: [unary(vec)],
  softplus: [unary(vec)],
  softsign: [unary(vec)],
  swish: [unary(vec)],
  tanh: [unary(vec)],
  sigmoid: [unary(vec)],
  softmax: [
    unary(vec),
    unary(image),
    unary(seq, { over: 'time' }),
    unary([2, 3], { over: 'first' }, { form: 'mat' }),
  ],
  exp: [unary(vec)],
  log: [{ inputs: { x: vec }, args: ({ x }, bench) => ({ x: bench.tensor('square', { x }) }) }],
  sqrt: [{ inputs: { x: vec }, args: ({ x }, bench) => ({ x: bench.tensor('exp', { x }) }) }],
  abs: [unary(vec)],
  square: [unary(vec)],
  clamp: [unary([8], { low: -0.8, high: 0.7 })],
  sum: [
    unary(image),
    unary(seq, { over: 'time' }),
    unary(image, { over: 'channels' }),
    unary(image, { over: 'places' }),
    unary([2, 3], { over: 'first' }, { form: 'mat' }),
    unary(vec, { over: 'rows' }),
    withMask(),
    withMask({ over: 'time' }),
  ],
  mean: [
    unary(image),
    unary(seq, { over: 'time' }),
    unary(vec, { over: 'rows' }),
    withMask(),
    withMask({ over: 'time' }),
  ],
  norm: [
    unary(image),
    unary(seq, { over: 'time' }),
    unary(image, { over: 'channels' }),
    withMask({ over: 'time' }),
  ],
  total: [{ inputs: { x: vec, y: vec }, args: ({ x, y }) => ({ x: [x, y] }) }],
  distance: [binary('a', 'b', vec), binary('a', 'b', image, [2]), maskedPair],
  max: [unary(image), binary('x', 'y', vec), unary(seq, { over: 'time' }), unary(image, { over: 'height' })],
  min: [unary(image), binary('x', 'y', vec), unary(seq, { over: 'time' })],
  gradient: [
    {
      inputs: { x: vec },
      args: ({ x }, bench) => ({ y: bench.tensor('norm', { x: bench.tensor('tanh', { x }) }), x }),
    },
  ],
  nll: [
    {
      inputs: { m: vec, v: vec, x: vec },
      args: ({ m, v, x }, bench) => ({
        distribution: made(bench, 'normal', { mean: m, log_variance: v }),
        x,
      }),
    },
    {
      inputs: { m: vec, s: vec, x: vec },
      args: ({ m, s, x }, bench) => ({
        distribution: made(bench, 'normal', { mean: m, std: bench.tensor('exp', { x: s }) }),
        x,
      }),
    },
    {
      inputs: { l: vec, x: [vec, { kind: 'prob' }] },
      args: ({ l, x }, bench) => ({ distribution: made(bench, 'categorical', { logits: l }), x }),
    },
    {
      inputs: { l: vec, x: vec },
      args: ({ l, x }, bench) => ({ distribution: made(bench, 'bernoulli', { logits: l }), x }),
    },
  ],
  kl: [
    {
      inputs: { m: vec, v: vec },
      args: ({ m, v }, bench) => ({ from: made(bench, 'normal', { mean: m, log_variance: v }) }),
    },
    {
      inputs: { m: vec, v: vec, n: vec, w: vec },
      args: ({ m, v, n, w }, bench) => ({
        from: made(bench, 'normal', { mean: m, log_variance: v }),
        to: made(bench, 'normal', { mean: n, log_variance: w }),
      }),
    },
    ...['categorical', 'bernoulli'].flatMap((family): Sample[] => [
      { inputs: { l: vec }, args: ({ l }, bench) => ({ from: made(bench, family, { logits: l }) }) },
      {
        inputs: { l: vec, k: vec },
        args: ({ l, k }, bench) => ({
          from: made(bench, family, { logits: l }),
          to: made(bench, family, { logits: k }),
        }),
      },
    ]),
  ],
  entropy: [
    {
      inputs: { v: vec, m: vec },
      args: ({ m, v }, bench) => ({ x: made(bench, 'normal', { mean: m, log_variance: v }) }),
      by: ['v'],
    },
    { inputs: { l: vec }, args: ({ l }, bench) => ({ x: made(bench, 'categorical', { logits: l }) }) },
    { inputs: { l: vec }, args: ({ l }, bench) => ({ x: made(bench, 'bernoulli', { logits: l }) }) },
    { inputs: { l: vec }, args: ({ l }, bench) => ({ x: bench.tensor('softmax', { x: l }) }) },
  ],
  bce: [
    unary(vec, { target: 1 }, logit),
    unary([], { target: 0 }, logit),
    unary([], { target: 0.9 }, logit),
    { inputs: { x: [vec, logit], t: vec }, args: ({ x, t }) => ({ x, target: t }) },
  ],
  cross_entropy: [
    unary(vec, { target: 2 }, logit),
    unary(vec, { target: 'uniform' }, logit),
    {
      inputs: { l: vec },
      args: ({ l }, bench) => ({ x: made(bench, 'categorical', { logits: l }), target: 0 }),
    },
    { inputs: { l: vec }, args: ({ l }, bench) => ({ x: bench.tensor('softmax', { x: l }), target: 1 }) },
    unary(seq, { target: 'uniform' }, logit),
    {
      inputs: { x: [seq, logit], t: [seq, { range: [0, 1] }], m: mask },
      args: ({ x, t, m }, bench) => ({ x, target: t, where: marked(bench, m) }),
      by: ['x', 't'],
    },
  ],
  l1: [binary('a', 'b', image), binary('a', 'b', vec, []), maskedPair],
  mse: [binary('a', 'b', image), binary('a', 'b', seq, [2]), maskedPair],
  total_variation: [unary(image), unary(seq)],
  adversarial: ['non_saturating', 'minimax', 'least_squares', 'hinge', 'wasserstein'].map((kind) => ({
    inputs: { r: [[], logit], f: [[1], logit] },
    args: ({ r, f }) => ({ real: r, fake: f, kind }),
  })),
};

export function inputsOf(bench: Workbench, given: Sample['inputs']): Record<string, TensorValue> {
  const typed = Object.entries(given).map(([name, of]) => {
    const [shape, type] = Array.isArray(of[0])
      ? (of as readonly [Shape, Partial<TensorType>])
      : [of as Shape, {}];
    return [name, bench.input(name, shape, type)] as const;
  });
  return Object.fromEntries(typed);
}

/** The tensors in a result. */
export function tensorsIn(value: Value): TensorValue[] {
  if (value.sort === 'tensor') return [value];
  return value.sort === 'record' ? Object.values(value.fields).flatMap(tensorsIn) : [];
}
