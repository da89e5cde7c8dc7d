/** Updates and averages whose `every` is longer than the phase they stand in: their turn never comes. */
import { diagnostic } from '../../../grammar/diagnostics.ts';
import type { Span } from '../../../grammar/source.ts';
import { counted, kinds } from '../../errors.ts';
import type { PhaseInfo, StatementInfo } from '../../model.ts';
import type { Length } from '../../../program/manifest.ts';
import type { Reporter } from '../../bind/reporter.ts';

export function checkDue(phases: readonly PhaseInfo[], whole: Length, report: Reporter): void {
  for (const phase of phases) {
    const length = phase.length ?? remaining(phases, whole);
    if (length === undefined) continue;
    for (const { what, every, span } of timed(phase.body)) {
      if (!alike(every, length) || every.count <= length.count) continue;
      const unit = length.unit === 'steps' ? 'step' : 'epoch';
      report.say(
        diagnostic(kinds.schedule, span, {
          what: `the turn of this ${what} never comes`,
          why: `It is due after ${counted(every.count, unit)} of its phase, which has ${length.count}.`,
          hint: `Write an \`every\` of at most ${length.count}, or make the phase longer.`,
        }),
      );
    }
  }
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

function timed(body: readonly StatementInfo[]): Timed[] {
  return body.flatMap((statement): Timed[] => {
    if (statement.kind === 'repeat') return timed(statement.body);
    const what = statement.kind === 'average' ? 'average' : 'update';
    const all =
      statement.kind === 'average'
        ? [statement.average]
        : statement.kind === 'update'
          ? [statement.update]
          : statement.updates;
    return all.flatMap(({ every, declaration }) =>
      every === null ? [] : [{ what, every, span: (declaration.every ?? declaration).span }],
    );
  });
}
