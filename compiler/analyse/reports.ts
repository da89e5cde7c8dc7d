/**
 * Reports: each line evaluated on report values for its mistakes, and how often it is due. Each has rows of its own:
 * samples may meet another stream in each.
 */
import type * as ast from '../../grammar/ast.ts';
import type { LineDue } from '../../program/manifest.ts';
import type { Reporter } from '../bind/reporter.ts';
import type { Context } from '../evaluate/context.ts';
import { checkGoal } from '../evaluate/goal.ts';
import { streamsIn } from '../evaluate/feeds.ts';
import { namedNodes } from '../evaluate/named.ts';
import { metricLine } from '../evaluate/report-metric.ts';
import { pictureLine, recalibrateLine } from '../evaluate/report-picture.ts';
import { RowsTable } from '../evaluate/rows.ts';
import { TypeTable } from '../evaluate/typing.ts';
import type { Value } from '../values.ts';
import type { ReportInfo, ReportLineInfo } from '../model.ts';
import { everyLength, lengthOf, momentLengths, type Clock } from './lengths.ts';

export function analyseReports(
  view: () => ReportView,
  reports: readonly ast.ReportDecl[],
  report: Reporter,
  clock: Clock,
): ReportInfo[] {
  const dueOf = (every: ast.Every | undefined): LineDue => {
    if (every === undefined) return { every: null };
    const at = report.attempt(every.span, () => momentLengths(clock, every));
    return {
      every: report.attempt(every.span, () => everyLength(clock, every)) ?? null,
      ...(at && { at }),
    };
  };
  const lineOf = (line: ast.ReportLine): ReportLineInfo => ({
    declaration: line,
    ...dueOf(line.every),
    ...analyseLine(view(), line, report, clock),
  });
  return reports.map((declaration) => ({
    declaration,
    ...dueOf(declaration.every),
    lines: declaration.body.map(lineOf),
  }));
}

/** The context of one line of a report. */
export type ReportView = Context & { readonly typing: TypeTable };

/** Makes contexts of reports: rows and remembered values of their own; what networks give they have in common. */
export function reportViews(context: Context): () => ReportView {
  const calls: Context['calls'] = new Map();
  const bodies = new TypeTable();
  return () => ({
    ...{ ...context, mode: 'report', calls, memo: new Map() },
    rows: new RowsTable(context.names.data.keys()),
    typing: new TypeTable(bodies),
  });
}

/** The types in a line; and how long it recalibrates: null for all other lines, or if it is in error. */
function analyseLine(
  context: ReportView,
  line: ast.ReportLine,
  report: Reporter,
  clock: Clock,
): Pick<ReportLineInfo, 'types' | 'length'> {
  const { typing: types } = context;
  if (line.kind === 'Show') {
    report.attempt(line.value.span, () => {
      if (line.medium === 'metric') metricLine(context, line.value);
      else pictureLine(context, line.medium, line.value);
    });
    if (line.goal) report.attempt(line.goal.span, () => checkGoal(line, context.names));
    return { types, length: null };
  }
  const called = report.attempt(line.call.span, () =>
    recalibrateLine({ ...context, mode: 'recalibrate' }, line),
  );
  const own = called === undefined ? { ...clock, uncertain: true } : clockOf(context, clock, called.value);
  const length = report.attempt(line.duration.span, () => lengthOf(own, line.duration)) ?? null;
  return { types, length };
}

/** Epochs of a recalibration are of what it reads: the schedule's stream only counts where it is among that. */
function clockOf(context: Context, clock: Clock, value: Value): Clock {
  const reads = streamsIn(
    context,
    namedNodes('', value).map(([node]) => node),
  );
  if (reads.length === 0) return clock;
  const of = clock.of !== null && reads.includes(clock.of) ? clock.of : null;
  return { ...clock, of, reads, uncertain: false };
}
