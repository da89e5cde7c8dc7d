/**
 * Runs emitted models in onnxruntime-node, on the provider of the device that they are for. In: nodes and float64 values
 * by input name. Out: float64 tensors, to compare with the reference engine.
 */
import { assert } from 'chai';
import * as ort from 'onnxruntime-node';
import type { Node } from '../../compiler/ir/node.ts';
import type { Tensor } from '../../compiler/ir/primitives/op.ts';
import type { DeviceName } from '../../compiler/targets/onnx/devices.ts';
import { emitOnnx } from '../../compiler/targets/onnx/emit.ts';
import type { OnnxModel, OnnxOptions } from '../../compiler/targets/onnx/emit.ts';
import { watchedSession } from '../../runtime/engines/placement.ts';

export type Feeds = ReadonlyMap<string, Tensor>;

/** Runs a model once; feeds that it doesn't want are left out. Fails if a GPU leaves other operators to the CPU than `left`. */
export async function runModel(
  model: OnnxModel,
  float: OnnxOptions['float'],
  feeds: Feeds,
  device: DeviceName = 'host',
  left: readonly string[] = [],
): Promise<Map<string, Tensor>> {
  const options = { logSeverityLevel: 3, intraOpNumThreads: 1 } as const;
  const { session, leftToCpu } =
    device === 'host'
      ? { session: await ort.InferenceSession.create(model.model, options), leftToCpu: () => [] }
      : await watchedSession(ort, model.model, { ...options, executionProviders: [device] });
  const fed = model.inputs.map(({ name }) => [name, toOrt(feeds.get(name)!, float)] as const);
  const results = await session.run(Object.fromEntries(fed));
  assert.deepEqual(leftToCpu(), left, 'left to the CPU');
  await session.release();
  return new Map(model.outputs.map(({ name }) => [name, fromOrt(results[name])]));
}

function toOrt(value: Tensor, float: OnnxOptions['float']): ort.Tensor {
  const data = float === 'float32' ? Float32Array.from(value.data) : Float64Array.from(value.data);
  return new ort.Tensor(data, [...value.shape]);
}

function fromOrt(value: ort.Tensor): Tensor {
  return { shape: value.dims, data: Float64Array.from(value.data as Float64Array) };
}

/** The values of `nodes` in ONNX, run where they are laid out for or elsewhere. Draws are fed as `draw:<key>`. */
export async function onnxValues(
  nodes: readonly Node[],
  options: OnnxOptions,
  feeds: Feeds,
  on: DeviceName = options.device ?? 'host',
  left: readonly string[] = [],
): Promise<Tensor[]> {
  const outputs = Object.fromEntries(nodes.map((node, i) => [`y${i}`, node]));
  const model = emitOnnx({ name: 'test', outputs }, options);
  const values = await runModel(model, options.float, feeds, on, left);
  return nodes.map((_, i) => values.get(`y${i}`)!);
}
