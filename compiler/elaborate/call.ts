/**
 * Calls and pipes: what a name in front of `(` means, in this order: a local network or fn, a network, a block or fn of
 * the spec, a metric of the report, a word of the vocabulary, time, `again`.
 */
import type * as ast from '../../grammar/ast.ts';
import { nearest } from '../../grammar/diagnostics.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import { Mistake } from '../errors.ts';
import { host, type HostExpr, type HostOperator } from '../program/host.ts';
import { describeSort, digest, number, type Value } from '../values.ts';
import { functions } from '../vocabulary/functions.ts';
import { layers } from '../vocabulary/layers.ts';
import type { Vocable } from '../vocabulary/vocable.ts';
import { vocableArguments, type Given } from './arguments.ts';
import { makeCall } from './call-context.ts';
import type { Context, Scope } from './context.ts';
import { Silence } from './dims.ts';
import { evaluate } from './expression.ts';
import { callNetwork, expand, placeOf } from './network.ts';
import { timeFunctions } from './time.ts';

const vocabulary: Readonly<Record<string, Vocable>> = { ...layers, ...functions };

/** Everything built in that can be called. */
export const callables = (): string[] => [...Object.keys(vocabulary), ...Object.keys(timeFunctions), 'again'];

export function pipe(expr: ast.PipeExpr, context: Context, scope: Scope): Value {
  const value = evaluate(expr.left, context, scope);
  if (value.sort === 'unknown') {
    evaluateOperands(expr.right, context, scope);
    throw new Silence();
  }
  const first: Given = { expr: null, value, span: expr.left.span };
  if (expr.right.kind === 'Call') return call(expr.right, [first], context, scope);
  return callValue(expr.right, [first], expr.right.span, context, scope);
}

/** After an error on the left, mistakes in the arguments on the right are still worth reporting. */
function evaluateOperands(expr: ast.Expr, context: Context, scope: Scope): void {
  if (expr.kind !== 'Call') return;
  for (const { value } of expr.args)
    if (value.kind === 'Call' || value.kind === 'Field') evaluate(value, context, scope);
}

export function call(expr: ast.CallExpr, piped: readonly Given[], context: Context, scope: Scope): Value {
  const given = expr.args.map((arg): Given => ({ name: arg.name, expr: arg.value, span: arg.span }));
  return callValue(expr.callee, [...piped, ...given], expr.span, context, scope);
}

function callValue(
  callee: ast.Expr,
  given: readonly Given[],
  span: Span,
  context: Context,
  scope: Scope,
): Value {
  const evaluateHere = (e: ast.Expr): Value => evaluate(e, context, scope);
  if (callee.kind === 'Name') {
    const { name } = callee;
    const declared =
      scope.locals.has(name) || context.names.networks.has(name) || context.names.functions.has(name);
    if (!declared) {
      if (context.report !== undefined && isMetric(name, context)) {
        return context.report.metric(name, given, evaluateHere, span);
      }
      if (name === 'again') return again(given, span, context, scope);
      if (Object.hasOwn(timeFunctions, name)) return timeFunctions[name](context, given, evaluateHere, span);
      if (Object.hasOwn(vocabulary, name))
        return callVocable(name, vocabulary[name], given, span, context, scope);
      if (!knownName(name, context)) throw unknownFunction(callee, given, context, scope);
    }
  }
  const target = evaluate(callee, context, scope);
  switch (target.sort) {
    case 'unknown':
      for (const one of given)
        if (one.expr !== null && one.expr.kind === 'Call') evaluate(one.expr, context, scope);
      throw new Silence();
    case 'network':
      return callNetwork(
        context,
        scope,
        context.names.networks.get(target.name)!,
        target.averaged,
        given,
        span,
      );
    case 'function':
      return expand(context, scope, target.declaration, given, span);
    default:
      throw new Mistake(
        'notCallable',
        { what: `\`${textOf(callee.span)}\` is ${describeSort(target)}, not something to call` },
        callee.span,
      );
  }
}

/** `mean` of the vocabulary is also the metric's: its mean over all rows is what a metric takes anyway. */
const isMetric = (name: string, { catalogue }: Context): boolean =>
  Object.hasOwn(catalogue.metrics, name) && !Object.hasOwn(vocabulary, name);

function knownName(name: string, { names }: Context): boolean {
  const tables = [names.lets, names.losses, names.samples, names.data, names.params];
  return tables.some((table) => table.has(name)) || names.broken.has(name);
}

function unknownFunction(
  callee: ast.NameExpr,
  given: readonly Given[],
  context: Context,
  scope: Scope,
): Mistake {
  for (const one of given)
    if (one.expr !== null && one.expr.kind === 'Call') evaluate(one.expr, context, scope);
  const { names } = context;
  const metrics = Object.keys(context.catalogue.metrics);
  if (metrics.includes(callee.name)) {
    return new Mistake(
      'unknownFunction',
      { what: `\`${callee.name}\` is a metric and stands outside a report's \`metric\` line` },
      callee.span,
    );
  }
  const near = nearest(callee.name, [
    ...callables(),
    ...names.networks.keys(),
    ...names.functions.keys(),
    ...metrics,
  ]);
  const hint = near === undefined ? undefined : `Did you mean \`${near}\`?`;
  return new Mistake(
    'unknownFunction',
    { what: `there is no layer, function or network \`${callee.name}\``, hint },
    callee.span,
  );
}

/** Functions that the host can compute when all their arguments are the host's. */
const onHost: ReadonlySet<string> = new Set<HostOperator>([
  'exp',
  'log',
  'sqrt',
  'abs',
  'min',
  'max',
  'floor',
  'tanh',
  'sigmoid',
]);

function callVocable(
  name: string,
  item: Vocable,
  given: readonly Given[],
  span: Span,
  context: Context,
  scope: Scope,
): Value {
  if (item.where === 'network' && scope.network === null) {
    throw new Mistake(
      'layerOutside',
      {
        what: `the layer \`${name}\` stands outside a network`,
        hint: 'Write it inside a `network` or a `block`.',
      },
      span,
    );
  }
  const evaluated = given.map((one) => preEvaluate(one, context, scope, onHost.has(name)));
  const numbers = evaluated.map((one) => one.value);
  if (onHost.has(name) && numbers.length > 0 && numbers.every((value) => value?.sort === 'number')) {
    return number(host(name as HostOperator, ...numbers.map((value) => value.value as HostExpr)));
  }
  const { args, idents } = vocableArguments(
    context,
    item.params,
    evaluated,
    (e) => evaluate(e, context, scope),
    `\`${name}\``,
    span,
  );
  const layer = item.where === 'network' ? placeOf(scope.network!, name) : name;
  const ident =
    item.where === 'network'
      ? `${scope.network!.ident}${scope.network!.path.slice(scope.network!.name.length)}.${layer}`
      : digest(name, context.salt, ...idents);
  return hide(item.build(makeCall(context, scope, layer, ident, span), args), evaluated.concat(), args, item);
}

function preEvaluate(given: Given, context: Context, scope: Scope, wanted: boolean): Given {
  if (!wanted || given.value !== undefined || given.expr === null || given.expr.kind === 'Duration')
    return given;
  if (given.expr.kind === 'Name' && given.name !== undefined) return given;
  return { ...given, value: evaluate(given.expr, context, scope) };
}

/** What is made from a hidden field is hidden. */
function hide(
  value: Value,
  given: readonly Given[],
  args: { values(name: string): readonly Value[] },
  item: Vocable,
): Value {
  const inputs = [
    ...item.params.flatMap((param) => args.values(param.name)),
    ...given.flatMap((one) => one.value ?? []),
  ];
  const hidden = inputs.map(hiddenIn).find((name) => name !== null);
  return hidden === undefined ? value : marked(value, hidden!);
}

export function hiddenIn(value: Value): string | null {
  if (value.sort === 'tensor') return value.type.hidden;
  const parts =
    value.sort === 'distribution'
      ? Object.values(value.parameters)
      : value.sort === 'list'
        ? value.items
        : [];
  return parts.map(hiddenIn).find((name) => name !== null) ?? null;
}

function marked(value: Value, hidden: string): Value {
  if (value.sort === 'tensor') {
    return value.type.hidden !== null
      ? value
      : { sort: 'tensor', node: value.node, type: { ...value.type, hidden }, ident: value.ident };
  }
  if (value.sort === 'record') return { ...value, fields: mapValues(value.fields, (v) => marked(v, hidden)) };
  if (value.sort !== 'distribution') return value;
  return {
    ...value,
    parameters: mapValues(value.parameters, (v) => marked(v, hidden)) as typeof value.parameters,
  };
}

const mapValues = <T>(
  object: Readonly<Record<string, T>>,
  change: (value: T) => Value,
): Record<string, Value> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));

/** `again(e)`: e with draws of its own. */
function again(given: readonly Given[], span: Span, context: Context, scope: Scope): Value {
  const [one] = given;
  if (given.length !== 1 || one.expr === null || one.expr.kind === 'Duration') {
    throw new Mistake(
      'badArgument',
      {
        what: '`again` takes one expression',
        hint: 'Write `again(e)`, not a pipe: what is piped in has been drawn already.',
      },
      span,
    );
  }
  return evaluate(one.expr, { ...context, salt: `${context.salt}/again` }, scope);
}
