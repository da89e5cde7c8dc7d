/**
 * A model as text, for goldens and for people: one line a node, sub-graphs indented, long constants shortened.
 * In: GraphProto. Out: text that depends on nothing but it.
 */
import { printShape } from '../../ir/dim.ts';
import { isGraph } from './model.ts';
import type { AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto } from './model.ts';

const SHOWN = 12;

export function printGraph(graph: GraphProto): string {
  return graphLines(graph, '').join('\n') + '\n';
}

function graphLines(graph: GraphProto, indent: string): string[] {
  const inner = indent + '  ';
  return [
    `${indent}graph ${graph.name} {`,
    ...graph.inputs.map((info) => `${inner}in  ${printInfo(info)}`),
    ...graph.initializers.map((tensor) => inner + printTensor(tensor)),
    ...graph.nodes.flatMap((node) => nodeLines(node, inner)),
    ...graph.outputs.map((info) => `${inner}out ${printInfo(info)}`),
    `${indent}}`,
  ];
}

const printInfo = (info: ValueInfoProto): string => `${info.name}: ${info.type}${printShape(info.shape)}`;

function printTensor({ name, type, dims, values }: TensorProto): string {
  const shown = Array.from({ length: Math.min(values.length, SHOWN) }, (_, i) => values[i]);
  const rest = values.length > SHOWN ? `, … ${values.length} in all` : '';
  return `${name} = ${type}[${dims.join(', ')}] {${shown.join(', ')}${rest}}`;
}

function nodeLines(node: NodeProto, indent: string): string[] {
  const attributes = Object.entries(node.attributes);
  const plain = attributes
    .filter(([, value]) => !isGraph(value))
    .map(([k, v]) => `${k}: ${printAttribute(v)}`);
  const args = [...node.inputs.map((name) => name || '_'), ...plain].join(', ');
  const op = node.domain === '' ? node.op : `${node.domain}.${node.op}`;
  return [
    `${indent}${node.outputs.join(', ')} = ${op}(${args})`,
    ...attributes.flatMap(([, value]) => (isGraph(value) ? graphLines(value, indent + '  ') : [])),
  ];
}

function printAttribute(value: AttributeProto): string {
  if (typeof value === 'object' && 'float' in value) return String(value.float);
  return JSON.stringify(value).replaceAll(',', ', ');
}
