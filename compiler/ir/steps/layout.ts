/**
 * What the axes of a value are made of, when a computation over whole sequences is taken apart into steps: rows, steps, and
 * so many places. In: layouts and shapes; out: the layout behind a reshape, the shape of one step, one step as a matrix.
 */
import { divDims, mulDims, product, sameDim, symbol, type Dim, type Shape } from '../dim.ts';
import type { Node } from '../node.ts';
import type { OpBuilder } from '../opBuilder.ts';

/**
 * All steps of another value beside one step of this: what is behind that step is not made yet. `masked`: it does not matter
 * there, since all of it has one value whatever comes.
 */
export interface Past {
  readonly past: number;
  readonly masked: boolean;
}

export type Factor = 'rows' | 'steps' | Past | Dim;

export const isPast = (factor: Factor): factor is Past => typeof factor === 'object' && 'past' in factor;
/** Of each axis its factors, the outermost first; an axis of one place has none. */
export type Layout = readonly (readonly Factor[])[];

/** How many rows and steps there are. */
export interface Extents {
  readonly rows: Dim;
  readonly steps: Dim;
}

export const plainAxis = (size: Dim): readonly Factor[] => (size === 1 ? [] : [size]);

export const isPlainAxis = (axis: readonly Factor[]): boolean =>
  !axis.includes('rows') && !axis.includes('steps') && !axis.some(isPast);

export const isSteps = (axis: readonly Factor[]): boolean => axis.length === 1 && axis[0] === 'steps';

export const sameLayout = (a: Layout, b: Layout): boolean => JSON.stringify(a) === JSON.stringify(b);

const sizeOf = (factor: Factor, extents: Extents): Dim =>
  factor === 'rows' || factor === 'steps' ? extents[factor] : plainSize(factor);

const plainSize = (factor: Past | Dim): Dim => (isPast(factor) ? factor.past : factor);

/** The layout under another shape of the same elements; undefined where an axis would cut through rows or steps. */
export function regrouped(layout: Layout, shape: Shape, extents: Extents): Layout | undefined {
  const left = layout.flat();
  const axes: Factor[][] = [];
  for (const size of shape) {
    const axis: Factor[] = [];
    for (let wanted: Dim = size; !sameDim(wanted, 1);) {
      const next = left.shift();
      if (next === undefined) return undefined;
      const own = sizeOf(next, extents);
      const rest = divDims(wanted, own);
      if (rest !== undefined) {
        axis.push(next);
        wanted = rest;
        continue;
      }
      const behind = next === 'rows' || next === 'steps' || isPast(next) ? undefined : divDims(next, wanted);
      if (behind === undefined) return undefined;
      left.unshift(behind);
      axis.push(wanted);
      break;
    }
    // One row or one step takes no place, and stays where it is.
    while (left.length > 0 && (axis.length === 0 || axes.length === shape.length - 1)) {
      if (!sameDim(sizeOf(left[0], extents), 1)) break;
      axis.push(...left.splice(0, 1));
    }
    axes.push(axis);
  }
  return left.length === 0 ? axes.map(merged) : undefined;
}

/** Places of places are places: an axis is written in one way. */
function merged(axis: readonly Factor[]): readonly Factor[] {
  const made: Factor[] = [];
  for (const factor of axis) {
    const last = made.at(-1);
    const both = last !== undefined && isPlainAxis([last, factor]);
    if (both) made.splice(-1, 1, mulDims(sizeOfPlain(last), sizeOfPlain(factor)));
    else made.push(factor);
  }
  return made;
}

const sizeOfPlain = (factor: Factor): Dim =>
  factor === 'rows' || factor === 'steps' ? 1 : plainSize(factor);

/** Of so many steps with R rows. */
const sizeIn = (factor: Factor, steps: number): Dim =>
  factor === 'rows' ? symbol('R') : factor === 'steps' ? steps : plainSize(factor);

const shapeOf = (layout: Layout, steps: number): Dim[] =>
  layout.map((axis) => product(axis.map((factor) => sizeIn(factor, steps))));

/** Of one step, with R rows. */
export const stepShape = (layout: Layout): Dim[] => shapeOf(layout, 1);

/** The sizes of all factors but rows and steps, in order. */
const others = (layout: Layout): Dim[] =>
  layout.flat().flatMap((factor) => (factor === 'rows' || factor === 'steps' ? [] : [plainSize(factor)]));

/** One step [R, numbers] of a value of this layout. */
export function flatStep(b: OpBuilder, x: Node, layout: Layout): Node {
  const factors = layout.flat().filter((factor) => factor !== 'steps');
  const at = factors.indexOf('rows');
  const apart = b.reshape(
    x,
    factors.map((factor) => sizeIn(factor, 1)),
  );
  const first = b.transpose(apart, [at, ...[...factors.keys()].filter((i) => i !== at)]);
  return b.reshape(first, [symbol('R'), product(others(layout))]);
}

/** Undoes `flatStep`. */
export const fromFlat = (b: OpBuilder, flat: Node, layout: Layout): Node => unpacked(b, flat, layout, 1);

/** All steps [R, steps, numbers] of a value, as the value itself with R rows. */
export const fromSteps = (b: OpBuilder, all: Node, layout: Layout, steps: number): Node =>
  unpacked(b, all, layout, steps);

/** Rows, then steps unless it is one, then the numbers: in the order of the layout. */
function unpacked(b: OpBuilder, x: Node, layout: Layout, steps: number): Node {
  const factors = layout.flat().filter((factor) => steps > 1 || factor !== 'steps');
  const first = (['rows', 'steps'] as const).map((one) => factors.indexOf(one)).filter((i) => i >= 0);
  const order = [...first, ...[...factors.keys()].filter((i) => !first.includes(i))];
  const apart = b.reshape(
    x,
    order.map((i) => sizeIn(factors[i], steps)),
  );
  const turned = b.transpose(
    apart,
    [...factors.keys()].map((i) => order.indexOf(i)),
  );
  return b.reshape(turned, shapeOf(layout, steps));
}

/**
 * A step [R, numbers] of what is the same for all rows, its axes as `own`, repeated along the axes of `layout`. Rows stay rows: a
 * step is a computation of each row by itself.
 */
export function spreadFlat(b: OpBuilder, flat: Node, own: Layout, layout: Layout): Node {
  const at = layout.findIndex((axis) => axis.includes('rows'));
  const value = fromFlat(b, flat, own.with(at, ['rows']));
  const sizes = (repeated: boolean): Dim[] =>
    layout.flatMap((axis, i): Dim[] => {
      if (i !== at) return [repeated ? stepShape(layout)[i] : value.shape[i]];
      return axis.map((factor) => (repeated || factor === 'rows' ? sizeIn(factor, 1) : 1));
    });
  return b.reshape(b.expand(b.reshape(value, sizes(false)), sizes(true)), stepShape(layout));
}

/** A whole value as a sequence [steps, rows, numbers], repeated where it has no steps or no rows of its own. */
export function asSequence(b: OpBuilder, x: Node, layout: Layout, extents: Extents): Node {
  const factors = layout.flat();
  const apart = b.reshape(
    x,
    factors.map((factor) => sizeOf(factor, extents)),
  );
  const [steps, rows] = [factors.indexOf('steps'), factors.indexOf('rows')];
  const rest = [...factors.keys()].filter((i) => i !== steps && i !== rows);
  const turned = b.transpose(apart, [...[steps, rows].filter((i) => i >= 0), ...rest]);
  const flat = product(others(layout));
  const ones = [steps < 0 ? 1 : extents.steps, rows < 0 ? 1 : extents.rows, flat];
  return b.expand(b.reshape(turned, ones), [extents.steps, extents.rows, flat]);
}
/** The shape of a sequence's numbers at each row and step. */
export const numbersOf = (layout: Layout): Dim => product(others(layout));
