/**
 * ONNX models as plain data, and their encoding (onnx/onnx.proto3; field numbers beside each field).
 * In: ModelProto and what it holds. Out: the bytes of a .onnx file. Little-endian machines only, as ONNX's raw data is.
 */
import type { Dim } from '../../ir/dim.ts';
import { printDim } from '../../ir/dim.ts';
import {
  concatBytes,
  floatField,
  intField,
  messageField,
  stringField,
  bytesField,
} from '../../../program/protobuf.ts';
import type { Bytes } from '../../../program/protobuf.ts';

export type FloatType = 'float32' | 'float64';
export type ElementType = FloatType | 'int64' | 'bool';

/** A float attribute; a plain number is an integer. */
export interface FloatAttribute {
  readonly float: number;
}
export type AttributeProto =
  number | string | readonly number[] | readonly string[] | FloatAttribute | GraphProto;

export interface NodeProto {
  readonly op: string;
  /** '' for an optional input left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeProto>>;
  /** '' is ONNX's own. */
  readonly domain: string;
}
export interface TensorProto {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly values: ArrayLike<number>;
}
export interface ValueInfoProto {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dim[];
}
export interface GraphProto {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
}
export interface ModelProto {
  readonly irVersion: number;
  readonly opset: number;
  readonly graph: GraphProto;
}

export const isGraph = (value: AttributeProto): value is GraphProto =>
  typeof value === 'object' && 'nodes' in value;

const dataTypes: Readonly<Record<ElementType, number>> = { float32: 1, int64: 7, bool: 9, float64: 11 };

/** The bytes of a model file. `domains`: of operators beside ONNX's own. */
export function encodeModel(model: ModelProto, domains: readonly string[] = ['com.microsoft']): Bytes {
  return concatBytes([
    intField(1, model.irVersion),
    stringField(2, 'ganc'),
    messageField(7, graphParts(model.graph)),
    messageField(8, [stringField(1, ''), intField(2, model.opset)]),
    ...domains.map((domain) => messageField(8, [stringField(1, domain), intField(2, 1)])),
  ]);
}

function graphParts(graph: GraphProto): Bytes[] {
  return [
    ...graph.nodes.map((node) => messageField(1, nodeParts(node))),
    stringField(2, graph.name),
    ...graph.initializers.map((tensor) => messageField(5, tensorParts(tensor))),
    ...graph.inputs.map((info) => messageField(11, infoParts(info))),
    ...graph.outputs.map((info) => messageField(12, infoParts(info))),
  ];
}

function nodeParts(node: NodeProto): Bytes[] {
  return [
    ...node.inputs.map((name) => stringField(1, name)),
    ...node.outputs.map((name) => stringField(2, name)),
    stringField(3, node.outputs[0]),
    stringField(4, node.op),
    ...Object.entries(node.attributes).map(([name, value]) => messageField(5, attributeParts(name, value))),
    ...(node.domain === '' ? [] : [stringField(7, node.domain)]),
  ];
}

function attributeParts(name: string, value: AttributeProto): Bytes[] {
  const head = stringField(1, name);
  if (typeof value === 'number') return [head, intField(3, value), intField(20, 2)];
  if (typeof value === 'string') return [head, stringField(4, value), intField(20, 3)];
  if (isGraph(value)) return [head, messageField(6, graphParts(value)), intField(20, 5)];
  if ('float' in value) return [head, floatField(2, value.float), intField(20, 1)];
  const [items, kind] = value.every((item) => typeof item === 'string')
    ? [value.map((item) => stringField(9, item)), 8]
    : [value.map((item) => intField(8, Number(item))), 7];
  return [head, ...items, intField(20, kind)];
}

function tensorParts(tensor: TensorProto): Bytes[] {
  return [
    ...tensor.dims.map((dim) => intField(1, dim)),
    intField(2, dataTypes[tensor.type]),
    stringField(8, tensor.name),
    bytesField(9, rawData(tensor)),
  ];
}

function rawData({ type, values }: TensorProto): Bytes {
  const whole = (): BigInt64Array =>
    BigInt64Array.from({ length: values.length }, (_, i) => BigInt(values[i]));
  const data = {
    float32: () => Float32Array.from(values),
    float64: () => Float64Array.from(values),
    bool: () => Uint8Array.from(values),
    int64: whole,
  };
  return new Uint8Array(data[type]().buffer);
}

function infoParts(info: ValueInfoProto): Bytes[] {
  const dims = info.shape.map((dim) =>
    messageField(1, [typeof dim === 'number' ? intField(1, dim) : stringField(2, printDim(dim))]),
  );
  const tensor = [intField(1, dataTypes[info.type]), messageField(2, dims)];
  return [stringField(1, info.name), messageField(2, [messageField(1, tensor)])];
}
