/**
 * Convolution in float64 for the reference engine: windows of one sample are gathered into columns [C·K, P], and a
 * matrix product for each group does the rest; the adjoints run the same steps backwards. One spatial axis is two with a
 * height of 1.
 */
import type { Window } from '../node.ts';
import type { Tensor } from './op.ts';
import { gemm, zeros } from './tensor.ts';

/** Sizes with two spatial axes: image h·w, kernel kh·kw, output oh·ow. */
interface Plan {
  readonly n: number;
  readonly c: number;
  readonly o: number;
  readonly image: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly out: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly low: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly groups: number;
}

const two = (sizes: readonly number[], filler: number): [number, number] =>
  sizes.length === 1 ? [filler, sizes[0]] : [sizes[0], sizes[1]];

function plan(x: readonly number[], w: readonly number[], y: readonly number[], window: Window): Plan {
  return {
    n: x[0],
    c: x[1],
    o: w[0],
    image: two(x.slice(2), 1),
    kernel: two(w.slice(2), 1),
    out: two(y.slice(2), 1),
    strides: two(window.strides, 1),
    low: two(
      window.pads.map(([low]) => low),
      0,
    ),
    dilations: two(window.dilations ?? window.strides.map(() => 1), 1),
    groups: window.groups ?? 1,
  };
}

/** Calls `copy` for each run of a column row that lies inside the image: places in columns and image, and length. */
function eachRun(p: Plan, copy: (column: number, pixel: number, count: number) => void): void {
  const [[h, w], [kh, kw], [oh, ow], [sh, sw], [lh, lw]] = [p.image, p.kernel, p.out, p.strides, p.low];
  const [dh, dw] = p.dilations;
  for (let row = 0; row < p.c * kh * kw; row++) {
    const channel = Math.floor(row / (kh * kw));
    const [i, j] = [(Math.floor(row / kw) % kh) * dh, (row % kw) * dw];
    const first = Math.max(0, Math.ceil((lw - j) / sw));
    const end = Math.min(ow, Math.floor((w - 1 + lw - j) / sw) + 1);
    for (let a = 0; a < oh; a++) {
      const y = a * sh + i - lh;
      if (y < 0 || y >= h || end <= first) continue;
      copy((row * oh + a) * ow + first, (channel * h + y) * w + first * sw + j - lw, end - first);
    }
  }
}

function toColumns(p: Plan, image: Float64Array, at: number, columns: Float64Array): void {
  const step = p.strides[1];
  columns.fill(0);
  eachRun(p, (column, pixel, count) => {
    for (let t = 0; t < count; t++) columns[column + t] = image[at + pixel + t * step];
  });
}

function addColumns(p: Plan, columns: Float64Array, image: Float64Array, at: number): void {
  const step = p.strides[1];
  eachRun(p, (column, pixel, count) => {
    for (let t = 0; t < count; t++) image[at + pixel + t * step] += columns[column + t];
  });
}

interface Sizes {
  /** Of one group: what its windows hold, and channels that come out. */
  readonly depth: number;
  readonly own: number;
  readonly places: number;
  readonly pixels: number;
}

function sizes(p: Plan): Sizes {
  return {
    depth: (p.c / p.groups) * p.kernel[0] * p.kernel[1],
    own: p.o / p.groups,
    places: p.out[0] * p.out[1],
    pixels: p.c * p.image[0] * p.image[1],
  };
}

/** Where each group's part begins in the weights, in a sample's columns and among the places of sample n. */
const beginnings = (
  p: Plan,
  { depth, own, places }: Sizes,
  n: number,
): { w: number; columns: number; y: number }[] =>
  Array.from({ length: p.groups }, (_, group) => ({
    w: group * own * depth,
    columns: group * depth * places,
    y: (n * p.groups + group) * own * places,
  }));

export function conv(x: Tensor, w: Tensor, window: Window, shape: readonly number[]): Tensor {
  const p = plan(x.shape, w.shape, shape, window);
  const all = sizes(p);
  const { depth, own, places, pixels } = all;
  const out = zeros(shape);
  const columns = new Float64Array(p.groups * depth * places);
  for (let n = 0; n < p.n; n++) {
    toColumns(p, x.data, n * pixels, columns);
    for (const at of beginnings(p, all, n))
      gemm(
        own,
        depth,
        places,
        { data: w.data, at: at.w, row: depth, column: 1 },
        { data: columns, at: at.columns, row: places, column: 1 },
        { data: out.data, at: at.y, row: places, column: 1 },
      );
  }
  return out;
}

export function convInputGrad(g: Tensor, w: Tensor, window: Window, shape: readonly number[]): Tensor {
  const p = plan(shape, w.shape, g.shape, window);
  const all = sizes(p);
  const { depth, own, places, pixels } = all;
  const out = zeros(shape);
  const columns = new Float64Array(p.groups * depth * places);
  for (let n = 0; n < p.n; n++) {
    columns.fill(0);
    for (const at of beginnings(p, all, n))
      gemm(
        depth,
        own,
        places,
        { data: w.data, at: at.w, row: 1, column: depth },
        { data: g.data, at: at.y, row: places, column: 1 },
        { data: columns, at: at.columns, row: places, column: 1 },
      );
    addColumns(p, columns, out.data, n * pixels);
  }
  return out;
}

export function convWeightGrad(x: Tensor, g: Tensor, window: Window, shape: readonly number[]): Tensor {
  const p = plan(x.shape, shape, g.shape, window);
  const all = sizes(p);
  const { depth, own, places, pixels } = all;
  const out = zeros(shape);
  const columns = new Float64Array(p.groups * depth * places);
  for (let n = 0; n < p.n; n++) {
    toColumns(p, x.data, n * pixels, columns);
    for (const at of beginnings(p, all, n))
      gemm(
        own,
        places,
        depth,
        { data: g.data, at: at.y, row: places, column: 1 },
        { data: columns, at: at.columns, row: 1, column: places },
        { data: out.data, at: at.w, row: depth, column: 1 },
      );
  }
  return out;
}
