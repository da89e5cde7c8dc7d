/**
 * Expressions to values. The one evaluator: the analysis runs it on sizes with symbols to find types and mistakes,
 * lowering runs it again on each update's weights to make the graph. A mistake becomes a diagnostic at its place and the
 * value unknown; whatever uses an unknown value is silently unknown.
 */
import type * as ast from '../../grammar/ast.ts';
import type { Span } from '../../grammar/source.ts';
import { Mistake, suggestion } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { meanAll } from '../ir/compose.ts';
import { number, unknown, type RecordValue, type Value } from '../values.ts';
import { call, callables, pipe } from './call.ts';
import { mistakeOf, sayMistake, type Context, type Scope, topScope } from './context.ts';
import { Silence } from '../bind/dims.ts';
import type { NameSymbol } from '../bind/names.ts';
import { elementOf, fieldOf } from './fields.ts';
import { sliceOf } from './places.ts';
import { product } from './left-out.ts';
import { named } from './named.ts';
import { binary, unary } from './operators.ts';
import { series } from './repeated.ts';
import { sampleValue, streamRecord } from './samples.ts';
import { historyValue } from './histories.ts';
import { stateValue } from './states.ts';
import { timeNames } from './time.ts';

export function evaluate(expr: ast.Expr, context: Context, scope: Scope): Value {
  const value = attempted(expr, context, scope);
  context.typing.note(expr, scope.call, value);
  return value;
}

function attempted(expr: ast.Expr, context: Context, scope: Scope): Value {
  try {
    return context.b.withOrigin(expr.span, () => evaluateKind(expr, context, scope));
  } catch (error) {
    if (error instanceof Silence) return unknown;
    sayMistake(context, scope, mistakeOf(error), expr.kind === 'Pipe' ? expr.right.span : expr.span);
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
      if (expr.operator === '*') return product(expr, context, scope);
      return binary(
        context,
        scope,
        expr,
        evaluate(expr.left, context, scope),
        evaluate(expr.right, context, scope),
      );
    case 'List':
      return { sort: 'list', items: expr.items.map((item) => evaluate(item, context, scope)) };
    case 'Series':
      return series(expr, context, scope);
    case 'Record':
      return record(expr, context, scope);
    case 'Field':
      return fieldOf(evaluate(expr.object, context, scope), expr, context, scope);
    case 'Index':
      return elementOf(
        evaluate(expr.object, context, scope),
        evaluate(expr.index, context, scope),
        expr,
        context,
        scope,
      );
    case 'Slice':
      return sliceOf(evaluate(expr.object, context, scope), expr, context, scope);
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
  const symbol = names.symbols.get(name);
  if (symbol !== undefined) return symbolValue(name, symbol, context);
  if (timeNames.has(name)) return number({ time: name as 'step' });
  if (names.broken.has(name)) throw new Silence();
  throw unknownName(expr.name, expr.span, context, scope);
}

function symbolValue(name: string, symbol: NameSymbol, context: Context): Value {
  switch (symbol.kind) {
    case 'let':
    case 'loss':
      return declaredValue(symbol.declaration, context);
    case 'sample':
      return sampleValue(context, name, symbol.info);
    case 'data':
      return streamRecord(context, name, symbol.info);
    case 'history':
      return historyValue(context, symbol.info);
    case 'state':
      return stateValue(context, symbol.info);
    case 'network':
      return { sort: 'network', name, averaged: false };
    case 'networks':
      return {
        sort: 'list',
        items: symbol.items.map((item) => ({ sort: 'network', name: item, averaged: false })),
      };
    case 'function':
      return { sort: 'function', declaration: symbol.declaration };
    case 'param':
      return settingValue(symbol.info.value);
  }
}

function settingValue(value: number | boolean | string): Value {
  if (typeof value === 'number') return number(value);
  return typeof value === 'boolean' ? { sort: 'bool', value } : { sort: 'string', value };
}

function unknownName(name: string, span: Span, context: Context, scope: Scope): Mistake {
  const { names } = context;
  const known = [...names.symbols.keys(), ...scope.locals.keys(), ...timeNames];
  if (names.optimizers.has(name)) {
    const what = `\`${name}\` is an optimizer, no value`;
    return new Mistake(
      kinds.unknownName,
      { what, hint: `It stands behind \`with\`: \`with ${name}\`.` },
      span,
    );
  }
  const called = callables(scope).includes(name);
  const hint = called
    ? `\`${name}\` is called: \`${name}(...)\`, or \`|> ${name}\`; where a function is wanted, give a fn that calls it.`
    : (suggestion(name, known) ?? `Declare it, \`let ${name} = ...\`, or correct the name.`);
  return new Mistake(kinds.unknownName, { what: `there is no value \`${name}\``, hint }, span);
}

/** A `let` or `loss`, evaluated once in this context; needing itself is a cycle, found when names are collected. */
export function declaredValue(declaration: ast.LetDecl | ast.LossDecl, context: Context): Value {
  const key = `${declaration.kind}:${declaration.name.name}${context.salt}`;
  const known = context.memo.get(key);
  if (known !== undefined) return known;
  const value = named(context.b, declaration.name.name, evaluate(declaration.value, context, topScope));
  context.memo.set(key, value);
  if (declaration.kind === 'Loss') noteLoss(declaration, value, context);
  return value;
}

/** A loss is logged by its name wherever it is computed. */
function noteLoss(declaration: ast.LossDecl, value: Value, context: Context): void {
  if (value.sort !== 'tensor' || context.salt !== '') return;
  context.effects.losses.set(declaration.name.name, meanAll(context.b, value.node));
}

function record(expr: ast.RecordExpr, context: Context, scope: Scope): RecordValue {
  const fields = expr.fields.map(
    (f) => [f.name.name, evaluate(f.value as ast.Expr, context, scope)] as const,
  );
  return { sort: 'record', fields: Object.fromEntries(fields), of: 'this record' };
}
