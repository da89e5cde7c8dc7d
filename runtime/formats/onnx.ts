/**
 * A network in an ONNX file (ModelProto). In: the file's bytes; out: its graph, and its large tensors by name. The reader
 * trusts nothing: lengths, shapes and names are held against what is there, and each node may read only what stands before
 * it, so a graph that goes round in a circle is refused here. What operators mean is the compiler's matter.
 * Source: onnx/onnx.proto of the ONNX repository.
 */
import type { OnnxAttribute, OnnxConstant, OnnxGraph, OnnxNode, OnnxPort } from '../../program/onnx-graph.ts';
import { fieldsOf, ProtobufError, signed, type WireField } from '../../program/protobuf-read.ts';
import { FileError } from './file-error.ts';
import { bytesIn, decoded, numbersOf, readTensor, textOf, typeName, type OnnxTensor } from './onnx-tensor.ts';
import type { NamedTensor } from './safetensors.ts';

export interface OnnxFile {
  readonly graph: OnnxGraph;
  /** Floats, of constants that are more than one number. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
}

/** Floats of at most so many are part of the graph: bounds, exponents, scales. */
const fewFloats = 16;
/** Whole numbers are sizes, axes and places; a table of more is no such thing. */
const mostWhole = 65_536;

/** Throws FileError; `path` is for the sentence. */
export function readOnnx(bytes: Uint8Array, path: string): OnnxFile {
  try {
    return readModel(bytes, path);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw new FileError(path, null, `it is no ONNX file, or a part of one: ${error.message}`);
  }
}

type Message = (field: number) => readonly WireField[];

function message(bytes: Uint8Array): Message {
  const all = new Map<number, WireField[]>();
  for (const one of fieldsOf(bytes)) {
    const same = all.get(one.field);
    if (same === undefined) all.set(one.field, [one]);
    else same.push(one);
  }
  return (field) => all.get(field) ?? [];
}

/** The messages that a field holds. */
const inside = (fields: readonly WireField[]): Uint8Array[] =>
  fields.flatMap((one) => (one.wire === 'bytes' ? [one.value] : []));

function readModel(bytes: Uint8Array, path: string): OnnxFile {
  const model = message(bytes);
  if (model(7).length === 0) throw new FileError(path, null, 'it is no ONNX file: there is no graph in it');
  const opsets = inside(model(8)).map(message);
  const standard = opsets.find((one) => isStandard(textOf(one(1))));
  const opset = standard === undefined ? 0 : (standard(2).flatMap(numbersOf)[0] ?? 0);
  if (opset < 7)
    throw new FileError(
      path,
      null,
      `its operators are of version ${opset}, and 7 is the oldest that is read: onnx.version_converter makes a newer one`,
    );
  return readGraph(message(bytesIn(model(7))), opset, path);
}

const isStandard = (domain: string): boolean => domain === '' || domain === 'ai.onnx';

function readGraph(graph: Message, opset: number, path: string): OnnxFile {
  if (graph(15).length > 0) throw new FileError(path, null, 'it holds sparse tensors, which are not read');
  const stored = inside(graph(5)).map((one) => readTensor(one, path, ''));
  const nodes = inside(graph(1)).map((one, i) => readNode(one, path, i));
  const constants = nodes.flatMap(({ node, tensor }) =>
    tensor === null ? [] : [{ ...tensor, name: node.outputs[0] ?? '' }],
  );
  const tensors = [...stored, ...constants];
  const ports = inside(graph(11)).map(readPort);
  const names = new Set(tensors.map(({ name }) => name));
  const inputs = ports.filter(({ name }) => !names.has(name));
  const worked = nodes.flatMap(({ node, tensor }) => (tensor === null ? [node] : []));
  requireOrder([...inputs.map(({ name }) => name), ...tensors.map(({ name }) => name)], worked, path);
  const outputs = inside(graph(12)).map((one) => readPort(one).name);
  if (outputs.length === 0) throw new FileError(path, null, 'its graph has no output');
  const kept = tensors.map((one) => [one.name, constantOf(one, path)] as const);
  return {
    graph: { opset, inputs, outputs, nodes: worked, constants: Object.fromEntries(kept) },
    tensors: new Map(
      tensors.flatMap(({ name, shape, data }) =>
        data.length > 1 && isFloat(data) ? [[name, { shape, data }]] : [],
      ),
    ),
  };
}

const isFloat = (data: OnnxTensor['data']): data is Float32Array => data instanceof Float32Array;

function constantOf({ name, shape, whole, data }: OnnxTensor, path: string): OnnxConstant {
  if (!whole && data.length > fewFloats) return { shape, whole, values: null, ...sameIn(data) };
  if (data.length > mostWhole)
    throw new FileError(
      path,
      `tensor \`${name}\``,
      `${data.length} whole numbers are too many for sizes or places`,
    );
  return { shape, whole, values: [...data] };
}

function sameIn(data: OnnxTensor['data']): Pick<OnnxConstant, 'same'> {
  const [same] = data;
  return data.length <= mostWhole && data.every((one) => one === same) ? { same } : {};
}

/** Every name is given once, and before it is read. */
function requireOrder(known: readonly string[], nodes: readonly OnnxNode[], path: string): void {
  const there = new Set(known);
  nodes.forEach((node, i) => {
    const where = `node ${i + 1}, \`${node.operator}\``;
    const unknown = node.inputs.find((name) => name !== '' && !there.has(name));
    if (unknown !== undefined)
      throw new FileError(path, where, `it reads \`${unknown}\`, which nothing before it gives`);
    for (const name of node.outputs.filter((one) => one !== '')) {
      if (there.has(name)) throw new FileError(path, where, `it gives \`${name}\`, which is there already`);
      there.add(name);
    }
  });
}

function readPort(bytes: Uint8Array): OnnxPort {
  const port = message(bytes);
  const tensor = message(bytesIn(message(bytesIn(port(2)))(1)));
  const [shape] = inside(tensor(2));
  const sizes = shape === undefined ? null : inside(message(shape)(1)).map(readSize);
  return { name: textOf(port(1)), type: typeName(tensor(1).flatMap(numbersOf)[0] ?? 0), shape: sizes };
}

function readSize(bytes: Uint8Array): number | string | null {
  const dim = message(bytes);
  const [size] = dim(1).flatMap(numbersOf);
  // Zero and below is how some programs write a size that they leave open.
  if (size !== undefined) return size > 0 ? size : null;
  return dim(2).length > 0 ? textOf(dim(2)) : null;
}

/** A node; of a `Constant` the tensor that it is, which needs no node. */
function readNode(bytes: Uint8Array, path: string, i: number): { node: OnnxNode; tensor: OnnxTensor | null } {
  const fields = message(bytes);
  const domain = textOf(fields(7));
  const operator = isStandard(domain) ? textOf(fields(4)) : `${domain}.${textOf(fields(4))}`;
  const where = `node ${i + 1}, \`${operator}\``;
  const attributes = inside(fields(5)).map(message);
  const node: OnnxNode = {
    name: textOf(fields(3)),
    operator,
    inputs: inside(fields(1)).map(decoded),
    outputs: inside(fields(2)).map(decoded),
    attributes: Object.fromEntries(attributes.map((one) => [textOf(one(1)), attributeOf(one, path, where)])),
  };
  if (node.outputs.length === 0) throw new FileError(path, where, 'it gives nothing');
  return { node, tensor: operator === 'Constant' ? constantNode(node, attributes, path, where) : null };
}

function attributeOf(attribute: Message, path: string, where: string): OnnxAttribute {
  const [float] = attribute(2);
  const [whole] = attribute(3);
  const kind = attribute(20).flatMap(numbersOf)[0];
  if (kind === 1 || (kind === undefined && float !== undefined)) return floats(attribute(2))[0] ?? 0;
  if (kind === 2 || (kind === undefined && whole?.wire === 'varint'))
    return whole?.wire === 'varint' ? signed(whole.value) : 0;
  if (kind === 3 || attribute(4).length > 0) return textOf(attribute(4));
  if (kind === 4 || attribute(5).length > 0) {
    const { data } = readTensor(bytesIn(attribute(5)), path, where);
    return data.length > fewFloats ? null : [...data];
  }
  if (kind === 6 || attribute(7).length > 0) return floats(attribute(7));
  if (kind === 7 || attribute(8).length > 0) return attribute(8).flatMap(numbersOf);
  if (kind === 8 || attribute(9).length > 0) return inside(attribute(9)).map(decoded);
  return null;
}

const floats = (fields: readonly WireField[]): number[] =>
  fields.flatMap((one) => {
    if (one.wire !== 'fixed32' && one.wire !== 'bytes') return [];
    const view = new DataView(one.value.buffer, one.value.byteOffset, one.value.length);
    return Array.from({ length: Math.floor(one.value.length / 4) }, (_, i) => view.getFloat32(4 * i, true));
  });

/** `value` is a tensor; the other attributes are numbers, one or a list. */
function constantNode(
  node: OnnxNode,
  attributes: readonly Message[],
  path: string,
  where: string,
): OnnxTensor {
  const tensor = attributes.find((one) => textOf(one(1)) === 'value');
  if (tensor !== undefined) return readTensor(bytesIn(tensor(5)), path, node.outputs[0]);
  const found = Object.entries(node.attributes).find(([name]) => /^value_(float|int)s?$/.test(name));
  if (found === undefined) throw new FileError(path, where, 'it is no tensor of numbers');
  const [name, value] = found;
  const numbers = (Array.isArray(value) ? value : [value]).map(Number);
  const whole = name.startsWith('value_int');
  return {
    name: node.outputs[0],
    shape: name.endsWith('s') ? [numbers.length] : [],
    whole,
    data: whole ? Float64Array.from(numbers) : Float32Array.from(numbers),
  };
}
