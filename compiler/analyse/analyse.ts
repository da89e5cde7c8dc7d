/**
 * Symbols → Analysis: one evaluation of the whole spec on symbolic sizes. Each network by itself, then values, schedule
 * and reports; what is wrong with one of them is said, and the rest goes on. The rules that look at the whole
 * (check/rules.ts) ask what comes out.
 */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic, Mistake, type Diagnostic } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type { Catalogue } from '../../program/catalogue.ts';
import type { Collected } from '../bind/collect.ts';
import type { WeightInfo } from '../bind/names.ts';
import { evaluateCount } from '../bind/constant.ts';
import { Silence } from '../bind/dims.ts';
import { reachedFrom } from '../bind/reached.ts';
import { reporter, type Reporter } from '../bind/reporter.ts';
import { newEffects, type Context } from '../evaluate/context.ts';
import { declaredValue, evaluate } from '../evaluate/expression.ts';
import { RowsTable } from '../evaluate/rows.ts';
import { TypeTable } from '../evaluate/typing.ts';
import { Builder } from '../ir/builder.ts';
import { symbol } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import { averageName } from '../leaves.ts';
import type { Analysis, Evaluated, NetworkCall } from './analysis.ts';
import { batchesOf, writtenBatches } from './batches.ts';
import { ruleOf } from './optimizers.ts';
import { checkNetworks, type CheckedNetworks } from './networks.ts';
import { analyseReports, reportViews, type ReportView } from './reports.ts';
import { analyseSchedule } from './schedule.ts';
import { lossValue } from './updates.ts';

/** Always an answer: what could not be followed is in error, and said. */
export function analyse(collected: Collected, catalogue: Catalogue): Analysis {
  const { names, own, trains, span } = collected;
  const diagnostics: Diagnostic[] = [];
  const report = reporter(diagnostics);
  const batch = trains.length === 0 ? null : batchOf(trains[0], collected, report);
  const calls: NetworkCall[] = [];
  const typing = new TypeTable();
  const context = newContext(collected, catalogue, batch, typing, report);
  let training: Training = { schedule: null, reports: [] };
  const watching: Context = {
    ...context,
    memo: new Map(),
    calls: new Map(),
    called: (network, parameters) => void calls.push({ network, parameters }),
  };
  let networks: CheckedNetworks = { types: new Map(), bodies: new Map() };
  followed(span, report, () => {
    networks = checkNetworks(context, report);
    const view = reportViews(watching);
    checkValues(watching, view, collected, report);
    training = analyseTraining(watching, view, collected, batch, report);
  });
  context.rows.settle();
  return {
    names,
    span,
    own,
    mayUse: (name) => collected.mayUse(name) || report.meant(name),
    rows: context.rows,
    batches: batchesOf(names, context.rows, batch),
    ...training,
    calls,
    types: { training: typing, networks: networks.types },
    bodies: networks.bodies,
    inError: new Set(context.inError.keys()),
    weights: context.weights,
    evaluated: evaluatedIn(context),
    diagnostics,
  };
}

/** Expressions are limited in depth and chains of declarations in length; both together may be too much. */
function followed(span: ast.Spec['span'], report: Reporter, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report.say(
      diagnostic(
        kinds.tooLarge,
        { ...span, end: span.start },
        {
          what: 'the spec is nested too deeply to be followed',
          why: 'Declarations are unfolded inside the ones that use them.',
          hint: 'Write shorter expressions, and fewer declarations one inside the other.',
        },
      ),
    );
  }
}

/** The batch of streams and samples without their own. */
const batchOf = ({ batch }: ast.TrainDecl, { names }: Collected, report: Reporter): number | null =>
  (batch && report.attempt(batch.span, () => evaluateCount(batch, names, 'a batch'))) ?? null;

/** How many bodies are unfolded at most: far more than any spec by hand needs. */
const mostUnfolded = 20_000;

/** Symbolic rows `N` for every stream and sample; weights are inputs by name. */
function newContext(
  { names }: Collected,
  catalogue: Catalogue,
  batch: number | null,
  typing: TypeTable,
  report: Reporter,
): Context {
  const b = new Builder();
  const constants = new Set<Node>();
  const weights = new Map([...names.networks.keys()].map((name) => [name, new Map<string, WeightInfo>()]));
  let unfolded = 0;
  return {
    names,
    catalogue,
    evaluate,
    b,
    mode: 'train',
    rows: new RowsTable(names.data.keys(), writtenBatches(names, batch)),
    rowCount: () => symbol('N'),
    weights,
    declare: (info) => void weights.get(info.network)!.set(info.name, info),
    state(info, averaged) {
      const node = b.input(averaged ? averageName(info) : info.name, info.shape);
      constants.add(node);
      return node;
    },
    constants: () => constants,
    trained: new Set(),
    bound: new Map(),
    origins: new Map(),
    acrossRows: new Map(),
    effects: newEffects(),
    inError: new Map(),
    standIns: new Set(),
    memo: new Map(),
    calls: new Map(),
    typing,
    leavesOut: false,
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
  new Mistake(kinds.tooLarge, {
    what: `unfolding fns, blocks and networks comes to ${mostUnfolded} bodies here`,
    why: 'Where each calls the last one twice, the work doubles every time.',
    hint: 'Name what is computed twice with a `let`, or call less.',
  });

/** What the rules on gradients ask: the graph as it is when all is evaluated. */
function evaluatedIn(context: Context): Evaluated {
  const all = [...context.weights.values()].flatMap((own) => [...own.values()]);
  const weights = new Map(all.map((info) => [info.name, context.state(info, false)]));
  const { games, strengths, demands, repeated, redrawn, kept } = context.effects;
  const { b } = context;
  return {
    weights,
    constants: context.constants(),
    origins: context.origins,
    games,
    strengths,
    demands,
    repeated,
    redrawn,
    kept: [...kept.values()],
    gradients: b.gradients,
    called: b.names,
  };
}

/**
 * Every let, loss and optimizer, used or not. Losses are one number a row and touch nothing hidden. A let that only reports use has
 * rows of its own.
 */
function checkValues(
  context: Context,
  view: () => ReportView,
  { names, own, trains, reports }: Collected,
  report: Reporter,
): void {
  const trained = reachedFrom(trains, own);
  const shown = reachedFrom(reports, own);
  const contextOf = (name: string): Context => {
    if (trained.has(name)) return context;
    // What nothing uses may be meant for training: only a report that shows it says what reports cannot.
    return shown.has(name) ? view() : { ...view(), mode: 'train', calls: new Map(), typing: new TypeTable() };
  };
  for (const declaration of own) {
    if (declaration.kind === 'Let' && names.lets.get(declaration.name.name) === declaration) {
      declaredValue(declaration, contextOf(declaration.name.name));
    }
    if (declaration.kind === 'Optimizer')
      report.attempt(declaration.value.span, () => ruleOf(context, declaration.value));
    if (declaration.kind !== 'Loss' || names.losses.get(declaration.name.name) !== declaration) continue;
    const value = declaredValue(declaration, context);
    const loss = report.attempt(declaration.value.span, () => lossValue(value, declaration.value));
    // A loss in error is unknown to whatever uses it.
    if (loss === undefined) context.memo.set(`Loss:${declaration.name.name}`, { sort: 'unknown' });
  }
}

type Training = Pick<Analysis, 'schedule' | 'reports'>;

/** The first `train` and all reports. */
function analyseTraining(
  context: Context,
  view: () => ReportView,
  { trains, reports, names, lost, span }: Collected,
  batch: number | null,
  report: Reporter,
): Training {
  if (trains.length === 0) {
    if (!lost.any) report.say(untrained(span));
    const reads = [...names.data.keys()];
    const clock = { names, of: null, reads, uncertain: true };
    return { schedule: null, reports: analyseReports(view, reports, report, clock) };
  }
  const [train] = trains;
  for (const other of trains.slice(1)) report.say(second(other, train));
  const { schedule, clock } = analyseSchedule(context, train, batch, lost.half(train), report);
  return { schedule, reports: analyseReports(view, reports, report, clock) };
}

const untrained = (span: ast.Spec['span']): Diagnostic =>
  diagnostic(
    kinds.missingDeclaration,
    { ...span, start: span.end },
    {
      what: 'there is no `train` declaration',
      why: 'Without one nothing says who minimises what.',
      hint: 'Write `train for 1000 steps, batch 64 { update … }`.',
    },
  );

const second = (other: ast.TrainDecl, first: ast.TrainDecl): Diagnostic =>
  diagnostic(kinds.secondSchedule, other.duration.span, {
    what: 'there are two `train` declarations',
    hint: 'Make each of them a phase of one `train`: `train for … { phase first for … { … } phase second { … } }`.',
    labels: [{ span: first.duration.span, text: 'the first one' }],
  });
