/**
 * Operators on values. Numbers of the host stay on the host; tensors are aligned (vocabulary/align.ts). Losses of
 * different rows are added as their means; comparisons and logic are conditions.ts.
 */
import type * as ast from '../../grammar/ast.ts';
import { printDim } from '../ir/dim.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { host, type HostOperator } from '../../program/host.ts';
import { isScalar, type Bounds, type TensorType } from '../types.ts';
import { digest, number, type TensorValue, type Value } from '../values.ts';
import { align } from '../vocabulary/align.ts';
import type { Call } from '../vocabulary/builtin.ts';
import { asTensor, identOf } from './args.ts';
import { makeCall } from './call-context.ts';
import { comparison, logic, onHost, onHostNot, opposite, truth } from './conditions.ts';
import type { Context, Scope } from './context.ts';
import { finite } from './finite.ts';
import { Silence } from '../bind/dims.ts';

const arithmetic: Readonly<Record<Arithmetic, HostOperator>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '^': 'pow',
};

type Arithmetic = '+' | '-' | '*' | '/' | '^';

const isArithmetic = (operator: ast.BinaryOperator): operator is Arithmetic =>
  Object.hasOwn(arithmetic, operator);

export function binary(
  context: Context,
  scope: Scope,
  expr: ast.BinaryExpr,
  left: Value,
  right: Value,
): Value {
  if (left.sort === 'unknown' || right.sort === 'unknown') throw new Silence();
  const { operator } = expr;
  if (left.sort === 'number' && right.sort === 'number' && isArithmetic(operator)) {
    const result = host(arithmetic[operator], left.value, right.value);
    if (typeof result !== 'number') requireFinite(expr, left, right);
    return number(result);
  }
  if (isArithmetic(operator)) requireFinite(expr, left, right);
  const known = isArithmetic(operator) ? undefined : onHost(operator, left, right);
  if (known !== undefined) return known;
  if (context.report !== undefined) {
    const [a, b] = [asResult(context, left, right), asResult(context, right, left)];
    if (a !== left || b !== right) return binary(context, scope, expr, a, b);
  }
  const ident = digest(operator, identOf(left), identOf(right));
  const call = makeCall(context, scope, operator, ident, expr.span);
  if (operator === 'and' || operator === 'or') {
    return logic(call, operator, truth(context, call, left), truth(context, call, right));
  }
  const [a, b] = [operand(context, left, operator), operand(context, right, operator)];
  if (operator === '+' || operator === '-') return sumOf(call, operator, a, b);
  if (isArithmetic(operator)) return product(call, operator, a, b, right);
  return comparison(call, operator, a, b);
}

/** A number that is known when compiling, infinite or none, among values that are not: `log(0) * x`. */
function requireFinite({ left, right }: ast.BinaryExpr, ...values: readonly Value[]): void {
  values.forEach((value, i) => {
    if (value.sort === 'number' && typeof value.value === 'number')
      finite(value.value, [left, right][i].span);
  });
}

/** In a metric, what meets a set function's result is a result too: its mean over all rows. */
function asResult(context: Context, value: Value, other: Value): Value {
  const meetsResult = other.sort === 'number' && JSON.stringify(other.value).includes('"set":');
  return meetsResult && value.sort === 'tensor' && isScalar(value.type) ? context.report!.mean(value) : value;
}

function operand(context: Context, value: Value, operator: string): TensorValue {
  const tensor = asTensor(context, value, `\`${operator}\``);
  if (tensor.type.kind !== 'label') return tensor;
  const onehot = `onehot[${tensor.type.classes === null ? 'K' : printDim(tensor.type.classes)}]`;
  throw new Mistake(kinds.kind, {
    what: `\`${operator}\` of a label has no meaning`,
    hint: `A class is a name, not an amount: use nll, cross_entropy or accuracy; as numbers, \`fn hot(y: ${onehot}) = y\` gives it.`,
  });
}

// ---------------------------------------------------------------- arithmetic

function sumOf(call: Call, operator: '+' | '-', left: TensorValue, right: TensorValue): TensorValue {
  const [a, b] = call.addends(left, right);
  const { nodes, type } = align(call, [a, b]);
  const node = operator === '+' ? call.b.add(nodes[0], nodes[1]) : call.b.sub(nodes[0], nodes[1]);
  const range = sumRange(operator, left, right);
  return call.tensor(node, { ...type, kind: kindOfSum(a.type, b.type), range });
}

/** A logit plus a number or a real stays a logit; all else is real. */
function kindOfSum(a: TensorType, b: TensorType): TensorType['kind'] {
  const kinds = [a.kind, b.kind];
  return kinds.includes('logit') && kinds.every((kind) => kind === 'logit' || kind === 'real')
    ? 'logit'
    : 'real';
}

const constantOf = (value: TensorValue): number | null =>
  value.node.op === 'constant' && value.type.shape.length === 0 ? value.node.attrs.values[0] : null;

function sumRange(operator: '+' | '-', left: TensorValue, right: TensorValue): Bounds | null {
  const [a, b] = [constantOf(left), constantOf(right)];
  if (b !== null && left.type.range !== null) return shift(left.type.range, operator === '+' ? b : -b);
  if (a === null || right.type.range === null) return null;
  return operator === '+'
    ? shift(right.type.range, a)
    : shift([-right.type.range[1], -right.type.range[0]], a);
}

const shift = (range: Bounds, by: number): Bounds => [range[0] + by, range[1] + by];

function product(
  call: Call,
  operator: '*' | '/' | '^',
  left: TensorValue,
  right: TensorValue,
  written: Value,
): TensorValue {
  const { nodes, type } = align(call, [left, right]);
  const factor = constantOf(right) ?? (operator === '*' ? constantOf(left) : null);
  const other = constantOf(right) !== null ? left.type.range : right.type.range;
  const scale = factor === null ? null : operator === '*' ? factor : 1 / factor;
  const bounded = other !== null && scale !== null && Number.isFinite(scale) && operator !== '^';
  const ends = bounded ? [other[0] * scale, other[1] * scale] : null;
  const range: Bounds | null = ends === null ? null : [Math.min(...ends), Math.max(...ends)];
  const result: TensorType = { ...type, kind: 'real', range };
  if (operator === '*') return call.tensor(call.b.mul(nodes[0], nodes[1]), result);
  if (operator === '/') return call.tensor(call.b.div(nodes[0], nodes[1]), result);
  return call.tensor(power(call, nodes[0], nodes[1], written), result);
}

/** Small whole exponents are products: exact, and defined for negative bases on every engine. */
function power(
  call: Call,
  base: TensorValue['node'],
  exponent: TensorValue['node'],
  written: Value,
): TensorValue['node'] {
  const p = written.sort === 'number' ? written.value : null;
  if (p === 1) return base;
  if (p === 2) return call.b.mul(base, base);
  if (p === 3) return call.b.mul(call.b.mul(base, base), base);
  if (p === 0.5) return call.b.sqrt(base);
  return call.b.pow(base, exponent);
}

export function unary(context: Context, scope: Scope, expr: ast.UnaryExpr, given: Value): Value {
  if (given.sort === 'unknown') throw new Silence();
  const { operator } = expr;
  const ident = digest(operator, identOf(given));
  if (operator === 'not') {
    return onHostNot(given) ?? opposite(context, makeCall(context, scope, operator, ident, expr.span), given);
  }
  if (given.sort === 'number') return number(host('neg', given.value));
  const call = makeCall(context, scope, operator, ident, expr.span);
  const { node, type } = operand(context, given, operator);
  const range: Bounds | null = type.range === null ? null : [-type.range[1], -type.range[0]];
  return call.tensor(call.b.neg(node), { ...type, kind: type.kind === 'logit' ? 'logit' : 'real', range });
}
