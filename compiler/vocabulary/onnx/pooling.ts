/** Pools over windows, and over all places. */
import type { Node } from '../../ir/node.ts';
import { broadcastTo, mean } from '../../ir/compose.ts';
import { pooled } from '../pooled.ts';
import { padded, type Fill } from '../places.ts';
import { tensor, type Operator, type Step, type Tensor } from './values.ts';
import { windowsOf } from './windows.ts';

/** Along one axis; `behind` are places that only `ceil_mode` asks for. */
interface Pool {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pads: readonly [number, number];
  readonly behind: number;
  readonly out: number;
}

function poolsOf(step: Step, x: Tensor): Pool[] {
  const kernel = step.list('kernel_shape') ?? step.fail('it lacks its attribute `kernel_shape`');
  const windows = windowsOf(step, x, kernel);
  if (windows.some(({ dilation }) => dilation !== 1)) step.fail('pools with dilation are not taken');
  const up = step.real('ceil_mode', 0) !== 0;
  return windows.map(({ kernel: own, stride, pads, out }, axis) => {
    const size = x.node.shape[axis + 2];
    if (typeof size !== 'number' || typeof out !== 'number')
      return step.fail('it works on a length that is not known here');
    const most = Math.ceil((size + pads[0] + pads[1] - own) / stride) + 1;
    // A window that would begin in the padding behind is left out, as PyTorch does.
    const whole = up ? ((most - 1) * stride >= size + pads[0] ? most - 1 : most) : out;
    const behind = Math.max(0, (whole - 1) * stride + own - size - pads[0] - pads[1]);
    return { size, kernel: own, stride, pads, behind, out: whole };
  });
}

type Fold = Parameters<typeof pooled>[3];

/** What comes in with its padding, folded window by window. */
function windowed(step: Step, x: Node, pools: readonly Pool[], fill: Fill, fold: Fold): Node {
  const { call } = step.of;
  const wide = pools.reduce(
    (part, { pads: [low, high], behind }, i) => padded(call, part, i + 2, [low, high + behind], fill),
    x,
  );
  const sizes = {
    sizes: pools.map((p) => p.kernel),
    strides: pools.map((p) => p.stride),
    out: pools.map((p) => p.out),
  };
  return pooled(call, wide, sizes, fold);
}

/**
 * The padding is the outermost place again: every window that reaches over the border holds that place too, so that what is
 * largest in it is what would be without padding.
 */
const maxPool: Operator = (step) => {
  const x = step.tensor(0);
  step.rowsFirst(x);
  const pools = poolsOf(step, x);
  if (pools.some(({ pads, kernel }) => Math.max(...pads) >= kernel))
    step.fail('its padding is as wide as its windows');
  const made = windowed(step, x.node, pools, 'replicate', ({ b }, node, axis) => b.amax(node, [axis]));
  return tensor(made, x.rows, x.range);
};

/** What each window along an axis counts: its places, without those of the padding unless it is to count. */
function counts({ size, kernel, stride, pads, out }: Pool, padding: boolean): number[] {
  const [first, last] = padding ? [0, size + pads[0] + pads[1]] : [pads[0], pads[0] + size];
  return Array.from({ length: out }, (_, i) =>
    Math.max(0, Math.min(i * stride + kernel, last) - Math.max(i * stride, first)),
  );
}

const averagePool: Operator = (step) => {
  const x = step.tensor(0);
  step.rowsFirst(x);
  const pools = poolsOf(step, x);
  const { b } = step;
  const sums = windowed(step, x.node, pools, 'zero', (_, node, axis) => b.sum(node, [axis]));
  const padding = step.real('count_include_pad', 0) !== 0;
  const all = pools.map((pool) => counts(pool, padding));
  const full = all.every((count, i) => count.every((one) => one === pools[i].kernel));
  const divided = full
    ? b.div(
        sums,
        pools.reduce((area, { kernel }) => area * kernel, 1),
      )
    : all.reduce(
        (node, count, i) =>
          b.div(node, broadcastTo(b, b.constant(count, [count.length]), node.shape, [i + 2])),
        sums,
      );
  return tensor(divided, x.rows);
};

const overPlaces =
  (fold: (step: Step, x: Node, axes: readonly number[]) => Node): Operator =>
  (step) => {
    const x = step.tensor(0);
    step.rowsFirst(x);
    const axes = [...x.node.shape.keys()].slice(2);
    const shape = x.node.shape.map((size, axis) => (axis < 2 ? size : 1));
    return tensor(step.b.reshape(fold(step, x.node, axes), shape), x.rows, x.range);
  };

export const pooling = {
  AveragePool: averagePool,
  GlobalAveragePool: overPlaces(({ b }, x, axes) => mean(b, x, axes)),
  GlobalMaxPool: overPlaces(({ b }, x, axes) => b.amax(x, axes)),
  MaxPool: maxPool,
} as const satisfies Record<string, Operator>;
