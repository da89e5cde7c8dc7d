/**
 * Primitives that only move elements. Sizes in their attributes may be symbolic; bounds are checked where they are
 * numbers. Each one's gradient is another of them (or a sum, for `expand`).
 */
import {
  addDims,
  ceilDivDim,
  knownDim,
  knownShape,
  mulDims,
  printDim,
  printShape,
  product,
  sameDim,
  subDims,
  type Dim,
  type Shape,
} from '../dim.ts';
import { ShapeError, fixed, type Op } from './op.ts';
import { around, gather, scatter, stridesOf, tensor, zeros } from './tensor.ts';

export function checkAxis(shape: Shape, axis: number): void {
  if (Number.isInteger(axis) && axis >= 0 && axis < shape.length) return;
  throw new ShapeError(`no axis ${axis} in ${printShape(shape)}`);
}

/** a - b as a number, where it is known to be below 0. */
const below = (a: Dim, b: Dim): boolean => {
  const gap = subDims(a, b);
  return typeof gap === 'number' && gap < 0;
};

export const reshape: Op<'reshape'> = {
  doc: 'The same elements, row-major, under another shape.',
  inputs: ['x'],
  shape([x], { shape }) {
    if (sameDim(product(x), product(shape))) return shape;
    throw new ShapeError(
      `${printShape(x)} has ${printDim(product(x))} elements, ${printShape(shape)} ${printDim(product(shape))}`,
    );
  },
  resized: (attrs, to) => ({ shape: to.shape(attrs.shape) }),
  gradient: (b, { inputs: [x] }, g) => [b.reshape(g, x.shape)],
  evaluate: ([x], _, shape) => ({ shape, data: x.data }),
  samples: [
    { inputs: [[2, 6]], attrs: { shape: [3, 4] } },
    { inputs: [[1, 1]], attrs: { shape: [] } },
    { inputs: [[4]], attrs: { shape: [2, 1, 2] } },
  ],
};

export const regroup: Op<'regroup'> = {
  doc: 'The same elements, row-major, where rows are counted by another symbol; `all`: with those of all processes that share a run.',
  inputs: ['x'],
  shape([x], { shape }) {
    const [before, after] = [product(x), product(shape)];
    if (typeof before !== 'number' || typeof after !== 'number' || before === after) return shape;
    throw new ShapeError(`${printShape(x)} has ${before} elements, ${printShape(shape)} ${after}`);
  },
  resized: (attrs, to) => ({ ...attrs, shape: to.shape(attrs.shape) }),
  gradient: (b, { inputs: [x] }, g) => [b.regroup(g, x.shape)],
  evaluate: ([x], _, shape) => ({ shape, data: x.data }),
  samples: [
    { inputs: [[4, 3]], attrs: { shape: [2, 2, 3], rows: 'own' } },
    { inputs: [[3, 2]], attrs: { shape: [3, 2], rows: 'all' } },
  ],
};

export const transpose: Op<'transpose'> = {
  doc: 'Axes in another order: axis i of the result is axis perm[i] of x.',
  inputs: ['x'],
  shape([x], { perm }) {
    const sorted = [...perm].sort((p, q) => p - q);
    if (perm.length === x.length && sorted.every((axis, i) => axis === i)) return perm.map((axis) => x[axis]);
    throw new ShapeError(`[${perm.join(', ')}] is no order of the axes of ${printShape(x)}`);
  },
  resized: fixed,
  gradient(b, { attrs: { perm } }, g) {
    return [
      b.transpose(
        g,
        [...perm.keys()].map((axis) => perm.indexOf(axis)),
      ),
    ];
  },
  evaluate([x], { perm }, shape) {
    const strides = stridesOf(x.shape);
    return gather(
      x.data,
      shape,
      perm.map((axis) => strides[axis]),
    );
  },
  samples: [
    { inputs: [[2, 3]], attrs: { perm: [1, 0] } },
    { inputs: [[2, 3, 4]], attrs: { perm: [2, 0, 1] } },
  ],
};

export const expand: Op<'expand'> = {
  doc: 'Repeats along axes of size 1; the rank stays.',
  inputs: ['x'],
  shape([x], { shape }) {
    if (x.length === shape.length && x.every((d, i) => d === 1 || sameDim(d, shape[i]))) return shape;
    throw new ShapeError(`${printShape(x)} doesn't expand to ${printShape(shape)}`);
  },
  resized: (attrs, to) => ({ shape: to.shape(attrs.shape) }),
  gradient(b, { inputs: [x], shape }, g) {
    const axes = [...shape.keys()].filter((i) => !sameDim(x.shape[i], shape[i]));
    return [b.reshape(b.sum(g, axes), x.shape)];
  },
  evaluate([x], _, shape) {
    const strides = stridesOf(x.shape);
    return gather(
      x.data,
      shape,
      strides.map((step, i) => (x.shape[i] === 1 ? 0 : step)),
    );
  },
  samples: [
    { inputs: [[1, 3]], attrs: { shape: [2, 3] } },
    { inputs: [[2, 1, 1]], attrs: { shape: [2, 3, 2] } },
  ],
};

export const slice: Op<'slice'> = {
  doc: 'Every step-th element of an axis from start up to before end.',
  inputs: ['x'],
  shape([x], { axis, start, end, step }) {
    checkAxis(x, axis);
    const outside = below(start, 0) || below(end, start) || below(x[axis], end);
    if (outside || step < 1) {
      const range = `${printDim(start)}..${printDim(end)} by ${step}`;
      throw new ShapeError(`${range} leaves axis ${axis} of ${printShape(x)}`);
    }
    const size = ceilDivDim(subDims(end, start), step);
    if (size === undefined)
      throw new ShapeError(`${printDim(subDims(end, start))} isn't a multiple of ${step}`);
    return x.map((d, i) => (i === axis ? size : d));
  },
  resized: (attrs, { size }) => ({ ...attrs, start: size(attrs.start), end: size(attrs.end) }),
  gradient(b, { inputs: [x], attrs: { axis, start, step }, shape }, g) {
    const used = addDims(mulDims(subDims(shape[axis], 1), step), 1);
    const at = <T>(value: T, other: T): T[] => x.shape.map((_, i) => (i === axis ? value : other));
    const high = subDims(subDims(x.shape[axis], start), used);
    return [b.pad(g, at<Dim>(start, 0), at<Dim>(high, 0), at(step - 1, 0))];
  },
  evaluate([x], { axis, start, step }, shape) {
    const strides = stridesOf(x.shape);
    return gather(
      x.data,
      shape,
      strides.map((s, i) => (i === axis ? s * step : s)),
      knownDim(start) * strides[axis],
    );
  },
  samples: [
    { inputs: [[5]], attrs: { axis: 0, start: 1, end: 4, step: 1 } },
    { inputs: [[2, 6]], attrs: { axis: 1, start: 1, end: 6, step: 2 } },
    { inputs: [[2, 7, 2]], attrs: { axis: 1, start: 0, end: 6, step: 3 } },
  ],
};

export const pad: Op<'pad'> = {
  doc: 'Zeros before, after, and `interior` of them between the elements of each axis (as XLA has it).',
  inputs: ['x'],
  shape([x], { low, high, interior }) {
    const wrong = [low, high, interior].some(
      (list) => list.length !== x.length || list.some((n) => below(n, 0)),
    );
    if (wrong) throw new ShapeError(`padding needs sizes of at least 0 for each axis of ${printShape(x)}`);
    return x.map((d, i) => [low[i], high[i], mulDims(interior[i], subDims(d, 1))].reduce<Dim>(addDims, d));
  },
  resized: ({ low, high, interior }, { shape }) => ({ low: shape(low), high: shape(high), interior }),
  gradient(b, { inputs: [x], attrs: { low, interior } }, g) {
    const cut = x.shape.reduce((part, d, axis) => {
      const step = interior[axis] + 1;
      const end = addDims(low[axis], addDims(mulDims(subDims(d, 1), step), 1));
      return b.slice(part, axis, low[axis], end, step);
    }, g);
    return [cut];
  },
  evaluate([x], attrs, shape) {
    const out = zeros(shape);
    const strides = stridesOf(shape);
    const low = knownShape(attrs.low);
    const base = strides.reduce((sum, step, i) => sum + step * low[i], 0);
    scatter(
      out.data,
      x,
      strides.map((step, i) => step * (attrs.interior[i] + 1)),
      base,
    );
    return out;
  },
  samples: [
    { inputs: [[3]], attrs: { low: [1], high: [2], interior: [0] } },
    { inputs: [[2, 3]], attrs: { low: [0, 1], high: [1, 0], interior: [2, 1] } },
  ],
};

export const concat: Op<'concat'> = {
  doc: 'Puts tensors one after the other along an axis.',
  inputs: ['x', '...'],
  shape(inputs, { axis }) {
    const [first] = inputs;
    if (first === undefined) throw new ShapeError('concat of nothing');
    checkAxis(first, axis);
    const fits = (x: Shape): boolean =>
      x.length === first.length && x.every((d, i) => i === axis || sameDim(d, first[i]));
    const odd = inputs.find((x) => !fits(x));
    if (odd) throw new ShapeError(`${printShape(first)} and ${printShape(odd)} differ outside axis ${axis}`);
    return first.map((d, i) => (i === axis ? inputs.map((x) => x[axis]).reduce(addDims) : d));
  },
  resized: fixed,
  gradient(b, { inputs, attrs: { axis } }, g) {
    let start: Dim = 0;
    return inputs.map((x) => {
      const from = start;
      start = addDims(start, x.shape[axis]);
      return b.slice(g, axis, from, start);
    });
  },
  evaluate(inputs, { axis }, shape) {
    const out = zeros(shape);
    const strides = stridesOf(shape);
    let at = 0;
    for (const x of inputs) {
      scatter(out.data, x, strides, at);
      at += x.shape[axis] * strides[axis];
    }
    return out;
  },
  samples: [
    {
      inputs: [
        [2, 2],
        [2, 3],
      ],
      attrs: { axis: 1 },
    },
    {
      inputs: [
        [1, 2],
        [2, 2],
        [1, 2],
      ],
      attrs: { axis: 0 },
    },
  ],
};

export const flip: Op<'flip'> = {
  doc: 'An axis backwards.',
  inputs: ['x'],
  shape([x], { axis }) {
    checkAxis(x, axis);
    return x;
  },
  resized: fixed,
  gradient: (b, { attrs: { axis } }, g) => [b.flip(g, axis)],
  evaluate([x], { axis }, shape) {
    const [before, size, after] = around(shape, axis);
    const flipped = gather(x.data, [before, size, after], [size * after, -after, 1], (size - 1) * after);
    return tensor(shape, flipped.data);
  },
  samples: [
    { inputs: [[4]], attrs: { axis: 0 } },
    { inputs: [[2, 3, 2]], attrs: { axis: 1 } },
  ],
};
