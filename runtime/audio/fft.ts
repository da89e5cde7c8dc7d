/**
 * The Fourier transform of real signals whose length is a power of two. In: n numbers; out: the n/2 + 1 values from
 * 0 Hz to half the rate, as real and imaginary parts; and back. A complex transform of half the length (even samples
 * as real, odd ones as imaginary parts) and one pass that takes the two apart.
 */

export class RealFft {
  readonly size: number;
  private readonly half: number;
  /** Cosines and sines of 2πk/n, k below n/2. */
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;
  private readonly order: Uint32Array;
  private readonly re: Float64Array;
  private readonly im: Float64Array;

  /** Throws unless `size` is a power of two from 4. */
  constructor(size: number) {
    if (!(size >= 4 && Number.isInteger(Math.log2(size)))) throw new Error(`an FFT of ${size} numbers`);
    this.size = size;
    this.half = size / 2;
    this.cos = Float64Array.from({ length: this.half }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.sin = Float64Array.from({ length: this.half }, (_, k) => Math.sin((2 * Math.PI * k) / size));
    this.order = bitReversed(this.half);
    this.re = new Float64Array(this.half);
    this.im = new Float64Array(this.half);
  }

  /** X[k] = Σ x[n] e^(-2πikn/N) for k = 0 to N/2, into re[at + k], im[at + k]. */
  forward(x: Float64Array, re: Float64Array, im: Float64Array, at = 0): void {
    const { half, order, cos, sin, re: zr, im: zi } = this;
    for (let i = 0; i < half; i++) {
      zr[order[i]] = x[2 * i];
      zi[order[i]] = x[2 * i + 1];
    }
    this.butterflies(1);
    re[at] = zr[0] + zi[0];
    im[at] = 0;
    re[at + half] = zr[0] - zi[0];
    im[at + half] = 0;
    for (let k = 1; k < half; k++) {
      const m = half - k;
      const evenRe = 0.5 * (zr[k] + zr[m]);
      const evenIm = 0.5 * (zi[k] - zi[m]);
      const oddRe = 0.5 * (zi[k] + zi[m]);
      const oddIm = 0.5 * (zr[m] - zr[k]);
      re[at + k] = evenRe + cos[k] * oddRe + sin[k] * oddIm;
      im[at + k] = evenIm + cos[k] * oddIm - sin[k] * oddRe;
    }
  }

  /** The inverse: `forward` and then this gives x again. The imaginary parts of the first and last are ignored. */
  inverse(re: Float64Array, im: Float64Array, x: Float64Array, at = 0): void {
    const { half, order, cos, sin, re: zr, im: zi } = this;
    zr[0] = 0.5 * (re[at] + re[at + half]);
    zi[0] = 0.5 * (re[at] - re[at + half]);
    for (let k = 1; k < half; k++) {
      const m = at + half - k;
      const evenRe = 0.5 * (re[at + k] + re[m]);
      const evenIm = 0.5 * (im[at + k] - im[m]);
      const diffRe = 0.5 * (re[at + k] - re[m]);
      const diffIm = 0.5 * (im[at + k] + im[m]);
      const oddRe = cos[k] * diffRe - sin[k] * diffIm;
      const oddIm = cos[k] * diffIm + sin[k] * diffRe;
      zr[order[k]] = evenRe - oddIm;
      zi[order[k]] = evenIm + oddRe;
    }
    this.butterflies(-1);
    for (let i = 0; i < half; i++) {
      x[2 * i] = zr[i] / half;
      x[2 * i + 1] = zi[i] / half;
    }
  }

  /**
   * The complex transform of `re`, `im`, which lie in bit-reversed order; `sign` -1 turns the other way. Two stages of
   * the textbook's are one pass here (four numbers at a time), which halves the way through memory.
   */
  private butterflies(sign: 1 | -1): void {
    let width = 1;
    if (Math.log2(this.half) % 2 === 1) {
      this.pairs();
      width = 2;
    }
    for (; width < this.half; width *= 4) this.fours(width, sign);
  }

  /** The first stage alone: neighbours. */
  private pairs(): void {
    const { half, re, im } = this;
    for (let a = 0; a < half; a += 2) {
      const tr = re[a + 1];
      const ti = im[a + 1];
      re[a + 1] = re[a] - tr;
      im[a + 1] = im[a] - ti;
      re[a] += tr;
      im[a] += ti;
    }
  }

  /** The stages of `width` and 2 · `width`. */
  private fours(width: number, sign: 1 | -1): void {
    const { half, size, cos, sin, re, im } = this;
    const outer = size / (4 * width);
    const inner = size / (2 * width);
    for (let j = 0; j < width; j++) {
      const ur = cos[j * outer];
      const ui = -sign * sin[j * outer];
      const wr = cos[j * inner];
      const wi = -sign * sin[j * inner];
      for (let a = j; a < half; a += 4 * width) {
        const b = a + width;
        const c = a + 2 * width;
        const d = a + 3 * width;
        const br = wr * re[b] - wi * im[b];
        const bi = wr * im[b] + wi * re[b];
        const dr = wr * re[d] - wi * im[d];
        const di = wr * im[d] + wi * re[d];
        const cr = re[c] + dr;
        const ci = im[c] + di;
        const er = re[c] - dr;
        const ei = im[c] - di;
        const gr = ur * cr - ui * ci;
        const gi = ur * ci + ui * cr;
        // The other half's factor is a quarter of a turn further.
        const hr = sign * (ur * ei + ui * er);
        const hi = -sign * (ur * er - ui * ei);
        const ar = re[a] + br;
        const ai = im[a] + bi;
        const fr = re[a] - br;
        const fi = im[a] - bi;
        re[a] = ar + gr;
        im[a] = ai + gi;
        re[c] = ar - gr;
        im[c] = ai - gi;
        re[b] = fr + hr;
        im[b] = fi + hi;
        re[d] = fr - hr;
        im[d] = fi - hi;
      }
    }
  }
}

function bitReversed(n: number): Uint32Array {
  const order = new Uint32Array(n);
  for (let i = 1; i < n; i++) order[i] = (order[i >> 1] >> 1) | (i & 1 ? n >> 1 : 0);
  return order;
}
