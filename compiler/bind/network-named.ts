/** A network's name where only a network can stand: in an update, an average, an `initialize`. */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic, suggestion } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type { Names } from './names.ts';
import type { Reporter } from './reporter.ts';

/** The network's name; undefined, and said, if there is none. */
export function networkNamed(names: Names, report: Reporter, ident: ast.Ident): string | undefined {
  if (names.networks.has(ident.name)) return ident.name;
  if (names.broken.has(ident.name)) return undefined;
  const what = names.declared.has(ident.name)
    ? `\`${ident.name}\` is no network`
    : `there is no network \`${ident.name}\``;
  const hint = suggestion(ident.name, names.networks.keys(), 'Networks:');
  report.say(diagnostic(kinds.unknownName, ident.span, { what, hint }));
  return undefined;
}
