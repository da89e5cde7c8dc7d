/**
 * Collects one ONNX graph: equal nodes merge, equal constants merge, what no output needs is dropped at the end.
 * In: calls of `node` and `constant`. Out: GraphProto. A sub-graph's writer takes names from its parent's counter
 * and puts its constants there, so names are unique in the whole model and sub-graphs see everything around them.
 */
import { isGraph } from './model.ts';
import type {
  AttributeProto,
  ElementType,
  GraphProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from './model.ts';

export type Attributes = Readonly<Record<string, AttributeProto>>;

export class GraphWriter {
  private readonly made: NodeProto[] = [];
  private readonly known = new Map<string, readonly string[]>();
  private readonly constants = new Map<string, TensorProto>();
  private readonly parent: GraphWriter | undefined;
  /** Values that are outputs: their names. */
  private readonly named = new Map<string, string>();
  private count = 0;

  constructor(parent?: GraphWriter) {
    this.parent = parent;
  }

  /** A name that nothing in the model has. */
  fresh(): string {
    return this.parent === undefined ? `t${this.count++}` : this.parent.fresh();
  }

  /** The outputs of an ONNX node; equal nodes are made once. */
  nodes(
    op: string,
    inputs: readonly string[],
    attributes: Attributes,
    outputs: number,
    domain = '',
  ): readonly string[] {
    const key = Object.values(attributes).some(isGraph)
      ? this.fresh()
      : JSON.stringify([op, inputs, attributes, domain]);
    const known = this.lookup(key);
    if (known !== undefined) return known;
    const names = Array.from({ length: outputs }, () => this.fresh());
    this.known.set(key, names);
    this.made.push({ op, inputs, outputs: names, attributes, domain });
    return names;
  }

  /** The output of a node that has one. */
  node(op: string, inputs: readonly string[], attributes: Attributes = {}, domain = ''): string {
    return this.nodes(op, inputs, attributes, 1, domain)[0];
  }

  /** A constant tensor, row-major. */
  constant(type: ElementType, dims: readonly number[], values: ArrayLike<number>): string {
    if (this.parent !== undefined) return this.parent.constant(type, dims, values);
    // By bytes: as text, the millions of places of a large kernel's windows would take seconds.
    const bytes = Buffer.from(Float64Array.from(values).buffer).toString('latin1');
    const key = `${type}[${dims.join()}]${bytes}`;
    const known = this.constants.get(key);
    if (known !== undefined) return known.name;
    const tensor = { name: `c${this.constants.size}`, type, dims, values };
    this.constants.set(key, tensor);
    return tensor.name;
  }

  /** Names a graph's output. A value made here takes the name; an input, or one that has a name, gets a copy. */
  output(name: string, value: string): void {
    const at = this.made.findIndex(({ outputs }) => outputs.includes(value));
    if (at < 0 || this.named.has(value)) {
      this.made.push({
        op: 'Identity',
        inputs: [this.named.get(value) ?? value],
        outputs: [name],
        attributes: {},
        domain: '',
      });
    } else {
      this.named.set(value, name);
    }
  }

  finish(name: string, inputs: readonly ValueInfoProto[], outputs: readonly ValueInfoProto[]): GraphProto {
    const needed = new Set(outputs.map((info) => info.name));
    const nodes: NodeProto[] = [];
    for (const made of this.made.toReversed()) {
      const node = renamed(made, this.named);
      if (!node.outputs.some((out) => needed.has(out))) continue;
      nodes.push(node);
      for (const used of usedNames(node)) needed.add(used);
    }
    const initializers = [...this.constants.values()].filter((tensor) => needed.has(tensor.name));
    return { name, nodes: nodes.reverse(), initializers, inputs, outputs };
  }

  private lookup(key: string): readonly string[] | undefined {
    return this.known.get(key) ?? this.parent?.lookup(key);
  }
}

function renamed(node: NodeProto, names: ReadonlyMap<string, string>): NodeProto {
  const rename = (name: string): string => names.get(name) ?? name;
  const attributes = Object.entries(node.attributes).map(([key, value]): [string, AttributeProto] => [
    key,
    isGraph(value) ? { ...value, nodes: value.nodes.map((inner) => renamed(inner, names)) } : value,
  ]);
  return {
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
    attributes: Object.fromEntries(attributes),
  };
}

/** What a node reads, with all that its sub-graphs read. */
function usedNames(node: NodeProto): string[] {
  const inner = Object.values(node.attributes)
    .filter(isGraph)
    .flatMap((graph) => [...graph.nodes.flatMap(usedNames), ...graph.outputs.map((info) => info.name)]);
  return [...node.inputs, ...inner];
}
