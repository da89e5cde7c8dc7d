/**
 * Resizing of one plane of numbers by area: each new pixel is the mean of the old ones under it, partly covered ones
 * by their share. Shrinking this way keeps the mean and makes no ripples; growing by a whole factor repeats pixels.
 */

/** In: a plane of `from` = [height, width] numbers, row by row. Out: one of `to`. */
export function resizePlane(
  plane: ArrayLike<number>,
  from: readonly [number, number],
  to: readonly [number, number],
): Float64Array {
  const across = shares(from[1], to[1]);
  const narrow = new Float64Array(from[0] * to[1]);
  for (let y = 0; y < from[0]; y++) {
    across.forEach((parts, x) => {
      let sum = 0;
      for (const [at, share] of parts) sum += share * plane[y * from[1] + at];
      narrow[y * to[1] + x] = sum;
    });
  }
  const out = new Float64Array(to[0] * to[1]);
  shares(from[0], to[0]).forEach((parts, y) => {
    for (const [at, share] of parts) {
      for (let x = 0; x < to[1]; x++) out[y * to[1] + x] += share * narrow[at * to[1] + x];
    }
  });
  return out;
}

/** For each new pixel along an axis: which old ones lie under it, and what share of it each covers. */
function shares(from: number, to: number): [number, number][][] {
  return Array.from({ length: to }, (_, i) => {
    const [low, high] = [(i * from) / to, ((i + 1) * from) / to];
    const parts: [number, number][] = [];
    for (let at = Math.floor(low); at < Math.min(from, Math.ceil(high)); at++) {
      const covered = Math.min(high, at + 1) - Math.max(low, at);
      if (covered > 1e-9) parts.push([at, covered / (high - low)]);
    }
    return parts;
  });
}
