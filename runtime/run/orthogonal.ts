/**
 * Orthogonal starts (Saxe et al. 2013, arXiv:1312.6120). In: independent normal numbers; out: the same directions at right
 * angles, each of length 1. By Gram and Schmidt, each direction made orthogonal twice, which leaves nothing but rounding.
 */

/** A matrix [rows, columns] in place: its rows, or its columns if they are fewer, become orthonormal. */
export function orthonormalise(matrix: Float64Array, rows: number, columns: number): void {
  const [count, size] = [Math.min(rows, columns), Math.max(rows, columns)];
  const turned = rows > columns;
  const vectors = Array.from({ length: count }, (_, i) =>
    Float64Array.from({ length: size }, (_, j) => matrix[turned ? j * columns + i : i * columns + j]),
  );
  vectors.forEach((vector, i) => {
    for (let pass = 0; pass < 2; pass++)
      for (let k = 0; k < i; k++) subtract(vector, vectors[k], dot(vector, vectors[k]));
    const length = Math.sqrt(dot(vector, vector));
    for (let j = 0; j < size; j++) vector[j] /= length;
    for (let j = 0; j < size; j++) matrix[turned ? j * columns + i : i * columns + j] = vector[j];
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function subtract(from: Float64Array, other: Float64Array, times: number): void {
  for (let i = 0; i < from.length; i++) from[i] -= times * other[i];
}
