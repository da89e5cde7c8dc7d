import { assert } from 'chai';
import { compile } from '../../compiler/compile.ts';
import type { Host } from '../../compiler/input.ts';
import { writeFolderAtomic } from '../../runtime/atomic.ts';
import { catalogue, sources } from '../../runtime/catalogue.ts';
import { allFinite, allocate } from '../../runtime/engines/engine.ts';
import type { Tensor } from '../../runtime/engines/engine.ts';
import type { HostEngine } from '../../runtime/engines/host-engine.ts';
import { onnxEngine } from '../../runtime/engines/onnx-engine.ts';
import { programFiles } from '../../runtime/run/run-directory.ts';
import type { Manifest } from '../../program/manifest.ts';
import { scratch } from './scratch.ts';

const text = `gan Line
data ring = gaussians(rows: 64)
network F(x: vec[2]) -> vec[1] { x |> dense(1) }
loss fit = mse(F(ring.point), 1)
train for 4 steps, batch 8 { update F to minimize fit with sgd(0.5) }
report every 4 steps { metric guess = std(F(ring.point)) }
`;
const host: Host = {
  catalogue,
  read: () => null,
  describe: (source, args) => sources[source].describe(args, '.'),
};

describe('the ONNX engine', () => {
  const { path } = scratch();
  let engine: HostEngine;
  let manifest: Manifest;

  before(async () => {
    const { program, diagnostics } = compile({ path: 'line.gan', text }, host, { float: 'float64' });
    assert(program, diagnostics.map(({ what }) => what).join());
    manifest = program.manifest;
    writeFolderAtomic(path('program'), programFiles(manifest, program.files));
    engine = await onnxEngine(manifest, path('program'), 1);
  });

  const tensor = (shape: number[], ...values: number[]): Tensor => ({
    shape,
    data: Float64Array.from(values),
  });
  const output = (graph: string, to: string): string =>
    manifest.graphs[graph].outputs.find(
      (one) => (one.to.kind === 'state' ? one.to.state : one.to.kind) === to,
    )!.name;
  const feeds = (graph: string, values: Record<string, Tensor>) =>
    Object.fromEntries(
      manifest.graphs[graph].inputs.map(({ name, from }) => {
        const key = from.kind === 'state' ? from.state : from.kind === 'field' ? from.field : from.kind;
        return [name, values[key]];
      }),
    );

  it('runs a step: gradient descent, worked out by hand, into the buffers it is given', async () => {
    const points = allocate('float64', [8, 2]);
    points.data.forEach((_: number, i: number) => (points.data[i] = i % 2 === 0 ? 1 : 2));
    const [weight, bias] = [tensor([2, 1], 0.5, -0.25), tensor([1], 0)];
    const shape = manifest.state.find(({ name }) => name === 'F.dense_1.weight')!.shape;
    const state = { 'F.dense_1.weight': { ...weight, shape }, 'F.dense_1.bias': bias };
    const into = { [output('step_1', 'F.dense_1.weight')]: allocate('float64', shape) };
    const executable = await engine.open('step_1');
    const names = manifest.graphs.step_1.outputs.map(({ name }) => name);
    const got = await executable.run(
      feeds('step_1', { ...state, point: points, scalar: tensor([], 0.5) }),
      names,
      into,
    );
    // The guess is 0 everywhere, its target 1: the gradient is -2 by the guess, so -2 x by the weight.
    const next = got[output('step_1', 'F.dense_1.weight')];
    assert.strictEqual(next, into[output('step_1', 'F.dense_1.weight')]);
    assert.deepEqual([...next.data], [1.5, 1.75]);
    assert.deepEqual([...got[output('step_1', 'F.dense_1.bias')].data], [1]);
    assert.equal(got[output('step_1', 'loss')].data[0], 1);
    assert.deepEqual([...weight.data], [0.5, -0.25]);
  });

  it('runs a report over any number of rows, with one session', async () => {
    const [graph] = Object.keys(manifest.graphs).filter((name) => name.startsWith('report'));
    const executable = await engine.open(graph);
    assert.strictEqual(await engine.open(graph), executable);
    const shape = manifest.state.find(({ name }) => name === 'F.dense_1.weight')!.shape;
    for (const rows of [3, 1, 5]) {
      const point = allocate('float64', [rows, 2]);
      point.data.fill(2);
      const state = {
        'F.dense_1.weight': { ...tensor([], 1, 3), shape },
        'F.dense_1.bias': tensor([1], 0.5),
      };
      const [{ name }] = manifest.graphs[graph].outputs;
      const got = await executable.run(feeds(graph, { ...state, point }), [name]);
      assert.deepEqual(
        [...got[name].data],
        Array.from({ length: rows }, () => 8.5),
      );
    }
  });

  it('says which graph it lacks', async () => {
    const caught: unknown = await Promise.resolve(engine.open('nothing')).catch((error: unknown) => error);
    assert.match(String(caught), /no file for the graph nothing/);
  });

  it('knows numbers from what is none', () => {
    assert.isTrue(allFinite(Float32Array.of(0, -1, 3e38)));
    for (const wrong of [NaN, Infinity, -Infinity]) assert.isFalse(allFinite(Float64Array.of(1, wrong, 2)));
  });
});
