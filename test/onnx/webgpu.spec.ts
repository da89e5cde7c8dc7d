/**
 * onnxruntime's WebGPU provider against the reference engine: every primitive, every item of the vocabulary with its
 * gradients, a spec trained for a few iterations with its state on the device. Nothing may be left to the CPU. Without
 * an adapter these tests are skipped; on SwiftShader they take a minute, nearly all of it for compiling shaders.
 */
import { assert } from 'chai';
import { primitivesFinding } from '../../cli/doctor-webgpu.ts';
import { sumAll } from '../../compiler/ir/compose.ts';
import { isFed, reachable, type Node } from '../../compiler/ir/node.ts';
import { leafName } from '../../compiler/leaves.ts';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { allocate, type Tensor } from '../../runtime/engines/engine.ts';
import { initialState } from '../../runtime/run/initial-state.ts';
import { assertClose } from '../ops/differences.ts';
import { programOf } from '../parity/host.ts';
import { engineOf, trained } from '../parity/train.ts';
import { inputsOf, samples, tensorsIn } from '../vocabulary/samples.ts';
import { Workbench } from '../vocabulary/workbench.ts';
import { missingAdapter } from './adapter.ts';
import { primitiveCases } from './primitive-cases.ts';
import { onnxValues } from './run.ts';

/** WGSL lets sines and cosines be off by so much, and SwiftShader's are off by 1.4e-4. */
const tolerance = (title: string): number => (/^(sin|cos)\(/.test(title) ? 2 ** -11 : 2e-5);

/** What onnxruntime's optimizer makes of it: it turns a comparison's result, of bools, for which the provider has no kernel. */
const left: Readonly<Record<string, readonly string[]>> = { 'generate 2': ['Transpose'] };

const way = { float: 'float32', device: 'webgpu' } as const;

describe('ONNX on WebGPU', function () {
  // Compiling shaders on a software adapter takes as long as it takes.
  this.timeout(0);

  before(async function () {
    const reason = await missingAdapter();
    if (reason === null) return;
    console.log(`  skipped: ${reason}`);
    this.skip();
  });

  it('primitives and their gradients', async () => {
    for (const { title, nodes, feeds, wanted } of primitiveCases()) {
      const got = await onnxValues(nodes, way, feeds).catch((error: unknown) => {
        throw new Error(`${title}: ${String(error)}`);
      });
      got.forEach((value, i) => assertClose(value, wanted[i], tolerance(title), `${title} ${i}`));
    }
  });

  it('is what ganc doctor finds', async () => {
    assert.deepInclude(await primitivesFinding(), { what: 'webgpu', fine: true });
  });

  it('the vocabulary and its gradients', async () => {
    for (const [name, list] of Object.entries(samples)) {
      for (const [i, sample] of list.entries()) {
        const bench = new Workbench({ trained: false });
        const results = tensorsIn(bench.apply(name, sample.args(inputsOf(bench, sample.inputs), bench)));
        await sameValues(
          bench,
          results.flatMap(({ node }) => withGradients(bench, node)),
          `${name} ${i + 1}`,
        );
      }
    }
  });

  it('a recurrence of more steps than a shader has buffers', async () => {
    const bench = new Workbench({ trained: false });
    const { node } = bench.tensor('gru', { x: bench.input('x', [2, 30]), units: 2 });
    await sameValues(bench, withGradients(bench, node), 'gru');
  });

  it('a spec trains as on the CPU, its state on the device until it is read', async () => {
    const path = 'test/cases/schedule/when.gan';
    const [found, wanted] = [
      await trained(programOf(path, { device: 'webgpu' }), 4),
      await trained(programOf(path), 4),
    ];
    assert.deepEqual(found.applied, wanted.applied);
    found.logged.forEach((log, i) => {
      assert.deepEqual(log.skipped, wanted.logged[i].skipped);
      for (const [name, value] of Object.entries(wanted.logged[i].losses))
        assert.closeTo(log.losses[name], value, 1e-4 * Math.max(1, Math.abs(value)), name);
    });
    assert.deepEqual(found.before, wanted.before);
    for (const [name, { shape, data }] of Object.entries(wanted.after)) {
      assertClose(
        { shape, data: Float64Array.from(found.after[name].data) },
        { shape, data: Float64Array.from(data) },
        1e-4,
        name,
      );
    }
  });

  it('a step that is not committed is forgotten, and can be looked at', async () => {
    const program = programOf('test/cases/schedule/twice.gan', { device: 'webgpu' });
    const { manifest } = program;
    const engine = await engineOf(program);
    assert.equal(engine.device, 'webgpu');
    const values = initialState(manifest, 3);
    const state = await engine.start(values);
    const { inputs } = manifest.graphs.step_1;
    const feeds = Object.fromEntries(
      inputs.flatMap(({ name, shape, from }) =>
        from.kind === 'state' ? [] : [[name, filled(shape as number[])]],
      ),
    );
    const first = await state.step('step_1', feeds);
    const next = await first.next();
    assert.isNotEmpty(Object.keys(next));
    assert.deepEqual(await state.read(), values);
    const again = await state.step('step_1', feeds);
    assert.deepEqual(again.numbers, first.numbers);
    await again.commit();
    assert.deepEqual(await state.read(Object.keys(next)), next);
    await state.dispose();
    assert.deepEqual(engine.remarks?.(), []);
  });
});

const filled = (shape: readonly number[]): Tensor => {
  const tensor = allocate('float32', shape);
  tensor.data.forEach((_: number, i: number) => (tensor.data[i] = Math.sin(i + 1)));
  return tensor;
};

/** A value and the gradients of its sum by all inputs and weights that it reads. */
function withGradients(bench: Workbench, y: Node): Node[] {
  const leaves = reachable([y]).filter(({ op }) => op === 'input');
  return [y, ...differentiate(bench.b, sumAll(bench.b, bench.b.mul(y, y)), leaves)];
}

async function sameValues(bench: Workbench, nodes: readonly Node[], what: string): Promise<void> {
  const wanted = bench.run(...nodes);
  const leaves = reachable(nodes).filter(isFed);
  const feeds = new Map(
    leaves.map((leaf) => [leafName(leaf), bench.values.get(leafName(leaf).replace(/^draw:/, ''))!]),
  );
  const got = await onnxValues(nodes, way, feeds, 'webgpu', left[what]).catch((error: unknown) => {
    throw new Error(`${what}: ${String(error)}`);
  });
  got.forEach((value, i) => assertClose(value, wanted[i], 2e-4, `${what}, output ${i}`));
}
