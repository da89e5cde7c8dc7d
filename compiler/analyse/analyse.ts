/**
 * AST → model. Everything that can be wrong with a spec is found here, in one go: names first, then each network by
 * itself, then values, schedule and reports on symbolic rows, then the rules that look at the whole (ownership, gradient
 * flow, ranges, unused declarations, batches).
 */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { CompileOptions, Host } from '../input.ts';
import { evaluateCount } from '../bind/constant.ts';
import { newEffects, type Context } from '../evaluate/context.ts';
import { Silence } from '../bind/dims.ts';
import { declaredValue } from '../evaluate/expression.ts';
import { RowsTable } from '../evaluate/rows.ts';
import { kinds, Mistake } from '../errors.ts';
import { Builder } from '../ir/builder.ts';
import { symbol } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import type { Model, ScheduleInfo } from '../model.ts';
import { checkBatches, knownBatches } from '../check/rules/batches.ts';
import { collect, type Collected } from '../bind/collect.ts';
import { reporter, type Reporter } from '../bind/reporter.ts';
import { checkFlow, checkTrained } from '../check/rules/flow.ts';
import { checkGames } from '../check/rules/games.ts';
import { checkNetworks } from './networks.ts';
import { checkOwnership, updatesOf } from '../check/rules/ownership.ts';
import { checkParts } from '../check/rules/parts.ts';
import { RangeRule } from '../check/rules/ranges.ts';
import { checkReports, reportView } from './reports.ts';
import { checkReversals } from '../check/rules/reversals.ts';
import { checkSchedule } from './schedule.ts';
import { checkUnused, reachedFrom } from '../check/rules/unused.ts';
import { lossValue } from './updates.ts';

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
  try {
    return checkAll(spec, syntax, host, options);
  } catch (error) {
    // Expressions are limited in depth and chains of declarations in length; both together may be too much.
    if (!(error instanceof RangeError)) throw error;
    return { model: null, diagnostics: [...syntax, tooDeep(spec)] };
  }
}

const tooDeep = ({ span }: ast.Spec): Diagnostic =>
  diagnostic(
    kinds.tooLarge,
    { ...span, end: span.start },
    {
      what: 'the spec is nested too deeply to be followed',
      why: 'Declarations are unfolded inside the ones that use them.',
      hint: 'Write shorter expressions, and fewer declarations one inside the other.',
    },
  );

function checkAll(
  spec: ast.Spec,
  syntax: readonly Diagnostic[],
  host: Host,
  options: CompileOptions,
): Checked {
  const diagnostics: Diagnostic[] = [...syntax];
  const report = reporter(diagnostics);
  const collected = collect(spec, syntax, host, options, report);
  const { names, trains } = collected;
  const batch = trains.length === 0 ? null : batchOf(trains[0], collected, report);
  const ranges = new RangeRule(report);
  const context = checkContext(collected, host, batch, report);
  checkNetworks(context, report);
  const watching: Context = {
    ...context,
    memo: new Map(),
    called: (network, parameters) => ranges.called(network, parameters),
  };
  checkValues(watching, collected, report);
  const schedule = checkTraining(watching, collected, batch, report);
  if (collected.trains.length > 0) checkUnused(collected, report);
  const errors = diagnostics.some((d) => d.severity === 'error');
  const { rows } = context;
  const model =
    errors || schedule === null
      ? null
      : { names, rows, schedule, reports: collected.reports, span: spec.span };
  return { model, diagnostics: inOrder(diagnostics) };
}

/** The batch of streams and samples without their own. */
const batchOf = ({ batch }: ast.TrainDecl, { names }: Collected, report: Reporter): number | null =>
  (batch && report.attempt(batch.span, () => evaluateCount(batch, names, 'a batch'))) ?? null;

/** How many bodies are unfolded at most: far more than any spec by hand needs. */
const mostUnfolded = 20_000;

/** Symbolic rows `N` for every stream and sample; weights are inputs by name. */
function checkContext({ names }: Collected, host: Host, batch: number | null, report: Reporter): Context {
  const b = new Builder();
  const constants = new Set<Node>();
  let unfolded = 0;
  return {
    names,
    catalogue: host.catalogue,
    b,
    mode: 'train',
    rows: new RowsTable(names.data.keys(), knownBatches(names, batch)),
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
    unfold() {
      unfolded++;
      if (unfolded === mostUnfolded) throw tooLarge();
      if (unfolded > mostUnfolded) throw new Silence();
    },
    called: () => undefined,
    say: report.say,
  };
}

const tooLarge = (): Mistake =>
  new Mistake('tooLarge', {
    what: `unfolding fns, blocks and networks comes to ${mostUnfolded} bodies here`,
    why: 'Where each calls the last one twice, the work doubles every time.',
    hint: 'Name what is computed twice with a `let`, or call less.',
  });

/**
 * Every let and loss, used or not. Losses are one number a row and touch nothing hidden. A let that only reports use has
 * rows of its own, and may call averaged networks.
 */
function checkValues(context: Context, { names, own, trains }: Collected, report: Reporter): void {
  const trained = reachedFrom(trains, own);
  for (const declaration of own) {
    if (declaration.kind === 'Let' && names.lets.get(declaration.name.name) === declaration) {
      declaredValue(declaration, trained.has(declaration.name.name) ? context : reportView(context));
    }
    if (declaration.kind !== 'Loss' || names.losses.get(declaration.name.name) !== declaration) continue;
    const value = declaredValue(declaration, context);
    const loss = report.attempt(declaration.value.span, () => lossValue(value, declaration.value));
    // A loss in error is unknown to whatever uses it.
    if (loss === undefined) context.memo.set(`Loss:${declaration.name.name}`, { sort: 'unknown' });
  }
}

function checkTraining(
  context: Context,
  collected: Collected,
  batch: number | null,
  report: Reporter,
): ScheduleInfo | null {
  const { trains, reports, names } = collected;
  if (trains.length === 0) {
    if (!collected.lost.any) sayUntrained(collected, report);
    const reads = [...names.data.keys()];
    checkReports(context, reports, report, { names, of: null, reads, uncertain: true });
    return null;
  }
  const [train] = trains;
  for (const other of trains.slice(1)) saySecond(other, train, report);
  const { schedule, updates, clock } = checkSchedule(
    context,
    train,
    batch,
    collected.lost.half(train),
    report,
  );
  checkReports(context, reports, report, clock);
  checkFlow(context, updates, report);
  checkParts(context, train, updates, report);
  checkReversals(context, updates, report);
  checkGames(context, updates, report);
  checkTrained(context, collected, updatesOf(train.body), report);
  checkOwnership(train, names, report);
  context.rows.settle();
  checkBatches(train, updates, context, batch, report);
  return schedule;
}

function sayUntrained({ span }: Collected, report: Reporter): void {
  report.say(
    diagnostic(
      kinds.missingDeclaration,
      { ...span, start: span.end },
      {
        what: 'there is no `train` declaration',
        why: 'Without one nothing says who minimises what.',
        hint: 'Write `train for 1000 steps, batch 64 { update … }`.',
      },
    ),
  );
}

function saySecond(other: ast.TrainDecl, first: ast.TrainDecl, report: Reporter): void {
  report.say(
    diagnostic(kinds.missingDeclaration, other.duration.span, {
      what: 'there are two `train` declarations',
      hint: 'Make each of them a phase of one `train`: `train for … { phase first for … { … } phase second { … } }`.',
      labels: [{ span: first.duration.span, text: 'the first one' }],
    }),
  );
}

/** By place, each once. */
function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  const fresh = diagnostics.filter(({ code, span, what }) => {
    const key = `${code} ${span.source.path}:${span.start} ${what}`;
    return !seen.has(key) && seen.add(key);
  });
  const path = ({ span }: Diagnostic): string => span.source.path;
  return fresh.sort((a, b) =>
    path(a) === path(b) ? a.span.start - b.span.start : path(a) < path(b) ? -1 : 1,
  );
}
