/**
 * `frechet(F(fake), F(test.image))`: the Fréchet distance of the Gaussians fitted to two sets of rows,
 *   |m₁ - m₂|² + tr(C₁ + C₂ - 2 (C₁ C₂)^½)
 * (Dowson & Landau 1982). With the features of an Inception network it is the FID (Heusel et al. 2017); with others
 * it is comparable only with itself. Work grows with the cube of the features, or of the rows where those are fewer:
 * with centred rows X / √(rows - 1), tr((C₁ C₂)^½) is the sum of the singular values of X₁ X₂ᵀ.
 */
import type { Cost, Size } from '../../../program/catalogue.ts';
import { partOf, still } from '../pulse.ts';
import type { Pulse } from '../pulse.ts';
import { finiteGaussian, fitGaussian, gaussianReducer } from './gaussian.ts';
import type { Gaussian } from './gaussian.ts';
import { allFinite, rowWidth } from './metric.ts';
import type { Metric, Values } from './metric.ts';
import { eigenSymmetric } from './symmetric.ts';

/** tr((C₁ C₂)^½), from the eigenvalues of the symmetric C₁^½ C₂ C₁^½, which are those of C₁ C₂. */
function traceOfRoot(first: Float64Array, second: Float64Array, n: number, pulse: Pulse): number {
  const { values, vectors } = eigenSymmetric(first, n, true, partOf(pulse, 0, 0.6));
  const scaled = vectors.map((x, i) => x * Math.sqrt(Math.max(0, values[Math.floor(i / n)])));
  // Rows √λᵢ vᵢ: their products with C₂ differ from C₁^½ C₂ C₁^½ by a rotation only.
  const half = multiply(scaled, second, n, partOf(pulse, 0.6, 0.7));
  const inner = multiplyTransposed(half, scaled, [n, n, n], partOf(pulse, 0.7, 0.8));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++)
      inner[i * n + j] = inner[j * n + i] = (inner[i * n + j] + inner[j * n + i]) / 2;
  }
  return sumOfRoots(eigenSymmetric(inner, n, false, partOf(pulse, 0.8, 1)).values);
}

const sumOfRoots = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);

function multiply(a: Float64Array, b: Float64Array, n: number, pulse: Pulse): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    pulse(i / n);
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k];
      for (let j = 0; j < n; j++) out[i * n + j] += factor * b[k * n + j];
    }
  }
  return out;
}

/** a bᵀ of rows × width and columns × width numbers. */
function multiplyTransposed(
  a: Float64Array,
  b: Float64Array,
  [rows, columns, width]: readonly [number, number, number],
  pulse: Pulse,
): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    pulse(i / rows);
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0, p = i * width, q = j * width; k < width; k++, p++, q++) sum += a[p] * b[q];
      out[i * columns + j] = sum;
    }
  }
  return out;
}

/** The distance of two Gaussians of `n` dimensions. */
function frechetDistance(a: Gaussian, b: Gaussian, n: number, pulse: Pulse = still): number {
  let sum = 0;
  for (let i = 0; i < n; i++)
    sum += (a.mean[i] - b.mean[i]) ** 2 + a.covariance[i * n + i] + b.covariance[i * n + i];
  return Math.max(0, sum - 2 * traceOfRoot(a.covariance, b.covariance, n, pulse));
}

/** Rows less their mean, divided by √(rows - 1). */
function centredRows({ data, shape }: Values, width: number): { mean: Float64Array; centred: Float64Array } {
  const rows = shape[0];
  const mean = new Float64Array(width);
  for (let i = 0; i < data.length; i++) mean[i % width] += data[i] / rows;
  const scale = 1 / Math.sqrt(rows - 1);
  return { mean, centred: Float64Array.from(data, (value, i) => scale * (value - mean[i % width])) };
}

/** The same distance from fewer rows than dimensions, without their covariances. */
function distanceOfFewRows(a: Values, b: Values, width: number, pulse: Pulse): number {
  const [first, second] = [a, b].map((values) => centredRows(values, width));
  const [p, q] = [a.shape[0], b.shape[0]].sort((x, y) => x - y);
  const [less, more] = a.shape[0] <= b.shape[0] ? [first, second] : [second, first];
  const products = multiplyTransposed(less.centred, more.centred, [p, q, width], partOf(pulse, 0, 0.5));
  const squares = multiplyTransposed(products, products, [p, p, q], partOf(pulse, 0.5, 0.7));
  const values = eigenSymmetric(squares, p, false, partOf(pulse, 0.7, 1)).values;
  const total = ({ centred }: { centred: Float64Array }): number =>
    centred.reduce((sum, x) => sum + x * x, 0);
  const apart = first.mean.reduce((sum, x, j) => sum + (x - second.mean[j]) ** 2, 0);
  return Math.max(0, apart + total(first) + total(second) - 2 * sumOfRoots(values));
}

/** Operations by the covariances, and by the rows. */
const byCovariance = (rows: number, n: number): number => (rows * n ** 2) / 2 + 17 * n ** 3;
function byRows(a: number, b: number, n: number): number {
  const [p, q] = [Math.min(a, b), Math.max(a, b)];
  return p * q * n + p * p * q + 2 * p ** 3;
}

function cost({ a, b }: Readonly<Record<string, Size>>): Cost {
  const n = a.width;
  const bytes = (rows: number): number => (rows > n ? 8 * n * n : 12 * rows * n);
  const few = a.rows <= n && b.rows <= n ? byRows(a.rows, b.rows, n) : Infinity;
  const operations = Math.min(few, byCovariance(a.rows + b.rows, n));
  return { operations, bytes: bytes(a.rows) + bytes(b.rows) + (operations === few ? 0 : 40 * n * n) };
}

export const frechet: Metric = {
  signature: {
    name: 'frechet',
    doc: 'The Fréchet distance of the Gaussians fitted to two sets of rows: 0 for equal means and covariances.',
    params: [
      { name: 'a', type: 'value', doc: 'features of one set' },
      { name: 'b', type: 'value', doc: 'features of the other' },
    ],
    better: 'lower',
    cost,
  },
  reduce: { a: gaussianReducer, b: gaussianReducer },
  compute({ a, b }, _options, pulse = still) {
    const width = rowWidth(a);
    if (width !== rowWidth(b))
      throw new Error(`rows of ${width} and ${rowWidth(b)} numbers can't be compared`);
    const [p, q] = [a.shape[0], b.shape[0]];
    if (Math.min(p, q) < 2) throw new Error('a Gaussian needs at least two rows');
    if (![a, b].every(({ gaussian }) => gaussian === undefined || finiteGaussian(gaussian))) return NaN;
    if (![a, b].every(allFinite)) return NaN;
    const held = a.gaussian === undefined && b.gaussian === undefined;
    if (held && Math.max(p, q) <= width && byRows(p, q, width) < byCovariance(p + q, width))
      return distanceOfFewRows(a, b, width, pulse);
    const [first, second] = [a, b].map(
      ({ gaussian, data }, i) => gaussian ?? fitGaussian(data, width, partOf(pulse, 0.1 * i, 0.1 * (i + 1))),
    );
    return frechetDistance(first, second, width, partOf(pulse, 0.2, 1));
  },
};
