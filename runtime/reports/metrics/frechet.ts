/**
 * `frechet(F(fake), F(test.image))`: the Fréchet distance of the Gaussians fitted to two sets of rows,
 *   |m₁ - m₂|² + tr(C₁ + C₂ - 2 (C₁ C₂)^½)
 * (Dowson & Landau 1982). With the features of an Inception network it is the FID (Heusel et al. 2017); with others
 * it is comparable only with itself. Work grows with the cube of the features: keep them to some hundreds.
 */
import { allFinite, rowWidth } from './metric.ts';
import type { Metric } from './metric.ts';
import { eigenSymmetric, fitGaussian } from './symmetric.ts';
import type { Gaussian } from './symmetric.ts';

/** tr((C₁ C₂)^½), from the eigenvalues of the symmetric C₁^½ C₂ C₁^½, which are those of C₁ C₂. */
function traceOfRoot(first: Float64Array, second: Float64Array, n: number): number {
  const { values, vectors } = eigenSymmetric(first, n);
  const scaled = vectors.map((x, i) => x * Math.sqrt(Math.max(0, values[Math.floor(i / n)])));
  // Rows √λᵢ vᵢ: their products with C₂ differ from C₁^½ C₂ C₁^½ by a rotation only.
  const half = multiply(scaled, second, n);
  const inner = multiplyTransposed(half, scaled, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++)
      inner[i * n + j] = inner[j * n + i] = (inner[i * n + j] + inner[j * n + i]) / 2;
  }
  return eigenSymmetric(inner, n, false).values.reduce(
    (sum, value) => sum + Math.sqrt(Math.max(0, value)),
    0,
  );
}

function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k];
      for (let j = 0; j < n; j++) out[i * n + j] += factor * b[k * n + j];
    }
  }
  return out;
}

/** a bᵀ. */
function multiplyTransposed(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k] * b[j * n + k];
      out[i * n + j] = sum;
    }
  }
  return out;
}

/** The distance of two Gaussians of `n` dimensions. */
export function frechetDistance(a: Gaussian, b: Gaussian, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++)
    sum += (a.mean[i] - b.mean[i]) ** 2 + a.covariance[i * n + i] + b.covariance[i * n + i];
  return Math.max(0, sum - 2 * traceOfRoot(a.covariance, b.covariance, n));
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
  },
  compute({ a, b }) {
    const width = rowWidth(a);
    if (width !== rowWidth(b))
      throw new Error(`rows of ${width} and ${rowWidth(b)} numbers can't be compared`);
    if (Math.min(a.shape[0], b.shape[0]) < 2) throw new Error('a Gaussian needs at least two rows');
    if (![a, b].every(allFinite)) return NaN;
    return frechetDistance(fitGaussian(a.data, width), fitGaussian(b.data, width), width);
  },
};
