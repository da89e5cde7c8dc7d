/** A graph through ONNX and through the reference engine: the same values, each within a tolerance of its largest. */
import { assert } from 'chai';
import { isFed, reachable, type Node } from '../../compiler/ir/node.ts';
import { leafName } from '../../compiler/leaves.ts';
import { knownShape, substituteDim } from '../../compiler/ir/dim.ts';
import type { Tensor } from '../../compiler/ir/primitives/op.ts';
import type { OnnxOptions } from '../../compiler/targets/onnx/emit.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';
import { randomTensor, stream } from '../ops/samples.ts';
import { onnxValues } from './run.ts';

export type Sizes = Readonly<Record<string, number>>;

/** Random values for all inputs and draws of a graph. */
export function feedsFor(roots: readonly Node[], sizes: Sizes = {}, seed = 1): Map<string, Tensor> {
  const next = stream(seed);
  const leaves = reachable(roots).filter(isFed);
  return new Map(
    leaves.map((leaf) => {
      const shape = knownShape(leaf.shape.map((dim) => substituteDim(dim, sizes)));
      return [leafName(leaf), randomTensor(shape, next, { from: 0 })];
    }),
  );
}

export function referenceValues(
  roots: readonly Node[],
  feeds: ReadonlyMap<string, Tensor>,
  symbols: Sizes,
): Tensor[] {
  const draws = [...feeds].map(([name, value]) => [name.replace('draw:', ''), value] as const);
  return evaluate(roots, { inputs: feeds, draws: new Map(draws), symbols });
}

export const tolerances = { float64: 1e-9, float32: 1e-4 };

/** Asserts that ONNX computes what the reference does. */
export async function assertSame(
  roots: readonly Node[],
  options: OnnxOptions,
  sizes: Sizes = {},
  what = '',
): Promise<void> {
  const feeds = feedsFor(roots, sizes);
  const wanted = referenceValues(roots, feeds, sizes);
  const got = await onnxValues(roots, options, feeds);
  wanted.forEach((value, i) => assertNear(got[i], value, tolerances[options.float], `${what} output ${i}`));
}

export function assertNear(got: Tensor, wanted: Tensor, tolerance: number, what: string): void {
  assert.deepEqual([...got.shape], [...wanted.shape], `${what}: shape`);
  const largest = wanted.data.reduce((top, value) => Math.max(top, Math.abs(value)), 1e-3);
  got.data.forEach((value, i) => {
    const off = Math.abs(value - wanted.data[i]);
    assert(off <= tolerance * largest, `${what}[${i}]: ${value}, wanted ${wanted.data[i]}`);
  });
}
