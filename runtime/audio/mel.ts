/**
 * The mel scale: bands that are as wide as the ear hears them, and from bands back to a spectrum. In: magnitudes of a
 * spectrum; out: each band's weighted mean of them. The triangles stand where librosa's (Slaney's scale: linear up to
 * 1 kHz, logarithmic above) do; each is scaled to a sum of 1, so that a band is never louder than its loudest bin.
 */

export interface MelBands {
  readonly bands: number;
  readonly bins: number;
  /** Where the triangles begin, stand highest and end, in bins: b, b + 1 and b + 2 of band b. */
  readonly edges: readonly number[];
  /** Band b: bins from[b] on, with weights[b]. */
  readonly from: readonly number[];
  readonly weights: readonly Float64Array[];
}

const linearTo = 1000;
const perMel = 200 / 3;
const logStep = Math.log(6.4) / 27;

export function hertzOfMel(mel: number): number {
  const knee = linearTo / perMel;
  return mel < knee ? mel * perMel : linearTo * Math.exp(logStep * (mel - knee));
}

export function melOfHertz(hertz: number): number {
  return hertz < linearTo ? hertz / perMel : linearTo / perMel + Math.log(hertz / linearTo) / logStep;
}

/**
 * Throws where a band lies between two bins: there are more bands than the spectrum can tell apart. `place`: where in
 * the spectrum a frequency is read, if not where it is.
 */
export function melBands(
  bands: number,
  rate: number,
  size: number,
  place: (hertz: number) => number = (hertz) => hertz,
): MelBands {
  const top = melOfHertz(rate / 2);
  const edges = Array.from({ length: bands + 2 }, (_, i) => place(hertzOfMel((top * i) / (bands + 1))));
  const bins = size / 2 + 1;
  const all = Array.from({ length: bands }, (_, b) => {
    const [low, middle, high] = [edges[b], edges[b + 1], edges[b + 2]];
    const weightAt = (k: number): number => {
      const hertz = (k * rate) / size;
      return Math.min((hertz - low) / (middle - low), (high - hertz) / (high - middle));
    };
    // A few of the bins, between the edges: all others weigh nothing.
    let from = Math.max(0, Math.floor((low * size) / rate));
    const end = Math.min(bins, Math.ceil((high * size) / rate) + 1);
    while (from < end && !(weightAt(from) > 0)) from++;
    let to = from;
    while (to < end && weightAt(to) > 0) to++;
    if (from === to)
      throw new Error(
        `log_mel(${bands}): band ${b + 1} holds no bin of a spectrum of ${bins}; take fewer bands, or a longer window`,
      );
    const kept = Float64Array.from({ length: to - from }, (_, i) => weightAt(from + i));
    const sum = kept.reduce((a, x) => a + x, 0);
    return { from, weights: kept.map((weight) => weight / sum) };
  });
  return {
    bands,
    bins,
    edges: edges.map((hertz) => (hertz * size) / rate),
    from: all.map(({ from }) => from),
    weights: all.map(({ weights }) => weights),
  };
}

/** The bands of one spectrum, into out[at], out[at + 1], ... */
export function toMel(
  { bands, from, weights }: MelBands,
  spectrum: Float64Array,
  out: Float64Array,
  at = 0,
): void {
  for (let b = 0; b < bands; b++) {
    const w = weights[b];
    let sum = 0;
    for (let i = 0; i < w.length; i++) sum += w[i] * spectrum[from[b] + i];
    out[at + b] = sum;
  }
}

/** A non-negative spectrum whose bands are nearest in squares. */
export function fromMel(mel: MelBands, wanted: Float64Array, spectrum: Float64Array): void {
  const aim = new Float64Array(mel.bins);
  spread(mel, wanted, aim);
  const covered = new Float64Array(mel.bins);
  spread(mel, new Float64Array(mel.bands).fill(1), covered);
  for (let k = 0; k < mel.bins; k++) spectrum[k] = covered[k] > 0 ? aim[k] / covered[k] : 0;
  holdToMel(mel, wanted, spectrum);
}

/** Steps after which the spectrum's bands hardly come nearer. */
const passes = 60;

/**
 * Moves a spectrum, in place, until its bands are those wanted: multiplicative steps (Lee & Seung 2001, "Algorithms for
 * non-negative matrix factorization", theorem 1), which never leave what is positive. What lies within a band, harmonics and the
 * gaps between, keeps its proportions but for the slopes of the triangles; bins of no band stay.
 */
export function holdToMel(mel: MelBands, wanted: Float64Array, spectrum: Float64Array): void {
  const aim = new Float64Array(mel.bins);
  spread(mel, wanted, aim);
  const [now, back] = [new Float64Array(mel.bands), new Float64Array(mel.bins)];
  for (let pass = 0; pass < passes; pass++) {
    toMel(mel, spectrum, now);
    back.fill(0);
    spread(mel, now, back);
    for (let k = 0; k < mel.bins; k++) if (back[k] > 1e-30) spectrum[k] *= aim[k] / back[k];
  }
}

/** The transposed bands: adds each band's value to its bins by their weights. */
function spread({ bands, from, weights }: MelBands, values: Float64Array, out: Float64Array): void {
  for (let b = 0; b < bands; b++) {
    const w = weights[b];
    for (let i = 0; i < w.length; i++) out[from[b] + i] += w[i] * values[b];
  }
}
