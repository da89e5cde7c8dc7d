/**
 * An ONNX graph as nodes of ours. In: the graph, what goes in, which of its values are wanted; out: those values. Only what
 * they depend on is followed, so that an operator behind them need not be known.
 */
import { kinds } from '../../errors.ts';
import type { OnnxGraph, OnnxNode } from '../../../program/onnx-graph.ts';
import type { Node } from '../../ir/node.ts';
import { ShapeError } from '../../ir/primitives/op.ts';
import { operators } from './operators.ts';
import {
  numbers,
  Step,
  tensor,
  type Following,
  type OnnxValue,
  type Operator,
  type Tensor,
} from './values.ts';

export interface Wanted extends Following {
  readonly graph: OnnxGraph;
  /** What goes in, by the names of the graph's inputs. */
  readonly given: ReadonlyMap<string, Tensor>;
  /** A constant of several floats by its name. */
  weight(name: string, shape: readonly number[]): Node;
}

/** The values of these names, each a tensor. Throws a Mistake that names the node that cannot be followed. */
export function follow(wanted: Wanted, names: readonly string[]): Tensor[] {
  const known = new Map<string, OnnxValue>(wanted.given);
  const { graph } = wanted;
  const valueOf = (name: string): OnnxValue | null => {
    if (name === '') return null;
    const found = known.get(name) ?? constantOf(wanted, name);
    known.set(name, found);
    return found;
  };
  for (const { node, place } of neededFor(graph, names)) {
    const step = new Step(wanted, node, node.inputs.map(valueOf), place);
    const made = worked(step);
    const all = 'length' in made ? made : [made];
    node.outputs.forEach((name, i) => {
      if (name !== '' && all[i] !== undefined) known.set(name, calledSo(wanted, name, all[i]));
    });
  }
  return names.map((name) => {
    const value = known.get(name);
    if (value?.sort === 'tensor') return value;
    return wanted.call.fail(kinds.networkFile, {
      what: `${wanted.path}: \`${name}\` does not depend on what goes in`,
      hint: 'Name a value that does.',
    });
  });
}

/** Programs that people read have its name for what it gives. */
function calledSo({ call }: Following, name: string, value: OnnxValue): OnnxValue {
  if (value.sort === 'tensor') call.b.called(plainName(name), value.node);
  return value;
}

/** A name of the file as one of ours: letters, digits and `_`. */
export function plainName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
  return /^[A-Za-z]/.test(plain) ? plain : `value_${plain}`;
}

function constantOf(wanted: Wanted, name: string): OnnxValue {
  const { constants } = wanted.graph;
  if (!Object.hasOwn(constants, name))
    throw new Error(`${wanted.path} has no value ${name}, which its reader let pass`);
  const { shape, whole, same, values: few } = constants[name];
  const weight = (): Node => wanted.weight(name, shape);
  const all = shape.reduce((product, size) => product * size, 1);
  const values = few ?? (same === undefined ? null : Array<number>(all).fill(same));
  if (values === null) return tensor(weight(), null);
  const known = numbers(values, shape, whole);
  return whole || values.length === 1 ? known : { ...known, weight };
}

/** What a primitive says of sizes is said of the node. */
function worked(step: Step): ReturnType<Operator> {
  try {
    return operatorOf(step)(step);
  } catch (error) {
    if (error instanceof ShapeError) return step.fail(error.message);
    throw error;
  }
}

function operatorOf(step: Step) {
  const { operator } = step.node;
  if (Object.hasOwn(operators, operator)) return operators[operator];
  return step.fail(
    'this operator is not taken',
    `Those that are: ${Object.keys(operators).sort().join(', ')}. \`output\` takes what an earlier node gives.`,
  );
}

/** The nodes that these values depend on, in the file's order, which is one of computing. */
function neededFor({ nodes }: OnnxGraph, names: readonly string[]): { node: OnnxNode; place: number }[] {
  const wanted = new Set(names);
  const needed: { node: OnnxNode; place: number }[] = [];
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    if (!node.outputs.some((name) => wanted.has(name))) continue;
    for (const name of node.inputs) wanted.add(name);
    needed.push({ node, place: i + 1 });
  }
  return needed.reverse();
}
