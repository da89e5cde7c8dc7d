/** Numbers known when compiling: counts, ranges, arguments of data sources. Literals, params and arithmetic on them. */
import type * as ast from '../../grammar/ast.ts';
import { textOf } from '../../grammar/source.ts';
import { Mistake, suggestion } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { Silence } from './dims.ts';
import type { KnownNames, ParamValue } from './names.ts';

/** A number, or a mistake that says where it isn't one. */
export function evaluateConstant(expr: ast.Expr, names: KnownNames): number {
  const value = evaluateSetting(expr, names);
  if (typeof value === 'number') return value;
  const what = `\`${textOf(expr.span)}\` is ${typeof value === 'string' ? 'a string' : 'true or false'}`;
  throw new Mistake(kinds.badArgument, { what, hint: 'A number is wanted here.' }, expr.span);
}

/** A positive whole number. */
export function evaluateCount(expr: ast.Expr, names: KnownNames, what: string): number {
  const value = evaluateConstant(expr, names);
  if (Number.isSafeInteger(value) && value > 0) return value;
  const large = Number.isInteger(value) && value > 0 ? ' that a computer can count to' : '';
  const text = `${what} is ${value}, and must be a positive whole number${large}`;
  throw new Mistake(kinds.notCount, { what: text, hint: 'Write 1 or more, or a param that is.' }, expr.span);
}

/** The same for rules, which look at specs with mistakes, too: null where it is none, as has been said. */
export function countIfSound(expr: ast.Expr, names: KnownNames): number | null {
  try {
    return evaluateCount(expr, names, 'a count');
  } catch (error) {
    if (error instanceof Mistake || error instanceof Silence) return null;
    throw error;
  }
}

/** A literal, a param, or arithmetic on them. */
export function evaluateSetting(expr: ast.Expr, names: KnownNames): ParamValue {
  switch (expr.kind) {
    case 'Number':
    case 'String':
    case 'Bool':
      return expr.value;
    case 'Name':
      return nameSetting(expr, names);
    case 'Unary':
      return unarySetting(expr, evaluateSetting(expr.operand, names));
    case 'Binary':
      return binarySetting(expr, names);
    case 'Missing':
      throw new Silence();
    default:
      throw notKnown(expr);
  }
}

const notKnown = ({ span }: ast.Expr): Mistake =>
  new Mistake(
    kinds.notConstant,
    {
      what: `\`${textOf(span)}\` is not known when compiling`,
      hint: 'Use numbers, params and arithmetic on them.',
    },
    span,
  );

function nameSetting(expr: ast.NameExpr, names: KnownNames): ParamValue {
  const param = names.params.get(expr.name);
  if (param !== undefined) return param.value;
  if (names.broken.has(expr.name)) throw new Silence();
  const { name, span } = expr;
  const hint = names.declared.has(name)
    ? `\`${name}\` is known only when training: declare a number as \`param ${name}: int = ...\`.`
    : (suggestion(name, names.params.keys()) ?? `Declare it: \`param ${name}: int = ...\`.`);
  throw new Mistake(kinds.unknownName, { what: `there is no param \`${name}\``, hint }, span);
}

function unarySetting(expr: ast.UnaryExpr, operand: ParamValue): ParamValue {
  if (expr.operator === 'not' && typeof operand === 'boolean') return !operand;
  if (expr.operator === '-' && typeof operand === 'number') return -operand;
  throw notKnown(expr);
}

const arithmetic: Partial<Record<ast.BinaryOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
};

function binarySetting(expr: ast.BinaryExpr, names: KnownNames): ParamValue {
  const [left, right] = [evaluateSetting(expr.left, names), evaluateSetting(expr.right, names)];
  const rule = arithmetic[expr.operator];
  if (rule !== undefined && typeof left === 'number' && typeof right === 'number') return rule(left, right);
  throw notKnown(expr);
}
