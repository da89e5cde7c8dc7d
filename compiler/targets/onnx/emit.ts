/**
 * A graph with named outputs as one ONNX model. In: outputs (nodes) and the float type. Out: the model's bytes, its
 * text, and what the host must feed and gets back. Sizes with symbols stay symbolic; their symbols become dim_params.
 */
import { isFed, reachable, type Fed, type Node, type OpName } from '../../ir/node.ts';
import { leafName } from '../../leaves.ts';
import type { Shape } from '../../ir/dim.ts';
import { entryOf } from '../../ir/entries.ts';
import { maxWithZero } from '../../ir/patterns.ts';
import { devices } from './devices.ts';
import type { DeviceName } from './devices.ts';
import type { Emission, Layout } from './emission.ts';
import { encodeModel } from './model.ts';
import type { FloatType, GraphProto, ModelProto, ValueInfoProto } from './model.ts';
import { rows } from './ops.ts';
import { rectifier } from './rectifiers.ts';
import { readSymbols } from './sizes.ts';
import { printGraph } from './text.ts';
import { dense } from './value.ts';
import type { Value } from './value.ts';
import { GraphWriter } from './writer.ts';

export interface OnnxProgram {
  readonly name: string;
  readonly outputs: Readonly<Record<string, Node>>;
}
export interface OnnxOptions {
  readonly float: FloatType;
  /** Default: the host's. */
  readonly device?: DeviceName;
  /** Default: the device's. */
  readonly layout?: Layout;
  /** Scans of at most so many steps are written out instead of looped over; default: the device's. */
  readonly unroll?: number;
}
export interface OnnxInput {
  /** The leaf's name; `draw:<key>` for draws. */
  readonly name: string;
  readonly kind: 'input' | 'draw';
  readonly shape: Shape;
}
export interface OnnxOutput {
  /** The program's name, with `next:` before it where an input has the same one (a weight and its next value). */
  readonly name: string;
  readonly shape: Shape;
}
export interface OnnxModel {
  readonly model: Uint8Array;
  /** The same as readable text, for goldens. */
  text(): string;
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly OnnxOutput[];
}

/** The newest opset whose CPU kernels in onnxruntime 1.30 cover all that is emitted, in both float types. */
export const OPSET = 21;
export const IR_VERSION = 10;

/** The program as one ONNX model's bytes and text; see emitGraph. */
export function emitOnnx(program: OnnxProgram, options: OnnxOptions): OnnxModel {
  const { graph, inputs, outputs } = emitGraph(program, options);
  const model: ModelProto = { irVersion: IR_VERSION, opset: OPSET, graph };
  return { model: encodeModel(model), text: () => printGraph(graph), inputs, outputs };
}

/**
 * Emits the program. Inputs are those that the outputs depend on, in the order in which they were made. Throws if a
 * symbolic size is needed that no input has.
 */
export function emitGraph(
  program: OnnxProgram,
  options: OnnxOptions,
): { readonly graph: GraphProto } & Pick<OnnxModel, 'inputs' | 'outputs'> {
  const roots = Object.values(program.outputs);
  const inputs = reachable(roots).filter(isFed).map(inputOf);
  const w = new GraphWriter();
  const e = emission(w, roots, options, readSymbols(w, inputs));
  emitNodes(e, reachable(roots));
  const taken = new Set(inputs.map(({ name }) => name));
  const outputs = Object.entries(program.outputs).map(([key, node]) => {
    const name = taken.has(key) ? `next:${key}` : key;
    w.output(name, dense(e, e.value(node), node.shape));
    return { name, shape: node.shape };
  });
  const typed = (item: OnnxOutput): ValueInfoProto => ({
    name: item.name,
    shape: item.shape,
    type: options.float,
  });
  return { graph: w.finish(program.name, inputs.map(typed), outputs.map(typed)), inputs, outputs };
}

const inputOf = (node: Fed): OnnxInput => ({
  name: leafName(node),
  kind: node.op,
  shape: node.shape,
});

interface Filled extends Emission {
  readonly values: Map<Node, Value>;
}

function emission(
  w: GraphWriter,
  roots: readonly Node[],
  options: OnnxOptions,
  symbols: Emission['symbols'],
): Filled {
  const device = devices[options.device ?? 'host'];
  const values = new Map<Node, Value>();
  const users = new Map<Node, { all: number; sums: number }>();
  const count = (node: Node, isSum: boolean): void => {
    const { all, sums } = users.get(node) ?? { all: 0, sums: 0 };
    users.set(node, { all: all + 1, sums: sums + Number(isSum) });
  };
  roots.forEach((root) => count(root, false));
  for (const { op, inputs } of reachable(roots)) inputs.forEach((node) => count(node, op === 'sum'));
  const rectified = new Set(reachable(roots).map(maxWithZero));
  const e: Filled = {
    ...{ w, symbols, float: options.float, values },
    layout: options.layout ?? device.layout,
    unroll: options.unroll ?? device.unroll,
    lacks: (op) => device.lacks.has(op),
    value: (node) => entryOf(values, node),
    rectified: (x) => rectified.has(x),
    users: (node) => entryOf(users, node).all - entryOf(users, node).sums,
    alone: (node) => entryOf(users, node).all === 1,
    body(result, given, inner, writer) {
      const part = emission(writer, [result], options, inner);
      given.forEach((value, node) => part.values.set(node, value));
      emitNodes(part, reachable([result]));
      return part.value(result);
    },
  };
  return e;
}

function emitNodes(e: Filled, nodes: readonly Node[]): void {
  for (const node of nodes)
    if (!e.values.has(node)) e.values.set(node, rectifier(e, node) ?? emitNode(e, node));
}

const emitNode = <K extends OpName>(e: Emission, node: Node<K>): Value => rows[node.op](e, node);
