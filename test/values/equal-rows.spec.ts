/**
 * Minibatches in which all rows are equal, against PyTorch: variances, differences and distances of exactly 0 and numbers that
 * tie, what comes out and what gradient goes through, by the interpreter on the graph as it is made and by onnxruntime on the
 * simplified one. The numbers are of from_torch.json (equal_rows.py).
 */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { sumAll } from '../../compiler/ir/compose.ts';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { isFed, reachable, type Node } from '../../compiler/ir/node.ts';
import { simplify } from '../../compiler/ir/simplify.ts';
import type { Tensor } from '../../compiler/ir/primitives/op.ts';
import { onnxValues } from '../onnx/run.ts';
import { nameOf } from '../ops/samples.ts';
import { close } from '../vocabulary/close.ts';
import { Workbench } from '../vocabulary/workbench.ts';
import { known, made, type EqualCase, type Told } from './told.ts';

/** The value, and its gradient by each input and weight that PyTorch has one for; a place that it doesn't depend on: null. */
function roots(
  one: EqualCase,
  bench: Workbench,
): { readonly names: readonly string[]; readonly nodes: Node[] } {
  const value = made(one, bench);
  assert(value.sort === 'tensor');
  const { b } = bench;
  bench.set('cotangent', one.cotangent.shape, one.cotangent.data);
  const scored = sumAll(b, b.mul(value.node, b.input('cotangent', value.node.shape)));
  const leaves = new Map(
    reachable([value.node])
      .filter(isFed)
      .map((leaf) => [nameOf(leaf), leaf]),
  );
  const names = Object.keys(one.gradients);
  return {
    names,
    nodes: [
      value.node,
      ...differentiate(
        b,
        scored,
        names.map((name) => leaves.get(name)!),
      ),
    ],
  };
}

function same(found: readonly Tensor[], one: EqualCase, names: readonly string[], by: string): void {
  const wanted: readonly Told[] = [one.wanted, ...names.map((name) => one.gradients[name])];
  wanted.forEach(({ shape, data }, i) => {
    const what = `${by}, ${i === 0 ? 'value' : `gradient by ${names[i - 1]}`}`;
    assert.deepEqual([...found[i].shape], [...shape], what);
    assert(found[i].data.every(Number.isFinite), what);
    close(found[i].data, data, 1e-9);
  });
}

describe('rows that are all equal, as PyTorch has them', () => {
  known.equal.forEach((one, i) => {
    const { call } = one.value as { readonly call: string };
    it(`${i + 1} ${call} of ${Object.values(one.inputs)[0].shape.join(' × ')}`, async () => {
      const bench = new Workbench({ sizes: { data: 4, other: 3 } });
      const { names, nodes } = roots(one, bench);
      same(bench.run(...nodes), one, names, 'interpreted');
      const simple = simplify(nodes).roots;
      same(await onnxValues(simple, { float: 'float64' }, bench.values), one, names, 'onnxruntime');
    });
  });
});
