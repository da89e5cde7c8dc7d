/**
 * AST → model. Everything that can be wrong with a spec is found here, in one go: names first, then each network by
 * itself, then values, schedule and reports on symbolic rows, then the rules that look at the whole (ownership, gradient
 * flow, ranges, unused declarations, batches).
 */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { CompileOptions, Host } from '../compile.ts';
import { newEffects, type Context } from '../elaborate/context.ts';
import { declaredValue } from '../elaborate/expression.ts';
import type { Names } from '../elaborate/names.ts';
import { RowsTable } from '../elaborate/rows.ts';
import { kinds } from '../errors.ts';
import { Builder } from '../graph/builder.ts';
import { symbol } from '../graph/dim.ts';
import type { Node } from '../graph/node.ts';
import type { Model, ScheduleInfo } from '../model.ts';
import { updatesIn } from '../model.ts';
import { collect, reporter, type Collected, type Reporter } from './collect.ts';
import { checkFlow, checkTrained } from './flow.ts';
import { checkNetworks } from './networks.ts';
import { checkOwnership } from './ownership.ts';
import { RangeRule } from './ranges.ts';
import { checkReports } from './reports.ts';
import { checkSchedule, lossValue } from './schedule.ts';
import { checkUnused, reachedFrom } from './unused.ts';

export interface Checked {
  /** Absent if any diagnostic is an error. */
  readonly model: Model | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** `syntax`: what the parser said already. */
export function check(
  spec: ast.Spec,
  syntax: readonly Diagnostic[],
  host: Host,
  options: CompileOptions,
): Checked {
  const diagnostics: Diagnostic[] = [...syntax];
  const report = reporter(diagnostics);
  const collected = collect(spec, host, options, report);
  const ranges = new RangeRule(report);
  const context = checkContext(collected.names, host, report);
  checkNetworks(context, report, () => diagnostics.length);
  const watching: Context = {
    ...context,
    memo: new Map(),
    called: (network, parameters) => ranges.called(network, parameters),
  };
  checkValues(watching, collected, report);
  const schedule = checkTraining(watching, collected, report);
  checkUnused(collected, report);
  const errors = diagnostics.some((d) => d.severity === 'error');
  const model =
    errors || schedule === null
      ? null
      : { names: collected.names, rows: context.rows, schedule, reports: collected.reports, span: spec.span };
  return { model, diagnostics: inOrder(diagnostics) };
}

/** Symbolic rows `N` for every stream and sample; weights are inputs by name. */
function checkContext(names: Names, host: Host, report: Reporter): Context {
  const b = new Builder();
  const constants = new Set<Node>();
  return {
    names,
    catalogue: host.catalogue,
    b,
    mode: 'train',
    rows: new RowsTable(names.data.keys()),
    rowCount: () => symbol('N'),
    state(info) {
      const node = b.input(info.name, info.shape);
      constants.add(node);
      return node;
    },
    constants: () => constants,
    trained: new Set(),
    bound: new Map(),
    origins: new Map(),
    acrossRows: new Set(),
    effects: newEffects(),
    memo: new Map(),
    salt: '',
    called: () => undefined,
    say: report.say,
  };
}

/**
 * Every let and loss, used or not. Losses are one number a row and touch nothing hidden. A let that only reports use has
 * rows of its own, and may call averaged networks.
 */
function checkValues(context: Context, collected: Collected, report: Reporter): void {
  const { names, own, trains } = collected;
  const trained = reachedFrom(trains, own);
  for (const declaration of own) {
    if (declaration.kind === 'Let' && names.lets.get(declaration.name.name) === declaration) {
      declaredValue(declaration, trained.has(declaration.name.name) ? context : reportView(context));
    }
    if (declaration.kind !== 'Loss' || names.losses.get(declaration.name.name) !== declaration) continue;
    const value = declaredValue(declaration, context);
    if (report.attempt(declaration.value.span, () => lossValue(value, declaration.value)) === undefined)
      spoil(context, declaration);
  }
}

/** The context of a report: rows and remembered values of its own. */
const reportView = (context: Context): Context => ({
  ...context,
  mode: 'report',
  rows: new RowsTable(context.names.data.keys()),
  memo: new Map(),
});

/** A loss in error is unknown to whatever uses it. */
function spoil(context: Context, declaration: ast.LossDecl): void {
  context.memo.set(`Loss:${declaration.name.name}`, { sort: 'unknown' });
}

function checkTraining(context: Context, collected: Collected, report: Reporter): ScheduleInfo | null {
  const { trains, reports, names, span } = collected;
  if (trains.length !== 1) {
    const [what, place] =
      trains.length === 0
        ? ['there is no `train` declaration', { ...span, start: span.end }]
        : ['there are two `train` declarations', trains[1].span];
    const hint =
      trains.length === 0
        ? 'Write `train for 1000 steps, batch 64 { update … }`.'
        : 'Use phases within one `train`.';
    report.say(diagnostic(kinds.missingDeclaration, place, { what, hint }));
    if (trains.length === 0) checkReports(context, reports, report, null);
    if (trains.length === 0) return null;
  }
  const { schedule, updates } = checkSchedule(context, trains[0], report);
  checkReports(context, reports, report, trains[0].duration.of?.name ?? null);
  checkFlow(context, updates, report);
  checkTrained(context, updates, namedIn(trains[0].body), report);
  if (schedule === null) return null;
  checkOwnership(schedule, names, report);
  checkBatches(schedule, names, report);
  return schedule;
}

/** Networks that some update names, whether or not the update is otherwise in order. */
function namedIn(body: readonly ast.Statement[]): Set<string> {
  return new Set(
    body.flatMap((statement): string[] => {
      if (statement.kind === 'Update') return statement.networks.map((n) => n.name);
      if (statement.kind === 'Together')
        return statement.updates.flatMap((u) => u.networks.map((n) => n.name));
      return statement.kind === 'Average' ? [] : [...namedIn(statement.body)];
    }),
  );
}

/** Every stream that is trained on has a batch, and enough rows for it. */
function checkBatches(schedule: ScheduleInfo, names: Names, report: Reporter): void {
  const read = new Set(
    schedule.phases.flatMap((phase) => updatesIn(phase.body).flatMap((update) => update.reads)),
  );
  for (const name of read) {
    const info = names.data.get(name)!;
    const batch = info.batch ?? schedule.batch;
    const at = (info.declaration.batch ?? info.declaration.name).span;
    if (batch === null)
      report.say(
        diagnostic(kinds.schedule, at, {
          what: `the stream \`${name}\` has no batch size`,
          hint: 'Write `train for … steps, batch 64`, or `batch 64` behind the stream.',
        }),
      );
    else if (info.description !== null && info.description.count < batch) {
      report.say(
        diagnostic(kinds.batch, at, {
          what: `a batch of ${batch} is larger than \`${name}\`, which has ${info.description.count} rows`,
          hint: 'Take a smaller batch.',
        }),
      );
    }
  }
}

function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  const fresh = diagnostics.filter((d) => {
    const key = `${d.code} ${d.span.source.path}:${d.span.start} ${d.what}`;
    return !seen.has(key) && seen.add(key);
  });
  return fresh.sort((a, b) =>
    a.span.source.path < b.span.source.path
      ? -1
      : a.span.source.path > b.span.source.path
        ? 1
        : a.span.start - b.span.start,
  );
}
