/** Sums, means and maxima over axes. An axis that is only repeated isn't there: a sum counts it, the others don't. */
import { product, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { arranged, list, numeric, range, sizes, type Instruction, type Place, type Value } from './value.ts';

/** The axes that stay, under the result's numbers. */
function left(x: Value, axes: readonly number[]): number[] {
  return x.axes
    .filter((axis) => !axes.includes(axis))
    .map((axis) => axis - axes.filter((a) => a < axis).length);
}

/** Where these axes lie in the tensor. */
const placesOf = (x: Value, axes: readonly number[]): number[] =>
  x.axes.flatMap((axis, i) => (axes.includes(axis) ? [i] : []));

/** `tf.mean(x, [1, 2])`; no axes where all are folded. */
function folded(name: string, x: Value, axes: readonly number[]): string {
  const at = placesOf(x, axes);
  if (at.length === 0) return numeric(x);
  return at.length === x.axes.length
    ? `tf.${name}(${numeric(x)})`
    : `tf.${name}(${numeric(x)}, ${at.length === 1 ? at[0] : list(at)})`;
}

const sumOver = (place: Place, node: Node, x: Value, axes: readonly number[]): Value => {
  const repeated = axes.filter((axis) => !x.axes.includes(axis)).map((axis): Dim => node.shape[axis]);
  const count = product(repeated);
  const code = folded('sum', x, axes);
  return { code: count === 1 ? code : `tf.mul(${code}, ${place.size(count)})`, axes: left(x, axes) };
};

export const meanOver = (x: Value, axes: readonly number[]): Value => {
  const none = x.axes.every((axis) => !axes.includes(axis));
  return none
    ? { ...x, code: numeric(x), truth: undefined, axes: left(x, axes) }
    : { code: folded('mean', x, axes), axes: left(x, axes) };
};

export const sum = ({ inputs, attrs: { axes } }: Node<'sum'>): Instruction => ({
  inputs,
  print: (place, [x]) => sumOver(place, inputs[0], x, axes),
});

export const amax = ({ inputs, attrs: { axes } }: Node<'amax'>): Instruction => ({
  inputs,
  print(place, [x]) {
    if (!place.recorded(inputs[0])) return { code: folded('max', x, axes), axes: left(x, axes) };
    const at = placesOf(x, axes);
    if (at.length === 0) return { ...x, axes: left(x, axes) };
    const kept = x.axes.filter((axis) => !axes.includes(axis)).map((axis) => inputs[0].shape[axis]);
    return {
      code: `tf.reshape(${place.use('amax')}(${numeric(x)}, ${list(at)}), ${sizes(place, kept)})`,
      axes: left(x, axes),
    };
  },
});

export const argmax = ({ inputs, attrs: { axis } }: Node<'argmax'>): Instruction => ({
  inputs,
  print(place, [x]) {
    const there = x.axes.includes(axis);
    const code = there ? numeric(x) : arranged(place, inputs[0], x, range(inputs[0].shape.length), true);
    const axes = there ? x.axes : range(inputs[0].shape.length);
    const at = axes.indexOf(axis);
    return { code: `tf.cast(tf.argMax(${code}, ${at}), 'float32')`, axes: left({ code, axes }, [axis]) };
  },
});
