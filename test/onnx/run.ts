/**
 * Runs emitted models in onnxruntime-node's CPU provider. In: nodes and float64 values by input name. Out: float64
 * tensors, to compare with the reference engine.
 */
import * as ort from 'onnxruntime-node';
import type { Node } from '../../compiler/graph/node.ts';
import type { Tensor } from '../../compiler/ops/op.ts';
import { emitOnnx } from '../../compiler/targets/onnx/emit.ts';
import type { OnnxModel, OnnxOptions } from '../../compiler/targets/onnx/emit.ts';

export type Feeds = ReadonlyMap<string, Tensor>;

/** Runs a model once; feeds that it doesn't want are left out. */
export async function runModel(
  model: OnnxModel,
  float: OnnxOptions['float'],
  feeds: Feeds,
): Promise<Map<string, Tensor>> {
  const session = await ort.InferenceSession.create(model.model, {
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
  });
  const fed = model.inputs.map(({ name }) => [name, toOrt(feeds.get(name)!, float)] as const);
  const results = await session.run(Object.fromEntries(fed));
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

/** The values of `nodes` in ONNX. Draws are fed as `draw:<key>`. */
export async function onnxValues(
  nodes: readonly Node[],
  options: OnnxOptions,
  feeds: Feeds,
): Promise<Tensor[]> {
  const outputs = Object.fromEntries(nodes.map((node, i) => [`y${i}`, node]));
  const model = emitOnnx({ name: 'test', outputs }, options);
  const values = await runModel(model, options.float, feeds);
  return nodes.map((_, i) => values.get(`y${i}`)!);
}
