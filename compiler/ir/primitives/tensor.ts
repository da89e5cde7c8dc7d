/**
 * Row-major float64 arrays for the reference engine: strided reads and writes that movement, reductions and
 * convolutions share. In: tensors; out: new tensors. Typed loops over the last axis, an odometer over the others.
 */
import type { Tensor } from './op.ts';

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

export function zeros(shape: readonly number[]): { shape: readonly number[]; data: Float64Array } {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}

export function tensor(shape: readonly number[], values: ArrayLike<number>): Tensor {
  if (values.length !== sizeOf(shape))
    throw new Error(`${values.length} values for shape [${shape.join(', ')}]`);
  return { shape, data: Float64Array.from(values) };
}

/** Row-major strides, in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i];
  }
  return strides;
}

/**
 * Visits the rows (last axis) of an index space `shape`, in order: `at` is the place of the row's first element in
 * the array with `strides` and `base`, `start` its place in a contiguous one.
 */
function eachRow(
  shape: readonly number[],
  strides: readonly number[],
  base: number,
  visit: (at: number, start: number) => void,
): void {
  const total = sizeOf(shape);
  if (total === 0) return;
  const outer = shape.length - 1;
  const length = outer < 0 ? 1 : shape[outer];
  const index = new Array<number>(Math.max(outer, 0)).fill(0);
  let at = base;
  for (let start = 0; start < total; start += length) {
    visit(at, start);
    for (let axis = outer - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

const last = (shape: readonly number[], strides: readonly number[]): [number, number] =>
  shape.length === 0 ? [1, 0] : [shape[shape.length - 1], strides[strides.length - 1]];

/** A new tensor of `shape` whose element at index i is source[base + i·strides]. */
export function gather(
  source: Float64Array,
  shape: readonly number[],
  strides: readonly number[],
  base = 0,
): Tensor {
  const out = zeros(shape);
  const [length, step] = last(shape, strides);
  eachRow(shape, strides, base, (at, start) => {
    for (let j = 0; j < length; j++) out.data[start + j] = source[at + j * step];
  });
  return out;
}

/** Writes x's element at index i to target[base + i·strides]. */
export function scatter(target: Float64Array, x: Tensor, strides: readonly number[], base = 0): void {
  const [length, step] = last(x.shape, strides);
  eachRow(x.shape, strides, base, (at, start) => {
    for (let j = 0; j < length; j++) target[at + j * step] = x.data[start + j];
  });
}

/** Folds x over `axes` into a tensor of the remaining ones, which starts at `from`. */
export function fold(
  x: Tensor,
  axes: readonly number[],
  shape: readonly number[],
  from: number,
  combine: (a: number, b: number) => number,
): Tensor {
  const out = { shape, data: new Float64Array(sizeOf(shape)).fill(from) };
  const kept = stridesOf(shape);
  let next = 0;
  const strides = x.shape.map((_, axis) => (axes.includes(axis) ? 0 : kept[next++]));
  const [length, step] = last(x.shape, strides);
  eachRow(x.shape, strides, 0, (at, start) => {
    for (let j = 0; j < length; j++) {
      out.data[at + j * step] = combine(out.data[at + j * step], x.data[start + j]);
    }
  });
  return out;
}

/** Sizes of the parts before, at and after an axis. */
export function around(shape: readonly number[], axis: number): [number, number, number] {
  return [sizeOf(shape.slice(0, axis)), shape[axis], sizeOf(shape.slice(axis + 1))];
}

/** A matrix inside an array: where it starts, and the steps between its rows and its columns. */
export interface Matrix {
  readonly data: Float64Array;
  readonly at: number;
  readonly row: number;
  readonly column: number;
}

/** c[m,n] += a[m,k]·b[k,n]; c's columns must be adjacent. Four terms at a time: fewer visits to c's rows. */
export function gemm(m: number, k: number, n: number, a: Matrix, b: Matrix, c: Matrix): void {
  const rows = b.column === 1 ? b : packed(k, n, b);
  const whole = k - (k % 4);
  for (let i = 0; i < m; i++) {
    const [from, to] = [a.at + i * a.row, c.at + i * c.row];
    for (let p = 0; p < whole; p += 4)
      addFour(n, a, from + p * a.column, rows, rows.at + p * rows.row, c.data, to);
    for (let p = whole; p < k; p++) {
      addOne(n, a.data[from + p * a.column], rows.data, rows.at + p * rows.row, c.data, to);
    }
  }
}

function addFour(
  n: number,
  a: Matrix,
  from: number,
  b: Matrix,
  row: number,
  out: Float64Array,
  to: number,
): void {
  const [x, y, step] = [a.data, b.data, b.row];
  const f0 = x[from];
  const f1 = x[from + a.column];
  const f2 = x[from + 2 * a.column];
  const f3 = x[from + 3 * a.column];
  for (let j = 0; j < n; j++) {
    const q = row + j;
    out[to + j] += f0 * y[q] + f1 * y[q + step] + f2 * y[q + 2 * step] + f3 * y[q + 3 * step];
  }
}

function addOne(
  n: number,
  factor: number,
  b: Float64Array,
  row: number,
  out: Float64Array,
  to: number,
): void {
  for (let j = 0; j < n; j++) out[to + j] += factor * b[row + j];
}

/** The matrix again, with adjacent columns. */
function packed(k: number, n: number, b: Matrix): Matrix {
  return {
    data: gather(b.data, [k, n], [b.row, b.column], b.at).data,
    at: 0,
    row: n,
    column: 1,
  };
}
