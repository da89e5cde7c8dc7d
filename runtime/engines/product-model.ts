/**
 * The ONNX model of one product, a · bᵀ in float32, for tables of any size: the only model that the runtime itself makes
 * (programs come from the compiler, which it doesn't know). Out: its bytes, by the field numbers of onnx.proto3.
 */
import { concatBytes, intField, messageField, stringField } from '../../program/protobuf.ts';
import type { Bytes } from '../../program/protobuf.ts';

/** ValueInfoProto: a name, and a tensor of float32 with sizes that have names. */
function value(field: number, name: string, sizes: readonly string[]): Bytes {
  const dims = sizes.map((size) => messageField(1, [stringField(2, size)]));
  const type = messageField(1, [intField(1, 1), messageField(2, dims)]);
  return messageField(field, [stringField(1, name), messageField(2, [type])]);
}

/** Inputs `a` [A, W] and `b` [B, W], output `product` [A, B]. */
export function productModel(): Uint8Array {
  const transposed = messageField(5, [stringField(1, 'transB'), intField(3, 1), intField(20, 2)]);
  const ends = [stringField(1, 'a'), stringField(1, 'b'), stringField(2, 'product')];
  const graph = messageField(7, [
    messageField(1, [...ends, stringField(4, 'Gemm'), transposed]),
    stringField(2, 'product'),
    value(11, 'a', ['A', 'W']),
    value(11, 'b', ['B', 'W']),
    value(12, 'product', ['A', 'B']),
  ]);
  return concatBytes([intField(1, 8), graph, messageField(8, [intField(2, 13)])]);
}
