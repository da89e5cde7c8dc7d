/**
 * The schedule as a tree: lengths and counts computed, optimizers bound, objectives and conditions evaluated for their
 * mistakes. Structure only: who may train what is ownership.ts, whether a gradient arrives is flow.ts.
 */
import type * as ast from '../../grammar/ast.ts';
import { diagnostic, nearest } from '../../grammar/diagnostics.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import { vocableArguments, type Given } from '../elaborate/arguments.ts';
import { evaluateCount } from '../elaborate/constant.ts';
import { topScope, type Context } from '../elaborate/context.ts';
import { evaluate } from '../elaborate/expression.ts';
import { kinds, Mistake } from '../errors.ts';
import { reachable, type Node } from '../graph/node.ts';
import type {
  AverageInfo,
  OptimizerUse,
  PhaseInfo,
  ScheduleInfo,
  StatementInfo,
  UpdateInfo,
} from '../model.ts';
import type { HostExpr } from '../program/host.ts';
import type { Length } from '../program/manifest.ts';
import { isScalar, printType } from '../types.ts';
import { describeSort, type TensorValue, type Value } from '../values.ts';
import { optimizers } from '../vocabulary/optimizers.ts';
import type { OptimizerArguments } from '../vocabulary/optimizer.ts';
import type { Reporter } from './collect.ts';

/** An update with the nodes of its objective and condition, for the rules that look at the graph. */
export interface CheckedUpdate extends UpdateInfo {
  readonly objective: TensorValue | null;
}

interface Work {
  readonly context: Context;
  readonly report: Reporter;
  readonly updates: CheckedUpdate[];
  /** The stream that epochs count, where the schedule names one. */
  readonly epochOf: string | null;
}

export function checkSchedule(
  context: Context,
  train: ast.TrainDecl,
  report: Reporter,
): { schedule: ScheduleInfo | null; updates: CheckedUpdate[] } {
  const updates: CheckedUpdate[] = [];
  const work: Work = { context, report, updates, epochOf: train.duration.of?.name ?? null };
  const phased = train.body.some((statement) => statement.kind === 'Phase');
  const phases = phased
    ? train.body.flatMap((s) => phase(work, s))
    : [{ name: null, length: null, body: statements(work, train.body), span: train.span }];
  const open = phases.filter((p) => p.length === null);
  if (phased && open.length > 1) {
    say(
      work,
      open[1].span,
      `the phases \`${open[0].name}\` and \`${open[1].name}\` both have no length`,
      'One phase may leave out `for`: it takes what remains.',
    );
  }
  if (updates.length === 0 && train.body.length === 0)
    say(
      work,
      train.span,
      'the schedule updates nothing',
      'Write `update N to minimize l with adam(1e-3)` in it.',
    );
  const length = report.attempt(train.duration.span, () => lengthOf(work, train.duration));
  const batch =
    train.batch === undefined
      ? null
      : (report.attempt(train.batch.span, () => evaluateCount(train.batch!, context.names, 'a batch')) ??
        null);
  return { schedule: length === undefined ? null : { length, batch, phases }, updates };
}

const say = ({ report }: Work, span: Span, what: string, hint?: string): void =>
  report.say(diagnostic(kinds.schedule, span, { what, hint }));

function phase(work: Work, statement: ast.Statement): PhaseInfo[] {
  if (statement.kind !== 'Phase') {
    say(work, statement.span, 'a statement stands beside phases', 'Put it into a phase of its own.');
    return [];
  }
  const length =
    statement.duration === undefined
      ? null
      : (work.report.attempt(statement.duration.span, () => lengthOf(work, statement.duration!)) ?? null);
  return [
    { name: statement.name.name, length, body: statements(work, statement.body), span: statement.name.span },
  ];
}

function statements(work: Work, body: readonly ast.Statement[]): StatementInfo[] {
  return body.flatMap((statement): StatementInfo[] => {
    switch (statement.kind) {
      case 'Update':
        return update(work, statement).map((u) => ({ kind: 'update', update: u }));
      case 'Together':
        return [{ kind: 'together', updates: statement.updates.flatMap((u) => update(work, u)) }];
      case 'Repeat':
        return repeat(work, statement);
      case 'Average':
        return average(work, statement).map((a) => ({ kind: 'average', average: a }));
      case 'Phase':
        say(
          work,
          statement.name.span,
          `the phase \`${statement.name.name}\` stands inside another statement`,
          'Phases do not nest.',
        );
        return [];
    }
  });
}

function repeat(work: Work, statement: ast.Repeat): StatementInfo[] {
  const { context, report } = work;
  const count = report.attempt(statement.count.span, () =>
    evaluateCount(statement.count, context.names, 'a count'),
  );
  const fresh = statement.fresh === undefined ? true : evaluate(statement.fresh, context, topScope);
  const body = statements(work, statement.body);
  const isFresh = fresh === true || (typeof fresh === 'object' && fresh.sort === 'bool' && fresh.value);
  return count === undefined ? [] : [{ kind: 'repeat', count, fresh: isFresh, body }];
}

function average(work: Work, statement: ast.Average): AverageInfo[] {
  const { context, report } = work;
  if (networkNamed(work, statement.network) === undefined) return [];
  const decay = evaluate(statement.decay, context, topScope);
  if (decay.sort === 'unknown') return [];
  if (decay.sort !== 'number') {
    say(work, statement.decay.span, 'a decay is a number', 'Write `average C decay 0.99`.');
    return [];
  }
  const every = everyOf(work, statement.every);
  void report;
  return [{ declaration: statement, network: statement.network.name, decay: decay.value, every }];
}

function networkNamed({ context, report }: Work, ident: ast.Ident): string | undefined {
  const { names } = context;
  if (names.networks.has(ident.name)) return ident.name;
  if (names.broken.has(ident.name)) return undefined;
  const near = nearest(ident.name, names.networks.keys());
  report.say(
    diagnostic(kinds.unknownName, ident.span, {
      what: `there is no network \`${ident.name}\``,
      hint: near && `Did you mean \`${near}\`?`,
    }),
  );
  return undefined;
}

export function everyOf(
  work: Pick<Work, 'context' | 'report' | 'epochOf'>,
  every: ast.Every | undefined,
): Length | null {
  if (every === undefined) return null;
  const count = work.report.attempt(every.span, () =>
    evaluateCount(every.count, work.context.names, 'a count'),
  );
  return count === undefined
    ? null
    : {
        count,
        unit: every.unit,
        of: every.unit === 'epochs' ? (work.epochOf ?? onlyStream(work.context)) : null,
      };
}

/** A duration in steps, or in epochs of a stream: the named one, or the only one. */
function lengthOf(work: Work, duration: ast.Duration): Length {
  const { names } = work.context;
  const count = evaluateCount(duration.count, names, 'a duration');
  if (duration.unit === 'steps') return { count, unit: 'steps', of: null };
  if (duration.of !== undefined && !names.data.has(duration.of.name)) {
    const near = nearest(duration.of.name, names.data.keys());
    throw new Mistake(
      'unknownName',
      { what: `there is no stream \`${duration.of.name}\``, hint: near && `Did you mean \`${near}\`?` },
      duration.of.span,
    );
  }
  const of = duration.of?.name ?? work.epochOf ?? onlyStream(work.context, work.updates);
  if (of !== null) return { count, unit: 'epochs', of };
  throw new Mistake(
    'schedule',
    {
      what: 'it is not clear which stream the epochs are of',
      why: 'The updates read several streams, or none.',
      hint: 'Write `for 40 epochs of mnist`.',
    },
    duration.span,
  );
}

/** The one stream that updates read, or that is declared. */
function onlyStream(context: Context, updates: readonly CheckedUpdate[] = []): string | null {
  const read = new Set(updates.flatMap((u) => u.reads));
  const candidates = read.size > 0 ? [...read] : [...context.names.data.keys()];
  return candidates.length === 1 ? candidates[0] : null;
}

// ---------------------------------------------------------------- updates

function update(work: Work, statement: ast.Update): CheckedUpdate[] {
  const { context, report } = work;
  const networks = statement.networks.map((ident) => networkNamed(work, ident));
  const objective = objectiveOf(work, statement.objective);
  const condition = statement.when === undefined ? null : conditionOf(work, statement.when);
  const optimizer = report.attempt(statement.optimizer.span, () => optimizerOf(context, statement.optimizer));
  const every = everyOf(work, statement.every);
  if (optimizer === undefined) return [];
  const info: CheckedUpdate = {
    name: `update_${work.updates.length + 1}`,
    declaration: statement,
    networks: networks.filter((n) => n !== undefined),
    optimizer,
    every,
    text: `${statement.sense} ${flat(statement.objective.span)} with ${flat(statement.optimizer.span)}`,
    reads: streamsIn([objective, condition].flatMap((v) => (v === null ? [] : [v.node]))),
    objective,
  };
  work.updates.push(info);
  return [info];
}

const flat = (span: Span): string => textOf(span).replace(/\s+/g, ' ');

function streamsIn(nodes: readonly Node[]): string[] {
  const inputs = reachable(nodes).flatMap((node) => (node.op === 'input' ? [String(node.attrs.name)] : []));
  return [...new Set(inputs.flatMap((name) => /^field:(.*)\.[^.]*$/.exec(name)?.[1] ?? []))];
}

/** One number a row, not from a hidden field; null if in error. */
export function objectiveOf(
  { context, report }: Pick<Work, 'context' | 'report'>,
  expr: ast.Expr,
): TensorValue | null {
  const value = evaluate(expr, context, topScope);
  return report.attempt(expr.span, () => lossValue(value, expr)) ?? null;
}

export function lossValue(value: Value, expr: ast.Expr): TensorValue | null {
  if (value.sort === 'unknown') return null;
  if (value.sort !== 'tensor' || !isScalar(value.type)) {
    const came = value.sort === 'tensor' ? printType(value.type) : describeSort(value);
    throw new Mistake(
      'notScalar',
      {
        what: `a loss is one number a row, and \`${flat(expr.span)}\` is ${came}`,
        hint:
          value.sort === 'record'
            ? 'Take one of its fields.'
            : 'Reduce it with `mean`, `sum`, or a loss function.',
      },
      expr.span,
    );
  }
  if (value.type.hidden !== null) {
    throw new Mistake(
      'hidden',
      {
        what: `this loss depends on \`${value.type.hidden}\`, which is hidden`,
        why: 'Hidden fields may be measured, never learned from.',
        hint: "Use another stream, or move it to a report's metric.",
      },
      expr.span,
    );
  }
  if (value.type.kind === 'label') throw new Mistake('kind', { what: 'a label is no loss' }, expr.span);
  return value;
}

function conditionOf({ context, report }: Work, expr: ast.Expr): TensorValue | null {
  const value = evaluate(expr, context, topScope);
  return (
    report.attempt(expr.span, () => {
      if (value.sort === 'unknown' || value.sort === 'bool' || value.sort === 'number') return null;
      if (value.sort === 'tensor' && value.type.kind === 'truth') return value;
      const came = value.sort === 'tensor' ? printType(value.type) : describeSort(value);
      throw new Mistake('notScalar', {
        what: `\`when\` takes a condition, and ${came} is given`,
        hint: 'Compare it with something.',
      });
    }) ?? null
  );
}

function optimizerOf(context: Context, expr: ast.Expr): OptimizerUse {
  const callee = expr.kind === 'Call' ? expr.callee : expr;
  if (callee.kind !== 'Name')
    throw new Mistake(
      'badArgument',
      { what: 'an optimizer is wanted', hint: 'Write `adam(1e-3)`.' },
      expr.span,
    );
  const rule = Object.hasOwn(optimizers, callee.name)
    ? optimizers[callee.name as keyof typeof optimizers]
    : undefined;
  if (rule === undefined) {
    const near = nearest(callee.name, Object.keys(optimizers));
    throw new Mistake(
      'unknownFunction',
      {
        what: `there is no optimizer \`${callee.name}\``,
        hint: near ? `Did you mean \`${near}\`?` : `Optimizers: ${Object.keys(optimizers).join(', ')}.`,
      },
      callee.span,
    );
  }
  const given =
    expr.kind !== 'Call' ? [] : expr.args.map((a): Given => ({ name: a.name, expr: a.value, span: a.span }));
  const { args } = vocableArguments(
    context,
    rule.params,
    given,
    (e) => evaluate(e, context, topScope),
    `\`${callee.name}\``,
    expr.span,
  );
  const found: Record<string, OptimizerArguments[string]> = {};
  for (const { name, type } of rule.params) {
    if (!args.has(name)) found[name] = null;
    else if (type === 'bool') found[name] = args.bool(name);
    else if (type === 'reals') found[name] = args.reals(name);
    else found[name] = args.scalar(name) as HostExpr;
  }
  return { name: callee.name, rule, args: found };
}
