/**
 * A picture or sound of a report, and `recalibrate`: a call of a picture function on report values, as data for the
 * runtime. What varies over a picture (`rows: digit`) is fed instead of drawn.
 */
import type * as ast from '../../grammar/ast.ts';
import { textOf } from '../../grammar/source.ts';
import { Mistake, suggestion } from '../../grammar/diagnostics.ts';
import { counted, kinds } from '../errors.ts';
import { oneHot } from '../ir/compose.ts';
import type { Option, ParamSpec } from '../../program/catalogue.ts';
import type { Varied } from '../../program/manifest.ts';
import { real } from '../types.ts';
import type { TensorValue, Value } from '../values.ts';
import { builtinArguments } from './arguments.ts';
import { givenOf, type Given } from '../bind/match.ts';
import { evaluateConstant } from '../bind/constant.ts';
import { networksOf, writtenName } from '../bind/network-named.ts';
import { givenName } from '../leaves.ts';
import { topScope, type Context } from './context.ts';
import { givenNode } from './feeds.ts';
import { Silence } from '../bind/dims.ts';
import { evaluate } from './expression.ts';
import type { ReportCall } from './report-line.ts';
import { requireShapes } from './report-shapes.ts';
import { requireSound } from './report-sound.ts';
import { split, withRows, type ReportValue } from './report-values.ts';
import { sampleValue } from './samples.ts';
import type { ResolvedArguments } from './typing.ts';

export interface PictureUse {
  readonly kind: 'picture' | 'sound';
  readonly fn: string;
  readonly values: Readonly<Record<string, ReportValue>>;
  /** Each value as it is written. */
  readonly names: Readonly<Record<string, string>>;
  readonly varied: Readonly<Record<string, Varied>>;
  readonly options: Readonly<Record<string, Option>>;
  readonly rows: number;
}

const rowsParam: ParamSpec = {
  name: 'rows',
  type: 'int',
  interval: '[1, ∞)',
  default: 64,
  doc: 'How many rows to show.',
};

/** What a picture or sound takes: its own parameters, and how many rows. */
export const pictureParams = (own: readonly ParamSpec[]): readonly ParamSpec[] => withRows(own, rowsParam);

/** `picture codes = traverse(fake, rows: digit, columns: style[0], from: -2, to: 2)` */
export function pictureLine(context: Context, medium: 'picture' | 'sound', expr: ast.Expr): PictureUse {
  const { name, call } = pictureCall(context, medium, expr);
  const params = pictureParams(context.catalogue.pictures[name].params);
  const { varied, plain } = variedIn(context, params, name, call);
  const inner: Context =
    varied.size === 0
      ? context
      : { ...context, memo: new Map(), calls: new Map(), bound: bindAll(context, [...varied.values()]) };
  const rest = params.filter((param) => param.type !== 'varied');
  const evaluateHere = (e: ast.Expr): Value => evaluate(e, inner, topScope);
  const { args } = builtinArguments(
    inner,
    topScope.call,
    rest,
    plain,
    evaluateHere,
    `\`${name}\``,
    expr.span,
  );
  const { values, options } = split(inner, rest, args, name);
  const shown: ReportCall = { fn: name, params: rest, given: plain, values, span: expr.span };
  if (medium === 'sound') requireSound(inner, shown);
  else requireShapes(shown);
  return {
    kind: medium,
    fn: name,
    values,
    names: namesOf(rest, values, plain, inner.typing.resolved(expr.span, topScope.call)),
    options: { ...options, ...rangeOf(rest, values, options) },
    varied: Object.fromEntries([...varied].map(([param, { input, classes }]) => [param, { input, classes }])),
    rows: rest.some((param) => param.name === 'rows') ? args.int('rows') : 64,
  };
}

/** What is written for each value, on one line. */
function namesOf(
  params: readonly ParamSpec[],
  values: Readonly<Record<string, ReportValue>>,
  given: readonly Given[],
  resolved: ResolvedArguments | null,
): Readonly<Record<string, string>> {
  const names = params.flatMap(({ name, type }) =>
    (resolved?.get(name)?.given ?? []).map((place, i): [string, string] => {
      const text = textOf(given[place].expr?.span ?? given[place].span).replace(/\s+/g, ' ');
      return [type === 'values' ? `${name}.${i}` : name, text];
    }),
  );
  return Object.fromEntries(names.filter(([name]) => Object.hasOwn(values, name)));
}

/** A picture that takes a `range` gets that of its first value by default. */
function rangeOf(
  params: readonly ParamSpec[],
  values: Readonly<Record<string, ReportValue>>,
  options: Readonly<Record<string, Option>>,
): Readonly<Record<string, Option>> {
  const range = Object.values(values)[0]?.value.type.range ?? null;
  const wanted = params.some(({ name }) => name === 'range') && options.range === undefined;
  return wanted && range !== null ? { range } : {};
}

function pictureCall(context: Context, medium: string, expr: ast.Expr): { name: string; call: ast.CallExpr } {
  const pictures = Object.entries(context.catalogue.pictures).filter(([, p]) => p.medium === medium);
  const names = pictures.map(([name]) => name);
  if (expr.kind === 'Missing') throw new Silence();
  const callee = expr.kind === 'Call' ? expr.callee : expr;
  if (expr.kind === 'Call' && callee.kind === 'Name' && names.includes(callee.name)) {
    return { name: callee.name, call: expr };
  }
  const written = callee.kind === 'Name' ? callee.name : textOf(callee.span).replace(/\s+/g, ' ');
  const list = `Functions that make a ${medium}:`;
  const hint = Object.hasOwn(context.catalogue.metrics, written)
    ? `It is a metric: \`metric m = ${written}(...)\`.`
    : names.length === 0
      ? `There are no functions that make a ${medium}.`
      : (suggestion(written, names, list) ?? undefined);
  throw new Mistake(kinds.unknownFunction, { what: `\`${written}\` makes no ${medium}`, hint }, callee.span);
}

// ---------------------------------------------------------------- what varies

interface VariedSample extends Varied {
  readonly parameter: string;
  readonly sample: string;
  /** The component that varies; null: the whole (a class). */
  readonly component: number | null;
}

function variedIn(
  context: Context,
  params: readonly ParamSpec[],
  name: string,
  call: ast.CallExpr,
): { varied: Map<string, VariedSample>; plain: Given[] } {
  const varied = new Map<string, VariedSample>();
  const plain: Given[] = [];
  for (const one of givenOf(call)) {
    const param = params.find((p) => p.name === one.name?.name);
    if (param?.type === 'varied') varied.set(param.name, variedSample(context, param.name, one));
    else plain.push(one);
  }
  const missing = params.find((p) => p.type === 'varied' && p.default === undefined && !varied.has(p.name));
  if (missing === undefined) return { varied, plain };
  const hint = `Name a sample: \`${missing.name}: z[0]\`.`;
  throw new Mistake(
    kinds.missingArgument,
    { what: `\`${name}\` needs \`${missing.name}\``, hint },
    call.span,
  );
}

/** `digit`, or `style[0]`. */
function variedSample(context: Context, param: string, given: Given): VariedSample {
  const { names } = context;
  const { expr } = given;
  const name = expr?.kind === 'Index' ? expr.object : expr;
  if (name?.kind === 'Name' && names.broken.has(name.name)) throw new Silence();
  const info = name?.kind === 'Name' ? names.samples.get(name.name) : undefined;
  if (name?.kind !== 'Name' || info === undefined) {
    const known = [...names.samples.keys()];
    const hint = known.length === 0 ? 'The spec has none.' : `Samples: ${known.join(', ')}.`;
    const what = `\`${param}\` takes a sample, or one component of it`;
    throw new Mistake(kinds.badArgument, { what, hint }, given.span);
  }
  const made = { parameter: param, input: givenName(param), sample: name.name };
  if (expr?.kind === 'Index') {
    return { ...made, classes: null, component: componentOf(context, expr, name.name, info.size ?? 0) };
  }
  if (info.family === 'categorical') return { ...made, classes: info.size, component: null };
  if ((info.size ?? 1) > 1) {
    const what = `\`${name.name}\` has ${counted(info.size!, 'component')}`;
    throw new Mistake(
      kinds.badArgument,
      { what, hint: `Vary one of them: \`${name.name}[0]\`.` },
      given.span,
    );
  }
  return { ...made, classes: null, component: info.size === null ? null : 0 };
}

function componentOf({ names }: Context, { index }: ast.IndexExpr, name: string, size: number): number {
  const at = evaluateConstant(index, names);
  if (Number.isInteger(at) && at >= 0 && at < size) return at;
  const what = `\`${name}\` has no component ${textOf(index.span)}`;
  const hint =
    size === 0 ? `It is one number: write \`${name}\`.` : `Components count from 0 to ${size - 1}.`;
  throw new Mistake(kinds.outside, { what, hint }, index.span);
}

/** The samples with what varies in them taken from `given` inputs. */
function bindAll(context: Context, varied: readonly VariedSample[]): ReadonlyMap<string, TensorValue> {
  const bound = new Map(context.bound);
  for (const one of varied) {
    const { b } = context;
    const base =
      bound.get(one.sample) ?? sampleValue(context, one.sample, context.names.samples.get(one.sample)!);
    const fed = givenNode(context, one.parameter, [base.node.shape[0]]);
    if (one.classes !== null) bound.set(one.sample, { ...base, node: oneHot(b, fed, one.classes) });
    else if (one.component === null)
      bound.set(one.sample, { ...base, node: fed, type: real([], base.type.rows) });
    else bound.set(one.sample, { ...base, node: replaced(context, base, one.component, fed) });
  }
  return bound;
}

function replaced(
  context: Context,
  base: TensorValue,
  at: number,
  fed: TensorValue['node'],
): TensorValue['node'] {
  const { b } = context;
  const [lead, size] = base.node.shape;
  const parts = [b.reshape(fed, [lead, 1])];
  if (at > 0) parts.unshift(b.slice(base.node, 1, 0, at));
  if (at < (size as number) - 1) parts.push(b.slice(base.node, 1, at + 1, size));
  return parts.length === 1 ? parts[0] : b.concat(parts, 1);
}

// ---------------------------------------------------------------- recalibrate

/** `recalibrate E(mnist.image) for 1000 steps`: the call, evaluated for its batch statistics. */
export function recalibrateLine(context: Context, line: ast.Recalibrate): { network: string; value: Value } {
  const { call } = line;
  const callee = call.kind === 'Call' ? call.callee : undefined;
  const written = callee ? writtenName(callee) : '';
  const target = networksOf(context.names, written).length > 0 ? evaluate(callee!, context, topScope) : null;
  const name = target?.sort === 'network' ? target.name : '';
  if (name === '') {
    if (call.kind === 'Missing' || context.names.broken.has(written)) throw new Silence();
    throw new Mistake(
      kinds.badArgument,
      {
        what: '`recalibrate` takes a call of a network',
        hint: 'Write `recalibrate E(mnist.image) for 1000 steps`.',
      },
      call.span,
    );
  }
  const value = evaluate(call, context, topScope);
  if (value.sort === 'unknown') throw new Silence();
  return { network: name, value };
}
