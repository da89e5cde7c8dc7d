/** Arguments as a builtin asks for them: resolved ones (arguments.ts), by name. And values as tensors and idents. */
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type { HostExpr } from '../../program/host.ts';
import { real, type TensorType } from '../types.ts';
import type { Args } from '../vocabulary/builtin.ts';
import { families } from '../vocabulary/distributions.ts';
import { describe, identOfNumber, type DistributionValue, type TensorValue, type Value } from '../values.ts';
import type { Context } from './context.ts';
import { scalarNode } from './feeds.ts';
import { Silence } from '../bind/dims.ts';

export function identOf(value: Value): string {
  switch (value.sort) {
    case 'tensor':
    case 'distribution':
      return value.ident;
    case 'number':
      return identOfNumber(value.value);
    case 'list':
      return `[${value.items.map(identOf).join(',')}]`;
    case 'record':
      return `{${Object.entries(value.fields)
        .map(([name, v]) => `${name}:${identOf(v)}`)
        .join(',')}}`;
    case 'network':
      return `${value.name}${value.averaged ? '.average' : ''}`;
    case 'layer':
      return `${value.averaged ? 'average of ' : ''}${value.path}`;
    case 'function':
      return value.declaration.name.name;
    case 'bool':
    case 'string':
      return String(value.value);
    case 'unknown':
      return '?';
  }
}

/** A host number as a scalar tensor without rows. */
function numberTensor(node: TensorValue['node'], value: HostExpr): TensorValue {
  const type: TensorType = real([], null);
  return { sort: 'tensor', node, type, ident: identOfNumber(value) };
}

const numbersIn = (items: readonly Value[]): number[] =>
  items.flatMap((item) => {
    if (item.sort === 'list') return numbersIn(item.items);
    return item.sort === 'number' && typeof item.value === 'number' ? [item.value] : [];
  });

/** What lists among them hold, in their place: `concat([a, b], c)` is `concat(a, b, c)`. */
const elements = (items: readonly Value[]): readonly Value[] =>
  items.flatMap((item) => (item.sort === 'list' ? elements(item.items) : [item]));

/** `found`: the values of each parameter, checked for their sort; none: left out, without a default. */
export function argsOf(context: Context, found: ReadonlyMap<string, readonly Value[]>, what: string): Args {
  const values = (name: string): readonly Value[] => {
    const list = found.get(name);
    if (list === undefined) throw new Error(`${what} declares no parameter ${name}`);
    return list;
  };
  const value = (name: string): Value => {
    const [one] = values(name);
    if (one === undefined) throw new Error(`${what} has no value for ${name}`);
    return one;
  };
  const other = (name: string, wanted: string): Error =>
    new Error(`\`${name}\` of ${what} is ${describe(value(name))}, not ${wanted}`);
  const host = (name: string): HostExpr => {
    const one = value(name);
    if (one.sort === 'number') return one.value;
    throw other(name, 'a number');
  };
  const plain = (name: string): number => {
    const one = host(name);
    if (typeof one === 'number') return one;
    throw other(name, 'known when compiling');
  };
  const text = (name: string): string => {
    const one = value(name);
    if (one.sort === 'string') return one.value;
    throw other(name, 'a word');
  };
  const truth = (name: string): boolean => {
    const one = value(name);
    if (one.sort === 'bool') return one.value;
    throw other(name, 'true or false');
  };
  return {
    has: (name) => values(name).length > 0,
    int: plain,
    real: plain,
    bool: truth,
    string: text,
    choice: text,
    reals: (name) => numbersIn(values(name)),
    scalar: host,
    tensor: (name) => asTensor(context, value(name), `\`${name}\` of ${what}`),
    distribution: (name) => asDistribution(value(name), `\`${name}\` of ${what}`),
    value,
    values: (name) => elements(values(name)),
  };
}

function asDistribution(given: Value, what: string): DistributionValue {
  if (given.sort === 'distribution') return given;
  throw new Mistake(kinds.badArgument, {
    what: `${what} takes a distribution, and ${describe(given)} is given`,
    hint: 'Make one with `normal(...)`, `categorical(...)` or `bernoulli(...)`.',
  });
}

/** A tensor from a tensor or a number. */
export function asTensor(context: Context, given: Value, what: string): TensorValue {
  if (given.sort === 'tensor') return given;
  if (given.sort === 'number') return numberTensor(scalarNode(context, given.value), given.value);
  if (given.sort === 'unknown') throw new Silence();
  throw new Mistake(kinds.badArgument, {
    what: `${what} takes a tensor, and ${describe(given)} is given`,
    hint: toTensor(given),
  });
}

/** How a value that is no tensor becomes one. */
export function toTensor(given: Value): string {
  switch (given.sort) {
    case 'distribution':
      return `Take its ${Object.keys(families[given.family].fields)
        .map((name) => `\`${name}\``)
        .join(', ')}.`;
    case 'record':
      return `Take one of its fields: ${Object.keys(given.fields).join(', ')}.`;
    case 'network':
      return `Call it: \`${given.name}(...)\`.`;
    case 'function':
      return `Call it: \`${given.declaration.name.name}(...)\`.`;
    case 'layer':
      return `Take one of its weights: \`${given.path}.weight\`.`;
    case 'list':
      return 'Take an element, or join them with `concat`.';
    default:
      return 'Give a value of the spec: a field of a stream, a sample, what a network gives.';
  }
}
