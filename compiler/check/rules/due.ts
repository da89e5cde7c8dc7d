/** Updates, averages and sets whose `every` is longer than the phase they stand in: their turn never comes. */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { counted, kinds } from '../../errors.ts';
import type { Span } from '../../../grammar/source.ts';
import type { AverageInfo, PhaseInfo, SetInfo, StatementInfo, UpdateInfo } from '../../model.ts';
import type { Length } from '../../../program/manifest.ts';
import type { Rule } from '../rule.ts';

export const due: Rule = ({ schedule }) => {
  if (schedule === null || schedule.length === null) return [];
  const { phases, length: whole } = schedule;
  return phases.flatMap((phase) => {
    const length = phase.length ?? remaining(phases, whole);
    if (length === undefined) return [];
    const late = timed(phase.body).filter(({ every }) => alike(every, length) && every.count > length.count);
    return late.map((one) => never(one, length));
  });
};

function never({ what, every, span }: Timed, { unit, count }: Length): Diagnostic {
  const one = unit === 'steps' ? 'step' : 'epoch';
  return diagnostic(kinds.neverDue, span, {
    what: `the turn of this ${what} never comes`,
    why: `It is due after ${counted(every.count, one)} of its phase, which has ${count}.`,
    hint: `Write an \`every\` of at most ${count}, or make the phase longer.`,
  });
}

const alike = (a: Length, b: Length): boolean => a.unit === b.unit && a.of === b.of;

/** What the phase without a length of its own takes, where that can be told. */
function remaining(phases: readonly PhaseInfo[], whole: Length): Length | undefined {
  const others = phases.flatMap(({ length }) => length ?? []);
  if (!others.every((length) => alike(length, whole))) return undefined;
  const count = others.reduce((left, one) => left - one.count, whole.count);
  return count > 0 ? { ...whole, count } : undefined;
}

interface Timed {
  readonly what: string;
  readonly every: Length;
  readonly span: Span;
}

/** What may have an `every` of its own. */
function timedIn(
  statement: Exclude<StatementInfo, { readonly body: readonly StatementInfo[] }>,
): UpdateInfo | AverageInfo | SetInfo {
  switch (statement.kind) {
    case 'update':
      return statement.update;
    case 'average':
      return statement.average;
    case 'set':
      return statement.set;
  }
}

function timed(body: readonly StatementInfo[]): Timed[] {
  return body.flatMap((statement): Timed[] => {
    if ('body' in statement) return timed(statement.body);
    const { every, declaration } = timedIn(statement);
    const span = (declaration.every ?? declaration).span;
    return every === null ? [] : [{ what: statement.kind, every, span }];
  });
}
