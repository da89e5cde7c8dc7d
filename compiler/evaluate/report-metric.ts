/**
 * A metric of a report: its expression on report values (running statistics, no dropout), its calls of set functions as
 * data for the runtime. Used by the analysis for the mistakes and by lowering for the graphs.
 */
import type * as ast from '../../grammar/ast.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { textOf } from '../../grammar/source.ts';
import { kinds } from '../errors.ts';
import type { ParamSpec } from '../../program/catalogue.ts';
import type { HostExpr } from '../../program/host.ts';
import { isScalar, oneNumberHint } from '../types.ts';
import { describe, number, type TensorValue } from '../values.ts';
import { builtinArguments } from './arguments.ts';
import { topScope, type Context } from './context.ts';
import { Silence } from '../bind/dims.ts';
import { evaluate } from './expression.ts';
import { requireKinds } from './report-kinds.ts';
import type { ReportCall } from './report-line.ts';
import { requireShapes } from './report-shapes.ts';
import { reportValue, split, withRows, type SetUse } from './report-values.ts';

export interface MetricUse {
  readonly kind: 'metric';
  readonly sets: readonly SetUse[];
  readonly value: HostExpr;
  /** How many rows to draw where only samples are read. */
  readonly rows: number;
}

const defaultRows = 10000;

const rowsParam: ParamSpec = {
  name: 'rows',
  type: 'int',
  interval: '[1, ∞)',
  default: defaultRows,
  doc: 'How many rows to draw, where only samples are read.',
};

/** What a metric takes: its own parameters, and how many rows. */
export const metricParams = (own: readonly ParamSpec[]): readonly ParamSpec[] => withRows(own, rowsParam);

/** `metric error = 1 - matched_accuracy(...)`: set functions over all rows, and arithmetic on their results. */
export function metricLine(context: Context, expr: ast.Expr): MetricUse {
  const sets: SetUse[] = [];
  let rows = defaultRows;
  const add = (set: SetUse): HostExpr => ({ set: sets.push(set) - 1 });
  const inner: Context = {
    ...context,
    report: {
      metric(name, given, evaluateHere, span, site) {
        const params = metricParams(context.catalogue.metrics[name].params);
        const { args } = builtinArguments(context, site, params, given, evaluateHere, `\`${name}\``, span);
        rows = args.int('rows');
        const { values, options } = split(context, params, args, name);
        const call: ReportCall = { fn: name, params, given, values, span };
        requireShapes(call);
        requireKinds(call);
        return number(add({ fn: name, values, options }));
      },
      mean: (value) => number(add(meanSet(context, value))),
    },
  };
  const value = evaluate(expr, inner, topScope);
  if (value.sort === 'unknown') throw new Silence();
  if (value.sort === 'number') return { kind: 'metric', sets, value: value.value, rows };
  if (value.sort === 'tensor' && isScalar(value.type)) {
    return { kind: 'metric', sets, value: add(meanSet(context, value)), rows };
  }
  const what = `a metric is one number, and ${describe(value)} is given`;
  const hint =
    value.sort === 'tensor'
      ? `Use a metric function. ${oneNumberHint(value.type, textOf(expr.span))}`
      : 'Use a metric function, or reduce it to one number a row.';
  throw new Mistake(kinds.notScalar, { what, hint }, expr.span);
}

const meanSet = (context: Context, value: TensorValue): SetUse => ({
  fn: 'mean',
  values: { value: reportValue(context, value, 'this metric') },
  options: {},
});
