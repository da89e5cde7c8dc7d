/**
 * What is written once and made several times: `times(9, residual)`, which calls a block on what it gave before, and
 * `[for i in 0..3: e]`, which gives a list. In: the call or the list; out: its value. Each copy is a call of its own,
 * inside the one before, so that types and arguments are known for each.
 */
import type * as ast from '../../grammar/ast.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import { Silence } from '../bind/dims.ts';
import type { Given } from '../bind/match.ts';
import { counted, kinds } from '../errors.ts';
import { sameTypeShape } from '../types.ts';
import { describe, number, type ListValue, type Value } from '../values.ts';
import type { Context, Scope } from './context.ts';

/** How often at most: each copy is unfolded. */
const most = 1000;

/** Calls a callee where the call stands. */
export type Apply = (callee: ast.Expr, given: readonly Given[], scope: Scope) => Value;

/**
 * `x |> times(9, residual, units: 128)`: the block on x, the block on what that gives, and so on; arguments behind the
 * block are for each. What comes out has the type of what goes in.
 */
export function times(
  given: readonly Given[],
  span: Span,
  context: Context,
  scope: Scope,
  apply: Apply,
): Value {
  const { first, count, callee, rest } = partsOf(given, span, context, scope);
  let { call } = scope;
  let value = first;
  for (let copy = 1; copy <= count; copy++) {
    call = context.typing.enter(call, span, `times ${copy}`);
    const next = apply(callee, [{ expr: null, value, span: callee.span }, ...rest], { ...scope, call });
    if (next.sort === 'unknown') throw new Silence();
    requireSame(value, next, callee, span);
    value = next;
  }
  return value;
}

interface Parts {
  readonly first: Value;
  readonly count: number;
  readonly callee: ast.Expr;
  readonly rest: readonly Given[];
}

function partsOf(given: readonly Given[], span: Span, context: Context, scope: Scope): Parts {
  const [x, count, what, ...rest] = given;
  const named = [x, count, what].some((one) => one === undefined || one.name !== undefined);
  const callee = named ? null : what.expr;
  if (callee === null || (callee.kind !== 'Name' && callee.kind !== 'Field' && callee.kind !== 'Index')) {
    const hint = 'Write `x |> times(9, residual)`; what the block takes itself stands behind its name.';
    const text = '`times` takes a value, how often, and the name of a block';
    throw new Mistake(kinds.badArgument, { what: text, hint }, span);
  }
  const values = [x, count].map(
    ({ value, expr }) =>
      value ?? (expr?.kind === 'Duration' || expr === null ? null : context.evaluate(expr, context, scope)),
  );
  const [first, often] = values;
  if (first === null || first.sort === 'unknown' || often?.sort === 'unknown') throw new Silence();
  return { first, count: wholeNumber(often, 1, count.span, 'the count of `times`'), callee, rest };
}

/** Each copy takes what the one before it gives. */
function requireSame(before: Value, after: Value, callee: ast.Expr, span: Span): void {
  const same =
    before.sort === 'tensor' && after.sort === 'tensor'
      ? sameTypeShape(before.type, after.type)
      : before.sort === after.sort;
  if (same) return;
  const name = textOf(callee.span);
  throw new Mistake(
    kinds.shape,
    {
      what: `\`${name}\` makes ${describe(after)} of ${describe(before)}, and \`times\` gives it what it made`,
      hint: `Let \`${name}\` give what it takes, or write its calls one by one.`,
    },
    span,
  );
}

/** `[for i in 0..3: e]`: e at 0, 1 and 2. */
export function series(expr: ast.SeriesExpr, context: Context, scope: Scope): ListValue {
  const [low, high] = [expr.low, expr.high].map((bound) => {
    const value = context.evaluate(bound, context, scope);
    if (value.sort === 'unknown') throw new Silence();
    return wholeNumber(value, 0, bound.span, 'a bound');
  });
  if (high <= low || high - low > most) {
    const what = `\`${low}..${high}\` holds ${high <= low ? 'no number' : counted(high - low, 'number')}`;
    const hint =
      high <= low ? 'The upper bound is left out: `0..3` is 0, 1, 2.' : `It may hold ${most} at most.`;
    throw new Mistake(kinds.notCount, { what, hint }, expr.high.span);
  }
  let { call } = scope;
  const items: Value[] = [];
  for (let i = low; i < high; i++) {
    call = context.typing.enter(call, expr.span, `${expr.name.name} = ${i}`);
    const locals = new Map(scope.locals).set(expr.name.name, number(i));
    items.push(context.evaluate(expr.value, context, { ...scope, locals, call }));
  }
  if (items.some(({ sort }) => sort === 'unknown')) throw new Silence();
  return { sort: 'list', items };
}

function wholeNumber(given: Value | null, least: number, span: Span, what: string): number {
  const found = given?.sort === 'number' ? given.value : null;
  if (typeof found === 'number' && Number.isInteger(found) && found >= least && found <= most) return found;
  const said = given === null ? 'something else' : describe(given);
  throw new Mistake(
    kinds.notCount,
    {
      what: `${what} is a whole number from ${least} to ${most}, and ${said} is given`,
      hint: 'It is fixed when the program is made: write a number or an int param.',
    },
    span,
  );
}
