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
  const across = sharesOf(from[1], to[1]);
  const narrow = new Float64Array(from[0] * to[1]);
  for (let y = 0; y < from[0]; y++) {
    for (let i = 0; i < across.share.length; i++) {
      narrow[y * to[1] + across.into[i]] += across.share[i] * plane[y * from[1] + across.of[i]];
    }
  }
  const down = sharesOf(from[0], to[0]);
  const out = new Float64Array(to[0] * to[1]);
  for (let i = 0; i < down.share.length; i++) {
    const [target, source, share] = [down.into[i] * to[1], down.of[i] * to[1], down.share[i]];
    for (let x = 0; x < to[1]; x++) out[target + x] += share * narrow[source + x];
  }
  return out;
}

/** Along an axis, each overlap of an old pixel with a new one, and what share of the new one it is. */
interface Shares {
  readonly into: Int32Array;
  readonly of: Int32Array;
  readonly share: Float64Array;
}

const known = new Map<string, Shares>();

function sharesOf(from: number, to: number): Shares {
  const key = `${from} ${to}`;
  const made = known.get(key) ?? shares(from, to);
  known.set(key, made);
  return made;
}

function shares(from: number, to: number): Shares {
  const list: [number, number, number][] = [];
  for (let i = 0; i < to; i++) {
    const [low, high] = [(i * from) / to, ((i + 1) * from) / to];
    for (let at = Math.floor(low); at < Math.min(from, Math.ceil(high)); at++) {
      const covered = Math.min(high, at + 1) - Math.max(low, at);
      if (covered > 1e-9) list.push([i, at, covered / (high - low)]);
    }
  }
  return {
    into: Int32Array.from(list, ([into]) => into),
    of: Int32Array.from(list, ([, of]) => of),
    share: Float64Array.from(list, ([, , share]) => share),
  };
}
