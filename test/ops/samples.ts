/**
 * Primitives' own samples made concrete: a graph of one node, and float64 values for its inputs from a fixed stream,
 * kept away from kinks and poles as the sample says.
 */
import { Builder } from '../../compiler/ir/builder.ts';
import { isFed, type Node, type OpName } from '../../compiler/ir/node.ts';
import { opNames, opOf } from '../../compiler/ir/primitives/catalog.ts';
import type { OpSample, Tensor } from '../../compiler/ir/primitives/op.ts';
import { sizeOf, tensor } from '../../compiler/ir/primitives/tensor.ts';

/** Uniform in [0, 1), the same for the same seed (mulberry32). */
export function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The name of an input, the key of a draw. */
export function nameOf(leaf: Node): string {
  if (!isFed(leaf)) throw new Error(`nobody feeds ${leaf.op}`);
  return leaf.op === 'draw' ? leaf.attrs.key : leaf.attrs.name;
}

/** Values of ±[from, to]. */
export function randomTensor(
  shape: readonly number[],
  next: () => number,
  range: Partial<OpSample> = {},
): Tensor {
  const { from = 0.3, to = 1.3, positive = false } = range;
  const one = (): number => (positive || next() < 0.5 ? 1 : -1) * (from + (to - from) * next());
  return tensor(shape, Float64Array.from({ length: sizeOf(shape) }, one));
}

export interface SampleGraph {
  readonly b: Builder;
  readonly node: Node;
  /** Inputs `x0`, `x1`, ... */
  readonly inputs: readonly Node[];
  readonly values: ReadonlyMap<string, Tensor>;
}

export function sampleGraph(op: OpName, sample: OpSample, seed = 1): SampleGraph {
  const b = new Builder();
  const next = stream(seed);
  const inputs = sample.inputs.map((shape, i) => b.input(`x${i}`, shape));
  const attrs = typeof sample.attrs === 'function' ? sample.attrs(b) : sample.attrs;
  const values = sample.inputs.map((shape, i) => {
    const given = sample.values?.[i];
    return given ? tensor(shape, given) : randomTensor(shape, next, sample);
  });
  return { b, node: b.make(op, inputs, attrs), inputs, values: new Map(values.map((v, i) => [`x${i}`, v])) };
}

/** All samples of all primitives: [primitive's name, its row, sample, a title]. */
export const allSamples = opNames.flatMap((name) => {
  const op = opOf(name);
  const titleOf = ({ inputs }: OpSample): string => `${name}(${JSON.stringify(inputs).slice(1, -1)})`;
  return op.samples.map((sample) => ({ name, op, sample, title: titleOf(sample) }));
});
