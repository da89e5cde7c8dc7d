/**
 * The arguments of a builtin: bound (bind/match.ts), evaluated, checked for what each parameter takes (numbers, words from
 * its list, tensors), defaults filled in. The analysis decides that once for each call and records it; lowering evaluates
 * what is given again, by the record.
 */
import type * as ast from '../../grammar/ast.ts';
import type { Span } from '../../grammar/source.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { counted, kinds } from '../errors.ts';
import type { Option, ParamSpec } from '../../program/catalogue.ts';
import type { Args } from '../vocabulary/builtin.ts';
import { describe, number, type Value } from '../values.ts';
import { argsOf, identOf, toTensor } from './args.ts';
import { bind, noDuration, slotsOf, unknownChoice, type Given } from '../bind/match.ts';
import type { Context, Evaluate } from './context.ts';
import { Silence } from '../bind/dims.ts';
import { requireInside } from '../bind/interval.ts';
import type { CallSite, ResolvedArguments } from './typing.ts';
import { constant, decided } from './value-types.ts';

/**
 * The arguments of a builtin: bound, evaluated (all, for the mistakes in each), checked for sort, defaults filled in, and
 * recorded for the call. Where that is done already, as recorded: nothing is bound or filled in again.
 */
export function builtinArguments(
  context: Context,
  site: CallSite | null,
  params: readonly ParamSpec[],
  given: readonly Given[],
  evaluate: Evaluate,
  what: string,
  span: Span,
): { args: Args; idents: string[] } {
  const recorded = context.typing.resolved(span, site);
  const places = recorded === null ? boundTo(params, given, what, span) : placesIn(recorded);
  const listed = params.map((param) => {
    const list = (places.get(param.name) ?? []).map((place) => given[place]);
    return { param, list, values: list.map((one) => valueOf(param, one, evaluate, what)) };
  });
  if (listed.some(({ values }) => values.some(({ sort }) => sort === 'unknown'))) throw new Silence();
  if (recorded === null) {
    for (const { param, list, values } of listed)
      values.forEach((value, i) => {
        checkSort(param, value, list[i], what);
        if (param.type === 'strength' && value.sort === 'number' && typeof value.value !== 'number')
          context.effects.strengths.push({ param, of: what, value: value.value, span: list[i].span });
      });
  }
  const found = new Map(
    listed.map(({ param, values }) => [param.name, values.length > 0 ? values : defaultOf(param, recorded)]),
  );
  const resolved = [...found].map(([name, values]) => {
    return [name, { given: places.get(name) ?? [], values: values.map(decided) }] as const;
  });
  context.typing.noteArguments(span, site, new Map(resolved));
  const written = listed.filter(({ values }) => values.length > 0);
  const idents = written.flatMap(({ param, values }) => [param.name, ...values.map(identOf)]);
  return { args: argsOf(context, found, what), idents };
}

/** Which of the call's arguments are for a parameter. */
type Places = ReadonlyMap<string, readonly number[]>;

function boundTo(params: readonly ParamSpec[], given: readonly Given[], what: string, span: Span): Places {
  const bound = bind(slotsOf(params), given, what, span);
  return new Map([...bound].map(([name, list]) => [name, list.map((one) => given.indexOf(one))]));
}

const placesIn = (recorded: ResolvedArguments): Places =>
  new Map([...recorded].map(([name, { given }]) => [name, given]));

/** The one place where a parameter that was left out gets its value; none where it may be without. */
function defaultOf(
  { name, default: value }: ParamSpec,
  recorded: ResolvedArguments | null,
): readonly Value[] {
  if (recorded !== null) return (recorded.get(name)?.values ?? []).map(constant);
  return value === undefined || value === null ? [] : [optionValue(value)];
}

function optionValue(option: Option): Value {
  if (typeof option === 'number') return number(option);
  if (typeof option === 'string') return { sort: 'string', value: option };
  if (typeof option === 'boolean') return { sort: 'bool', value: option };
  return { sort: 'list', items: option.map(number) };
}

/** One argument's value; a word of the parameter's list is a string. */
function valueOf(param: ParamSpec, given: Given, evaluate: Evaluate, what: string): Value {
  const { expr } = given;
  if (given.value !== undefined) return given.value;
  if (expr?.kind === 'Name' && param.choices?.includes(expr.name))
    return { sort: 'string', value: expr.name };
  if (expr?.kind === 'Name' && param.type === 'word') return { sort: 'string', value: expr.name };
  if (expr?.kind === 'Name' && param.type === 'choice') throw unknownChoice(param, expr, what);
  if (expr?.kind === 'String' && param.type === 'word') throw quotedWord(param, expr, what);
  if (expr?.kind === 'String' && param.type === 'choice') throw quotedChoice(param, expr, what);
  if (expr?.kind === 'Duration') throw noDuration(`\`${param.name}\` of ${what}`, given.span);
  return evaluate(expr as ast.Expr);
}

const quotedChoice = (
  { name, choices = [] }: ParamSpec,
  { span }: ast.StringLiteral,
  what: string,
): Mistake =>
  new Mistake(
    kinds.badArgument,
    {
      what: `\`${name}\` of ${what} takes one of ${choices.join(', ')}, and a string is given`,
      hint: 'Write the word without quotes.',
    },
    span,
  );

const quotedWord = ({ name }: ParamSpec, { value, span }: ast.StringLiteral, what: string): Mistake =>
  new Mistake(
    kinds.badArgument,
    {
      what: `\`${name}\` of ${what} takes a word, and a string is given`,
      hint: `Write \`${name}: ${value}\`, without quotes.`,
    },
    span,
  );

function checkSort(param: ParamSpec, value: Value, given: Given, what: string): void {
  const wanted = sortProblem(param, value);
  if (wanted === null) return checkInterval(param, value, given, what);
  const came = value.sort === 'list' ? `a list of ${value.items.length}` : describe(value);
  const text = `\`${param.name}\` of ${what} takes ${wanted}, and ${came} is given`;
  throw new Mistake(kinds.badArgument, { what: text, hint: wayOut(param, value) }, given.span);
}

function checkInterval(param: ParamSpec, value: Value, given: Given, what: string): void {
  const items = value.sort === 'list' ? value.items : [value];
  const numbers = items.flatMap((one) =>
    one.sort === 'number' && typeof one.value === 'number' ? [one.value] : [],
  );
  requireInside(param, numbers, what, given.span);
}

function wayOut(param: ParamSpec, value: Value): string {
  if (value.sort === 'number' && typeof value.value !== 'number' && param.type !== 'choice') {
    return 'It is fixed when the program is made, so it cannot change with time: use numbers and params.';
  }
  if (param.type === 'strength' && value.sort === 'tensor')
    return 'Draws are of each row already. `mean(x, over: rows)` makes one number of a batch; a `state` is one.';
  if (value.sort === 'network') return `Call the network: \`${value.name}(...)\`.`;
  if (value.sort === 'layer') return toTensor(value);
  return `\`${param.name}\`: ${param.doc}`;
}

/** What the parameter takes, if the value is something else. */
function sortProblem(param: ParamSpec, value: Value): string | null {
  const constant = value.sort === 'number' && typeof value.value === 'number';
  switch (param.type) {
    case 'int':
      if (value.sort === 'string' && param.choices?.includes(value.value)) return null;
      return constant && Number.isInteger(value.value) ? null : `a whole number${orWords(param)}`;
    case 'real':
      return constant ? null : 'a number known when compiling';
    case 'scalar':
      return value.sort === 'number' ? null : 'a number';
    case 'strength':
      return value.sort === 'number' || isLone(value) ? null : 'one number, which may be a state';
    case 'bool':
      return value.sort === 'bool' ? null : 'true or false';
    case 'string':
      return value.sort === 'string' ? null : 'a string';
    case 'word':
      return value.sort === 'string' ? null : 'a word';
    case 'choice':
      return value.sort === 'string' && param.choices?.includes(value.value)
        ? null
        : `one of ${(param.choices ?? []).join(', ')}`;
    case 'reals':
      return listProblem(param, value);
    case 'network':
      return value.sort === 'network' ? null : 'a network';
    case 'function':
      return value.sort === 'function' || value.sort === 'network' ? null : 'a fn or network';
    case 'value':
    case 'values':
      if (value.sort === 'string' && param.choices?.includes(value.value)) return null;
      return ['tensor', 'number', 'distribution', 'record', 'list'].includes(value.sort) ? null : 'a tensor';
    case 'varied':
    case 'names':
      return null;
  }
}

/** One number for all rows. */
const isLone = (value: Value): boolean =>
  value.sort === 'tensor' &&
  value.type.rows === null &&
  value.type.shape.length === 0 &&
  value.type.kind !== 'label';

const orWords = ({ choices = [] }: ParamSpec): string => choices.map((word) => ` or ${word}`).join('');

function listProblem({ length }: ParamSpec, value: Value): string | null {
  const items = value.sort === 'list' ? value.items : [value];
  const constant = items.every((item) => item.sort === 'number' && typeof item.value === 'number');
  if (length !== undefined && (value.sort !== 'list' || items.length !== length || !constant)) {
    return `a list of ${counted(length, 'number')}`;
  }
  return constant ? null : 'numbers';
}
