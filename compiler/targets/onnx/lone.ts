/**
 * A network by itself as one ONNX file that any runtime takes: operators of ONNX's own domain alone, convolutions as ONNX
 * has them, weights inside. In: its outputs, values for what is fixed, names for what is fed; out: the file's bytes.
 */
import type { Tensor } from '../../ir/primitives/op.ts';
import type { Node } from '../../ir/node.ts';
import { emitGraph, IR_VERSION, OPSET } from './emit.ts';
import { encodeModel, isGraph } from './model.ts';
import type { AttributeProto, GraphProto, NodeProto, ValueInfoProto } from './model.ts';

export interface OnnxNetwork {
  readonly name: string;
  readonly outputs: Readonly<Record<string, Node>>;
  /** By the leaf's name: weights, statistics, numbers of the schedule as they stand. */
  readonly fixed: ReadonlyMap<string, Tensor>;
  /** What other leaves are called, in the order that the file is to name them. */
  readonly inputs: ReadonlyMap<string, string>;
}

/** Inputs that no output depends on are left out: runtimes refuse to be fed them. */
export function onnxNetwork({ name, outputs, fixed, inputs }: OnnxNetwork): Uint8Array {
  const emitted = emitGraph({ name, outputs }, { float: 'float32', layout: 'channels-first' }).graph;
  const wanted = [...inputs.keys()];
  const fed = emitted.inputs
    .filter((info) => !fixed.has(info.name))
    .sort((a, b) => wanted.indexOf(a.name) - wanted.indexOf(b.name));
  const weights = emitted.inputs.flatMap(({ name: leaf, type }) => {
    const value = fixed.get(leaf);
    return value === undefined ? [] : [{ name: leaf, type, dims: value.shape, values: value.data }];
  });
  const graph = { ...emitted, inputs: fed, initializers: [...weights, ...emitted.initializers] };
  const names = new Map([...apart(graph, [...inputs.values(), ...Object.keys(outputs)]), ...inputs]);
  return encodeModel({ irVersion: IR_VERSION, opset: OPSET, graph: renamed(graph, names) }, []);
}

/** Other names for values within the graph that are called as an input or output is to be. */
function apart(graph: GraphProto, taken: readonly string[]): Map<string, string> {
  const own = new Set(graph.outputs.map((info) => info.name));
  const inner = [...madeIn(graph), ...graph.initializers.map((tensor) => tensor.name)];
  const clashing = inner.filter((name) => taken.includes(name) && !own.has(name));
  return new Map(clashing.map((name) => [name, `inner:${name}`]));
}

const madeIn = ({ nodes, inputs }: GraphProto): string[] => [
  ...inputs.map((info) => info.name),
  ...nodes.flatMap(({ outputs, attributes }) => [
    ...outputs,
    ...Object.values(attributes).filter(isGraph).flatMap(madeIn),
  ]),
];

function renamed(graph: GraphProto, names: ReadonlyMap<string, string>): GraphProto {
  const rename = (name: string): string => names.get(name) ?? name;
  const info = (one: ValueInfoProto): ValueInfoProto => ({ ...one, name: rename(one.name) });
  const attribute = (value: AttributeProto): AttributeProto =>
    isGraph(value) ? renamed(value, names) : value;
  return {
    ...graph,
    inputs: graph.inputs.map(info),
    outputs: graph.outputs.map(info),
    initializers: graph.initializers.map((tensor) => ({ ...tensor, name: rename(tensor.name) })),
    nodes: graph.nodes.map((node): NodeProto => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
      attributes: Object.fromEntries(
        Object.entries(node.attributes).map(([key, value]) => [key, attribute(value)]),
      ),
    })),
  };
}
