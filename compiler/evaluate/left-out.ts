/**
 * Terms of weight 0. In: a product one side of which is a number known when compiling; out: its value. Where that number is 0,
 * a program has nothing of the other side: it is not computed, draws nothing, moves no running statistics and is not logged, so
 * that a param switches a term off. It is evaluated all the same, for its type, in a context whose effects nobody reads.
 */
import type * as ast from '../../grammar/ast.ts';
import { zerosLike } from '../ir/compose.ts';
import type { Value } from '../values.ts';
import { newEffects, type Context, type Scope } from './context.ts';
import { binary } from './operators.ts';

export function product(expr: ast.BinaryExpr, context: Context, scope: Scope): Value {
  const last = isGiven(expr.right, context, scope);
  const [weight, other] = last ? [expr.right, expr.left] : [expr.left, expr.right];
  const known = context.evaluate(weight, context, scope);
  const none = context.leavesOut && known.sort === 'number' && known.value === 0;
  const within = none ? apart(context) : context;
  const rest = within.evaluate(other, within, scope);
  const value = last ? binary(within, scope, expr, rest, known) : binary(within, scope, expr, known, rest);
  if (!none || value.sort !== 'tensor') return value;
  return { ...value, node: zerosLike(context.b, value.node) };
}

/** A number, a param, what a fn was given: it is there already, so that it may be looked at before what stands to its left. */
function isGiven(expr: ast.Expr, context: Context, scope: Scope): boolean {
  if (expr.kind !== 'Name') return expr.kind === 'Number';
  return scope.locals.has(expr.name) || context.names.symbols.get(expr.name)?.kind === 'param';
}

const apart = (context: Context): Context => ({
  ...context,
  effects: newEffects(),
  memo: new Map(context.memo),
  calls: new Map(context.calls),
  origins: new Map(context.origins),
});
