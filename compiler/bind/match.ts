/** Which arguments go to which parameter: by place, then by name. What is left over or lacking is a mistake. */
import type * as ast from '../../grammar/ast.ts';
import { torchArguments, torchHint } from '../../grammar/torch-words.ts';
import { renamedHint, renamedOptimizerArguments } from '../../grammar/renamed.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import { Mistake, suggestion } from '../../grammar/diagnostics.ts';
import { counted, kinds } from '../errors.ts';
import type { ParamSpec } from '../../program/catalogue.ts';
import type { Value } from '../values.ts';
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
  /** Given by name alone. */
  readonly named?: boolean;
}

/** The arguments as they stand in the call. */
export const givenOf = ({ args }: { readonly args: readonly ast.Argument[] }): Given[] =>
  args.map(({ name, value, span }) => ({ name, expr: value, span }));

/** The expression of an argument that is to be a value: a duration or something piped in is a mistake. */
export function expressionOf({ expr, span }: Given, what: string): ast.Expr {
  if (expr === null)
    throw new Mistake(kinds.badArgument, { what: `${what} takes nothing that is piped in` }, span);
  if (expr.kind === 'Duration') throw noDuration(what, span);
  if (expr.kind === 'Missing') throw new Silence();
  return expr;
}

export const noDuration = (what: string, span: Span): Mistake =>
  new Mistake(
    kinds.badArgument,
    {
      what: `${what} takes no duration, and \`${textOf(span)}\` is one`,
      hint: 'Durations stand in schedules, and in `ramp` and `stepped`.',
    },
    span,
  );

/** `what`: what is called, for messages; `span`: the call. */
export function bind(
  slots: readonly Slot[],
  given: readonly Given[],
  what: string,
  span: Span,
): Map<string, Given[]> {
  const bound = new Map<string, Given[]>();
  const placed = slots.filter(({ named }) => named !== true);
  let place = 0;
  for (const one of given) {
    const slot = one.name === undefined ? placed[place] : slots.find(({ name }) => name === one.name!.name);
    if (slot === undefined)
      throw one.name === undefined ? tooMany(placed, given, one, what) : stray(slots, one.name, what);
    const before = bound.get(slot.name) ?? [];
    if (before.length > 0 && !(slot.variadic && one.name === undefined))
      throw again(slot, before[0], one, what);
    bound.set(slot.name, [...before, one]);
    if (one.name === undefined && !slot.variadic) place++;
  }
  const missing = slots.filter((slot) => !slot.optional && !bound.has(slot.name));
  if (missing.length === 0) return bound;
  const names = missing.map(({ name }) => `\`${name}\``).join(' and ');
  throw new Mistake(kinds.missingArgument, { what: `${what} needs ${names}`, hint: takes(slots) }, span);
}

const takes = (slots: readonly Slot[]): string =>
  slots.length === 0 ? 'It takes no arguments.' : `It takes ${slots.map(({ name }) => name).join(', ')}.`;

function again({ name }: Slot, first: Given, one: Given, what: string): Mistake {
  const piped = first.expr === null;
  return new Mistake(
    kinds.tooManyArguments,
    {
      what: `\`${name}\` of ${what} is given twice`,
      hint: piped ? `What is piped in is \`${name}\` already: leave it out.` : 'Leave one of them out.',
      labels: [{ span: first.span, text: piped ? 'piped in' : 'given here too' }],
    },
    one.span,
  );
}

function tooMany(slots: readonly Slot[], given: readonly Given[], one: Given, what: string): Mistake {
  const piped = given[0]?.expr === null ? ' (one of them piped in)' : '';
  const text = `${what} takes ${counted(slots.length, 'argument')}, and ${given.length} are given${piped}`;
  return new Mistake(kinds.tooManyArguments, { what: text, hint: takes(slots) }, one.span);
}

function stray(slots: readonly Slot[], { name, span }: ast.Ident, what: string): Mistake {
  const known = slots.map((slot) => slot.name);
  const now = Object.hasOwn(renamedOptimizerArguments, name) ? renamedOptimizerArguments[name] : undefined;
  const torch = torchHint(torchArguments, name, known);
  const near =
    now !== undefined && known.includes(now) ? renamedHint(now) : (torch ?? suggestion(name, known));
  const hint = near === undefined ? takes(slots) : `${near} ${takes(slots)}`;
  return new Mistake(kinds.unknownArgument, { what: `${what} has no argument \`${name}\``, hint }, span);
}

export const slotsOf = (params: readonly ParamSpec[]): Slot[] =>
  params.map((param, i) => ({
    name: param.name,
    // That at least one of several values is wanted, they say themselves.
    optional: param.default !== undefined || param.type === 'values',
    variadic:
      param.type === 'values' ||
      (param.type === 'reals' && params.slice(i + 1).every(({ type }) => type === 'word')),
    named: param.type === 'word',
  }));

export function unknownChoice({ name, choices = [] }: ParamSpec, expr: ast.NameExpr, what: string): Mistake {
  const list = `It takes ${choices.join(', ')}.`;
  const near = suggestion(expr.name, choices);
  return new Mistake(
    kinds.badArgument,
    {
      what: `\`${name}\` of ${what} has no choice \`${expr.name}\``,
      hint: near === undefined ? list : `${near} ${list}`,
    },
    expr.span,
  );
}
