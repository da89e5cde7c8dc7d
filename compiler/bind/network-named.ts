/** A network's name where only networks can stand: in an update, an average, an `initialize`. */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic, suggestion } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type { Names } from './names.ts';
import type { Reporter } from './reporter.ts';

/** `G` of `G`, `D` of `D[0]`; '' of what names nothing so. */
export function writtenName(expr: ast.Expr): string {
  const named = expr.kind === 'Index' ? expr.object : expr;
  return named.kind === 'Name' ? named.name : '';
}

/** The networks of a name: itself, or all of its list; none if it is no network. */
export const networksOf = (names: Pick<Names, 'networks' | 'lists'>, name: string): readonly string[] =>
  names.lists.get(name) ?? (names.networks.has(name) ? [name] : []);

/** Names that specs write for networks and their lists. */
export const writtenNetworks = (names: Pick<Names, 'networks'>): string[] => [
  ...new Set([...names.networks.values()].map(({ declaration }) => declaration.name.name)),
];

/** The networks that are meant; none, and said, if there are none. */
export function networksNamed(names: Names, report: Reporter, ident: ast.Ident): readonly string[] {
  const found = networksOf(names, ident.name);
  if (found.length > 0 || names.broken.has(ident.name)) return found;
  const what = names.declared.has(ident.name)
    ? `\`${ident.name}\` is no network`
    : `there is no network \`${ident.name}\``;
  const hint = suggestion(ident.name, writtenNetworks(names), 'Networks:');
  report.say(diagnostic(kinds.unknownName, ident.span, { what, hint }));
  return [];
}
