/** The layer `onnx` by itself: a file's bytes and what goes in, evaluated in float64. */
import { assert } from 'chai';
import type { Tensor } from '../../compiler/ir/primitives/op.ts';
import type { TensorType } from '../../compiler/types.ts';
import type { TensorValue, Value } from '../../compiler/values.ts';
import { readOnnx } from '../../runtime/formats/onnx.ts';
import { Workbench, type Given } from './workbench.ts';

export const path = 'net.onnx';

export interface OnnxBench {
  readonly bench: Workbench;
  /** What the layer gives: one tensor, or those of its record. */
  readonly made: readonly TensorValue[];
  run(): Tensor[];
}

/** The layer on inputs of so many rows, the file's weights set; the inputs are called `x0`, `x1`. */
export function onnxBench(
  bytes: Uint8Array,
  inputs: readonly (Tensor | { readonly shape: readonly number[] })[],
  rows: number,
  more: Readonly<Record<string, Given>> = {},
  type: Partial<TensorType> = {},
): OnnxBench {
  const bench = new Workbench({ mode: 'report', sizes: { data: rows } });
  const { graph, tensors } = readOnnx(bytes, path);
  bench.files.set(path, { file: 'weights/network-1.safetensors', graph });
  const [x, ...rest] = inputs.map((input, i) => {
    if ('data' in input) bench.set(`x${i}`, input.shape, input.data);
    return bench.input(`x${i}`, input.shape.slice(1), type);
  });
  const given = { x, file: path, ...(rest.length > 0 && { more: rest }), ...more };
  const made = tensorsOf(bench.apply('onnx', given));
  for (const [name, own] of bench.owned) {
    assert.equal(own.kind, 'buffer', 'nothing that an optimizer would move');
    assert(own.initial.kind === 'stored');
    bench.set(name, own.shape, tensors.get(own.initial.of)!.data);
  }
  return { bench, made, run: () => bench.run(...made.map(({ node }) => node)) };
}

function tensorsOf(value: Value): TensorValue[] {
  if (value.sort === 'tensor') return [value];
  assert(value.sort === 'record');
  return Object.values(value.fields).flatMap(tensorsOf);
}
