/**
 * What stands behind `with`: a rule with its arguments, `adam(1e-3)`, or the name of a declared optimizer, whose moments and
 * step count are those of all updates that name it. In: the expression; out: the rule with its arguments bound.
 */
import type * as ast from '../../grammar/ast.ts';
import { Mistake, suggestion } from '../../grammar/diagnostics.ts';
import { textOf } from '../../grammar/source.ts';
import { torchHint, torchNames } from '../../grammar/torch-words.ts';
import type { HostExpr } from '../../program/host.ts';
import { Silence } from '../bind/dims.ts';
import { givenOf } from '../bind/match.ts';
import type { Names } from '../bind/names.ts';
import { kinds } from '../errors.ts';
import { builtinArguments } from '../evaluate/arguments.ts';
import { topScope, type Context } from '../evaluate/context.ts';
import { evaluate } from '../evaluate/expression.ts';
import type { OptimizerUse } from '../model.ts';
import type { Value } from '../values.ts';
import { optimizers } from '../vocabulary/optimizers.ts';
import type { OptimizerArguments } from '../vocabulary/optimizer.ts';

/** Of an update's `with`. */
export function optimizerOf(context: Context, expr: ast.Expr): OptimizerUse {
  const { names } = context;
  const declared = declaredOptimizer(names, expr);
  if (declared !== undefined) return { ...ruleOf(context, declared.value), declared: declared.name.name };
  const callee = calleeOf(expr);
  if (callee.kind === 'Name') {
    if (names.broken.has(callee.name)) throw new Silence();
    if (names.optimizers.has(callee.name)) throw called(callee);
  }
  return ruleOf(context, expr, [...names.optimizers.keys()]);
}

/** `with o`, where `optimizer o` is declared. */
export const declaredOptimizer = (names: Names, expr: ast.Expr): ast.OptimizerDecl | undefined =>
  expr.kind === 'Name' ? names.optimizers.get(expr.name) : undefined;

/** The rule of a declaration, for what is wrong with it; `others`: what else might have been meant. */
export function ruleOf(context: Context, expr: ast.Expr, others: readonly string[] = []): OptimizerUse {
  const callee = calleeOf(expr);
  if (callee.kind === 'Missing') throw new Silence();
  const hint = 'Write `adam(1e-3)`.';
  if (callee.kind !== 'Name') {
    throw new Mistake(
      kinds.badArgument,
      { what: `\`${textOf(expr.span)}\` is no optimizer`, hint },
      expr.span,
    );
  }
  const { name } = callee;
  if (!isOptimizer(name)) throw unknownOptimizer(context.names, callee, others);
  const rule = optimizers[name];
  const evaluateHere = (e: ast.Expr): Value => evaluate(e, context, topScope);
  const { args } = builtinArguments(
    context,
    topScope.call,
    rule.params,
    expr.kind === 'Call' ? givenOf(expr) : [],
    evaluateHere,
    `\`${name}\``,
    expr.span,
  );
  const found: Record<string, OptimizerArguments[string]> = {};
  for (const { name: param, type } of rule.params) {
    if (!args.has(param)) found[param] = null;
    else if (type === 'bool') found[param] = args.bool(param);
    else if (type === 'reals') found[param] = args.reals(param);
    else found[param] = args.scalar(param) as HostExpr;
  }
  return { name, rule, args: rule.normal?.(found) ?? found, declared: null };
}

const calleeOf = (expr: ast.Expr): ast.Expr => (expr.kind === 'Call' ? expr.callee : expr);

const isOptimizer = (name: string): name is keyof typeof optimizers => Object.hasOwn(optimizers, name);

const called = ({ name, span }: ast.NameExpr): Mistake =>
  new Mistake(
    kinds.badArgument,
    {
      what: `\`${name}\` is an optimizer that has its arguments`,
      hint: `Write \`with ${name}\`; its arguments stand in its declaration.`,
    },
    span,
  );

function unknownOptimizer(names: Names, { name, span }: ast.NameExpr, others: readonly string[]): Mistake {
  const all = [...Object.keys(optimizers), ...others];
  const hint = names.lets.has(name)
    ? `\`${name}\` is a value; declare an optimizer: \`optimizer ${name} = adam(1e-3)\`.`
    : (torchHint(torchNames, name, all) ?? suggestion(name, all, 'Optimizers:'));
  return new Mistake(kinds.unknownFunction, { what: `there is no optimizer \`${name}\``, hint }, span);
}
