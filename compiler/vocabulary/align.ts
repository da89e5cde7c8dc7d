/**
 * How values of different shapes and rows combine. In: tensors; out: nodes that elementwise primitives take together,
 * and the type of what they give. A scalar goes with anything, vec[C] with seq[C, T] and image[C, H, W] channel by
 * channel, a value without rows with every row; all else must be equal. Operators and loss functions both come here.
 */
import { kinds } from '../errors.ts';
import { broadcastTo, fill } from '../ir/compose.ts';
import { product, sameDim, sameShape, type Dim, type Shape } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import { formOf, isPlain, isScalar, printType, real, type RowOrigin, type TensorType } from '../types.ts';
import type { TensorValue } from '../values.ts';
import type { Call } from './builtin.ts';

export interface Aligned {
  /** Of the shape [rows, ...type.shape], or rank 0 where a number goes with everything. */
  readonly nodes: readonly Node[];
  /** A real tensor without range, hidden if one of the values is. */
  readonly type: TensorType;
}

/** The values side by side; a `shape` or `rows` mistake if they do not combine. */
export function align(call: Call, values: readonly TensorValue[]): Aligned {
  const shape = commonShape(call, values);
  const rows = values.reduce<RowOrigin | null>((all, { type }) => call.join(all, type.rows), null);
  const count = values.find(({ type }) => type.rows !== null)?.node.shape[0];
  const full = count === undefined ? shape : [count, ...shape];
  const hidden = values.map(({ type }) => type.hidden).find((name) => name !== null) ?? null;
  const form = values.find(({ type }) => type.shape.length === shape.length)?.type.form;
  return {
    nodes: values.map((value) => spread(call, value, full, full.length - shape.length)),
    type: { ...real(shape, rows), form: formOf(shape.length, form), hidden },
  };
}

/** As `align`, with every node of the full shape. */
export function alignFully(call: Call, values: readonly TensorValue[]): Aligned {
  const { nodes, type } = align(call, values);
  const full = nodes.find((node) => node.shape.length > 0)?.shape ?? [];
  const whole = (node: Node): Node => (node.shape.length === full.length ? node : fill(call.b, node, full));
  return { nodes: nodes.map(whole), type };
}

/** Nodes with the same row axis (or none), whatever their other axes. */
export function alignRows(
  call: Call,
  values: readonly TensorValue[],
): { nodes: readonly Node[]; rows: RowOrigin | null; hidden: string | null } {
  const rows = values.reduce<RowOrigin | null>((all, { type }) => call.join(all, type.rows), null);
  const count = values.find(({ type }) => type.rows !== null)?.node.shape[0];
  const nodes = values.map(({ node, type }) => {
    if (count === undefined || type.rows !== null) return node;
    const full = [count, ...node.shape];
    return broadcastTo(
      call.b,
      node,
      full,
      node.shape.map((_, axis) => axis + 1),
    );
  });
  return { nodes, rows, hidden: values.map(({ type }) => type.hidden).find((name) => name !== null) ?? null };
}

function commonShape(call: Call, values: readonly TensorValue[]): Shape {
  const types = values.map(({ type }) => type);
  const wide = types.filter((type) => !isScalar(type));
  if (wide.length === 0) return types.some((type) => type.shape.length === 1) ? [1] : [];
  const widest = wide.reduce((a, b) => (b.shape.length > a.shape.length ? b : a));
  const odd = wide.find((type) => !fits(type.shape, widest));
  return odd === undefined ? widest.shape : apart(call, odd, widest);
}

function fits(shape: Shape, { shape: wanted, form }: TensorType): boolean {
  const byChannel = shape.length === 1 && wanted.length > 1 && !isPlain(form) && sameDim(shape[0], wanted[0]);
  return byChannel || sameShape(shape, wanted);
}

function apart(call: Call, a: TensorType, b: TensorType): never {
  const sameSize = sameDim(product(a.shape), product(b.shape));
  const [mask, other] = a.shape[0] === 1 ? [a, b] : [b, a];
  const channel =
    mask.form === other.form &&
    mask.shape.length > 1 &&
    sameShape(mask.shape.slice(1), other.shape.slice(1)) &&
    mask.shape[0] === 1;
  return call.fail(kinds.shape, {
    what: `${printType(a)} and ${printType(b)} do not combine`,
    why: 'Shapes must be equal, except that a scalar goes with anything and vec[C] with seq[C, T] and image[C, H, W], channel by channel.',
    hint: channel
      ? 'If one channel goes with all, say so: `hold(mask, like: x)`.'
      : sameSize
        ? 'They hold as many numbers: `flatten` or `reshape` brings one to the shape of the other.'
        : 'Bring one to the size of the other with `dense`, or put them side by side with `concat`.',
  });
}

/** A value's node, repeated to the full shape (`lead` row axes, then the common shape); rank 0 stays as it is. */
function spread(call: Call, { node, type }: TensorValue, full: Shape, lead: number): Node {
  if (node.shape.length === 0 || sameShape(node.shape, full)) return node;
  const rows: Dim[] = type.rows === null ? [] : [node.shape[0]];
  const own = isScalar(type) ? [] : type.shape;
  const axes = [...rows.keys(), ...own.map((_, axis) => lead + axis)];
  return broadcastTo(call.b, call.b.reshape(node, [...rows, ...own]), full, axes);
}

/** a + b for two losses: row by row where rows agree, else the sum of their means over rows. */
export function addLosses(call: Call, a: TensorValue, b: TensorValue): { node: Node; type: TensorType } {
  const { nodes, type } = align(call, call.addends(a, b));
  return { node: call.b.add(nodes[0], nodes[1]), type };
}
