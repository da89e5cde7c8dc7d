/** What phases begin with: the `initialize` statements that stand first in one. In: a phase's statements; out: networks and what each starts from. */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic } from '../../grammar/diagnostics.ts';
import type { Names } from '../bind/names.ts';
import { networksNamed } from '../bind/network-named.ts';
import { originOf } from '../bind/origins.ts';
import type { Reporter } from '../bind/reporter.ts';
import { kinds } from '../errors.ts';
import type { StartInfo } from '../model.ts';

/** What a phase begins with; an `initialize` elsewhere in it is refused, since it would run in each iteration. */
export function startsIn(names: Names, report: Reporter, written: readonly ast.Statement[]): StartInfo[] {
  const first = written.findIndex(({ kind }) => kind !== 'Start');
  const [begin, rest] = first < 0 ? [written, []] : [written.slice(0, first), written.slice(first)];
  for (const { span } of startStatements(rest)) {
    const what = '`initialize` stands behind other statements';
    const hint = 'Put it first in the phase, or in a phase of its own.';
    report.say(
      diagnostic(kinds.latePhaseStart, span, { what, why: 'It runs once, as the phase begins.', hint }),
    );
  }
  return startStatements(begin).flatMap(({ networks, from, span }) => {
    const origin = names.origins.get(from);
    const named = networks.flatMap((ident) =>
      networksNamed(names, report, ident).map((network, i, { length }) => ({ network, i, length })),
    );
    return named.flatMap(({ network, i, length }) => {
      const own = origin && report.attempt(span, () => originOf(origin, i, length));
      return own === undefined ? [] : [{ network, origin: own, span }];
    });
  });
}

const startStatements = (body: readonly ast.Statement[]): ast.Start[] =>
  body.flatMap((statement): readonly ast.Start[] => {
    if (statement.kind === 'Start') return [statement];
    return statement.kind === 'Repeat' ? startStatements(statement.body) : [];
  });
