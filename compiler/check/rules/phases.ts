/** Phases against the whole schedule: names, lengths that add up, epochs of streams that their updates read. */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic } from '../../../grammar/diagnostics.ts';
import type { Span } from '../../../grammar/source.ts';
import { counted, kinds } from '../../errors.ts';
import { updatesIn, type PhaseInfo } from '../../model.ts';
import type { Length } from '../../../program/manifest.ts';
import type { Reporter } from '../../bind/reporter.ts';
import type { Clock } from '../../analyse/lengths.ts';

/** `written` and `phases` side by side; a schedule without phases has none written and one of them. */
export function checkPhases(
  train: ast.TrainDecl,
  written: readonly ast.Phase[],
  phases: readonly PhaseInfo[],
  whole: Length,
  { uncertain }: Clock,
  report: Reporter,
): void {
  checkNames(written, report);
  const open = written.filter(({ duration }) => duration === undefined);
  if (open.length > 1) {
    report.say(
      diagnostic(kinds.schedule, open[1].name.span, {
        what: `the phases \`${open[0].name.name}\` and \`${open[1].name.name}\` both have no length`,
        why: 'One phase may leave out `for`: it takes what remains.',
        hint: `Write \`phase ${open[1].name.name} for … steps\`.`,
        labels: [{ span: open[0].name.span, text: 'this one too' }],
      }),
    );
  } else if (written.length > 0) checkSum(train, phases, open, whole, report);
  if (!uncertain) checkClocks(train, written, phases, whole, report);
}

function checkNames(written: readonly ast.Phase[], report: Reporter): void {
  const seen = new Map<string, Span>();
  for (const { name } of written) {
    const first = seen.get(name.name);
    if (first === undefined) seen.set(name.name, name.span);
    else {
      report.say(
        diagnostic(kinds.duplicateName, name.span, {
          what: `there are two phases \`${name.name}\``,
          hint: 'Give one of them another name.',
          labels: [{ span: first, text: 'the first one' }],
        }),
      );
    }
  }
}

/** What can be compared (all in steps, or all in epochs of one stream) must add up. */
function checkSum(
  train: ast.TrainDecl,
  phases: readonly PhaseInfo[],
  open: readonly ast.Phase[],
  whole: Length,
  report: Reporter,
): void {
  const lengths = phases.flatMap(({ length }) => length ?? []);
  if (lengths.length + open.length < phases.length) return;
  if (lengths.some(({ unit, of }) => unit !== whole.unit || of !== whole.of)) return;
  const sum = lengths.reduce((total, { count }) => total + count, 0);
  const fits = open.length === 0 ? sum === whole.count : sum < whole.count;
  if (fits) return;
  const unit = whole.unit === 'steps' ? 'step' : 'epoch';
  const [span, what, hint] =
    open.length === 0
      ? [
          train.duration.span,
          `the phases take ${counted(sum, unit)} together, and the schedule ${whole.count}`,
          `Write \`train for ${sum} ${whole.unit}\`, or leave out the \`for\` of one phase: it takes what remains.`,
        ]
      : [
          open[0].name.span,
          `nothing is left for the phase \`${open[0].name.name}\``,
          `Train for more than ${counted(sum, unit)}, or shorten the other phases.`,
        ];
  const why =
    open.length === 0 ? undefined : `The other phases take ${sum} of ${counted(whole.count, unit)}.`;
  report.say(diagnostic(kinds.schedule, span, { what, why, hint }));
}

/** A phase is counted in epochs of a stream that it reads. */
function checkClocks(
  train: ast.TrainDecl,
  written: readonly ast.Phase[],
  phases: readonly PhaseInfo[],
  whole: Length,
  report: Reporter,
): void {
  phases.forEach((phase, i) => {
    const length = phase.length ?? whole;
    const updates = updatesIn(phase.body);
    const complete = updates.length > 0 && updates.every(({ optimizer }) => optimizer !== undefined);
    if (length.unit === 'steps' || length.of === null || !complete) return;
    if (updates.some(({ reads }) => reads.includes(length.of!))) return;
    const where = phase.name === null ? 'the schedule' : `the phase \`${phase.name}\``;
    const span = (written[i]?.duration ?? train.duration).span;
    report.say(
      diagnostic(kinds.schedule, span, {
        what: `${where} is counted in epochs of \`${length.of}\`, and no update in it reads \`${length.of}\``,
        hint: 'Count it in steps, or in epochs of a stream that it reads.',
      }),
    );
  });
}
