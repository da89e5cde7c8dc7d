/**
 * Sums, means and maxima over axes. An axis that is only repeated isn't there: a sum counts it, the others don't. Over the
 * rows of a batch, whose parts lie on several ranks, a sum or mean is theirs together where the ranks must agree on it.
 */
import { product, symbolsOf, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { atom, axesCode, binds, object, plain, type Place, type Row, type Value } from './value.ts';

/** The axes that stay, under the result's numbers. */
const left = (x: Value, axes: readonly number[]): number[] =>
  x.axes.filter((axis) => !axes.includes(axis)).map((axis) => axis - axes.filter((a) => a < axis).length);

/** Where these axes lie in the tensor. */
const placesOf = (x: Value, axes: readonly number[]): number[] =>
  x.axes.flatMap((axis, i) => (axes.includes(axis) ? [i] : []));

/** `x.mean((1, 2))`; no axes where all are folded. */
function folded(name: string, x: Value, axes: readonly number[]): Value {
  const at = placesOf(x, axes);
  const own = left(x, axes);
  if (at.length === 0) return { ...x, axes: own };
  return atom(`${object(x)}.${name}(${at.length === x.axes.length ? '' : axesCode(at)})`, own);
}

/** Rows of a batch: the first axis, of a size that the ranks share. */
const overRows = (node: Node, axes: readonly number[]): boolean =>
  axes.includes(0) && node.shape.length > 0 && symbolsOf(node.shape[0]).length > 0;

export function meanOver(place: Place, node: Node, x: Node, value: Value, axes: readonly number[]): Value {
  const made = folded('mean', value, axes);
  const all = overRows(x, axes) && place.global(node);
  return all ? atom(`ops.mean_of_ranks(${plain(made)})`, made.axes) : made;
}

export const sum: Row<'sum'> = (node) => ({
  inputs: node.inputs,
  print(place, [x]) {
    const [input] = node.inputs;
    const { axes } = node.attrs;
    const repeated = axes.filter((axis) => !x.axes.includes(axis)).map((axis): Dim => input.shape[axis]);
    const count = product(repeated);
    const made = folded('sum', x, axes);
    const all = overRows(input, axes) && place.global(node);
    const value = all ? atom(`ops.sum_of_ranks(${plain(made)})`, made.axes) : made;
    if (count === 1) return value;
    return {
      ...value,
      truth: undefined,
      code: `${plain(value)} * ${sizeFactor(place, count)}`,
      binding: binds.multiply,
    };
  },
});

const sizeFactor = (place: Place, count: Dim): string => {
  const code = place.size(count);
  return /^[\w.[\]()]+$/.test(code) ? code : `(${code})`;
};

export const amax: Row<'amax'> = ({ inputs, attrs }) => ({
  inputs,
  print: (_, [x]) => folded('amax', x, attrs.axes),
});

export const argmax: Row<'argmax'> = ({ inputs, attrs: { axis } }) => ({
  inputs,
  print(_, [x]) {
    const at = x.axes.indexOf(axis);
    const own = left(x, [axis]);
    // Of a repeated axis the first is as large as all others.
    if (at < 0) return atom(`torch.zeros_like(${plain(x)})`, own);
    return atom(`ops.number(${object(x)}.argmax(${at}))`, own);
  },
});
