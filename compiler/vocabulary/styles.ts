/**
 * What a style or a class says of each channel: learned linear maps of a vec, one number a row and channel. In: a call,
 * what comes in and the style; out: both with the same rows, and the maps.
 */
import type { Node } from '../ir/node.ts';
import type { RowOrigin } from '../types.ts';
import type { TensorValue } from '../values.ts';
import { alignRows } from './align.ts';
import type { Call } from './builtin.ts';
import { features, fixed, inRows, wrongForm } from './shapes.ts';

export interface Styled {
  /** [N, C, ...] */
  readonly x: Node;
  /** The style [N, S]. */
  readonly by: Node;
  readonly size: number;
  readonly rows: RowOrigin | null;
  readonly hidden: string | null;
  undo(node: Node): Node;
}

/** x and its style in rows; a `shape` mistake where the style is no vec. `name`: its parameter. */
export function styled(
  call: Call,
  layer: string,
  input: TensorValue,
  given: TensorValue,
  name: string,
): Styled {
  const style = features(call, given);
  if (style.type.form !== 'vec')
    wrongForm(call, layer, `vec[N] for \`${name}\``, style.type, 'Put `|> flatten` or a `dense` before it.');
  const { nodes, rows, hidden } = alignRows(call, [input, style]);
  const { x, undo } = inRows(call, { ...input, node: nodes[0], type: { ...input.type, rows } });
  const { x: by } = inRows(call, { ...style, node: nodes[1], type: { ...style.type, rows } });
  return { x, by, size: fixed(call, layer, style.type.shape[0]), rows, hidden, undo };
}

/** [N, C] times a matrix and plus a bias [C]. */
export function mapped({ b }: Call, by: Node, weight: Node, bias: Node | null): Node {
  const made = b.matmul(by, weight);
  return bias === null ? made : b.add(made, b.expand(b.reshape(bias, [1, ...bias.shape]), made.shape));
}

/** One number a row and channel [N, C] at every place of x. */
export const perRowChannel = ({ b }: Call, values: Node, x: Node): Node =>
  b.expand(b.reshape(values, [...values.shape, ...x.shape.slice(2).map(() => 1)]), x.shape);
