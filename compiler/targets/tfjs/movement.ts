/** Primitives that move elements. An order of axes costs nothing until somebody needs another (value.ts). */
import { isKnown, product, sameDim, subDims, type Shape } from '../../ir/dim.ts';
import { entryOf } from '../../ir/entries.ts';
import type { Node } from '../../ir/node.ts';
import {
  arranged,
  channelsLast,
  inNumbers,
  list,
  numeric,
  range,
  sizes,
  tensor,
  type Instruction,
  type Value,
} from './value.ts';

export const transpose = ({ inputs, attrs: { perm } }: Node<'transpose'>): Instruction => ({
  inputs,
  print: (_, [x]) => ({ ...x, axes: x.axes.map((axis) => perm.indexOf(axis)) }),
});

/** Axes of size 1 that grow are dropped: TensorFlow repeats what is not there. */
export const expand = (node: Node<'expand'>): Instruction => ({
  inputs: node.inputs,
  print(place, [x]) {
    const [before] = node.inputs;
    const grown = x.axes.filter((axis) => !sameDim(before.shape[axis], node.shape[axis]));
    if (grown.length === 0) return x;
    const axes = x.axes.filter((axis) => !grown.includes(axis));
    return {
      code: `tf.reshape(${numeric(x)}, ${sizes(
        place,
        axes.map((axis) => before.shape[axis]),
      )})`,
      axes,
    };
  },
});

/** Which axes of one shape hold the same elements as which of another, in order. */
function groupsOf(from: Shape, to: Shape): { from: number[]; to: number[] }[] {
  const groups: { from: number[]; to: number[] }[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    const group: { from: number[]; to: number[] } = { from: [], to: [] };
    const open = (): boolean =>
      group.from.length + group.to.length === 0 ||
      !sameDim(product(group.from.map((a) => from[a])), product(group.to.map((a) => to[a])));
    while (open()) {
      const [left, right] = [product(group.from.map((a) => from[a])), product(group.to.map((a) => to[a]))];
      const gap = subDims(left, right);
      const takeLeft =
        i < from.length &&
        (j >= to.length || group.from.length === 0 || !(typeof gap === 'number' && gap > 0));
      if (takeLeft && !(group.from.length > 0 && group.to.length === 0)) group.from.push(i++);
      else if (j < to.length) group.to.push(j++);
      else if (i < from.length) group.from.push(i++);
      else break;
    }
    groups.push(group);
  }
  return groups;
}

/** The order of the result's axes if a reshape can be made as the tensor lies; axes that belong together lie together. */
function inPlace(x: Value, from: Shape, to: Shape): number[] | undefined {
  const order: number[] = [];
  const groups = groupsOf(from, to);
  const ofAxis = new Map(groups.flatMap((group) => group.from.map((axis) => [axis, group] as const)));
  const done = new Set<object>();
  for (let i = 0; i < x.axes.length;) {
    const group = entryOf(ofAxis, x.axes[i]);
    if (done.has(group) || group.from.some((axis, k) => x.axes[i + k] !== axis)) return undefined;
    done.add(group);
    order.push(...group.to);
    i += group.from.length;
  }
  // Axes that come from nothing have size 1 and need not be there; a group that isn't there at all is repeated.
  const absent = groups.filter((group) => !done.has(group));
  return absent.every(
    (group) => (group.to.length <= 1 && group.from.length <= 1) || product(group.to.map((a) => to[a])) === 1,
  )
    ? order
    : undefined;
}

/** The order in which axes lie with those that are repeated among them, each beside what a reshape joins it with. */
function completed(x: Value, from: Shape, to: Shape): number[] {
  const groups = groupsOf(from, to).map((group) => group.from);
  const there = groups.filter((group) => group.some((axis) => x.axes.includes(axis)));
  const place = (group: readonly number[]): number =>
    Math.min(...group.filter((axis) => x.axes.includes(axis)).map((axis) => x.axes.indexOf(axis)));
  const order = there.sort((a, b) => place(a) - place(b)).flat();
  return order.length === from.length ? order : range(from.length);
}

export const reshape = (node: Node<'reshape' | 'regroup'>): Instruction => ({
  inputs: node.inputs,
  print(place, [x]) {
    const [before] = node.inputs;
    const large = range(node.shape.length).filter((axis) => node.shape[axis] !== 1);
    const old = range(before.shape.length).filter((axis) => before.shape[axis] !== 1);
    const relabelled =
      old.length === large.length &&
      old.every((axis, i) => sameDim(before.shape[axis], node.shape[large[i]]));
    if (relabelled && x.axes.every((axis) => before.shape[axis] !== 1)) {
      return { ...x, axes: x.axes.map((axis) => large[old.indexOf(axis)]) };
    }
    const order = inPlace(x, before.shape, node.shape);
    if (order !== undefined)
      return {
        code: `tf.reshape(${numeric(x)}, ${target(place, before.shape, node.shape, order)})`,
        axes: order,
      };
    const plain = inNumbers(x);
    const lying = completed(x, before.shape, node.shape);
    const axes = inPlace({ ...x, axes: lying }, before.shape, node.shape) ?? range(node.shape.length);
    const code = arranged(place, before, plain, lying, true);
    return { code: `tf.reshape(${code}, ${target(place, before.shape, node.shape, axes)})`, axes };
  },
});

/** The row axis is left to TensorFlow where it stays what it was. */
function target(
  place: Parameters<typeof sizes>[0],
  before: Shape,
  after: Shape,
  axes: readonly number[],
): string {
  const dims = axes.map((axis) => after[axis]);
  const rows =
    before.length > 0 && axes[0] === 0 && after.length > 0 && sameDim(before[0], after[0]) && after[0] !== 1;
  const rest = dims.slice(1);
  if (rows && isKnown(rest) && !rest.includes(0)) return list([-1, ...rest]);
  return sizes(place, dims);
}

export const slice = (node: Node<'slice'>): Instruction => ({
  inputs: node.inputs,
  print(place, [x]) {
    const [before] = node.inputs;
    const { axis, start, step } = node.attrs;
    const at = x.axes.indexOf(axis);
    // A repeated axis has the same element everywhere.
    if (at < 0) return x;
    if (step !== 1) {
      const args = [numeric(x), at, place.size(start), place.size(node.shape[axis]), step];
      return { code: `${place.use('everyNth')}(${args.join(', ')})`, axes: x.axes };
    }
    const begin = x.axes.map((_, i) => (i === at ? place.size(start) : 0));
    const rest = (a: number): number => (sameDim(before.shape[a], node.shape[a]) ? -1 : 0);
    const size = x.axes.map((a, i) => (i === at ? place.size(node.shape[axis]) : rest(a)));
    return { code: `tf.slice(${numeric(x)}, ${list(begin)}, ${list(size)})`, axes: x.axes };
  },
});

export const pad = (node: Node<'pad'>): Instruction => ({
  inputs: node.inputs,
  print(place, [x]) {
    const { low, high, interior } = node.attrs;
    const touched = range(node.shape.length).filter(
      (a) => low[a] !== 0 || high[a] !== 0 || interior[a] !== 0,
    );
    const whole = touched.every((axis) => x.axes.includes(axis));
    const order = whole ? x.axes : channelsLast(node.shape.length);
    let code = whole ? numeric(x) : arranged(place, node.inputs[0], x, order, true);
    order.forEach((axis, i) => {
      if (interior[axis] > 0) code = `${place.use('spread')}(${code}, ${i}, ${interior[axis]})`;
    });
    if (touched.some((axis) => low[axis] !== 0 || high[axis] !== 0)) {
      const pads = order.map((axis) => list([place.size(low[axis]), place.size(high[axis])]));
      code = `tf.pad(${code}, ${list(pads)})`;
    }
    return { code, axes: order };
  },
});

export const concat = (node: Node<'concat'>): Instruction => ({
  inputs: node.inputs,
  print(place, args) {
    const rank = node.shape.length;
    const order = args.find(({ axes }) => axes.length === rank)?.axes ?? channelsLast(rank);
    const parts = args.map((x, i) => arranged(place, node.inputs[i], inNumbers(x), order, true));
    const at = order.indexOf(node.attrs.axis);
    return { code: `tf.concat(${list(parts)}, ${at})`, axes: order };
  },
});

export const flip = ({ inputs, attrs: { axis } }: Node<'flip'>): Instruction => ({
  inputs,
  print(_, [x]) {
    const at = x.axes.indexOf(axis);
    return at < 0 ? x : { code: `tf.reverse(${tensor({ ...x, code: numeric(x) })}, ${at})`, axes: x.axes };
  },
});
