/** Arguments as a vocabulary item asks for them: by name, defaults filled in. And values as tensors and idents. */
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type { ParamSpec } from '../../program/catalogue.ts';
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

/** What was given for each parameter, else its default. */
class Found {
  readonly what: string;
  private readonly params: readonly ParamSpec[];
  private readonly given: ReadonlyMap<string, readonly Value[]>;

  constructor(params: readonly ParamSpec[], given: ReadonlyMap<string, readonly Value[]>, what: string) {
    this.params = params;
    this.given = given;
    this.what = what;
  }

  fallback(name: string): ParamSpec['default'] {
    const param = this.params.find((one) => one.name === name);
    if (param === undefined) throw new Error(`${this.what} declares no parameter ${name}`);
    return param.default;
  }

  has = (name: string): boolean => this.given.has(name) || (this.fallback(name) ?? null) !== null;
  values = (name: string): readonly Value[] => this.given.get(name) ?? [];

  constant(name: string): unknown {
    const [value] = this.values(name);
    if (value === undefined) return this.fallback(name);
    return value.sort === 'number' || value.sort === 'bool' || value.sort === 'string'
      ? value.value
      : undefined;
  }

  value = (name: string): Value => {
    const [given] = this.values(name);
    if (given !== undefined) return given;
    const fallback = this.fallback(name);
    if (typeof fallback === 'number') return { sort: 'number', value: fallback };
    if (typeof fallback === 'string') return { sort: 'string', value: fallback };
    throw new Error(`${this.what} has no value for ${name}`);
  };

  reals = (name: string): readonly number[] =>
    this.given.has(name) ? numbersIn(this.values(name)) : (this.fallback(name) as readonly number[]);
}

const numbersIn = (items: readonly Value[]): number[] =>
  items.flatMap((item) => {
    if (item.sort === 'list') return numbersIn(item.items);
    return item.sort === 'number' ? [item.value as number] : [];
  });

/** `found`: the values of each parameter, checked for their sort. */
export function argsOf(
  context: Context,
  params: readonly ParamSpec[],
  found: ReadonlyMap<string, readonly Value[]>,
  what: string,
): Args {
  const given = new Found(params, found, what);
  return {
    has: given.has,
    int: (name) => given.constant(name) as number,
    real: (name) => given.constant(name) as number,
    bool: (name) => given.constant(name) as boolean,
    string: (name) => String(given.constant(name)),
    choice: (name) => String(given.constant(name)),
    reals: given.reals,
    scalar: (name) => given.constant(name) as HostExpr,
    tensor: (name) => asTensor(context, given.value(name), `\`${name}\` of ${what}`),
    distribution: (name) => asDistribution(given.value(name), `\`${name}\` of ${what}`),
    value: given.value,
    values: given.values,
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
    case 'list':
      return 'Take an element, or join them with `concat`.';
    default:
      return 'Give a value of the spec: a field of a stream, a sample, what a network gives.';
  }
}
