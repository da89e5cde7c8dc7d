/** All that a `together` holds is due at the same time: it is one step. */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { kinds } from '../../errors.ts';
import type { MemberInfo, SetInfo, StatementInfo, UpdateInfo } from '../../model.ts';
import type { Rule } from '../rule.ts';

export const together: Rule = ({ schedule }) =>
  (schedule?.phases ?? []).flatMap(({ body }) => togethers(body).flatMap(apart));

const infoOf = (member: MemberInfo): UpdateInfo | SetInfo =>
  member.kind === 'update' ? member.update : member.set;

function togethers(body: readonly StatementInfo[]): (readonly (UpdateInfo | SetInfo)[])[] {
  return body.flatMap((statement) => {
    if (statement.kind === 'together') return [statement.body.map(infoOf)];
    return statement.kind === 'repeat' ? togethers(statement.body) : [];
  });
}

function apart(members: readonly (UpdateInfo | SetInfo)[]): Diagnostic[] {
  const [first] = members;
  const odd = members.find(({ every }) => JSON.stringify(every) !== JSON.stringify(first.every));
  if (odd === undefined) return [];
  return [
    diagnostic(kinds.togetherDue, (odd.declaration.every ?? odd.declaration).span, {
      what: 'what stands in one `together` is due at different times',
      why: 'All of it is taken at the same weights, so it runs together or not at all.',
      hint: 'Write the same `every` before each, or let a `when` skip one.',
      labels: [{ span: (first.declaration.every ?? first.declaration).span, text: 'the first one' }],
    }),
  ];
}
