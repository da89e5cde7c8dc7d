/** Phases against the whole schedule: names, lengths that add up, epochs of streams that their updates read. */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { counted, kinds } from '../../errors.ts';
import type { Span } from '../../../grammar/source.ts';
import { updatesIn, type PhaseInfo } from '../../model.ts';
import type { Length } from '../../../program/manifest.ts';
import type { Rule } from '../rule.ts';

/** Written and analysed phases stand side by side; a schedule without phases has none written and one of them. */
export const phases: Rule = ({ schedule }) => {
  if (schedule === null || schedule.length === null) return [];
  const { declaration: train, phases: all, length: whole, uncertain } = schedule;
  const written = train.body.filter((statement) => statement.kind === 'Phase');
  const open = written.filter(({ duration }) => duration === undefined);
  return [
    ...namesakes(written),
    ...(open.length > 1 ? [twoOpen(open)] : written.length > 0 ? sums(train, all, open, whole) : []),
    ...(uncertain ? [] : clocks(train, written, all, whole)),
  ];
};

const twoOpen = ([first, second]: readonly ast.Phase[]): Diagnostic =>
  diagnostic(kinds.phaseLengths, second.name.span, {
    what: `the phases \`${first.name.name}\` and \`${second.name.name}\` both have no length`,
    why: 'One phase may leave out `for`: it takes what remains.',
    hint: `Write \`phase ${second.name.name} for … steps\`.`,
    labels: [{ span: first.name.span, text: 'this one too' }],
  });

function namesakes(written: readonly ast.Phase[]): Diagnostic[] {
  const seen = new Map<string, Span>();
  return written.flatMap(({ name }) => {
    const first = seen.get(name.name);
    if (first === undefined) seen.set(name.name, name.span);
    if (first === undefined) return [];
    const hint = 'Give one of them another name.';
    const labels = [{ span: first, text: 'the first one' }];
    const what = `there are two phases \`${name.name}\``;
    return [diagnostic(kinds.duplicateName, name.span, { what, hint, labels })];
  });
}

/** What can be compared (all in steps, or all in epochs of one stream) must add up. */
function sums(
  train: ast.TrainDecl,
  all: readonly PhaseInfo[],
  open: readonly ast.Phase[],
  whole: Length,
): Diagnostic[] {
  const lengths = all.flatMap(({ length }) => length ?? []);
  if (lengths.length + open.length < all.length) return [];
  if (lengths.some(({ unit, of }) => unit !== whole.unit || of !== whole.of)) return [];
  const sum = lengths.reduce((total, { count }) => total + count, 0);
  const fits = open.length === 0 ? sum === whole.count : sum < whole.count;
  if (fits) return [];
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
  return [diagnostic(kinds.phaseLengths, span, { what, why, hint })];
}

/** A phase is counted in epochs of a stream that it reads. */
function clocks(
  train: ast.TrainDecl,
  written: readonly ast.Phase[],
  all: readonly PhaseInfo[],
  whole: Length,
): Diagnostic[] {
  return all.flatMap((phase, i) => {
    const length = phase.length ?? whole;
    const updates = updatesIn(phase.body);
    const complete = updates.length > 0 && updates.every(({ optimizer }) => optimizer !== undefined);
    if (length.unit === 'steps' || length.of === null || !complete) return [];
    if (updates.some(({ reads }) => reads.includes(length.of!))) return [];
    const where = phase.name === null ? 'the schedule' : `the phase \`${phase.name}\``;
    const span = (written[i]?.duration ?? train.duration).span;
    return [
      diagnostic(kinds.epochsUnread, span, {
        what: `${where} is counted in epochs of \`${length.of}\`, and no update in it reads \`${length.of}\``,
        hint: 'Count it in steps, or in epochs of a stream that it reads.',
      }),
    ];
  });
}
