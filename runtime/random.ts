/**
 * Every random number of a run. In: (seed, key, iteration, scope, row, j). Out: one number, always the same one:
 * whatever else is drawn, however large the batch, on every target. So a run can be resumed, split over processes
 * and repeated in another language. The generator is Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers:
 * as easy as 1, 2, 3"), which turns a counter of four words into four random words.
 *
 *   philox key = the first two words of philox(counter: [fnv1a64(key) low, high, 0, 0], key: [seed low, high])
 *   word w of a row = word w mod 4 of philox(counter: [floor(w / 4), row, scope, iteration], philox key)
 */

export type Distribution = 'uniform' | 'normal' | 'integer';

/** Where a draw stands: which stream of numbers, and when in the run. */
export interface DrawKey {
  /** A whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  /** The stream's name: the expression's first place in the spec, `init:` and a weight's name, ... */
  readonly key: string;
  /** From 0; below 2^32. */
  readonly iteration: number;
  /** Ordinal of the scope within the iteration: 0 for the body, then one for each pass of a repeat. */
  readonly scope: number;
}

/** High word of the product of two 32-bit words; the first is given in halves. */
function high(aHigh: number, aLow: number, b: number): number {
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16);
  const other = Math.imul(aLow, bHigh) + (middle & 0xffff);
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (other >>> 16)) | 0;
}

/** Philox4x32-10: four unsigned words at out[at] and on, for the counter (c0, c1, c2, c3) and the key (k0, k1). */
export function philox(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
  at = 0,
): void {
  for (let round = 0; round < 10; round++) {
    const high0 = high(0xd251, 0x1f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = high(0xcd9e, 0x8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[at] = c0 >>> 0;
  out[at + 1] = c1 >>> 0;
  out[at + 2] = c2 >>> 0;
  out[at + 3] = c3 >>> 0;
}

/** FNV-1a, 64 bits, of the text's UTF-8 bytes. */
export function hashKey(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash;
}

const keys = new Map<string, readonly [number, number]>();

/** The Philox key of a stream; remembered, since the same few streams are drawn from in every step. */
function streamKey(seed: number, key: string): readonly [number, number] {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new Error(`a seed is a whole number from 0, not ${seed}`);
  const name = `${seed} ${key}`;
  const known = keys.get(name);
  if (known) return known;
  const hash = hashKey(key);
  const words = new Uint32Array(4);
  const low = Number(hash & 0xffffffffn);
  philox(low, Number(hash >> 32n), 0, 0, seed % 2 ** 32, Math.floor(seed / 2 ** 32), words);
  if (keys.size > 4096) keys.clear();
  const made = [words[0], words[1]] as const;
  keys.set(name, made);
  return made;
}

/**
 * Fills `out` with rows × perRow numbers, row by row.
 * uniform: [0, 1) in steps of 2^-24, so exact in float32. normal: standard, by Box-Muller in float64 from a pair of
 * words (numbers 2i and 2i + 1 are the cosine and the sine of one pair). integer: floor(word × k / 2^32), 0 to k - 1.
 * `rowOf` says which row of the stream stands at row i of `out` (a process that holds a part of the batch).
 */
export function draws(
  at: DrawKey,
  distribution: Distribution,
  rows: number,
  perRow: number,
  out: Float32Array | Float64Array,
  options: { readonly k?: number; readonly rowOf?: (row: number) => number } = {},
): void {
  if (out.length < rows * perRow) throw new Error(`${rows} × ${perRow} draws do not fit in ${out.length}`);
  const { k = 0, rowOf } = options;
  if (distribution === 'integer' && !(Number.isInteger(k) && k >= 1 && k <= 2 ** 21)) {
    throw new Error(`integer draws need k from 1 to 2^21, not ${k}`);
  }
  const [k0, k1] = streamKey(at.seed, at.key);
  for (let row = 0; row < rows; row++) {
    const counter = rowOf ? rowOf(row) : row;
    for (let j = 0; j < perRow; j += scratch.length) {
      const count = Math.min(scratch.length, perRow - j);
      for (let w = 0; w < count; w += 4) {
        philox((j + w) >>> 2, counter, at.scope, at.iteration, k0, k1, scratch, w);
      }
      converters[distribution](out, row * perRow + j, count, k);
    }
  }
}

/** Words of a part of a row, before they become numbers. */
const scratch = new Uint32Array(1024);

/** Turns the first `count` words of `scratch` into numbers at out[at], out[at + 1], ... */
type Converter = (out: Float32Array | Float64Array, at: number, count: number, k: number) => void;

const converters: Readonly<Record<Distribution, Converter>> = {
  uniform(out, at, count) {
    for (let i = 0; i < count; i++) out[at + i] = (scratch[i] >>> 8) / 2 ** 24;
  },
  integer(out, at, count, k) {
    for (let i = 0; i < count; i++) out[at + i] = Math.floor((scratch[i] * k) / 2 ** 32);
  },
  // (word + 1) / 2^32 is never 0, so the logarithm is finite.
  normal(out, at, count) {
    for (let i = 0; i < count; i += 2) {
      const radius = Math.sqrt(-2 * Math.log((scratch[i] + 1) / 2 ** 32));
      const angle = 2 * Math.PI * (scratch[i + 1] / 2 ** 32);
      out[at + i] = radius * Math.cos(angle);
      if (i + 1 < count) out[at + i + 1] = radius * Math.sin(angle);
    }
  },
};

/** The order of a stream's n rows in its pass number `pass`: Fisher-Yates, from the end, word i for place n - 1 - i. */
export function permutation(seed: number, key: string, pass: number, n: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const [k0, k1] = streamKey(seed, key);
  const words = new Uint32Array(4);
  for (let i = 0; i < n - 1; i++) {
    if (i % 4 === 0) philox(i / 4, 0, 0, pass, k0, k1, words);
    const last = n - 1 - i;
    const other = Math.floor((words[i % 4] * (last + 1)) / 2 ** 32);
    const kept = order[last];
    order[last] = order[other];
    order[other] = kept;
  }
  return order;
}
