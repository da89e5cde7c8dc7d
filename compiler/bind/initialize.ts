/** `initialize G, D with normal(0, 0.02)`: the initializer's name and arguments, to its rule and numbers, by network. */
import type * as ast from '../../grammar/ast.ts';
import { textOf } from '../../grammar/source.ts';
import { diagnostic, Mistake, suggestion, type Diagnostic } from '../../grammar/diagnostics.ts';
import { torchHint, torchNames } from '../../grammar/torch-words.ts';
import { kinds } from '../errors.ts';
import { initializers as rules } from '../vocabulary/initializers.ts';
import { bind, expressionOf, givenOf, slotsOf } from './match.ts';
import { evaluateConstant } from './constant.ts';
import { Silence } from './dims.ts';
import { requireInside } from './interval.ts';
import type { InitializerUse, Names } from './names.ts';
import { networksNamed } from './network-named.ts';
import type { Reporter } from './reporter.ts';

/** What each network that declarations name starts from, as `use` says of a declaration, `of` of the i-th of a list of `count`; a second word on it is said. */
export function byNetwork<T>(
  all: readonly ast.InitializeDecl[],
  names: Names,
  report: Reporter,
  use: (declaration: ast.InitializeDecl) => T | undefined,
  of: (used: T, i: number, count: number) => T | undefined = (used) => used,
): Map<string, T> {
  const first = new Map<string, ast.InitializeDecl>();
  const found = new Map<string, T>();
  for (const declaration of all) {
    const used = use(declaration);
    const meant = declaration.networks.flatMap((ident) =>
      networksNamed(names, report, ident).map((network, i, { length }) => ({ ident, network, i, length })),
    );
    for (const { ident, network, i, length } of meant) {
      const before = first.get(network);
      if (before !== undefined) report.say(twiceInitialized(ident, before));
      else first.set(network, declaration);
      const own = before === undefined && used !== undefined ? of(used, i, length) : undefined;
      if (own !== undefined) found.set(network, own);
    }
  }
  return found;
}

function twiceInitialized(ident: ast.Ident, first: ast.InitializeDecl): Diagnostic {
  const before = first.networks.find(({ name }) => name === ident.name)!;
  return diagnostic(kinds.duplicateName, ident.span, {
    what: `\`${ident.name}\` is initialized twice`,
    hint: 'Keep one of the two.',
    labels: [{ span: before.span, text: 'first here' }],
  });
}

/** The initializer of each network that a declaration names. */
export const initializers = (
  all: readonly ast.InitializeDecl[],
  names: Names,
  report: Reporter,
): Map<string, InitializerUse> =>
  byNetwork(
    all.filter(({ initializer }) => initializer !== undefined),
    names,
    report,
    ({ initializer }) => report.attempt(initializer!.span, () => initializerOf(names, initializer!)),
  );

/** `normal(0, 0.02)` bound to its parameters. */
function initializerOf(names: Names, expr: ast.Expr): InitializerUse {
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
  const rule = Object.hasOwn(rules, callee.name) ? rules[callee.name as keyof typeof rules] : undefined;
  if (rule === undefined) {
    const all = Object.keys(rules);
    const near = torchHint(torchNames, callee.name, all) ?? suggestion(callee.name, all, 'Initializers:');
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
