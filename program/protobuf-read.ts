/**
 * The protobuf wire format, read: what protobuf.ts writes. In: the bytes of a message; out: its fields in their order, each
 * with what the wire says of it. Nothing is copied, and no length is believed that leads past the end.
 * Source: protobuf.dev, "Encoding".
 */

/** Bytes that are no message; `at`: where, counted from the first of the message. */
export class ProtobufError extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

export type WireField = { readonly field: number } & (
  | { readonly wire: 'varint'; readonly value: bigint }
  | { readonly wire: 'fixed32' | 'fixed64' | 'bytes'; readonly value: Uint8Array }
);

const fixed = { 1: ['fixed64', 8], 5: ['fixed32', 4] } as const;

/** The fields of a message. Throws ProtobufError. */
export function fieldsOf(bytes: Uint8Array): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): bigint => {
    const read = varintAt(bytes, at);
    at = read.end;
    return read.value;
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at)
      throw new ProtobufError(at, `a field of ${length} bytes, and ${bytes.length - at} are left`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const [start, tag] = [at, varint()];
    const [field, wire] = [Number(tag >> 3n), Number(tag & 7n)];
    if (wire === 0) fields.push({ field, wire: 'varint', value: varint() });
    else if (wire === 2) fields.push({ field, wire: 'bytes', value: take(lengthOf(varint(), at)) });
    else if (wire === 1 || wire === 5)
      fields.push({ field, wire: fixed[wire][0], value: take(fixed[wire][1]) });
    else throw new ProtobufError(start, `a field of wire type ${wire}, which there is not`);
  }
  return fields;
}

function lengthOf(length: bigint, at: number): number {
  if (length > BigInt(Number.MAX_SAFE_INTEGER)) throw new ProtobufError(at, `a field of ${length} bytes`);
  return Number(length);
}

function varintAt(bytes: Uint8Array, from: number): { value: bigint; end: number } {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    if (from + i >= bytes.length) break;
    const byte = bytes[from + i];
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return { value: BigInt.asUintN(64, value), end: from + i + 1 };
  }
  throw new ProtobufError(from, 'a number that does not end');
}

/** A varint as the signed number of 64 bits that it is. */
export const signed = (value: bigint): number => Number(BigInt.asIntN(64, value));

/** Numbers of a packed field of varints. Throws ProtobufError. */
export function packedVarints(bytes: Uint8Array): number[] {
  const all: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const { value, end } = varintAt(bytes, at);
    all.push(signed(value));
    at = end;
  }
  return all;
}
