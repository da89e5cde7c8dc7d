/**
 * Eigenvalues and eigenvectors of a symmetric matrix, in float64: Householder's reduction to three diagonals, then
 * implicit QL steps (Golub & Van Loan, Matrix Computations, sections 8.3.1 and 8.3.3). A matrix is n × n numbers, row by
 * row. About 9 n³ operations with vectors, 2 n³ without.
 */
import { partOf, still } from '../pulse.ts';
import type { Pulse } from '../pulse.ts';

export interface Eigen {
  /** Ascending. */
  readonly values: Float64Array;
  /** Row i is the unit eigenvector of values[i]; empty if none were asked for. */
  readonly vectors: Float64Array;
}

/** Throws on numbers that aren't finite. */
export function eigenSymmetric(
  matrix: Float64Array,
  n: number,
  wantVectors = true,
  pulse: Pulse = still,
): Eigen {
  if (!matrix.every(Number.isFinite)) throw new Error('the matrix has numbers that are not finite');
  const { diagonal, beside, vectors } = tridiagonal(
    Float64Array.from(matrix),
    n,
    wantVectors,
    partOf(pulse, 0, 0.6),
  );
  diagonalise(diagonal, beside, vectors, n, partOf(pulse, 0.6, 1));
  const order = [...diagonal.keys()].sort((a, b) => diagonal[a] - diagonal[b]);
  const sorted = new Float64Array(vectors.length);
  if (wantVectors)
    order.forEach((from, to) => sorted.set(vectors.subarray(from * n, (from + 1) * n), to * n));
  return { values: Float64Array.from(order, (i) => diagonal[i]), vectors: sorted };
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** beside[i] stands between i and i + 1; the last is 0. */
  readonly beside: Float64Array;
  /** The reflections' product, transposed. */
  readonly vectors: Float64Array;
}

/** a = Q T Qᵀ by n - 2 reflections; destroys `a`. */
function tridiagonal(a: Float64Array, n: number, wantVectors: boolean, pulse: Pulse): Tridiagonal {
  const mirrors: Float64Array[] = [];
  const share = wantVectors ? 0.6 : 1;
  for (let k = 0; k < n - 2; k++) {
    pulse(share * (1 - ((n - k) / n) ** 3));
    const mirror = new Float64Array(n);
    for (let i = k + 1; i < n; i++) mirror[i] = a[i * n + k];
    const length = norm(mirror);
    if (length > 0) {
      mirror[k + 1] += mirror[k + 1] < 0 ? -length : length;
      const scale = Math.SQRT2 / norm(mirror);
      for (let i = k + 1; i < n; i++) mirror[i] *= scale;
      reflect(a, n, k, mirror);
    }
    mirrors.push(mirror);
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i]);
  const beside = Float64Array.from({ length: n }, (_, i) => (i < n - 1 ? a[(i + 1) * n + i] : 0));
  return {
    diagonal,
    beside,
    vectors: wantVectors ? product(mirrors, n, partOf(pulse, share, 1)) : new Float64Array(0),
  };
}

/** a := (1 - u uᵀ) a (1 - u uᵀ), where u has length √2 and is 0 up to k. */
function reflect(a: Float64Array, n: number, k: number, u: Float64Array): void {
  const p = new Float64Array(n);
  for (let i = k; i < n; i++) {
    let sum = 0;
    for (let j = k + 1; j < n; j++) sum += a[i * n + j] * u[j];
    p[i] = sum;
  }
  let half = 0;
  for (let i = k + 1; i < n; i++) half += (u[i] * p[i]) / 2;
  for (let i = k; i < n; i++) p[i] -= half * u[i];
  for (let i = k; i < n; i++) {
    for (let j = k; j < n; j++) a[i * n + j] -= u[i] * p[j] + p[i] * u[j];
  }
}

/** (H₀ H₁ ...)ᵀ, from the last reflection, which touches least, to the first. */
function product(mirrors: readonly Float64Array[], n: number, pulse: Pulse): Float64Array {
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let k = mirrors.length - 1; k >= 0; k--) {
    pulse(((n - k) / n) ** 3);
    const u = mirrors[k];
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += q[i * n + j] * u[j];
      for (let j = k + 1; j < n; j++) q[i * n + j] -= sum * u[j];
    }
  }
  return q;
}

function norm(v: Float64Array): number {
  const largest = v.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  if (largest === 0) return 0;
  return largest * Math.sqrt(v.reduce((sum, x) => sum + (x / largest) ** 2, 0));
}

/**
 * Turns the three diagonals into one, in place, and the rows of `vectors` with them. What is 0 beside the diagonal is said by
 * its neighbours or by the whole: where rows are fewer than numbers, most of the diagonal is roundoff of the rest, and nothing
 * beside it becomes small against that.
 */
function diagonalise(d: Float64Array, e: Float64Array, vectors: Float64Array, n: number, pulse: Pulse): void {
  const floor = Number.EPSILON * d.reduce((most, x, i) => Math.max(most, Math.abs(x) + Math.abs(e[i])), 0);
  const nothing = (i: number): boolean =>
    Math.abs(e[i]) <= Math.max(floor, Number.EPSILON * (Math.abs(d[i]) + Math.abs(d[i + 1])));
  for (let low = 0; low < n; low++) {
    pulse(low / n);
    for (let pass = 0; ; pass++) {
      let high = low;
      while (high < n - 1 && !nothing(high)) high++;
      if (high === low) break;
      if (pass === 100) throw new Error('the eigenvalues do not settle');
      sweep(d, e, vectors, n, low, high);
    }
  }
}

/** One implicit QL step on the block low..high, with Wilkinson's shift. */
function sweep(
  d: Float64Array,
  e: Float64Array,
  vectors: Float64Array,
  n: number,
  low: number,
  high: number,
): void {
  const half = (d[low + 1] - d[low]) / (2 * e[low]);
  let g = d[high] - d[low] + e[low] / (half + Math.sign(half || 1) * Math.hypot(half, 1));
  let [sine, cosine, shift] = [1, 1, 0];
  for (let i = high - 1; i >= low; i--) {
    const f = sine * e[i];
    const b = cosine * e[i];
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] -= shift;
      e[high] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1] - shift;
    const t = (d[i] - g) * sine + 2 * cosine * b;
    shift = sine * t;
    d[i + 1] = g + shift;
    g = cosine * t - b;
    if (vectors.length > 0) rotate(vectors, n, i, cosine, sine);
  }
  d[low] -= shift;
  e[low] = g;
  e[high] = 0;
}

function rotate(vectors: Float64Array, n: number, i: number, cosine: number, sine: number): void {
  const [upper, lower] = [i * n, (i + 1) * n];
  for (let k = 0; k < n; k++) {
    const a = vectors[upper + k];
    const b = vectors[lower + k];
    vectors[lower + k] = sine * a + cosine * b;
    vectors[upper + k] = cosine * a - sine * b;
  }
}
