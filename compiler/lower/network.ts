/**
 * One network by itself, for programs that know nothing of ganc: its call on inputs of the declared types, as reports see it
 * (running statistics, no dropout). In: a network's name; out: a graph, and what goes in and comes out under which names.
 */
import type * as ast from '../../grammar/ast.ts';
import { textOf } from '../../grammar/source.ts';
import { factorsOf } from '../analyse/networks.ts';
import { symbolic } from '../bind/multiples.ts';
import type { NetworkInfo } from '../bind/names.ts';
import { topScope } from '../evaluate/context.ts';
import { parameterValue } from '../evaluate/declared.ts';
import { callNetwork } from '../evaluate/network.ts';
import { TypeTable } from '../evaluate/typing.ts';
import { Builder } from '../ir/builder.ts';
import { isFed, reachable, type Node } from '../ir/node.ts';
import { leafName } from '../leaves.ts';
import type { InputOrigin } from '../../program/manifest.ts';
import { real, type TensorType } from '../types.ts';
import type { TensorValue, Value } from '../values.ts';
import { reportContext, type Lowering } from './context.ts';
import type { LoweredReport, Output } from './lowered.ts';

/** A tensor that goes in or comes out, with the name that other programs know it by. */
export interface Port {
  readonly name: string;
  readonly node: Node;
  readonly type: TensorType;
  /** As the spec declares it: `onehot[10]`; null: nobody declared it (noise that the body draws). */
  readonly declared: string | null;
  /** Which parameter of a distribution it is, if of one: `categorical logits`. */
  readonly of: string | null;
  /** Of noise: what it is drawn from. */
  readonly drawn: string | null;
}

export interface LoneNetwork {
  readonly network: string;
  readonly report: LoweredReport;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** The graph's name in `report`. */
export const loneGraph = 'network';

export function lowerNetwork(lowering: Lowering, info: NetworkInfo): LoneNetwork {
  const { declaration, name } = info;
  const builder = new Builder();
  const origins = new Map<string, InputOrigin>();
  const context = {
    ...reportContext(lowering, builder, 'report', origins, new TypeTable()),
    typing: new TypeTable(),
  };
  const variables = symbolic(factorsOf(declaration, lowering.model));
  const rows = `parameters of ${name}`;
  const given = declaration.parameters.map((parameter) => {
    const own = parameter.name.name;
    const value = parameterValue(context, parameter.type!, own, rows, variables);
    return { name: parameter.name, expr: null, value, span: parameter.span };
  });
  const inputs = given.flatMap(({ name: own, value }, i) =>
    portsOf(own.name, value, declaration.parameters[i].type!),
  );
  for (const { node, name: own } of inputs)
    if (node.op === 'input') origins.set(node.attrs.name, { kind: 'given', name: own });
  const result = callNetwork(context, topScope, info, false, given, declaration.span);
  const taken = new Set(inputs.map((port) => port.name));
  const outputs = portsOf('', result, declaration.result).map((port) =>
    taken.has(port.name) ? { ...port, name: `${port.name}_result` } : port,
  );
  const graph = new Map(
    outputs.map((port): [string, Output] => [
      port.name,
      { node: port.node, to: { kind: 'value', name: port.name } },
    ]),
  );
  return {
    network: name,
    report: {
      entry: { every: { count: 1, unit: 'steps', of: null }, items: [] },
      graphs: { [loneGraph]: { outputs: graph, origins } },
      builder,
    },
    inputs: [...inputs, ...noise(outputs, origins)],
    outputs,
  };
}

/** The tensors of a value; `name` is '' for a result, whose own name is `output`. */
function portsOf(name: string, value: Value, type: ast.TypeExpr): Port[] {
  const inside = (own: string): string => (name === '' ? own : `${name}.${own}`);
  const port = (own: string, { node, type: found }: TensorValue, of: string | null): Port => {
    return { name: own, node, type: found, declared: textOf(type.span), of, drawn: null };
  };
  switch (value.sort) {
    case 'tensor':
      return [port(name === '' ? 'output' : name, value, null)];
    case 'record': {
      const types = type.kind === 'RecordType' ? type.fields : [];
      return Object.entries(value.fields).flatMap(([field, one]) =>
        portsOf(inside(field), one, types.find((of) => of.name.name === field)?.type ?? type),
      );
    }
    case 'distribution':
      return Object.entries(value.parameters).map(([part, one]) => {
        const word = part === 'logVariance' ? 'log_variance' : part;
        return port(inside(word), one, `${word} of ${value.family}`);
      });
    default:
      throw new Error(`a network's parameter or result is ${value.sort}`);
  }
}

/** What the body draws has to be given from outside: the same numbers give the same result everywhere. */
function noise(outputs: readonly Port[], origins: ReadonlyMap<string, InputOrigin>): Port[] {
  const leaves = reachable(outputs.map(({ node }) => node)).filter(isFed);
  const drawn = leaves.flatMap((node) => {
    const origin = origins.get(leafName(node));
    return origin?.kind === 'draw' ? [{ node, origin }] : [];
  });
  return drawn.map(({ node, origin: { distribution, k } }, i) => {
    const type: TensorType = { ...real([], null), shape: node.shape.slice(1) };
    const words = {
      normal: 'standard normal numbers',
      uniform: 'numbers from 0 to 1, equally likely',
      integer: `whole numbers from 0 to ${(k ?? 1) - 1}, equally likely`,
    };
    return { name: `noise_${i + 1}`, node, type, declared: null, of: null, drawn: words[distribution] };
  });
}
