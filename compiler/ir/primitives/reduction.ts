/** Primitives that fold axes away: sums, maxima and their places. The folded axes are dropped from the shape. */
import { printShape, type Shape } from '../dim.ts';
import { alongAxes } from '../compose.ts';
import { checkAxis } from './movement.ts';
import { ShapeError, fixed, type Op } from './op.ts';
import { around, fold, zeros } from './tensor.ts';

function withoutAxes([x]: readonly Shape[], { axes }: { readonly axes: readonly number[] }): Shape {
  axes.forEach((axis) => checkAxis(x, axis));
  if (new Set(axes).size !== axes.length) throw new ShapeError(`an axis of ${printShape(x)} is named twice`);
  return x.filter((_, i) => !axes.includes(i));
}

export const sum: Op<'sum'> = {
  doc: 'The sum over axes.',
  inputs: ['x'],
  shape: withoutAxes,
  resized: fixed,
  gradient: (b, { inputs: [x], attrs }, g) => [alongAxes(b, g, x.shape, attrs.axes)],
  evaluate: ([x], attrs, shape) => fold(x, attrs.axes, shape, 0, (a, b) => a + b),
  samples: [
    { inputs: [[2, 3]], attrs: { axes: [0] } },
    { inputs: [[2, 3, 2]], attrs: { axes: [0, 2] } },
    { inputs: [[2, 3]], attrs: { axes: [0, 1] } },
  ],
};

export const amax: Op<'amax'> = {
  doc: 'The maximum over axes; equal maxima share the gradient equally.',
  inputs: ['x'],
  shape: withoutAxes,
  resized: fixed,
  gradient(b, y, g) {
    const [x] = y.inputs;
    const { axes } = y.attrs;
    const hit = b.equal(x, alongAxes(b, y, x.shape, axes));
    const share = b.div(g, b.sum(hit, axes));
    return [b.select(hit, alongAxes(b, share, x.shape, axes), 0)];
  },
  evaluate: ([x], attrs, shape) => fold(x, attrs.axes, shape, -Infinity, Math.max),
  samples: [
    { inputs: [[2, 3]], attrs: { axes: [1] } },
    { inputs: [[2, 3, 2]], attrs: { axes: [0, 2] } },
  ],
};

export const argmax: Op<'argmax'> = {
  doc: 'The index of the maximum along an axis, the first of equal ones.',
  inputs: ['x'],
  shape([x], { axis }) {
    checkAxis(x, axis);
    return x.filter((_, i) => i !== axis);
  },
  resized: fixed,
  gradient: 'none',
  evaluate([x], { axis }, shape) {
    const [before, size, after] = around(x.shape, axis);
    const out = zeros(shape);
    for (let i = 0; i < before * after; i++) {
      const at = Math.floor(i / after) * size * after + (i % after);
      let best = 0;
      for (let k = 1; k < size; k++) if (x.data[at + k * after] > x.data[at + best * after]) best = k;
      out.data[i] = best;
    }
    return out;
  },
  samples: [
    { inputs: [[2, 3]], attrs: { axis: 1 } },
    { inputs: [[3, 2, 2]], attrs: { axis: 0 } },
    { inputs: [[4]], attrs: { axis: 0 }, values: [[1, 3, 3, 2]] },
  ],
};
