/**
 * The protobuf wire format, as much of it as models of ONNX (the compiler's, and one of the runtime's) and TensorBoard's
 * files need: varints, floats, length-delimited fields. In: field numbers and plain values. Out: bytes. A message is the
 * concatenation of its fields.
 * Source: protobuf.dev, "Encoding".
 */

export type Bytes = Uint8Array;

const VARINT = 0;
const DELIMITED = 2;
const FIXED64 = 1;
const FIXED32 = 5;
const text = new TextEncoder();

export function concatBytes(parts: readonly Bytes[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A varint; negative numbers take ten bytes, as two's complement of 64 bits. */
function varint(value: number): Bytes {
  // Nearly all are tags and lengths of one byte.
  if (Number.isInteger(value) && value >= 0 && value < 128) return Uint8Array.of(value);
  const bytes: number[] = [];
  let rest = value < 0 ? BigInt.asUintN(64, BigInt(value)) : BigInt(value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

const tag = (field: number, wire: number): Bytes => varint(field * 8 + wire);

export const intField = (field: number, value: number): Bytes =>
  concatBytes([tag(field, VARINT), varint(value)]);

export const bytesField = (field: number, value: Bytes): Bytes =>
  concatBytes([tag(field, DELIMITED), varint(value.length), value]);

export const stringField = (field: number, value: string): Bytes => bytesField(field, text.encode(value));

export const messageField = (field: number, parts: readonly Bytes[]): Bytes =>
  bytesField(field, concatBytes(parts));

export function floatField(field: number, value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concatBytes([tag(field, FIXED32), bytes]);
}

export function doubleField(field: number, value: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return concatBytes([tag(field, FIXED64), bytes]);
}
