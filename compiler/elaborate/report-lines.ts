/**
 * A line of a report: its expression on report values (running statistics, no dropout), its calls of metric and picture
 * functions as data for the runtime. Used by the checker for the mistakes and by the planner for the graphs.
 */
import type * as ast from '../../grammar/ast.ts';
import { nearest } from '../../grammar/diagnostics.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import { Mistake } from '../errors.ts';
import { oneHot } from '../graph/compose.ts';
import type { ParamSpec } from '../program/catalogue.ts';
import type { HostExpr } from '../program/host.ts';
import type { Option, Varied } from '../program/manifest.ts';
import { isScalar, printRows, printType, real } from '../types.ts';
import { describeSort, type TensorValue, type Value } from '../values.ts';
import { families } from '../vocabulary/distributions.ts';
import type { Args } from '../vocabulary/vocable.ts';
import { vocableArguments, type Evaluate, type Given } from './arguments.ts';
import { makeCall } from './call-context.ts';
import { topScope, type Context } from './context.ts';
import { Silence } from './dims.ts';
import { evaluate } from './expression.ts';
import { sampleValue } from './samples.ts';

/** Rows of one origin: a stream's in order, or draws alone. */
export type RowSource = { readonly stream: string } | { readonly samples: true };

export interface ReportValue {
  readonly value: TensorValue;
  readonly rows: RowSource;
}

export interface SetUse {
  readonly fn: string;
  readonly values: Readonly<Record<string, ReportValue>>;
  readonly options: Readonly<Record<string, Option>>;
}

export interface MetricUse {
  readonly kind: 'metric';
  readonly sets: readonly SetUse[];
  readonly value: HostExpr;
  /** How many rows to draw where only samples are read. */
  readonly rows: number;
}

export interface PictureUse {
  readonly kind: 'picture' | 'sound';
  readonly fn: string;
  readonly values: Readonly<Record<string, ReportValue>>;
  readonly varied: Readonly<Record<string, Varied>>;
  readonly options: Readonly<Record<string, Option>>;
  readonly rows: number;
}

const metricRows: ParamSpec = {
  name: 'rows',
  type: 'int',
  default: 10000,
  doc: 'How many rows to draw, where only samples are read.',
};
const pictureRows: ParamSpec = { name: 'rows', type: 'int', default: 64, doc: 'How many rows to show.' };

const withRows = (params: readonly ParamSpec[], rows: ParamSpec): readonly ParamSpec[] =>
  params.some((param) => param.name === 'rows') ? params : [...params, rows];

// ---------------------------------------------------------------- metrics

/** `metric error = 1 - matched_accuracy(...)`: set functions over all rows, and arithmetic on their results. */
export function metricLine(context: Context, expr: ast.Expr): MetricUse {
  const sets: SetUse[] = [];
  let rows = 10000;
  const add = (set: SetUse): HostExpr => ({ set: sets.push(set) - 1 });
  const inner: Context = {
    ...context,
    report: {
      metric(name, given, evaluateHere, span) {
        const { args, params } = argumentsOf(context, name, given, evaluateHere, span);
        rows = args.int('rows') ?? rows;
        return { sort: 'number', value: add({ fn: name, ...split(context, params, args, `\`${name}\``) }) };
      },
      mean: (value) => ({ sort: 'number', value: add(meanSet(context, value)) }),
    },
  };
  const value = evaluate(expr, inner, topScope);
  if (value.sort === 'unknown') throw new Silence();
  if (value.sort === 'number') return { kind: 'metric', sets, value: value.value, rows };
  if (value.sort === 'tensor' && isScalar(value.type))
    return { kind: 'metric', sets, value: add(meanSet(context, value)), rows };
  const came = value.sort === 'tensor' ? printType(value.type) : describeSort(value);
  throw new Mistake(
    'notScalar',
    {
      what: `a metric is one number, and ${came} is given`,
      hint: 'Use a metric function, or reduce it to one number a row.',
    },
    expr.span,
  );
}

function argumentsOf(
  context: Context,
  name: string,
  given: readonly Given[],
  evaluateHere: Evaluate,
  span: Span,
): { args: Args; params: readonly ParamSpec[] } {
  const params = withRows(context.catalogue.metrics[name].params, metricRows);
  return { params, args: vocableArguments(context, params, given, evaluateHere, `\`${name}\``, span).args };
}

const meanSet = (context: Context, value: TensorValue): SetUse => ({
  fn: 'mean',
  values: { value: reportValue(context, value, 'this metric') },
  options: {},
});

/** Arguments as values (rows of the graph) and options (numbers and words). */
function split(
  context: Context,
  params: readonly ParamSpec[],
  args: Args,
  what: string,
): Pick<SetUse, 'values' | 'options'> {
  const values: Record<string, ReportValue> = {};
  const options: Record<string, Option> = {};
  for (const { name, type } of params) {
    if (type === 'varied' || !(args.has(name) || type === 'values')) continue;
    if (type === 'value')
      values[name] = reportValue(context, shown(context, args.value(name)), `\`${name}\` of ${what}`);
    else if (type === 'values') {
      args
        .values(name)
        .forEach(
          (value, i) =>
            (values[`${name}.${i}`] = reportValue(context, shown(context, value), `\`${name}\` of ${what}`)),
        );
    } else options[name] = optionOf(type, args, name);
  }
  return { values, options };
}

function optionOf(type: ParamSpec['type'], args: Args, name: string): Option {
  if (type === 'bool') return args.bool(name);
  if (type === 'reals') return args.reals(name);
  return type === 'int' || type === 'real' || type === 'scalar' ? args.real(name) : args.string(name);
}

/** What is shown of a distribution: class probabilities, or the mean. */
function shown(context: Context, value: Value): Value {
  if (value.sort !== 'distribution') return value;
  const field = value.family === 'normal' ? 'mean' : 'probs';
  const call = makeCall(context, topScope, field, `${value.ident}.${field}`, context.names.span);
  return families[value.family].fields[field](call, value);
}

function reportValue(context: Context, value: Value, what: string): ReportValue {
  if (value.sort === 'unknown') throw new Silence();
  if (value.sort !== 'tensor')
    throw new Mistake('badArgument', { what: `${what} takes a tensor, and ${describeSort(value)} is given` });
  if (value.type.rows === null) {
    throw new Mistake('reportRows', {
      what: `${what} has no rows: it is one number for a whole batch`,
      hint: 'Reports go over rows: give the value of each row.',
    });
  }
  const origin = context.rows.resolve(value.type.rows);
  if (typeof origin !== 'string')
    throw new Mistake('reportRows', {
      what: `${what} reads ${printRows(origin)}`,
      hint: 'Report the streams one by one.',
    });
  return { value, rows: context.rows.isStream(origin) ? { stream: origin } : { samples: true } };
}

// ---------------------------------------------------------------- pictures and sounds

/** `picture codes = traverse(fake, rows: digit, columns: style[0], from: -2, to: 2)` */
export function pictureLine(context: Context, medium: 'picture' | 'sound', expr: ast.Expr): PictureUse {
  const { name, given } = pictureCall(context, medium, expr);
  const params = withRows(context.catalogue.pictures[name].params, pictureRows);
  const varied = new Map<string, VariedSample>();
  const plain = given.filter((one) => {
    const param = params.find((p) => p.name === one.name?.name);
    if (param?.type !== 'varied') return true;
    varied.set(param.name, variedSample(context, param.name, one));
    return false;
  });
  for (const param of params) {
    if (param.type === 'varied' && param.default === undefined && !varied.has(param.name)) {
      throw new Mistake(
        'missingArgument',
        { what: `\`${name}\` needs \`${param.name}\``, hint: `Name a sample: \`${param.name}: z[0]\`.` },
        expr.span,
      );
    }
  }
  const inner: Context =
    varied.size === 0
      ? context
      : { ...context, memo: new Map(), bound: bindAll(context, [...varied.values()]) };
  const rest = params.filter((param) => param.type !== 'varied');
  const { args } = vocableArguments(
    inner,
    rest,
    plain,
    (e) => evaluate(e, inner, topScope),
    `\`${name}\``,
    expr.span,
  );
  const rows = rest.some((param) => param.name === 'rows') ? args.int('rows') : 64;
  const { values, options } = split(inner, rest, args, `\`${name}\``);
  const range = Object.values(values)[0]?.value.type.range;
  const ranged =
    rest.some((param) => param.name === 'range') &&
    options.range === undefined &&
    range !== undefined &&
    range !== null;
  return {
    kind: medium,
    fn: name,
    values,
    options: ranged ? { ...options, range } : options,
    varied: Object.fromEntries(
      [...varied].map(([param, v]) => [param, { input: v.input, classes: v.classes }]),
    ),
    rows,
  };
}

function pictureCall(context: Context, medium: string, expr: ast.Expr): { name: string; given: Given[] } {
  const pictures = Object.entries(context.catalogue.pictures).filter(([, p]) => p.medium === medium);
  const names = pictures.map(([name]) => name);
  const callee = expr.kind === 'Call' ? expr.callee : expr;
  if (expr.kind === 'Missing') throw new Silence();
  if (expr.kind !== 'Call' || callee.kind !== 'Name' || !names.includes(callee.name)) {
    const near = callee.kind === 'Name' ? nearest(callee.name, names) : undefined;
    throw new Mistake(
      'unknownFunction',
      {
        what: `\`${textOf(callee.span)}\` is no ${medium} function`,
        hint: near ? `Did you mean \`${near}\`?` : `There are ${names.join(', ')}.`,
      },
      callee.span,
    );
  }
  return {
    name: callee.name,
    given: expr.args.map((a): Given => ({ name: a.name, expr: a.value, span: a.span })),
  };
}

interface VariedSample extends Varied {
  readonly sample: string;
  /** The component that varies; null: the whole (a class). */
  readonly component: number | null;
}

/** `digit`, or `style[0]`. */
function variedSample(context: Context, param: string, given: Given): VariedSample {
  const expr = given.expr as ast.Expr;
  const name =
    expr.kind === 'Name' ? expr : expr.kind === 'Index' && expr.object.kind === 'Name' ? expr.object : null;
  const info = name === null ? undefined : context.names.samples.get(name.name);
  if (name === null || info === undefined) {
    if (name !== null && context.names.broken.has(name.name)) throw new Silence();
    throw new Mistake(
      'badArgument',
      { what: `\`${param}\` takes a sample, or one component of it`, hint: 'Write `digit`, or `style[0]`.' },
      given.span,
    );
  }
  if (expr.kind === 'Index') {
    const at = expr.index.kind === 'Number' ? expr.index.value : -1;
    if (!(at >= 0 && at < (info.size ?? 0)))
      throw new Mistake(
        'shape',
        { what: `\`${name.name}\` has no component ${textOf(expr.index.span)}` },
        expr.index.span,
      );
    return { input: `given:${param}`, classes: null, sample: name.name, component: at };
  }
  if (info.family === 'categorical')
    return { input: `given:${param}`, classes: info.size, sample: name.name, component: null };
  if ((info.size ?? 1) > 1)
    throw new Mistake(
      'badArgument',
      {
        what: `\`${name.name}\` has ${info.size} components`,
        hint: `Vary one of them: \`${name.name}[0]\`.`,
      },
      given.span,
    );
  return {
    input: `given:${param}`,
    classes: null,
    sample: name.name,
    component: info.size === null ? null : 0,
  };
}

/** The samples with what varies in them taken from `given` inputs. */
function bindAll(context: Context, varied: readonly VariedSample[]): ReadonlyMap<string, TensorValue> {
  const bound = new Map(context.bound);
  for (const one of varied) {
    const { b } = context;
    const base =
      bound.get(one.sample) ?? sampleValue(context, one.sample, context.names.samples.get(one.sample)!);
    const lead = base.node.shape[0];
    context.origins.set(one.input, { kind: 'given', name: one.input });
    const fed = b.input(one.input, [lead]);
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
  const name = call.kind === 'Call' && call.callee.kind === 'Name' ? call.callee.name : '';
  if (!context.names.networks.has(name)) {
    if (call.kind === 'Missing' || context.names.broken.has(name)) throw new Silence();
    throw new Mistake(
      'badArgument',
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
