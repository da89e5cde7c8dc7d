/** Networks of the spec, or imported and used, that no update names. */
import { diagnostic } from '../../../grammar/diagnostics.ts';
import { kinds } from '../../errors.ts';
import { reachedFrom } from '../../bind/reached.ts';
import type * as ast from '../../../grammar/ast.ts';
import { nodesIn } from '../walk.ts';
import type { Rule } from '../rule.ts';

/** Networks that an `initialize` gives weights from elsewhere, though it may be in error. */
const startedIn = (declaration: ast.Declaration): string[] =>
  nodesIn(declaration).flatMap((node) =>
    (node.kind === 'Initialize' || node.kind === 'Start') && node.from !== undefined
      ? node.networks.map(({ name }) => name)
      : [],
  );

export const trained: Rule = ({ names, own, schedule, reports, mayUse, inError, weights }) => {
  if (schedule === null || schedule.updates.length === 0) return [];
  const named = new Set(schedule.updates.flatMap(({ networks }) => networks));
  // One that starts with other weights may stay as it is: a judge, a teacher, a copy.
  const given = new Set([...own, schedule.declaration].flatMap(startedIn));
  const reached = reachedFrom([schedule.declaration, ...reports.map(({ declaration }) => declaration)], own);
  return [...names.networks.values()].flatMap(({ name, declaration }) => {
    const written = declaration.name.name;
    const wanted = own.includes(declaration) || reached.has(written);
    // One in error may turn out to have no weights.
    const weightless = [...(weights.get(name)?.values() ?? [])].every(({ role }) => role !== 'weight');
    if (
      inError.has(name) ||
      named.has(name) ||
      given.has(written) ||
      names.starts.has(name) ||
      weightless ||
      !wanted ||
      mayUse(written)
    )
      return [];
    return [
      diagnostic(kinds.neverTrained, declaration.name.span, {
        what: `no update trains \`${written}\``,
        why: 'Its weights would stay as they start.',
        hint: `Name it in an update, \`update ${written} to minimize … with …\`, or remove it.`,
      }),
    ];
  });
};
