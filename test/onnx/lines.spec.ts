/** Images read between their pixels: gathered in ONNX, where the graph has a product (compiler/targets/onnx/lines.ts). */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { meanAll, square } from '../../compiler/ir/compose.ts';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import type { Node } from '../../compiler/ir/node.ts';
import { simplify } from '../../compiler/ir/simplify.ts';
import { emitOnnx, type OnnxOptions } from '../../compiler/targets/onnx/emit.ts';
import { Workbench } from '../vocabulary/workbench.ts';
import { assertSame, feedsFor } from './compare.ts';
import { onnxValues } from './run.ts';

/** Images of two channels moved so far that much of what is read lies beyond their edges, and the gradient by them. */
function moved(): Node[] {
  const bench = new Workbench();
  const x = bench.input('x', [2, 5, 7]);
  const far = { degrees: 40, translate: 6, scale: 0.5, shear: 20 };
  const { node } = bench.tensor('random_affine', { x, ...far });
  const loss = meanAll(bench.b, square(bench.b, node));
  return simplify([node, ...differentiate(bench.b, loss, [x.node])]).roots;
}

const operators = (roots: readonly Node[], options: OnnxOptions): string =>
  emitOnnx(
    { name: 'test', outputs: Object.fromEntries(roots.map((node, i) => [`y${i}`, node])) },
    options,
  ).text();

describe('ONNX: lines read between their pixels', () => {
  it('are gathered, and their gradient scattered, for any number of rows', async () => {
    const roots = moved();
    for (const rows of [1, 4]) await assertSame(roots, { float: 'float32' }, { data: rows }, `${rows} rows`);
    const text = operators(roots, { float: 'float32' });
    assert.include(text, 'GatherElements');
    assert.include(text, 'ScatterElements');
    assert.notInclude(text, 'MatMul');
  });

  it('are no numbers where a place is none', async () => {
    const [node] = moved();
    const feeds = feedsFor([node], { data: 2 });
    const turn = [...feeds.keys()].find((name) => name.endsWith('/turn'))!;
    feeds.set(turn, { shape: [2], data: Float64Array.of(NaN, 0.5) });
    const [got] = await onnxValues([node], { float: 'float32' }, feeds);
    const half = got.data.length / 2;
    assert(got.data.subarray(0, half).every(Number.isNaN) && got.data.subarray(half).every(Number.isFinite));
  });

  it('are products in float64, and where the device cannot scatter', async () => {
    await assertSame(moved(), { float: 'float64' }, { data: 3 });
    for (const options of [{ float: 'float64' }, { float: 'float32', device: 'webgpu' }] as const)
      assert.notInclude(operators(moved(), options), 'Elements', options.float);
  });
});
