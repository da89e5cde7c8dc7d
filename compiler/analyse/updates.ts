/**
 * One update: the networks that it names, its objective and condition evaluated for their mistakes, its optimizer bound.
 * In: a statement; out: what the rules on ownership and gradients look at, and the model's entry if nothing is wrong.
 */
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type * as ast from '../../grammar/ast.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import { hostTruth } from '../evaluate/conditions.ts';
import { topScope, type Context } from '../evaluate/context.ts';
import { evaluate } from '../evaluate/expression.ts';
import { historiesIn } from '../evaluate/histories.ts';
import { dependsOnStandIn, originOf, streamsIn } from '../evaluate/feeds.ts';
import { networksNamed } from '../bind/network-named.ts';
import { reachable, type Node } from '../ir/node.ts';
import { timesIn, type HostExpr } from '../../program/host.ts';
import { isCondition, isScalar, oneNumberHint } from '../types.ts';
import { describe, type TensorValue, type Value } from '../values.ts';
import type { OptimizerArguments } from '../vocabulary/optimizer.ts';
import type { Reporter } from '../bind/reporter.ts';
import type { AnalysedUpdate, Term } from './analysis.ts';
import { optimizerOf } from './optimizers.ts';

/** All updates of some statements, in order. */
export function updatesOf(body: readonly ast.Statement[]): ast.Update[] {
  return body.flatMap((statement): readonly ast.Update[] => {
    if (statement.kind === 'Update') return [statement];
    return 'body' in statement ? updatesOf(statement.body) : [];
  });
}

/** All `set`s of some statements, in order. */
export function setsOf(body: readonly ast.Statement[]): ast.SetState[] {
  return body.flatMap((statement): readonly ast.SetState[] => {
    if (statement.kind === 'Set') return [statement];
    return 'body' in statement ? setsOf(statement.body) : [];
  });
}

/** The statements of each phase; of a schedule without phases, all of them. */
export function phaseBodies(train: ast.TrainDecl | undefined): (readonly ast.Statement[])[] {
  if (train === undefined) return [];
  const phases = train.body.flatMap((statement) => (statement.kind === 'Phase' ? [statement.body] : []));
  return phases.length > 0 ? phases : [train.body];
}

export function analyseUpdate(context: Context, report: Reporter, declaration: ast.Update): AnalysedUpdate {
  const idents = new Map(
    declaration.networks.flatMap((ident) =>
      networksNamed(context.names, report, ident).map((network) => [network, ident] as const),
    ),
  );
  const value = objectiveOf(context, report, declaration.objective);
  // What a network in error gives may be typed, and nothing is known of the way a gradient takes through it.
  const objective = value === null || dependsOnStandIn(context, [value.node]) ? null : value;
  const when = declaration.when === undefined ? null : evaluate(declaration.when, context, topScope);
  const condition = when && conditionOf(report, declaration.when!, when);
  const optimizer = report.attempt(declaration.optimizer.span, () =>
    optimizerOf(context, declaration.optimizer),
  );
  const nodes = [value, condition].flatMap((one) => one?.node ?? []);
  const numbers = [...fedNumbers(context, nodes), ...Object.values(optimizer?.args ?? {}).filter(isHostExpr)];
  if (when?.sort === 'number') numbers.push(when.value);
  const times = [...new Set(numbers.flatMap(timesIn))];
  const histories = historiesIn(context, nodes);
  const terms = objective === null ? [] : termsOf(context, declaration.objective);
  const reads = streamsIn(context, nodes);
  const networks = [...idents.keys()];
  return { declaration, networks, idents, objective, terms, when, optimizer, reads, histories, times };
}

/** What an objective adds up; values and losses are followed by name as far as they add. */
function termsOf(context: Context, expr: ast.Expr, sign: Term['sign'] = 1): Term[] {
  if (expr.kind === 'Binary' && (expr.operator === '+' || expr.operator === '-')) {
    const right = expr.operator === '+' ? sign : opposite(sign);
    return [...termsOf(context, expr.left, sign), ...termsOf(context, expr.right, right)];
  }
  const { lets, losses } = context.names;
  const declared = expr.kind === 'Name' ? (losses.get(expr.name) ?? lets.get(expr.name)) : undefined;
  if (declared?.value.kind === 'Binary' || declared?.value.kind === 'Name')
    return termsOf(context, declared.value, sign);
  const value = evaluate(expr, context, topScope);
  return value.sort === 'tensor' ? [{ expr, node: value.node, sign }] : [];
}

const opposite = (sign: Term['sign']): Term['sign'] => (sign === 1 ? -1 : 1);

/** As written, on one line. */
export const flat = (span: Span): string => textOf(span).replace(/\s+/g, ' ');

/** Numbers of the host that these nodes depend on. */
export const fedNumbers = (context: Context, nodes: readonly Node[]): HostExpr[] =>
  reachable(nodes).flatMap((node) => {
    const origin = originOf(context, node);
    return origin?.kind === 'scalar' ? [origin.value] : [];
  });

const isHostExpr = (arg: OptimizerArguments[string]): arg is HostExpr =>
  typeof arg === 'number' || (typeof arg === 'object' && arg !== null && !('length' in arg));

// ---------------------------------------------------------------- objective and condition

function objectiveOf(context: Context, report: Reporter, expr: ast.Expr): TensorValue | null {
  const value = evaluate(expr, context, topScope);
  return report.attempt(expr.span, () => lossValue(value, expr)) ?? null;
}

/** One number a row, not from a hidden field; null if in error. */
export function lossValue(value: Value, expr: ast.Expr): TensorValue | null {
  if (value.sort === 'unknown') return null;
  if (value.sort !== 'tensor' || !isScalar(value.type)) {
    throw new Mistake(
      kinds.notScalar,
      {
        what: `a loss is one number a row, and \`${flat(expr.span)}\` is ${describe(value)}`,
        ...lossAdvice(value, flat(expr.span)),
      },
      expr.span,
    );
  }
  refuseHidden(value, expr, 'loss');
  if (value.type.kind === 'label') {
    const hint = 'Compare it with a guess: `nll(guess, label)`.';
    throw new Mistake(kinds.kind, { what: 'a label is a class, not a loss', hint }, expr.span);
  }
  if (value.type.kind === 'truth') {
    const why = 'It is 0 or 1, and no gradient flows through a comparison.';
    const hint = 'Minimise the difference itself, or put the condition behind `when`.';
    throw new Mistake(
      kinds.kind,
      { what: `\`${flat(expr.span)}\` is a condition, not a loss`, why, hint },
      expr.span,
    );
  }
  return value;
}

function lossAdvice(value: Value, text: string): { why?: string; hint: string } {
  switch (value.sort) {
    case 'tensor':
      return { hint: oneNumberHint(value.type, text) };
    case 'record':
      return { hint: `Take one of its fields: ${Object.keys(value.fields).join(', ')}.` };
    case 'number':
    case 'bool':
      return {
        why: 'No network has computed it, so nothing can make it smaller.',
        hint: 'Minimise a value that a network gives.',
      };
    case 'distribution':
      return { hint: 'Compare it with what it should give (`nll`), or with another (`kl`).' };
    case 'network':
      return { hint: `Call it, and compare what it gives: \`${value.name}(...)\`.` };
    default:
      return { hint: 'Reduce it with `mean`, `sum`, or a loss function.' };
  }
}

function refuseHidden({ type }: TensorValue, expr: ast.Expr, what: string): void {
  if (type.hidden === null) return;
  throw new Mistake(
    kinds.hidden,
    {
      what: `this ${what} depends on \`${type.hidden}\`, which is hidden`,
      why: 'Hidden fields may be measured, never learned from.',
      hint: "Take the field from another stream, or move the value to a report's metric.",
    },
    expr.span,
  );
}

export function conditionOf(report: Reporter, expr: ast.Expr, value: Value): TensorValue | null {
  const condition = report.attempt(expr.span, () => {
    if (value.sort === 'unknown' || hostTruth(value) !== undefined) return null;
    if (value.sort !== 'tensor' || !isCondition(value.type)) {
      const what = `\`when\` takes a condition, and \`${flat(expr.span)}\` is ${describe(value)}`;
      throw new Mistake(kinds.notScalar, {
        what,
        hint: 'Compare it with something: `when discriminator_loss > 0.5`.',
      });
    }
    refuseHidden(value, expr, 'condition');
    return value;
  });
  return condition ?? null;
}
