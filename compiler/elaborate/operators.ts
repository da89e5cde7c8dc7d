/**
 * Arithmetic, comparisons and logic. Numbers of the host stay on the host; tensors are aligned (vocabulary/align.ts).
 * Losses of different rows are added as their means; a comparison takes the mean over rows.
 */
import type * as ast from '../../grammar/ast.ts';
import { Mistake } from '../errors.ts';
import { mean } from '../graph/compose.ts';
import { host, type HostExpr, type HostOperator } from '../program/host.ts';
import { isScalar, printType, type Bounds, type TensorType } from '../types.ts';
import { digest, type TensorValue, type Value } from '../values.ts';
import { align } from '../vocabulary/align.ts';
import type { Call } from '../vocabulary/vocable.ts';
import { asTensor, identOf } from './args.ts';
import { makeCall } from './call-context.ts';
import type { Context, Scope } from './context.ts';
import { Silence } from './dims.ts';

const hostNames: Partial<Record<ast.BinaryOperator, HostOperator>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '^': 'pow',
  '<': 'less',
  '==': 'equal',
  and: 'and',
  or: 'or',
};

export function binary(
  context: Context,
  scope: Scope,
  expr: ast.BinaryExpr,
  left: Value,
  right: Value,
): Value {
  if (left.sort === 'unknown' || right.sort === 'unknown') throw new Silence();
  const { operator } = expr;
  if (left.sort === 'number' && right.sort === 'number') return onHost(operator, left.value, right.value);
  if (context.report !== undefined) {
    const [a, b] = [asResult(context, left, right), asResult(context, right, left)];
    if (a !== left || b !== right) return binary(context, scope, expr, a, b);
  }
  const ident = digest(operator, identOf(left), identOf(right));
  const call = makeCall(context, scope, operator, ident, expr.span);
  const [a, b] = [operand(context, left, operator), operand(context, right, operator)];
  switch (operator) {
    case '+':
    case '-':
      return sumOf(call, operator, a, b);
    case '*':
    case '/':
    case '^':
      return product(call, operator, a, b, right);
    case 'and':
    case 'or':
      return logic(call, operator, truth(call, a), truth(call, b));
    default:
      return comparison(call, operator, single(call, a, operator), single(call, b, operator));
  }
}

/** In a metric, what meets a set function's result is a result too: its mean over all rows. */
function asResult(context: Context, value: Value, other: Value): Value {
  const meetsResult = other.sort === 'number' && JSON.stringify(other.value).includes('"set":');
  return meetsResult && value.sort === 'tensor' && isScalar(value.type) ? context.report!.mean(value) : value;
}

function onHost(operator: ast.BinaryOperator, left: HostExpr, right: HostExpr): Value {
  const swapped: Partial<Record<ast.BinaryOperator, HostExpr>> = {
    '>': host('less', right, left),
    '<=': host('not', host('less', right, left)),
    '>=': host('not', host('less', left, right)),
    '!=': host('not', host('equal', left, right)),
  };
  return { sort: 'number', value: swapped[operator] ?? host(hostNames[operator]!, left, right) };
}

function operand(context: Context, value: Value, operator: string): TensorValue {
  if (value.sort === 'bool')
    return asTensor(context, { sort: 'number', value: Number(value.value) }, 'an operand');
  const tensor = asTensor(context, value, `\`${operator}\``);
  if (tensor.type.kind === 'label' && !['==', '!='].includes(operator)) {
    throw new Mistake('kind', {
      what: `\`${operator}\` of a label has no meaning`,
      hint: 'A class is a name, not an amount: use nll, cross_entropy or accuracy.',
    });
  }
  return tensor;
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
  value.node.op === 'constant' && value.type.shape.length === 0
    ? (value.node.attrs.values as number[])[0]
    : null;

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
  const ends =
    other === null || scale === null || operator === '^' ? null : [other[0] * scale, other[1] * scale];
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

export function unary(context: Context, scope: Scope, expr: ast.UnaryExpr, operand_: Value): Value {
  if (operand_.sort === 'unknown') throw new Silence();
  if (operand_.sort === 'number') {
    return { sort: 'number', value: host(expr.operator === '-' ? 'neg' : 'not', operand_.value) };
  }
  if (operand_.sort === 'bool' && expr.operator === 'not') return { sort: 'bool', value: !operand_.value };
  const call = makeCall(context, scope, expr.operator, digest(expr.operator, identOf(operand_)), expr.span);
  const x = operand(context, operand_, expr.operator);
  if (expr.operator === 'not') {
    return call.tensor(call.b.sub(call.b.constant(1), truth(call, x).node), {
      ...truthType,
      hidden: x.type.hidden,
    });
  }
  const range: Bounds | null = x.type.range === null ? null : [-x.type.range[1], -x.type.range[0]];
  return call.tensor(call.b.neg(x.node), {
    ...x.type,
    kind: x.type.kind === 'logit' ? 'logit' : 'real',
    range,
  });
}

// ---------------------------------------------------------------- comparisons and logic

const truthType: TensorType = {
  form: 'scalar',
  shape: [],
  kind: 'truth',
  range: null,
  rows: null,
  classes: null,
  hidden: null,
};

/** One number for the batch: the mean over rows. */
export function meanOverRows(call: Call, value: TensorValue): TensorValue {
  if (value.type.rows === null && value.node.shape.length === 0) return value;
  const axes = value.node.shape.map((_, axis) => axis);
  return call.part('mean', mean(call.b, value.node, axes), {
    ...value.type,
    form: 'scalar',
    shape: [],
    rows: null,
  });
}

function single(call: Call, value: TensorValue, operator: string): TensorValue {
  if (isScalar(value.type)) return meanOverRows(call, value);
  return call.fail(
    'notScalar',
    `\`${operator}\` compares single numbers, and ${printType(value.type)} came in`,
    undefined,
    'Reduce it first, with `mean` or `sum`.',
  );
}

function truth(call: Call, value: TensorValue): TensorValue {
  if (value.type.kind === 'truth') return value;
  return call.fail(
    'kind',
    `a condition is wanted, and ${printType(value.type)} came in`,
    undefined,
    'Compare it with something.',
  );
}

function logic(call: Call, operator: 'and' | 'or', a: TensorValue, b: TensorValue): TensorValue {
  const node = operator === 'and' ? call.b.mul(a.node, b.node) : call.b.max(a.node, b.node);
  return call.tensor(node, { ...truthType, hidden: a.type.hidden ?? b.type.hidden });
}

function comparison(call: Call, operator: ast.BinaryOperator, a: TensorValue, b: TensorValue): TensorValue {
  const not = (node: TensorValue['node']): TensorValue['node'] => call.b.sub(call.b.constant(1), node);
  const nodes: Partial<Record<ast.BinaryOperator, () => TensorValue['node']>> = {
    '<': () => call.b.less(a.node, b.node),
    '>': () => call.b.less(b.node, a.node),
    '<=': () => not(call.b.less(b.node, a.node)),
    '>=': () => not(call.b.less(a.node, b.node)),
    '==': () => call.b.equal(a.node, b.node),
    '!=': () => not(call.b.equal(a.node, b.node)),
  };
  return call.tensor(nodes[operator]!(), { ...truthType, hidden: a.type.hidden ?? b.type.hidden });
}
