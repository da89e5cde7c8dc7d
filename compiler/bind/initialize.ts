/** `initialize G, D with normal(0, 0.02)`: the initializer's name and arguments, to its rule and numbers. */
import type * as ast from '../../grammar/ast.ts';
import { textOf } from '../../grammar/source.ts';
import { Mistake, suggestion } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { initializers } from '../vocabulary/initializers.ts';
import { bind, expressionOf, givenOf, slotsOf } from './match.ts';
import { evaluateConstant } from './constant.ts';
import { Silence } from './dims.ts';
import { requireInside } from './interval.ts';
import type { InitializerUse, Names } from './names.ts';

/** `normal(0, 0.02)` bound to its parameters. */
export function initializerOf(names: Names, expr: ast.Expr): InitializerUse {
  const callee = expr.kind === 'Call' ? expr.callee : expr;
  if (callee.kind === 'Missing') throw new Silence();
  const hint = 'Write `normal(0, 0.02)`.';
  if (callee.kind !== 'Name') {
    throw new Mistake(
      kinds.badArgument,
      { what: `\`${textOf(expr.span)}\` is no initializer`, hint },
      expr.span,
    );
  }
  const rule = Object.hasOwn(initializers, callee.name)
    ? initializers[callee.name as keyof typeof initializers]
    : undefined;
  if (rule === undefined) {
    const near = suggestion(callee.name, Object.keys(initializers), 'Initializers:');
    throw new Mistake(
      kinds.unknownFunction,
      { what: `there is no initializer \`${callee.name}\``, hint: near },
      callee.span,
    );
  }
  const given = expr.kind === 'Call' ? givenOf(expr) : [];
  const bound = bind(slotsOf(rule.params), given, `\`${callee.name}\``, expr.span);
  const args = rule.params.map((param) => {
    const { name, default: fallback } = param;
    const one = bound.get(name)?.[0];
    if (one === undefined) return [name, Number(fallback)] as const;
    const value = evaluateConstant(expressionOf(one, `\`${name}\` of \`${callee.name}\``), names);
    requireInside(param, [value], `\`${callee.name}\``, one.span);
    return [name, value] as const;
  });
  return { rule, args: Object.fromEntries(args) };
}
