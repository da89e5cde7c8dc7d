/** Reports: each line evaluated on report values for its mistakes. Each line has rows of its own: samples may meet another stream in each. */
import type * as ast from '../../grammar/ast.ts';
import { evaluateCount } from '../elaborate/constant.ts';
import type { Context } from '../elaborate/context.ts';
import { metricLine, pictureLine, recalibrateLine } from '../elaborate/report-lines.ts';
import { RowsTable } from '../elaborate/rows.ts';
import type { Reporter } from './collect.ts';
import { everyOf } from './schedule.ts';

export function checkReports(
  context: Context,
  reports: readonly ast.ReportDecl[],
  report: Reporter,
  epochOf: string | null,
): void {
  for (const declaration of reports) {
    everyOf({ context, report, epochOf }, declaration.every);
    for (const line of declaration.body) {
      everyOf({ context, report, epochOf }, line.every);
      const own: Context = {
        ...context,
        mode: 'report',
        rows: new RowsTable(context.names.data.keys()),
        memo: new Map(),
      };
      report.attempt(line.span, () => checkLine(own, line));
    }
  }
}

function checkLine(context: Context, line: ast.ReportLine): void {
  if (line.kind === 'Recalibrate') {
    evaluateCount(line.duration.count, context.names, 'a duration');
    recalibrateLine({ ...context, mode: 'recalibrate' }, line);
  } else if (line.medium === 'metric') metricLine(context, line.value);
  else pictureLine(context, line.medium, line.value);
}
