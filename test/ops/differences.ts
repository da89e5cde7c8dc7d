/** Gradients by central differences in float64, to compare with ours. */
import { assert } from 'chai';
import type { Node } from '../../compiler/ir/node.ts';
import type { Tensor } from '../../compiler/ir/primitives/op.ts';
import { tensor } from '../../compiler/ir/primitives/tensor.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';

export type Values = ReadonlyMap<string, Tensor>;
export type Sizes = Readonly<Record<string, number>>;

export const valueOf = (node: Node, inputs: Values, symbols: Sizes = {}): Tensor =>
  evaluate([node], { inputs, draws: new Map(), symbols })[0];

/** The derivative of a rank-0 node by each element of the input `name`. */
export function centralDifferences(
  y: Node,
  name: string,
  inputs: Values,
  symbols: Sizes = {},
  step = 1e-5,
): Tensor {
  const x = inputs.get(name)!;
  const at = (i: number, change: number): number => {
    const moved = Float64Array.from(x.data);
    moved[i] += change;
    return valueOf(y, new Map(inputs).set(name, { shape: x.shape, data: moved }), symbols).data[0];
  };
  return tensor(
    x.shape,
    [...x.data.keys()].map((i) => (at(i, step) - at(i, -step)) / (2 * step)),
  );
}

/** Equal shapes, and values within `tolerance` of the larger of 1 and the wanted size. */
export function assertClose(got: Tensor, wanted: Tensor, tolerance: number, what: string): void {
  assert.deepEqual([...got.shape], [...wanted.shape], `${what}: shape`);
  got.data.forEach((value, i) => {
    const bound = tolerance * Math.max(1, Math.abs(wanted.data[i]));
    assert(Math.abs(value - wanted.data[i]) <= bound, `${what}[${i}]: ${value}, wanted ${wanted.data[i]}`);
  });
}
