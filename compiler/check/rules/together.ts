/** All updates of a `together` are due at the same time: they are one step. */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { kinds } from '../../errors.ts';
import type { StatementInfo, UpdateInfo } from '../../model.ts';
import type { Rule } from '../rule.ts';

export const together: Rule = ({ schedule }) =>
  (schedule?.phases ?? []).flatMap(({ body }) => togethers(body).flatMap(apart));

function togethers(body: readonly StatementInfo[]): (readonly UpdateInfo[])[] {
  return body.flatMap((statement) => {
    if (statement.kind === 'together') return [statement.updates];
    return statement.kind === 'repeat' ? togethers(statement.body) : [];
  });
}

function apart(updates: readonly UpdateInfo[]): Diagnostic[] {
  const [first] = updates;
  const odd = updates.find(({ every }) => JSON.stringify(every) !== JSON.stringify(first.every));
  if (odd === undefined) return [];
  return [
    diagnostic(kinds.togetherDue, (odd.declaration.every ?? odd.declaration).span, {
      what: 'the updates of one `together` are due at different times',
      why: 'All their gradients are taken at the same weights, so they run together or not at all.',
      hint: 'Write the same `every` before each of them, or let a `when` skip one.',
      labels: [{ span: (first.declaration.every ?? first.declaration).span, text: 'the first one' }],
    }),
  ];
}
