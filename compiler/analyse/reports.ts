/**
 * Reports: each line evaluated on report values for its mistakes. Each has rows of its own: samples may meet another
 * stream in each.
 */
import type * as ast from '../../grammar/ast.ts';
import { evaluateCount } from '../bind/constant.ts';
import type { Context } from '../evaluate/context.ts';
import { metricLine } from '../evaluate/report-metric.ts';
import { pictureLine, recalibrateLine } from '../evaluate/report-picture.ts';
import { RowsTable } from '../evaluate/rows.ts';
import type { Reporter } from '../bind/reporter.ts';
import { everyLength, type Clock } from './lengths.ts';

export function checkReports(
  context: Context,
  reports: readonly ast.ReportDecl[],
  report: Reporter,
  clock: Clock,
): void {
  const checkEvery = (every: ast.Every | undefined): void => {
    if (every !== undefined) report.attempt(every.span, () => everyLength(clock, every));
  };
  for (const declaration of reports) {
    checkEvery(declaration.every);
    for (const line of declaration.body) {
      checkEvery(line.every);
      report.attempt((line.kind === 'Show' ? line.value : line.call).span, () =>
        checkLine(reportView(context), line),
      );
    }
  }
}

/** The context of a report: rows and remembered values of its own. */
export const reportView = (context: Context): Context => ({
  ...context,
  mode: 'report',
  rows: new RowsTable(context.names.data.keys()),
  memo: new Map(),
});

function checkLine(context: Context, line: ast.ReportLine): void {
  if (line.kind === 'Recalibrate') {
    evaluateCount(line.duration.count, context.names, 'a duration');
    recalibrateLine({ ...context, mode: 'recalibrate' }, line);
  } else if (line.medium === 'metric') metricLine(context, line.value);
  else pictureLine(context, line.medium, line.value);
}
