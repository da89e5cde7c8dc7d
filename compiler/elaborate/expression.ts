/**
 * Expressions to values. The one evaluator: the checker runs it on sizes with symbols to find types and mistakes, the
 * planner runs it again on each update's weights to make the graph. A mistake becomes a diagnostic at its place and the
 * value unknown; whatever uses an unknown value is silently unknown.
 */
import type * as ast from '../../grammar/ast.ts';
import { nearest } from '../../grammar/diagnostics.ts';
import type { Span } from '../../grammar/source.ts';
import { Mistake } from '../errors.ts';
import { ShapeError } from '../ops/op.ts';
import { real } from '../types.ts';
import {
  describeSort,
  digest,
  number,
  unknown,
  type RecordValue,
  type TensorValue,
  type Value,
} from '../values.ts';
import { families } from '../vocabulary/distributions.ts';
import { identOf } from './args.ts';
import { call, callables, pipe } from './call.ts';
import { makeCall } from './call-context.ts';
import { sayMistake, type Context, type Scope, topScope } from './context.ts';
import { Silence } from './dims.ts';
import { binary, unary } from './operators.ts';
import { sampleValue, streamRecord } from './samples.ts';
import { timeNames } from './time.ts';

export function evaluate(expr: ast.Expr, context: Context, scope: Scope): Value {
  try {
    return context.b.withOrigin(expr.span, () => evaluateKind(expr, context, scope));
  } catch (error) {
    if (error instanceof Silence) return unknown;
    const mistake = error instanceof ShapeError ? new Mistake('shape', { what: error.message }) : error;
    if (!(mistake instanceof Mistake)) throw error;
    sayMistake(context, scope, mistake, expr.span);
    return unknown;
  }
}

function evaluateKind(expr: ast.Expr, context: Context, scope: Scope): Value {
  switch (expr.kind) {
    case 'Number':
      return number(expr.value);
    case 'String':
      return { sort: 'string', value: expr.value };
    case 'Bool':
      return { sort: 'bool', value: expr.value };
    case 'Name':
      return resolve(expr, context, scope);
    case 'Call':
      return call(expr, [], context, scope);
    case 'Pipe':
      return pipe(expr, context, scope);
    case 'Unary':
      return unary(context, scope, expr, evaluate(expr.operand, context, scope));
    case 'Binary':
      return binary(
        context,
        scope,
        expr,
        evaluate(expr.left, context, scope),
        evaluate(expr.right, context, scope),
      );
    case 'List':
      return { sort: 'list', items: expr.items.map((item) => evaluate(item, context, scope)) };
    case 'Record':
      return record(expr, context, scope);
    case 'Field':
      return field(expr, context, scope);
    case 'Index':
      return index(expr, context, scope);
    case 'Missing':
      return unknown;
  }
}

// ---------------------------------------------------------------- names

function resolve(expr: ast.NameExpr, context: Context, scope: Scope): Value {
  const local = scope.locals.get(expr.name);
  if (local !== undefined) return local;
  const { names } = context;
  const { name } = expr;
  const declared = names.lets.get(name) ?? names.losses.get(name);
  if (declared !== undefined) return declaredValue(declared, context);
  const sample = names.samples.get(name);
  if (sample !== undefined) return sampleValue(context, name, sample);
  const data = names.data.get(name);
  if (data !== undefined) return streamRecord(context, name, data);
  if (names.networks.has(name)) return { sort: 'network', name, averaged: false };
  const fn = names.functions.get(name);
  if (fn !== undefined) return { sort: 'function', declaration: fn };
  const param = names.params.get(name);
  if (param !== undefined) return settingValue(param.value);
  if (timeNames.has(name)) return number({ time: name as 'step' });
  if (names.broken.has(name)) throw new Silence();
  throw unknownName(expr.name, expr.span, context, scope);
}

function settingValue(value: number | boolean | string): Value {
  if (typeof value === 'number') return number(value);
  return typeof value === 'boolean' ? { sort: 'bool', value } : { sort: 'string', value };
}

function unknownName(name: string, span: Span, context: Context, scope: Scope): Mistake {
  const { names } = context;
  const known = [
    names.lets,
    names.losses,
    names.samples,
    names.data,
    names.networks,
    names.functions,
    names.params,
  ]
    .flatMap((table) => [...table.keys()])
    .concat([...scope.locals.keys()], [...timeNames]);
  const near = nearest(name, known);
  const layer = callables().includes(name)
    ? `\`${name}\` is called: \`${name}(...)\`, or \`|> ${name}\`.`
    : undefined;
  const hint = near === undefined ? layer : `Did you mean \`${near}\`?`;
  return new Mistake('unknownName', { what: `there is no value \`${name}\``, hint }, span);
}

/** A `let` or `loss`, evaluated once in this context; needing itself is a cycle, found when names are collected. */
export function declaredValue(declaration: ast.LetDecl | ast.LossDecl, context: Context): Value {
  const key = `${declaration.kind}:${declaration.name.name}${context.salt}`;
  const known = context.memo.get(key);
  if (known !== undefined) return known;
  const value = evaluate(declaration.value, context, topScope);
  context.memo.set(key, value);
  if (declaration.kind === 'Loss') noteLoss(declaration, value, context);
  return value;
}

/** A loss is logged by its name wherever it is computed. */
function noteLoss(declaration: ast.LossDecl, value: Value, context: Context): void {
  if (value.sort !== 'tensor' || context.salt !== '') return;
  const axes = value.node.shape.map((_, axis) => axis);
  const rows = value.node.shape.length === 0 ? value.node : meanOf(context, value.node, axes);
  context.effects.losses.set(declaration.name.name, rows);
}

function meanOf(context: Context, node: TensorValue['node'], axes: readonly number[]): TensorValue['node'] {
  const { b } = context;
  const count = axes.reduce((size, axis) => b.mul(size, b.extent(node.shape[axis])), b.constant(1));
  return b.div(b.sum(node, axes), count);
}

// ---------------------------------------------------------------- records, fields, indices

function record(expr: ast.RecordExpr, context: Context, scope: Scope): RecordValue {
  const fields = expr.fields.map(
    (f) => [f.name.name, evaluate(f.value as ast.Expr, context, scope)] as const,
  );
  return { sort: 'record', fields: Object.fromEntries(fields), of: 'this record' };
}

function field(expr: ast.FieldExpr, context: Context, scope: Scope): Value {
  const object = evaluate(expr.object, context, scope);
  const name = expr.field.name;
  if (object.sort === 'unknown') throw new Silence();
  if (object.sort === 'record') {
    const value = object.fields[name];
    if (value === undefined) throw noField(name, object.of, Object.keys(object.fields), expr.field.span);
    return value;
  }
  if (object.sort === 'network') return averageOf(object.name, name, context, expr.field.span);
  if (object.sort === 'distribution') {
    const family = families[object.family];
    const make = family.fields[name];
    if (make === undefined)
      throw noField(name, describeSort(object), Object.keys(family.fields), expr.field.span);
    return make(makeCall(context, scope, name, `${object.ident}.${name}${context.salt}`, expr.span), object);
  }
  throw new Mistake('unknownField', { what: `${describeSort(object)} has no fields` }, expr.field.span);
}

function noField(name: string, of: string, known: readonly string[], span: Span): Mistake {
  const near = nearest(name, known);
  const hint = `${near === undefined ? '' : `Did you mean \`${near}\`? `}It has ${known.join(', ')}.`;
  return new Mistake('unknownField', { what: `${of} has no field \`${name}\``, hint }, span);
}

function averageOf(network: string, name: string, context: Context, span: Span): Value {
  if (name !== 'average') throw noField(name, `the network ${network}`, ['average'], span);
  if (context.mode !== 'report') {
    throw new Mistake(
      'averageOutside',
      {
        what: `\`${network}.average\` stands outside a report`,
        hint: 'Average weights are for evaluation: training never sees them.',
      },
      span,
    );
  }
  if (!context.names.averaged.has(network)) {
    throw new Mistake(
      'unknownField',
      {
        what: `the schedule keeps no average of \`${network}\``,
        hint: `Write \`average ${network} decay 0.99\` behind its update.`,
      },
      span,
    );
  }
  return { sort: 'network', name: network, averaged: true };
}

function index(expr: ast.IndexExpr, context: Context, scope: Scope): Value {
  const object = evaluate(expr.object, context, scope);
  const at = evaluate(expr.index, context, scope);
  if (object.sort === 'unknown' || at.sort === 'unknown') throw new Silence();
  if (at.sort !== 'number' || !Number.isInteger(at.value) || (at.value as number) < 0) {
    throw new Mistake('badArgument', { what: 'an index is a whole number, from 0' }, expr.index.span);
  }
  const i = at.value as number;
  if (object.sort === 'list') return inRange(object.items[i], i, object.items.length, expr.index.span);
  if (object.sort !== 'tensor' || object.type.form !== 'vec') {
    throw new Mistake(
      'badArgument',
      { what: `${describeSort(object)} cannot be indexed`, hint: 'Lists and vectors can.' },
      expr.object.span,
    );
  }
  const [size] = object.type.shape;
  inRange(typeof size === 'number' && i >= size ? undefined : object, i, Number(size), expr.index.span);
  const lead = object.type.rows === null ? [] : [object.node.shape[0]];
  const slice = context.b.slice(object.node, lead.length, i, i + 1);
  const made = makeCall(context, scope, 'index', digest('index', identOf(object), String(i)), expr.span);
  const kind = object.type.kind === 'onehot' ? 'real' : object.type.kind;
  return made.tensor(context.b.reshape(slice, lead), {
    ...real([], object.type.rows),
    kind,
    range: object.type.range,
    hidden: object.type.hidden,
  });
}

function inRange(value: Value | undefined, i: number, size: number, span: Span): Value {
  if (value !== undefined) return value;
  throw new Mistake(
    'shape',
    { what: `there is no element ${i} of ${size}`, hint: 'Indices count from 0.' },
    span,
  );
}
