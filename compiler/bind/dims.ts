/**
 * Sizes written in a spec: arithmetic over numbers, params and shape variables. `dimOf` computes one; `solve` finds the
 * variable that makes one equal to a size at hand. Divisions are exact.
 */
import type * as ast from '../../grammar/ast.ts';
import { textOf } from '../../grammar/source.ts';
import { Mistake, suggestion } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { addDims, divDims, mulDims, printDim, sameDim, subDims, type Dim } from '../ir/dim.ts';
import type { KnownNames } from './names.ts';

/** Shape variables known so far; `solve` adds to it. */
export type Variables = Map<string, Dim>;

/** A capital letter that isn't a param is a shape variable. */
function isVariable(name: string, names: KnownNames): boolean {
  return /^[A-Z]$/.test(name) && !names.params.has(name);
}

/** The size; undefined while a variable in it is not solved yet. */
export function dimOf(expr: ast.Expr, names: KnownNames, variables: Variables): Dim | undefined {
  switch (expr.kind) {
    case 'Number':
      return expr.value;
    case 'Name':
      return nameDim(expr, names, variables);
    case 'Unary': {
      if (expr.operator === 'not') throw noSize(expr);
      const operand = dimOf(expr.operand, names, variables);
      return operand === undefined ? undefined : mulDims(-1, operand);
    }
    case 'Binary':
      return binaryDim(expr, names, variables);
    case 'Missing':
      throw new Silence();
    default:
      throw noSize(expr);
  }
}

const advice = 'A size is made of whole numbers, int params and single capital letters (shape variables).';

const noSize = ({ span }: ast.Expr): Mistake =>
  new Mistake(kinds.notConstant, { what: `\`${textOf(span)}\` is not a size`, hint: advice }, span);

function nameDim(expr: ast.NameExpr, names: KnownNames, variables: Variables): Dim | undefined {
  const known = variables.get(expr.name);
  if (known !== undefined) return known;
  if (isVariable(expr.name, names)) return undefined;
  const param = names.params.get(expr.name);
  if (param !== undefined && typeof param.value === 'number') return param.value;
  if (names.broken.has(expr.name)) throw new Silence();
  if (param !== undefined || names.declared.has(expr.name)) throw noSize(expr);
  const hint = suggestion(expr.name, names.params.keys()) ?? advice;
  throw new Mistake(kinds.unknownName, { what: `there is no param \`${expr.name}\``, hint }, expr.span);
}

function binaryDim(expr: ast.BinaryExpr, names: KnownNames, variables: Variables): Dim | undefined {
  const left = dimOf(expr.left, names, variables);
  const right = dimOf(expr.right, names, variables);
  if (left === undefined || right === undefined) return undefined;
  switch (expr.operator) {
    case '+':
      return addDims(left, right);
    case '-':
      return subDims(left, right);
    case '*':
      return mulDims(left, right);
    case '/':
      return exact(left, right, expr);
    case '^':
      if (typeof left === 'number' && typeof right === 'number') return left ** right;
      break;
    default:
  }
  throw noSize(expr);
}

function exact(left: Dim, right: Dim, expr: ast.BinaryExpr): Dim {
  const quotient = divDims(left, right);
  if (quotient !== undefined) return quotient;
  const symbolic = typeof left !== 'number';
  throw new Mistake(
    kinds.division,
    {
      what: `${printDim(left)} / ${printDim(right)} is not a whole number${symbolic ? ' for every length' : ''}`,
      why: 'Divisions in sizes are exact.',
      hint: symbolic
        ? `Let the parameter say that the length is a multiple of ${printDim(right)}.`
        : `Make ${printDim(left)} a multiple of ${printDim(right)}.`,
    },
    expr.span,
  );
}

/** Makes `expr` equal to `size` by solving at most one variable in it; false if they differ. */
export function solve(expr: ast.Expr, size: Dim, names: KnownNames, variables: Variables): boolean {
  const known = dimOf(expr, names, variables);
  if (known !== undefined) return sameDim(known, size);
  if (expr.kind === 'Name') {
    variables.set(expr.name, size);
    return true;
  }
  if (expr.kind !== 'Binary') return false;
  const left = dimOf(expr.left, names, variables);
  const right = dimOf(expr.right, names, variables);
  const inner = left === undefined ? expr.left : expr.right;
  const target = inverse(expr.operator, left, right, size);
  return target !== undefined && solve(inner, target, names, variables);
}

/** What the unknown side of `left op right = size` must be. */
function inverse(
  operator: string,
  left: Dim | undefined,
  right: Dim | undefined,
  size: Dim,
): Dim | undefined {
  const known = left ?? right;
  if (known === undefined) return undefined;
  if (operator === '+') return subDims(size, known);
  if (operator === '*') return divDims(size, known);
  if (operator === '-') return left === undefined ? addDims(size, known) : subDims(known, size);
  if (operator === '/') return left === undefined ? mulDims(size, known) : divDims(known, size);
  return undefined;
}

/** The number by which each variable of a signature must be divisible: the product of what it is divided by. */
export function multiplicities(dims: readonly ast.Expr[], names: KnownNames): Map<string, number> {
  const found = new Map<string, number>();
  const visit = (expr: ast.Expr, divisor: number): void => {
    if (expr.kind === 'Name' && isVariable(expr.name, names)) {
      found.set(expr.name, lcm(found.get(expr.name) ?? 1, divisor));
    } else if (expr.kind === 'Binary') {
      const by = expr.operator === '/' ? dimOf(expr.right, names, new Map()) : 1;
      visit(expr.left, typeof by === 'number' ? divisor * by : divisor);
      if (expr.operator !== '/') visit(expr.right, divisor);
    } else if (expr.kind === 'Unary') visit(expr.operand, divisor);
  };
  for (const dim of dims) visit(dim, 1);
  return found;
}

export function lcm(a: number, b: number): number {
  const gcd = (x: number, y: number): number => (y === 0 ? x : gcd(y, x % y));
  return (a / gcd(a, b)) * b;
}

/** Thrown where something in error is used: it has been reported, so its users stay silent. */
export class Silence extends Error {}
