/**
 * The ONNX model of one product, a · bᵀ in float32, for tables of any size: the only model that the runtime itself makes
 * (programs come from the compiler, which it doesn't know). Out: its bytes, by the field numbers of onnx.proto3.
 */

type Bytes = readonly number[];

const varint = (value: number): Bytes =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)];
/** A field that holds a number, and one that holds bytes: a text, or a message. */
const number = (field: number, value: number): Bytes => [...varint(field << 3), ...varint(value)];
const message = (field: number, ...parts: readonly Bytes[]): Bytes => {
  const bytes = parts.flat();
  return [...varint((field << 3) | 2), ...varint(bytes.length), ...bytes];
};
const text = (field: number, value: string): Bytes => message(field, [...Buffer.from(value)]);

/** ValueInfoProto: a name, and a tensor of float32 with sizes that have names. */
const value = (field: number, name: string, sizes: readonly string[]): Bytes => {
  const shape = message(2, ...sizes.map((size) => message(1, text(2, size))));
  return message(field, text(1, name), message(2, message(1, number(1, 1), shape)));
};

/** Inputs `a` [A, W] and `b` [B, W], output `product` [A, B]. */
export function productModel(): Uint8Array {
  const transposed = message(5, text(1, 'transB'), number(3, 1), number(20, 2));
  const node = message(1, text(1, 'a'), text(1, 'b'), text(2, 'product'), text(4, 'Gemm'), transposed);
  const inputs = [value(11, 'a', ['A', 'W']), value(11, 'b', ['B', 'W'])];
  const graph = message(7, node, text(2, 'product'), ...inputs, value(12, 'product', ['A', 'B']));
  return Uint8Array.from([...number(1, 8), ...graph, ...message(8, number(2, 13))]);
}
