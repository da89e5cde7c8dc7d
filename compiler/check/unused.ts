/** Declarations of the spec that nothing uses, and losses that no update or report reaches. */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type { Collected, Reporter } from './collect.ts';
import { mentioned } from './cycles.ts';

const checked = new Set(['Param', 'Data', 'Sample', 'Let', 'Fn', 'Block', 'Loss']);

export function checkUnused(collected: Collected, report: Reporter): void {
  const { own, names } = collected;
  const used = new Map(own.map((declaration) => [declaration, uses(declaration)]));
  const reached = reachedFrom(
    own.filter((d) => d.kind === 'Train' || d.kind === 'Report'),
    own,
  );
  for (const declaration of own) {
    if (!('name' in declaration) || !checked.has(declaration.kind)) continue;
    const { name } = declaration.name;
    if (names.broken.has(name)) continue;
    if (declaration.kind === 'Loss') {
      if (!reached.has(name))
        report.say(
          diagnostic(kinds.unusedLoss, declaration.name.span, {
            what: `nothing minimises or shows the loss \`${name}\``,
            hint: 'Minimise it in an update, show it in a report, or remove it.',
          }),
        );
    } else if (![...used].some(([other, names_]) => other !== declaration && names_.has(name))) {
      report.say(
        diagnostic(kinds.unused, declaration.name.span, {
          what: `nothing uses \`${name}\``,
          hint: 'Use it or remove it.',
        }),
      );
    }
  }
}

/** Names that a declaration mentions, in expressions and where a statement names a network or a stream. */
function uses(declaration: ast.Declaration): Set<string> {
  const found = mentioned(declaration);
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== 'object' || node === null || !('kind' in node)) return;
    const { kind } = node;
    if (kind === 'Update') for (const ident of (node as ast.Update).networks) found.add(ident.name);
    if (kind === 'Average') found.add((node as ast.Average).network.name);
    if (kind === 'Duration' && (node as ast.Duration).of) found.add((node as ast.Duration).of!.name);
    for (const [key, value] of Object.entries(node)) if (key !== 'span') visit(value);
  };
  visit(declaration);
  return found;
}

/** Names that these declarations mention, directly or through other declarations. */
export function reachedFrom(roots: readonly ast.Declaration[], own: readonly ast.Declaration[]): Set<string> {
  const byName = new Map(
    own.flatMap((d) =>
      'name' in d && d.kind !== 'Profile' && d.kind !== 'Header' ? [[d.name.name, d] as const] : [],
    ),
  );
  const reached = new Set<string>();
  const visit = (declaration: ast.Declaration): void => {
    for (const name of uses(declaration)) {
      if (reached.has(name)) continue;
      reached.add(name);
      const next = byName.get(name);
      if (next !== undefined) visit(next);
    }
  };
  roots.forEach(visit);
  return reached;
}
