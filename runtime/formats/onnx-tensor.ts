/**
 * A tensor of an ONNX file (TensorProto). In: its bytes; out: name, shape, numbers. The shape is held against the bytes that
 * are there before anything is made of it; floats of 16 and 64 bits become float32.
 * Source: onnx/onnx.proto of the ONNX repository.
 */
import { fieldsOf, packedVarints, signed, type WireField } from '../../program/protobuf-read.ts';
import { FileError } from './file-error.ts';
import { half } from './npy.ts';

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** By its type: sizes, indices, truths. */
  readonly whole: boolean;
  readonly data: Float32Array | Float64Array;
}

interface Kind {
  readonly name: string;
  readonly size: number;
  readonly whole: boolean;
  get(view: DataView, at: number): number;
  /** The field that holds its numbers where they are not raw bytes, and a number of it as it lies there. */
  readonly field: number;
  unpacked?(value: number): number;
}

const upper = new DataView(new ArrayBuffer(4));
/** The upper half of a float32. */
function bfloat(bits: number): number {
  upper.setUint32(0, bits * 0x10000);
  return upper.getFloat32(0);
}

const float = (name: string, size: number, field: number, get: Kind['get']): Kind => ({
  ...{ name, size, field, get },
  whole: false,
});
const whole = (name: string, size: number, field: number, get: Kind['get']): Kind => ({
  ...{ name, size, field, get },
  whole: true,
});

/** By the number that the format has for each; strings, complex numbers and those of 8 bits or fewer are not taken. */
const kinds: Readonly<Record<number, Kind>> = {
  1: float('float', 4, 4, (view, at) => view.getFloat32(at, true)),
  2: whole('uint8', 1, 5, (view, at) => view.getUint8(at)),
  3: whole('int8', 1, 5, (view, at) => view.getInt8(at)),
  4: whole('uint16', 2, 5, (view, at) => view.getUint16(at, true)),
  5: whole('int16', 2, 5, (view, at) => view.getInt16(at, true)),
  6: whole('int32', 4, 5, (view, at) => view.getInt32(at, true)),
  7: whole('int64', 8, 7, (view, at) => Number(view.getBigInt64(at, true))),
  9: whole('bool', 1, 5, (view, at) => view.getUint8(at)),
  10: { ...float('float16', 2, 5, (view, at) => half(view.getUint16(at, true))), unpacked: half },
  11: float('double', 8, 10, (view, at) => view.getFloat64(at, true)),
  12: whole('uint32', 4, 11, (view, at) => view.getUint32(at, true)),
  13: whole('uint64', 8, 11, (view, at) => Number(view.getBigUint64(at, true))),
  16: { ...float('bfloat16', 2, 5, (view, at) => bfloat(view.getUint16(at, true))), unpacked: bfloat },
};

/** What the format calls a type of numbers. */
export const typeName = (code: number): string => kinds[code]?.name ?? `type ${code}`;

const decoder = new TextDecoder();
/** The text that a field holds. */
export const decoded = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Throws FileError, also where a number is not finite; ProtobufError where the bytes are no message. */
export function readTensor(bytes: Uint8Array, path: string, called: string): OnnxTensor {
  const fields = fieldsOf(bytes);
  const of = (field: number): WireField[] => fields.filter((one) => one.field === field);
  const name = called !== '' ? called : textOf(of(8));
  const where = `tensor \`${name}\``;
  if (of(13).length > 0 || of(14).some(({ value }) => value === 1n))
    throw new FileError(
      path,
      where,
      'its numbers lie in another file; save the network as one, with onnx.save(model, path, save_as_external_data=False)',
    );
  const shape = of(1).flatMap(numbersOf);
  const code = of(2).flatMap(numbersOf)[0] ?? 0;
  const kind = Object.hasOwn(kinds, code) ? kinds[code] : undefined;
  if (kind === undefined)
    throw new FileError(path, where, `it holds ${typeName(code)}, which no network here has`);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0))
    throw new FileError(path, where, `[${shape.join(', ')}] is no shape`);
  const length = shape.reduce((all, size) => all * size, 1);
  const raw = of(9);
  const data =
    raw.length > 0
      ? ofBytes(bytesIn(raw), kind, length, path, where, shape)
      : ofFields(of(kind.field), kind, length, path, where, shape);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new FileError(path, where, `number ${bad} of it is ${data[bad]}, which is not finite`);
  return { name, shape, whole: kind.whole, data };
}

const room = (kind: Kind, length: number): Float32Array | Float64Array =>
  kind.whole ? new Float64Array(length) : new Float32Array(length);

function ofBytes(
  bytes: Uint8Array,
  kind: Kind,
  length: number,
  path: string,
  where: string,
  shape: readonly number[],
): OnnxTensor['data'] {
  if (bytes.length !== length * kind.size)
    throw new FileError(
      path,
      where,
      `${kind.name} [${shape.join(', ')}] takes ${length * kind.size} bytes, and ${bytes.length} are there`,
    );
  const [data, view] = [room(kind, length), new DataView(bytes.buffer, bytes.byteOffset, bytes.length)];
  for (let i = 0; i < length; i++) data[i] = kind.get(view, i * kind.size);
  return data;
}

/** Numbers as fields of their own or packed into one, each as wide as its field has it. */
function ofFields(
  fields: readonly WireField[],
  kind: Kind,
  length: number,
  path: string,
  where: string,
  shape: readonly number[],
): OnnxTensor['data'] {
  const all = fields.flatMap((field) =>
    kind.field === 4 || kind.field === 10 ? floatsOf(field, kind) : numbersOf(field),
  );
  if (all.length !== length)
    throw new FileError(
      path,
      where,
      `[${shape.join(', ')}] are ${length} numbers, and ${all.length} are there`,
    );
  const data = room(kind, length);
  all.forEach((value, i) => (data[i] = kind.unpacked?.(value) ?? value));
  return data;
}

function floatsOf(field: WireField, kind: Kind): number[] {
  if (field.wire === 'varint') return [];
  const { value } = field;
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  return Array.from({ length: Math.floor(value.length / kind.size) }, (_, i) =>
    kind.get(view, i * kind.size),
  );
}

/** Whole numbers of a field: one, or those packed into it. */
export const numbersOf = (field: WireField): number[] => {
  if (field.wire === 'varint') return [signed(field.value)];
  return field.wire === 'bytes' ? packedVarints(field.value) : [];
};

export const bytesIn = (fields: readonly WireField[]): Uint8Array => {
  const last = fields[fields.length - 1];
  return last?.wire === 'bytes' ? last.value : new Uint8Array();
};
export const textOf = (fields: readonly WireField[]): string => decoded(bytesIn(fields));
