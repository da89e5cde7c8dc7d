/**
 * Calls and pipes: what a name in front of `(` means, in this order: a local network or fn, a network, a block or fn of
 * the spec, a metric of the report, a word of the vocabulary, time, `again`.
 */
import type * as ast from '../../grammar/ast.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import { Mistake, type DiagnosticKind } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type { Region } from '../ir/node.ts';
import { host, type HostExpr, type HostOperator } from '../../program/host.ts';
import { describe, digest, number, type Value } from '../values.ts';
import { functions } from '../vocabulary/functions.ts';
import { layers } from '../vocabulary/layers.ts';
import type { Args, Builtin } from '../vocabulary/builtin.ts';
import { again, drawsAnew } from './again.ts';
import { builtinArguments } from './arguments.ts';
import { givenOf, type Given } from '../bind/match.ts';
import { makeCall } from './call-context.ts';
import { mistakeOf, type Context, type Scope } from './context.ts';
import { Silence } from '../bind/dims.ts';
import { hide } from './hidden.ts';
import { overAllRows } from './metric-mean.ts';
import { namedNodes } from './named.ts';
import { placeOf, statePath, type OwnName } from './layer-names.ts';
import { times } from './repeated.ts';
import { callNetwork, expand } from './network.ts';
import { timeFunctions } from './time.ts';
import { unknownFunction } from './unknown.ts';

const vocabulary: Readonly<Record<string, Builtin>> = { ...layers, ...functions };

/** Everything built in that can be called here: layers with weights in networks alone. */
export const callables = ({ network }: Pick<Scope, 'network'>): string[] => [
  ...Object.keys(vocabulary).filter((name) => vocabulary[name].where === 'anywhere' || network !== null),
  ...Object.keys(timeFunctions),
  'again',
  'times',
];

export function pipe(expr: ast.PipeExpr, context: Context, scope: Scope): Value {
  const value = context.evaluate(expr.left, context, scope);
  const { right } = expr;
  if (value.sort === 'unknown') {
    evaluateRight(right, context, scope);
    throw new Silence();
  }
  const first: Given = { expr: null, value, span: expr.left.span };
  try {
    if (right.kind === 'Call') return call(right, [first], context, scope);
    return callValue(right, [first], right.span, context, scope);
  } catch (error) {
    throw cameFrom(mistakeOf(error), value, expr);
  }
}

/** Kinds of mistakes that are about what came in. */
const about: ReadonlySet<DiagnosticKind> = new Set([kinds.shape, kinds.kind, kinds.range, kinds.division]);

/** A mistake of a layer in a pipe, with a label at the layer that gave it what it cannot take. */
function cameFrom(mistake: Mistake, value: Value, { left }: ast.PipeExpr): Mistake {
  const { details } = mistake;
  if (mistake.span !== undefined || !about.has(mistake.kind)) return mistake;
  const label = { span: lastStage(left).span, text: `${describe(value)} comes from here` };
  return new Mistake(mistake.kind, { ...details, labels: [...(details.labels ?? []), label] });
}

/** Of a pipe, what stands behind its last `|>`. */
export const lastStage = (expr: ast.Expr): ast.Expr => (expr.kind === 'Pipe' ? expr.right : expr);

/** After an error on the left, mistakes on the right are still worth reporting: an unknown layer, an argument. */
function evaluateRight(right: ast.Expr, context: Context, scope: Scope): void {
  const callee = right.kind === 'Call' ? right.callee : right;
  if (right.kind === 'Call') evaluateGiven(givenOf(right), context, scope);
  if (callee.kind === 'Name' && !callable(callee.name, context, scope))
    throw unknownFunction(callee, context, scope, callables(scope));
}

/** Arguments of a call that cannot be made, for their mistakes; names may be words that only the call would know. */
function evaluateGiven(given: readonly Given[], context: Context, scope: Scope): void {
  for (const { expr } of given) {
    if (expr !== null && expr.kind !== 'Duration' && expr.kind !== 'Name')
      context.evaluate(expr, context, scope);
  }
}

export function call(expr: ast.CallExpr, piped: readonly Given[], context: Context, scope: Scope): Value {
  return callValue(expr.callee, [...piped, ...givenOf(expr)], expr.span, context, scope);
}

const isDeclared = (name: string, { names }: Context, scope: Scope): boolean =>
  scope.locals.has(name) || ['network', 'networks', 'function'].includes(names.symbols.get(name)?.kind ?? '');

const isBuiltIn = (name: string): boolean =>
  name === 'again' ||
  name === 'times' ||
  Object.hasOwn(timeFunctions, name) ||
  Object.hasOwn(vocabulary, name);

/** Whether the name means something that may stand in front of `(`, or something else that is declared, or may be so in a file that is missing. */
const callable = (name: string, context: Context, scope: Scope): boolean =>
  isDeclared(name, context, scope) ||
  isBuiltIn(name) ||
  (context.report !== undefined && isMetric(name, context)) ||
  context.names.declared.has(name) ||
  context.names.broken.has(name);

function callValue(
  callee: ast.Expr,
  given: readonly Given[],
  span: Span,
  context: Context,
  scope: Scope,
): Value {
  if (callee.kind === 'Name' && !isDeclared(callee.name, context, scope)) {
    const { name } = callee;
    const evaluateHere = (e: ast.Expr): Value => context.evaluate(e, context, scope);
    if (context.report !== undefined && isMetric(name, context)) {
      return context.report.metric(name, given, evaluateHere, span, scope.call);
    }
    if (name === 'again') return again(given, span, context, scope);
    if (name === 'times') {
      return times(given, span, context, scope, (what, args, inner) =>
        callValue(what, args, span, context, inner),
      );
    }
    if (Object.hasOwn(timeFunctions, name)) return timeFunctions[name](context, given, evaluateHere, span);
    const all = name === 'mean' ? overAllRows(given, context, scope, evaluateHere) : undefined;
    if (all !== undefined) return all;
    if (Object.hasOwn(vocabulary, name)) {
      return callBuiltin(name, vocabulary[name], given, span, context, scope);
    }
    if (!callable(name, context, scope)) {
      evaluateGiven(given, context, scope);
      throw unknownFunction(callee, context, scope, callables(scope));
    }
  }
  return callTarget(callee, context.evaluate(callee, context, scope), given, span, context, scope);
}

function callTarget(
  callee: ast.Expr,
  target: Value,
  given: readonly Given[],
  span: Span,
  context: Context,
  scope: Scope,
): Value {
  switch (target.sort) {
    case 'unknown':
      evaluateGiven(given, context, scope);
      throw new Silence();
    case 'network':
    case 'function':
      return applied(target, given, span, context, scope);
    default: {
      const text = textOf(callee.span);
      const what = `\`${text}\` is ${describe(target)}, not something to call`;
      if (target.sort === 'list')
        throw new Mistake(kinds.notCallable, { what, hint: ofList(text) }, callee.span);
      throw new Mistake(kinds.notCallable, { what, hint: `Use it as it is: \`${text}\`.` }, callee.span);
    }
  }
}

/** What a network, fn or block gives. */
function applied(callee: Value, given: readonly Given[], span: Span, context: Context, scope: Scope): Value {
  if (callee.sort === 'function') return expand(context, scope, callee.declaration, given, span);
  if (callee.sort !== 'network') throw new Error(`${callee.sort} is called`);
  const info = context.names.networks.get(callee.name)!;
  return callNetwork(context, scope, info, callee.averaged, given, span);
}

const ofList = (name: string): string =>
  `Take one of it, \`${name}[0](...)\`, or all: \`[for i in 0..3: ${name}[i](...)]\`.`;

/** `mean` of the vocabulary is also the metric's: its mean over all rows is what a metric takes anyway. */
const isMetric = (name: string, { catalogue }: Context): boolean =>
  Object.hasOwn(catalogue.metrics, name) && !Object.hasOwn(vocabulary, name);

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
  'sin',
  'cos',
]);

function callBuiltin(
  name: string,
  item: Builtin,
  given: readonly Given[],
  span: Span,
  context: Context,
  scope: Scope,
): Value {
  if (item.where === 'network' && scope.network === null) {
    throw new Mistake(
      kinds.layerOutside,
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
  const { args, idents } = builtinArguments(
    context,
    scope.call,
    item.params,
    evaluated,
    (e) => context.evaluate(e, context, scope),
    `\`${name}\``,
    span,
  );
  const apply = (callee: Value, values: readonly Value[]): Value => {
    const made = applied(
      callee,
      values.map((value) => ({ expr: null, value, span })),
      span,
      context,
      scope,
    );
    if (made.sort === 'unknown') throw new Silence();
    return made;
  };
  const layer = item.where === 'network' ? placeOf(scope.network!, name, layerName(args, span)) : name;
  const ident =
    item.where === 'network'
      ? `${scope.network!.ident}${scope.network!.path.slice(scope.network!.name.length)}.${layer}`
      : digest(name, context.salt, ...idents);
  const state = ofLayer(scope, layer, item, evaluated);
  const region = { kind: 'layer', name, span: undefined, ...state } as const;
  const made = context.b.within(region, () =>
    item.build(makeCall(context, scope, layer, ident, span, apply), args),
  );
  if (item.params.some(({ type }) => type === 'strength')) drawsAnew(context, made);
  return hide(made, evaluated.concat(), args, item);
}

const layerName = (args: Args, span: Span): OwnName | undefined =>
  args.has('name') ? { name: args.string('name'), span } : undefined;

/** Where a layer's weights are, and what it calls what comes in. */
function ofLayer(
  { network }: Scope,
  layer: string,
  { where, params }: Builtin,
  given: readonly Given[],
): Pick<Region, 'path' | 'parameters'> {
  const path = where === 'network' && network !== null ? `${statePath(network)}.${layer}` : null;
  const names = given.flatMap(({ name, value }, i) =>
    value === undefined
      ? []
      : namedNodes(name?.name ?? params[Math.min(i, params.length - 1)]?.name ?? 'x', value),
  );
  return { path, parameters: new Map(names.reverse()) };
}

function preEvaluate(given: Given, context: Context, scope: Scope, wanted: boolean): Given {
  if (!wanted || given.value !== undefined || given.expr === null || given.expr.kind === 'Duration')
    return given;
  if (given.expr.kind === 'Name' && given.name !== undefined) return given;
  return { ...given, value: context.evaluate(given.expr, context, scope) };
}
