/**
 * The schedule as a tree: the `train` declaration goes in; out come its phases with their lengths and statements, and
 * every update for the rules that look at all of them. What one update says is updates.ts.
 */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { evaluateCount } from '../bind/constant.ts';
import { topScope, type Context } from '../evaluate/context.ts';
import { evaluate } from '../evaluate/expression.ts';
import {
  updatesIn,
  type AverageInfo,
  type MemberInfo,
  type OptimizerUse,
  type PhaseInfo,
  type SetInfo,
  type StartInfo,
  type StatementInfo,
  type UpdateInfo,
} from '../model.ts';
import type { Length } from '../../program/manifest.ts';
import { describe } from '../values.ts';
import type { Reporter } from '../bind/reporter.ts';
import { everyLength, lengthOf, phaseClock, streamOfSchedule, unclear, type Clock } from './lengths.ts';
import { networksNamed, networksOf } from '../bind/network-named.ts';
import type { AnalysedSet, AnalysedUpdate, Schedule } from './analysis.ts';
import { stepsMade, type Moving } from '../moments.ts';
import { declaredOptimizer } from './optimizers.ts';
import { keeping } from './keeping.ts';
import { startsIn } from './phase-starts.ts';
import { analyseSet } from './sets.ts';
import { analyseUpdate, flat, setsOf, updatesOf } from './updates.ts';

interface Work {
  readonly context: Context;
  readonly report: Reporter;
  /** All of them, in the order of the spec. */
  readonly updates: Map<ast.Update, AnalysedUpdate>;
  readonly sets: Map<ast.SetState, AnalysedSet>;
  /** Every update of the schedule, in the order of the spec. */
  readonly all: readonly ast.Update[];
  readonly keeps: { count: number };
  /** The stream that the schedule's epochs are of, where it names one. */
  readonly of: string | null;
  /** Whether syntax errors left some of it out. */
  readonly half: boolean;
}

/** A phase before the length of the whole is known. */
type Draft = Omit<PhaseInfo, 'clock'> & { readonly clock: Clock };

/** With the clock of the phase that the statements are in. */
interface PhaseWork extends Work {
  readonly clock: Clock;
}

/** `half`: syntax errors left some of the schedule out. Beside it, what epochs of reports may be of. */
export function analyseSchedule(
  context: Context,
  train: ast.TrainDecl,
  batch: number | null,
  half: boolean,
  report: Reporter,
): { schedule: Schedule; clock: Clock } {
  const of = streamOfSchedule(context.names, train.duration);
  const all = updatesOf(train.body);
  const work: Work = {
    context,
    report,
    updates: new Map(),
    sets: new Map(),
    all,
    keeps: { count: 0 },
    of,
    half,
  };
  const phased = train.body.filter((statement) => statement.kind === 'Phase');
  const drafts: Draft[] =
    phased.length > 0
      ? phased.map((statement) => phase(work, statement))
      : [{ ...body(work, train.body), name: null, length: null, span: train.span }];
  if (train.body.length === 0 && !half) {
    const hint = 'Write `update N to minimize l with adam(1e-3)` in it.';
    const what = 'the schedule updates nothing';
    report.say(diagnostic(kinds.emptySchedule, train.duration.span, { what, hint }));
  }
  const updates = [...work.updates.values()];
  const sets = [...work.sets.values()];
  const clock = clockOf(work, updates, sets);
  const length = report.attempt(train.duration.span, () => lengthOf(clock, train.duration)) ?? null;
  const { uncertain } = clock;
  const phases = drafts.map((draft) => timed(work, draft, length));
  return { schedule: { declaration: train, length, batch, phases, updates, sets, uncertain }, clock };
}

/** What epochs beside these updates are of. */
function clockOf(
  { context: { names }, of, half }: Work,
  updates: readonly AnalysedUpdate[],
  sets: readonly AnalysedSet[],
): Clock {
  const reads = [...new Set([...updates, ...sets].flatMap((one) => one.reads))];
  const wrong =
    updates.some(({ objective }) => objective === null) || sets.some(({ value }) => value === null);
  return { names, of, reads, uncertain: half || wrong };
}

function phase(work: Work, { name, duration, body: written }: ast.Phase): Draft {
  const inside = body(work, written);
  const length = duration && work.report.attempt(duration.span, () => lengthOf(inside.clock, duration));
  return { ...inside, name: name.name, length: length ?? null, span: name.span };
}

/** With the stream whose epochs count in it; it must be clear which where a number depends on them. */
function timed({ report, updates }: Work, { clock, ...draft }: Draft, whole: Length | null): PhaseInfo {
  const stream = phaseClock([draft.length, whole], clock.reads);
  const unsaid = stream === null && clock.reads.length > 1 && !clock.uncertain;
  for (const { declaration } of unsaid ? updatesIn(draft.body) : []) {
    const { span } = declaration;
    const { times } = updates.get(declaration)!;
    if (!times.includes('epoch') && !times.includes('epochs')) continue;
    const hint = `Count in steps, or say which: \`train for … epochs of ${clock.reads[0]}\`.`;
    report.attempt(span, () => {
      throw unclear(clock.reads, span, hint);
    });
  }
  return { ...draft, clock: stream };
}

/** All updates first: what they read says what epochs are of. */
function body(
  work: Work,
  written: readonly ast.Statement[],
): { clock: Clock; starts: StartInfo[]; body: StatementInfo[] } {
  const checked = updatesOf(written).map((update) => analyseUpdate(work.context, work.report, update));
  for (const one of checked) work.updates.set(one.declaration, one);
  const sets = setsOf(written).map((set) => analyseSet(work.context, work.report, set));
  for (const one of sets) work.sets.set(one.declaration, one);
  const clock = clockOf(work, checked, sets);
  const inside = { ...work, clock };
  const all = [...statements(inside, written), ...kept(inside, written)];
  return { clock, starts: startsIn(work.context.names, work.report, written), body: all };
}

/** Phases that stand elsewhere are the parser's to report. */
function statements(work: PhaseWork, body: readonly ast.Statement[]): StatementInfo[] {
  return body.flatMap((statement): StatementInfo[] => {
    switch (statement.kind) {
      case 'Update':
      case 'Set':
        return member(work, statement);
      case 'Together':
        return [{ kind: 'together', body: statement.body.flatMap((one) => member(work, one)) }];
      case 'Repeat':
        return repeat(work, statement);
      case 'Average':
        return average(work, statement);
      case 'Phase':
      case 'Start':
        return [];
    }
  });
}

const member = (work: PhaseWork, statement: ast.Update | ast.SetState): MemberInfo[] =>
  statement.kind === 'Update'
    ? update(work, statement).map((one) => ({ kind: 'update', update: one }))
    : set(work, statement).map((one) => ({ kind: 'set', set: one }));

const kept = (work: PhaseWork, written: readonly ast.Statement[]): StatementInfo[] =>
  keeping({ ...work, everyOf: (every) => everyOf(work, every) }, written);

function set(work: PhaseWork, declaration: ast.SetState): SetInfo[] {
  const { state, reads } = work.sets.get(declaration)!;
  const every = everyOf(work, declaration.every);
  if (state === null) return [];
  const name = `set_${[...work.sets.keys()].indexOf(declaration) + 1}`;
  return [
    {
      name,
      declaration,
      state,
      kept: null,
      every,
      text: `set ${state.name} to ${flat(declaration.value.span)}`,
      reads,
    },
  ];
}

function update(work: PhaseWork, declaration: ast.Update): UpdateInfo[] {
  const { networks, optimizer, reads } = work.updates.get(declaration)!;
  const every = everyOf(work, declaration.every);
  if (optimizer === undefined) return [];
  const { sense, objective } = declaration;
  const name = nameOf(work, declaration);
  const text = `${sense} ${flat(objective.span)} with ${flat(declaration.optimizer.span)}`;
  const steps = stepsMade({ name, networks, optimizer }, naming(work, optimizer));
  return [{ name, declaration, networks, optimizer, steps, every, text, reads }];
}

/** `update_1`, in the order of the spec. */
const nameOf = ({ all }: Work, declaration: ast.Update): string => `update_${all.indexOf(declaration) + 1}`;

/** The updates of the schedule that name this optimizer. */
function naming(work: Work, optimizer: OptimizerUse): Moving[] {
  const { declared } = optimizer;
  if (declared === null) return [];
  const { names } = work.context;
  const namesIt = (update: ast.Update): boolean =>
    declaredOptimizer(names, update.optimizer)?.name.name === declared;
  return work.all.filter(namesIt).map((one) => ({
    name: nameOf(work, one),
    networks: one.networks.flatMap(({ name }) => networksOf(names, name)),
    optimizer,
  }));
}

/** An iteration is listed before it runs, and nothing can stop it. */
const mostPasses = 1_000_000;

function repeat(work: PhaseWork, { count: written, fresh, body }: ast.Repeat): StatementInfo[] {
  const { context, report } = work;
  const count = report.attempt(written.span, () => evaluateCount(written, context.names, 'a count'));
  const value = fresh && evaluate(fresh, context, topScope);
  if (fresh && value && value.sort !== 'bool' && value.sort !== 'unknown') {
    const what = `\`fresh\` is true or false, and ${describe(value)} is given`;
    const hint = 'Write `fresh: false` to keep the batch for all passes.';
    report.say(diagnostic(kinds.badArgument, fresh.span, { what, hint }));
  }
  const passes = statements(work, body);
  if (count === undefined) return [];
  if (count > mostPasses) {
    const what = `\`repeat ${count}\` makes one iteration of more passes than ${mostPasses.toLocaleString('en')}`;
    report.say(
      diagnostic(kinds.notCount, written.span, {
        what,
        hint: 'Reports, checkpoints and Ctrl-C come between iterations: train for more of them.',
      }),
    );
    return [];
  }
  const isFresh = value?.sort === 'bool' ? value.value : true;
  const inside = isFresh ? [...passes, ...kept(work, body)] : passes;
  return [{ kind: 'repeat', count, fresh: isFresh, body: inside }];
}

function average(work: PhaseWork, declaration: ast.Average): StatementInfo[] {
  const { context, report } = work;
  const networks = networksNamed(context.names, report, declaration.network);
  const decay = evaluate(declaration.decay, context, topScope);
  const every = everyOf(work, declaration.every);
  if (networks.length === 0 || decay.sort === 'unknown') return [];
  const outside =
    decay.sort !== 'number' || (typeof decay.value === 'number' && !(decay.value >= 0 && decay.value < 1));
  if (outside) {
    const { span } = declaration.decay;
    const what = `a decay is a number of at least 0 and below 1, and \`${flat(span)}\` is not`;
    const kind = decay.sort === 'number' ? kinds.argumentOutside : kinds.badArgument;
    const still = decay.sort === 'number' && decay.value === 1;
    const hint = `${still ? 'With 1 the average would never move. ' : ''}Write \`average ${declaration.network.name} decay 0.99\`.`;
    report.say(diagnostic(kind, span, { what, hint }));
    return [];
  }
  const of = (network: string): AverageInfo => ({ declaration, network, decay: decay.value, every });
  return networks.map((network) => ({ kind: 'average', average: of(network) }));
}

function everyOf({ report, clock }: PhaseWork, every: ast.Every | undefined): Length | null {
  if (every === undefined) return null;
  return report.attempt(every.span, () => everyLength(clock, every)) ?? null;
}
