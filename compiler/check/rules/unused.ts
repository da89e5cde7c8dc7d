/** Declarations of the spec that nothing uses, and losses that no update or report reaches. */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic } from '../../../grammar/diagnostics.ts';
import { kinds } from '../../errors.ts';
import type { Collected } from '../../bind/collect.ts';
import type { Reporter } from '../../bind/reporter.ts';
import { needs } from '../../bind/cycles.ts';

/** What a message calls a declaration of this kind. */
const words: Partial<Record<ast.Declaration['kind'], string>> = {
  Param: 'param',
  Data: 'stream',
  Sample: 'sample',
  Let: 'value',
  Fn: 'fn',
  Block: 'block',
};

export function checkUnused({ own, names, mayUse }: Collected, report: Reporter): void {
  const used = own.map((declaration) => ({ declaration, needs: needs(declaration) }));
  const reached = reachedFrom(
    own.filter(({ kind }) => kind === 'Train' || kind === 'Report'),
    own,
  );
  for (const declaration of own) {
    if (!('name' in declaration) || names.broken.has(declaration.name.name)) continue;
    const { name, span } = declaration.name;
    const word = words[declaration.kind];
    if (mayUse(name)) continue;
    if (declaration.kind === 'Loss' && !reached.has(name)) {
      const hint = 'Minimise it in an update, show it as a metric of a report, or remove it.';
      report.say(
        diagnostic(kinds.unusedLoss, span, { what: `nothing minimises or shows the loss \`${name}\``, hint }),
      );
    }
    // A bare name in a source's arguments is a param or a word (`split: test`), never a stream.
    const uses = ({ declaration: other, needs: needed }: (typeof used)[number]): boolean =>
      other !== declaration && needed.has(name) && (declaration.kind === 'Param' || other.kind !== 'Data');
    if (word === undefined || used.some(uses)) continue;
    report.say(
      diagnostic(kinds.unused, span, {
        what: `nothing uses the ${word} \`${name}\``,
        hint: 'Use it or remove it.',
      }),
    );
  }
}

/** Names that these declarations need, directly or through other declarations. */
export function reachedFrom(roots: readonly ast.Declaration[], own: readonly ast.Declaration[]): Set<string> {
  const byName = new Map<string, ast.Declaration[]>();
  for (const declaration of own) {
    if (!('name' in declaration) || declaration.kind === 'Profile' || declaration.kind === 'Header') continue;
    byName.set(declaration.name.name, [...(byName.get(declaration.name.name) ?? []), declaration]);
  }
  const reached = new Set<string>();
  const open = [...roots];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const name of needs(next)) {
      if (reached.has(name)) continue;
      reached.add(name);
      open.push(...(byName.get(name) ?? []));
    }
  }
  return reached;
}
