/**
 * Arguments to parameters. First by place and name (`bind`), then, for the vocabulary, by what each parameter takes
 * (`vocableArguments`): numbers, words from its list, tensors.
 */
import type * as ast from '../../grammar/ast.ts';
import { nearest } from '../../grammar/diagnostics.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import { Mistake } from '../errors.ts';
import type { ParamSpec } from '../program/catalogue.ts';
import { printHost, type HostExpr } from '../program/host.ts';
import { real, type TensorType } from '../types.ts';
import type { Args } from '../vocabulary/vocable.ts';
import { describeSort, identOfNumber, type TensorValue, type Value } from '../values.ts';
import type { Context } from './context.ts';
import { Silence } from './dims.ts';

/** One argument as it stands in a call; a piped one has a value instead of an expression. */
export interface Given {
  readonly name?: ast.Ident;
  readonly expr: ast.Expr | ast.Duration | null;
  readonly value?: Value;
  readonly span: Span;
}

export interface Slot {
  readonly name: string;
  readonly optional: boolean;
  /** Takes all that is left by place; what stands behind it is given by name. */
  readonly variadic: boolean;
}

/** Which arguments go to which parameter. */
export function bind(
  slots: readonly Slot[],
  given: readonly Given[],
  what: string,
  span: Span,
): Map<string, Given[]> {
  const bound = new Map<string, Given[]>();
  let place = 0;
  for (const one of given) {
    const slot = one.name === undefined ? slots[place] : slots.find((s) => s.name === one.name!.name);
    if (slot === undefined) throw stray(slots, one, what, given.length);
    if (bound.has(slot.name) && !(slot.variadic && one.name === undefined)) {
      throw new Mistake('tooManyArguments', { what: `\`${slot.name}\` of ${what} is given twice` }, one.span);
    }
    bound.set(slot.name, [...(bound.get(slot.name) ?? []), one]);
    if (one.name === undefined && !slot.variadic) place++;
  }
  const missing = slots.filter((slot) => !slot.optional && !slot.variadic && !bound.has(slot.name));
  if (missing.length > 0) {
    const names = missing.map((slot) => `\`${slot.name}\``).join(', ');
    throw new Mistake(
      'missingArgument',
      { what: `${what} needs ${names}`, hint: `It takes ${slots.map((s) => s.name).join(', ')}.` },
      span,
    );
  }
  return bound;
}

function stray(slots: readonly Slot[], one: Given, what: string, count: number): Mistake {
  const takes =
    slots.length === 0 ? 'It takes no arguments.' : `It takes ${slots.map((s) => s.name).join(', ')}.`;
  if (one.name === undefined) {
    return new Mistake(
      'tooManyArguments',
      {
        what: `${what} takes ${slots.length} argument${slots.length === 1 ? '' : 's'}, and ${count} are given`,
        hint: takes,
      },
      one.span,
    );
  }
  const near = nearest(
    one.name.name,
    slots.map((s) => s.name),
  );
  const hint = near === undefined ? takes : `Did you mean \`${near}\`? ${takes}`;
  return new Mistake(
    'unknownArgument',
    { what: `${what} has no argument \`${one.name.name}\``, hint },
    one.name.span,
  );
}

export const slotsOf = (params: readonly ParamSpec[]): Slot[] =>
  params.map((param, i) => ({
    name: param.name,
    optional: param.default !== undefined,
    variadic: param.type === 'values' || (param.type === 'reals' && i === params.length - 1),
  }));

/** Evaluates an expression; given by the evaluator, so that this file stands before it. */
export type Evaluate = (expr: ast.Expr) => Value;

/** The arguments of a vocabulary item: bound, evaluated, checked for sort. */
export function vocableArguments(
  context: Context,
  params: readonly ParamSpec[],
  given: readonly Given[],
  evaluate: Evaluate,
  what: string,
  span: Span,
): { args: Args; idents: string[] } {
  const bound = bind(slotsOf(params), given, what, span);
  const found = new Map<string, Value[]>();
  for (const param of params) {
    const list = bound.get(param.name);
    if (list !== undefined)
      found.set(
        param.name,
        list.map((one) => argumentValue(param, one, evaluate, what)),
      );
  }
  const idents = [...found].flatMap(([name, list]) => [name, ...list.map(identOf)]);
  return { args: argsOf(context, params, found, what), idents };
}

/** One argument's value, in line with its parameter's type. */
function argumentValue(param: ParamSpec, given: Given, evaluate: Evaluate, what: string): Value {
  const { expr } = given;
  if (expr !== null && expr.kind === 'Name' && param.choices?.includes(expr.name))
    return { sort: 'string', value: expr.name };
  if (expr !== null && expr.kind === 'Name' && param.type === 'choice')
    throw unknownChoice(param, expr, what);
  if (expr !== null && expr.kind === 'Duration') {
    throw new Mistake('badArgument', { what: `\`${param.name}\` of ${what} takes no duration` }, given.span);
  }
  const value = given.value ?? evaluate(expr as ast.Expr);
  if (value.sort === 'unknown') throw new Silence();
  const problem = sortProblem(param, value);
  if (problem !== null) {
    throw new Mistake(
      'badArgument',
      { what: `\`${param.name}\` of ${what} takes ${problem}, and ${describeSort(value)} is given` },
      given.span,
    );
  }
  return value;
}

function unknownChoice(param: ParamSpec, expr: ast.NameExpr, what: string): Mistake {
  const near = nearest(expr.name, param.choices ?? []);
  const hint = `${near === undefined ? '' : `Did you mean \`${near}\`? `}It takes ${(param.choices ?? []).join(', ')}.`;
  return new Mistake(
    'badArgument',
    { what: `\`${param.name}\` of ${what} has no choice \`${expr.name}\``, hint },
    expr.span,
  );
}

/** What the parameter takes, if the value is something else. */
function sortProblem(param: ParamSpec, value: Value): string | null {
  const constant = value.sort === 'number' && typeof value.value === 'number';
  switch (param.type) {
    case 'int':
      return constant && Number.isInteger(value.value) ? null : 'a whole number';
    case 'real':
      return constant ? null : 'a number known when compiling';
    case 'scalar':
      return value.sort === 'number' ? null : 'a number';
    case 'bool':
      return value.sort === 'bool' ? null : 'true or false';
    case 'string':
      return value.sort === 'string' ? null : 'a string';
    case 'choice':
      return `one of ${(param.choices ?? []).join(', ')}`;
    case 'reals':
      return constant || (value.sort === 'list' && value.items.every((i) => i.sort === 'number'))
        ? null
        : 'numbers';
    case 'network':
      return value.sort === 'network' ? null : 'a network';
    case 'value':
    case 'values':
      return ['tensor', 'number', 'distribution', 'record', 'list'].includes(value.sort) ? null : 'a tensor';
    case 'varied':
    case 'names':
      return null;
  }
}

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
export function numberTensor(node: TensorValue['node'], value: HostExpr): TensorValue {
  const type: TensorType = real([], null);
  return { sort: 'tensor', node, type, ident: identOfNumber(value) };
}

function argsOf(
  context: Context,
  params: readonly ParamSpec[],
  found: ReadonlyMap<string, Value[]>,
  what: string,
): Args {
  const spec = (name: string): ParamSpec => {
    const param = params.find((p) => p.name === name);
    if (param === undefined) throw new Error(`${what} declares no parameter ${name}`);
    return param;
  };
  const first = (name: string): Value | undefined => found.get(name)?.[0];
  const constant = (name: string): unknown => {
    const value = first(name);
    if (value === undefined) return spec(name).default;
    return value.sort === 'number' || value.sort === 'bool' || value.sort === 'string'
      ? value.value
      : undefined;
  };
  const value = (name: string): Value => {
    const given = first(name);
    const fallback = spec(name).default;
    if (given === undefined && typeof fallback === 'number') return { sort: 'number', value: fallback };
    if (given === undefined && typeof fallback === 'string') return { sort: 'string', value: fallback };
    if (given === undefined) throw new Error(`${what} has no value for ${name}`);
    return given;
  };
  const numbers = (items: readonly Value[]): number[] =>
    items.flatMap((item) =>
      item.sort === 'list' ? numbers(item.items) : item.sort === 'number' ? [item.value as number] : [],
    );
  return {
    has: (name) => found.has(name) || (spec(name).default ?? null) !== null,
    int: (name) => constant(name) as number,
    real: (name) => constant(name) as number,
    bool: (name) => constant(name) as boolean,
    string: (name) => String(constant(name)),
    choice: (name) => String(constant(name)),
    reals: (name) =>
      found.has(name) ? numbers(found.get(name)!) : (spec(name).default as readonly number[]),
    scalar: (name) => constant(name) as HostExpr,
    tensor: (name) => asTensor(context, value(name), `\`${name}\` of ${what}`),
    distribution: (name) => {
      const given = value(name);
      if (given.sort === 'distribution') return given;
      throw new Mistake('badArgument', {
        what: `\`${name}\` of ${what} takes a distribution, and ${describeSort(given)} is given`,
        hint: 'Make one with `normal(...)`, `categorical(...)` or `bernoulli(...)`.',
      });
    },
    value,
    values: (name) => found.get(name) ?? [],
  };
}

/** A tensor from a tensor or a number. */
export function asTensor(context: Context, given: Value, what: string): TensorValue {
  if (given.sort === 'tensor') return given;
  if (given.sort === 'number') return numberTensor(scalarNode(context, given.value), given.value);
  if (given.sort === 'unknown') throw new Silence();
  const hint =
    given.sort === 'distribution'
      ? 'Take its `draw`, `mode`, `mean` or `probs`.'
      : given.sort === 'record'
        ? 'Take one of its fields.'
        : undefined;
  throw new Mistake('badArgument', {
    what: `${what} takes a tensor, and ${describeSort(given)} is given`,
    hint,
  });
}

/** A host number in the graph: a constant, or a scalar that the host feeds. */
export function scalarNode(context: Context, value: HostExpr): TensorValue['node'] {
  if (typeof value === 'number') return context.b.constant(value);
  const name = `scalar:${printHost(value)}`;
  context.origins.set(name, { kind: 'scalar', value });
  return context.b.input(name, []);
}

export const describeGiven = (given: Given): string =>
  given.expr === null ? 'what is piped in' : textOf(given.span);
