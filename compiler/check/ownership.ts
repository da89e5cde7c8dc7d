/** Who may train what: a network in two updates of a phase must be `shared`, and none stands twice in one update. */
import { diagnostic } from '../../grammar/diagnostics.ts';
import type { Ident } from '../../grammar/ast.ts';
import type { Names } from '../elaborate/names.ts';
import { kinds } from '../errors.ts';
import { updatesIn, type ScheduleInfo, type StatementInfo, type UpdateInfo } from '../model.ts';
import type { Reporter } from './collect.ts';

export function checkOwnership(schedule: ScheduleInfo, names: Names, report: Reporter): void {
  for (const phase of schedule.phases) {
    const owners = new Map<string, { update: UpdateInfo; ident: Ident }>();
    for (const update of updatesIn(phase.body)) {
      twice([update], `one update`, report);
      for (const ident of update.declaration.networks) {
        const first = owners.get(ident.name);
        if (first === undefined) owners.set(ident.name, { update, ident });
        else if (first.update !== update && names.networks.get(ident.name)?.shared === false) {
          report.say(
            diagnostic(kinds.notShared, ident.span, {
              what: `\`${ident.name}\` is trained by two updates of this phase`,
              why: 'Each would have an optimizer of its own for the same weights.',
              hint: `If that is meant, declare it \`shared network ${ident.name}\`; else name it in one of them.`,
              labels: [{ span: first.ident.span, text: 'trained here too' }],
            }),
          );
        }
      }
    }
    for (const updates of togethers(phase.body)) twice(updates, 'one `together`', report);
  }
}

function togethers(statements: readonly StatementInfo[]): (readonly UpdateInfo[])[] {
  return statements.flatMap((s) =>
    s.kind === 'together' ? [s.updates] : s.kind === 'repeat' ? togethers(s.body) : [],
  );
}

function twice(updates: readonly UpdateInfo[], where: string, report: Reporter): void {
  const seen = new Map<string, { ident: Ident; update: UpdateInfo }>();
  for (const update of updates) {
    for (const ident of update.declaration.networks) {
      const first = seen.get(ident.name);
      // Within a `together` of several updates, a repeat inside a single one is reported by that one's own turn.
      if (first !== undefined && (updates.length === 1 || first.update !== update)) {
        report.say(
          diagnostic(kinds.twice, ident.span, {
            what: `\`${ident.name}\` stands twice in ${where}`,
            hint: 'Name it once; add the objectives if both are meant.',
            labels: [{ span: first.ident.span, text: 'first here' }],
          }),
        );
      } else seen.set(ident.name, { ident, update });
    }
  }
}
