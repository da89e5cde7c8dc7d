/**
 * A dense layer at each step of a sequence: the graph turns the sequence round, multiplies, and turns it back. As a convolution of
 * one step nothing is copied for that. In: a node; out: how it is computed, if it is such a layer, with its bias if it has one.
 */
import type { Node } from '../../ir/node.ts';
import { turnedOf } from '../../ir/patterns.ts';
import { atom, object, plain, range, whole, type Instruction } from './value.ts';

export function stepwiseDense(node: Node): Instruction | undefined {
  const bias = biasOf(node);
  const found = productOf(bias === undefined ? node : node.inputs[0]);
  if (found === undefined) return undefined;
  const { x, weight } = found;
  return {
    inputs: [x, weight, ...(bias === undefined ? [] : [bias])],
    print(place, [given, matrix, added]) {
      const kernel = `${object(whole(place, weight, matrix))}.T[:, :, None]`;
      const more = bias === undefined ? '' : `, ${plain(whole(place, bias, added))}`;
      return atom(`F.conv1d(${plain(whole(place, x, given))}, ${kernel}${more})`, range(3));
    },
  };
}

/** Of a sequence [N, C, T] and a weight [C, units]. */
function productOf(node: Node): { x: Node; weight: Node } | undefined {
  const product = turnedOf(node);
  if (product?.op !== 'matmul') return undefined;
  const [sequence, weight] = product.inputs;
  const x = turnedOf(sequence);
  return x !== undefined && weight.shape.length === 2 ? { x, weight } : undefined;
}

/** A number for each unit that is added at every step. */
function biasOf(node: Node): Node | undefined {
  if (node.op !== 'add' || productOf(node.inputs[0]) === undefined) return undefined;
  const [, added] = node.inputs;
  const along = added.op === 'expand' ? added.inputs[0] : added;
  const [rows, , steps] = along.shape;
  const [bias] = along.op === 'reshape' && rows === 1 && steps === 1 ? along.inputs : [];
  return bias?.shape.length === 1 ? bias : undefined;
}
