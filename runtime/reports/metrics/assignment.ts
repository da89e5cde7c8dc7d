/**
 * The assignment problem: which column for which row so that the sum is largest, no column twice. The Hungarian
 * method (Kuhn 1955) by shortest augmenting paths with potentials, O(n³).
 */

/** In: a square matrix, row by row. Out: for each row its column. */
export function bestAssignment(gain: ArrayLike<number>, n: number): Int32Array {
  // Places count from 1; column 0 holds the row that is being placed.
  const rowOf = new Int32Array(n + 1);
  const [rowPotential, columnPotential] = [new Float64Array(n + 1), new Float64Array(n + 1)];
  for (let row = 1; row <= n; row++) {
    rowOf[0] = row;
    place(gain, n, rowOf, rowPotential, columnPotential);
  }
  const columns = new Int32Array(n);
  for (let column = 1; column <= n; column++) columns[rowOf[column] - 1] = column - 1;
  return columns;
}

/** Finds the cheapest chain of moves that gives the row in column 0 a place, and makes the moves. */
function place(
  gain: ArrayLike<number>,
  n: number,
  rowOf: Int32Array,
  rowPotential: Float64Array,
  columnPotential: Float64Array,
): void {
  const slack = new Float64Array(n + 1).fill(Infinity);
  const from = new Int32Array(n + 1);
  const reached = new Uint8Array(n + 1);
  let column = 0;
  while (rowOf[column] !== 0) {
    reached[column] = 1;
    const row = rowOf[column];
    let next = 0;
    for (let j = 1; j <= n; j++) {
      if (reached[j]) continue;
      const cost = -gain[(row - 1) * n + j - 1] - rowPotential[row] - columnPotential[j];
      if (cost < slack[j]) [slack[j], from[j]] = [cost, column];
      if (next === 0 || slack[j] < slack[next]) next = j;
    }
    const step = slack[next];
    for (let j = 0; j <= n; j++) {
      if (reached[j]) {
        rowPotential[rowOf[j]] += step;
        columnPotential[j] -= step;
      } else slack[j] -= step;
    }
    column = next;
  }
  while (column !== 0) {
    rowOf[column] = rowOf[from[column]];
    column = from[column];
  }
}
