/**
 * Comparisons and logic. What the host knows (params, time) is decided there; a comparison of tensors takes the mean over
 * rows and gives one truth for the batch, 0 or 1.
 */
import { kinds } from '../errors.ts';
import type * as ast from '../../grammar/ast.ts';
import { mean } from '../ir/compose.ts';
import type { Node } from '../ir/node.ts';
import { host, type HostExpr } from '../../program/host.ts';
import { isCondition, isScalar, oneNumberHint, printType, real, type TensorType } from '../types.ts';
import { describe, number, type TensorValue, type Value } from '../values.ts';
import type { Call } from '../vocabulary/builtin.ts';
import { scalarNode } from './feeds.ts';
import type { Context } from './context.ts';

const truthType = (hidden: string | null): TensorType => ({ ...real([], null), kind: 'truth', hidden });

// ---------------------------------------------------------------- on the host

/** A truth of the host as a number expression, 0 or 1; undefined for anything else. */
export function hostTruth(value: Value): HostExpr | undefined {
  if (value.sort === 'bool') return Number(value.value);
  if (value.sort !== 'number' || typeof value.value !== 'object' || !('op' in value.value)) return undefined;
  return ['less', 'equal', 'and', 'or', 'not'].includes(value.value.op) ? value.value : undefined;
}

/** Decided now if it can be, else a number of the host. */
const truthValue = (expr: HostExpr): Value =>
  typeof expr === 'number' ? { sort: 'bool', value: expr !== 0 } : number(expr);

/** The comparison or connection of what the host knows; undefined if a tensor takes part. */
export function onHost(operator: ast.BinaryOperator, left: Value, right: Value): Value | undefined {
  if (operator === 'and' || operator === 'or') {
    const [a, b] = [hostTruth(left), hostTruth(right)];
    return a === undefined || b === undefined ? undefined : truthValue(host(operator, a, b));
  }
  if (left.sort !== 'number' || right.sort !== 'number') return undefined;
  const [a, b] = [left.value, right.value];
  const rules: Partial<Record<ast.BinaryOperator, HostExpr>> = {
    '<': host('less', a, b),
    '>': host('less', b, a),
    '<=': host('not', host('less', b, a)),
    '>=': host('not', host('less', a, b)),
    '==': host('equal', a, b),
    '!=': host('not', host('equal', a, b)),
  };
  return truthValue(rules[operator]!);
}

export function onHostNot(value: Value): Value | undefined {
  const given = hostTruth(value);
  return given === undefined ? undefined : truthValue(host('not', given));
}

// ---------------------------------------------------------------- in the graph

/** One number for the batch: the mean over rows. */
function meanOverRows(call: Call, value: TensorValue): TensorValue {
  if (value.type.rows === null && value.node.shape.length === 0) return value;
  const node = mean(call.b, value.node, [...value.node.shape.keys()]);
  return call.part('mean', node, { ...value.type, form: 'scalar', shape: [], rows: null });
}

function single(call: Call, value: TensorValue, operator: string): TensorValue {
  if (isScalar(value.type)) return meanOverRows(call, value);
  const what = `\`${operator}\` compares single numbers, and ${printType(value.type)} came in`;
  return call.fail(kinds.notScalar, { what, hint: oneNumberHint(value.type) });
}

/** A condition as a tensor. */
export function truth(context: Context, call: Call, value: Value): TensorValue {
  const known = hostTruth(value);
  if (known !== undefined) return call.part('truth', scalarNode(context, known), truthType(null));
  if (value.sort === 'tensor' && isCondition(value.type)) return value;
  const what = `a condition is wanted, and ${describe(value)} came in`;
  return call.fail(kinds.kind, { what, hint: 'Compare it with something.' });
}

export function logic(call: Call, operator: 'and' | 'or', a: TensorValue, b: TensorValue): TensorValue {
  const node = operator === 'and' ? call.b.mul(a.node, b.node) : call.b.max(a.node, b.node);
  return call.tensor(node, truthType(a.type.hidden ?? b.type.hidden));
}

export function opposite(context: Context, call: Call, value: Value): TensorValue {
  const { node, type } = truth(context, call, value);
  return call.tensor(call.b.sub(call.b.constant(1), node), truthType(type.hidden));
}

export function comparison(
  call: Call,
  operator: ast.BinaryOperator,
  left: TensorValue,
  right: TensorValue,
): TensorValue {
  const [a, b] = [single(call, left, operator).node, single(call, right, operator).node];
  const not = (node: Node): Node => call.b.sub(call.b.constant(1), node);
  const nodes: Partial<Record<ast.BinaryOperator, () => Node>> = {
    '<': () => call.b.less(a, b),
    '>': () => call.b.less(b, a),
    '<=': () => not(call.b.less(b, a)),
    '>=': () => not(call.b.less(a, b)),
    '==': () => call.b.equal(a, b),
    '!=': () => not(call.b.equal(a, b)),
  };
  return call.tensor(nodes[operator]!(), truthType(left.type.hidden ?? right.type.hidden));
}
