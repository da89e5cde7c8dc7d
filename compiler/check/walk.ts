/** Trees of syntax as rules look through them: every node of a declaration, and what a name stands for. */
import type * as ast from '../../grammar/ast.ts';
import { flat } from '../analyse/updates.ts';
import type { Names } from '../bind/names.ts';
import { networksOf, writtenName } from '../bind/network-named.ts';

/** Several rules look through the same declarations, which nobody changes. */
const known = new WeakMap<ast.Node, readonly ast.Node[]>();

/** The node and all nodes inside it, outer ones first. */
export function nodesIn(node: ast.Node): readonly ast.Node[] {
  const found = known.get(node) ?? nodesOf(node);
  known.set(node, found);
  return found;
}

function nodesOf(node: ast.Node): ast.Node[] {
  const found: ast.Node[] = [];
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) return part.forEach(visit);
    if (!isNode(part)) return;
    found.push(part);
    for (const [key, inner] of Object.entries(part)) if (key !== 'span') visit(inner);
  };
  visit(node);
  return found;
}

const isNode = (part: unknown): part is ast.Node =>
  typeof part === 'object' && part !== null && 'kind' in part && 'span' in part;

/** The call of a network that an expression is, or whose result it takes a field of; names are followed. */
export function networkCallOf(expr: ast.Expr, names: Names): ast.CallExpr | undefined {
  switch (expr.kind) {
    case 'Name': {
      const declared = names.lets.get(expr.name);
      return declared && networkCallOf(declared.value, names);
    }
    case 'Field':
      return networkCallOf(expr.object, names);
    case 'Call':
      return expr.callee.kind === 'Name' && names.networks.has(expr.callee.name) ? expr : undefined;
    default:
      return undefined;
  }
}

/** A call of a network in an expression. */
export interface Answering {
  /** As the spec writes it: of a list, the list's name. */
  readonly network: string;
  readonly span: ast.Expr['span'];
}

/**
 * The calls of networks that an expression is made of, the outer ones: behind pipes, fields, arithmetic and functions;
 * also of one of a list, and of an average. Names are followed.
 */
export function answeringIn(expr: ast.Expr, names: Names): Answering[] {
  switch (expr.kind) {
    case 'Name': {
      const declared = names.lets.get(expr.name);
      return declared === undefined ? [] : answeringIn(declared.value, names);
    }
    case 'Field':
    case 'Index':
      return answeringIn(expr.object, names);
    case 'Unary':
      return answeringIn(expr.operand, names);
    case 'Binary':
      return [expr.left, expr.right].flatMap((side) => answeringIn(side, names));
    case 'Pipe':
      return applied(expr.right, [expr.left], names);
    case 'Call':
      return applied(expr, [], names);
    default:
      return [];
  }
}

/** Of what is called with `first` before its own arguments. */
function applied(called: ast.Expr, first: readonly ast.Expr[], names: Names): Answering[] {
  const callee = called.kind === 'Call' ? called.callee : called;
  const network = writtenName(
    callee.kind === 'Field' && callee.field.name === 'average' ? callee.object : callee,
  );
  if (networksOf(names, network).length > 0) return [{ network, span: callee.span }];
  const own = called.kind === 'Call' ? called.args.map(({ value }) => value) : [];
  return [...first, ...own].flatMap((value) => (value.kind === 'Duration' ? [] : answeringIn(value, names)));
}

/** The text of an expression on one line; of the name of a value or loss, of what it is called for. */
export function meantBy(expr: ast.Expr, names: Names): string {
  const value = calledBy(expr, names);
  return value === undefined ? flat(expr.span) : meantBy(value, names);
}

/** What the name of a value or loss stands for. */
export const calledBy = (expr: ast.Expr, names: Names): ast.Expr | undefined =>
  expr.kind === 'Name' ? (names.lets.get(expr.name) ?? names.losses.get(expr.name))?.value : undefined;

/** The label of a stream that an expression is: `mnist.label`, unless it is hidden. */
export function labelOf(
  expr: ast.Expr | undefined,
  names: Names,
): { stream: string; field: string } | undefined {
  if (expr?.kind !== 'Field' || expr.object.kind !== 'Name') return undefined;
  const [stream, field] = [expr.object.name, expr.field.name];
  const data = names.data.get(stream);
  const known = data?.fields[field];
  return known?.kind === 'label' && !data!.hidden.has(field) ? { stream, field } : undefined;
}

/** The first arguments of a call, by place; named ones left out. */
export const placedArguments = ({ args }: ast.CallExpr): ast.Expr[] =>
  args.flatMap(({ name, value }) => (name === undefined && value.kind !== 'Duration' ? [value] : []));
