/** Who may train what: a network in two updates of a phase must be `shared`, and none stands twice in one update. */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Names } from '../../bind/names.ts';
import { kinds } from '../../errors.ts';
import type { Reporter } from '../../bind/reporter.ts';

export function checkOwnership(train: ast.TrainDecl, names: Names, report: Reporter): void {
  const phases = train.body.flatMap((statement) => (statement.kind === 'Phase' ? [statement.body] : []));
  for (const body of phases.length > 0 ? phases : [train.body]) {
    checkShared(body, names, report);
    for (const update of updatesOf(body)) twice([update], 'one update', report);
    for (const updates of togethers(body)) twice(updates, 'one `together`', report);
  }
}

/** All updates of some statements, in order. */
export function updatesOf(body: readonly ast.Statement[]): ast.Update[] {
  return body.flatMap((statement): readonly ast.Update[] => {
    if (statement.kind === 'Update') return [statement];
    if (statement.kind === 'Together') return statement.updates;
    return statement.kind === 'Average' ? [] : updatesOf(statement.body);
  });
}

function togethers(body: readonly ast.Statement[]): (readonly ast.Update[])[] {
  return body.flatMap((statement) => {
    if (statement.kind === 'Together') return [statement.updates];
    return statement.kind === 'Repeat' ? togethers(statement.body) : [];
  });
}

function checkShared(body: readonly ast.Statement[], names: Names, report: Reporter): void {
  const owners = new Map<string, { update: ast.Update; ident: ast.Ident }>();
  const together = new Map(
    togethers(body).flatMap((updates) => updates.map((one) => [one, updates] as const)),
  );
  for (const update of updatesOf(body)) {
    for (const ident of update.networks) {
      const first = owners.get(ident.name);
      if (first === undefined) owners.set(ident.name, { update, ident });
      if (first === undefined || first.update === update) continue;
      // In one `together` no word would help: `twice` says so.
      const apart = !together.has(update) || together.get(update) !== together.get(first.update);
      if (apart && names.networks.get(ident.name)?.shared === false)
        report.say(notShared(ident, first.ident));
    }
  }
}

const notShared = (ident: ast.Ident, first: ast.Ident): Diagnostic =>
  diagnostic(kinds.notShared, ident.span, {
    what: `\`${ident.name}\` is trained by two updates of this phase`,
    why: 'Each would have an optimizer of its own for the same weights.',
    hint: `If that is meant, declare it \`shared network ${ident.name}\`; else name it in one of them.`,
    labels: [{ span: first.span, text: 'trained here too' }],
  });

function twice(updates: readonly ast.Update[], where: string, report: Reporter): void {
  const seen = new Map<string, { ident: ast.Ident; update: ast.Update }>();
  for (const update of updates) {
    for (const ident of update.networks) {
      const first = seen.get(ident.name);
      if (first === undefined) seen.set(ident.name, { ident, update });
      // Twice in a single update of a `together` is said in that update's own turn.
      else if (updates.length === 1 || first.update !== update) report.say(stands(ident, first.ident, where));
    }
  }
}

const stands = (ident: ast.Ident, first: ast.Ident, where: string): Diagnostic =>
  diagnostic(kinds.twice, ident.span, {
    what: `\`${ident.name}\` stands twice in ${where}`,
    why: 'Its weights cannot be set twice at the same time.',
    hint: 'Name it once; add the objectives if both are meant.',
    labels: [{ span: first.span, text: 'first here' }],
  });
