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
      const [evenRe, evenIm] = [0.5 * (zr[k] + zr[m]), 0.5 * (zi[k] - zi[m])];
      const [oddRe, oddIm] = [0.5 * (zi[k] + zi[m]), 0.5 * (zr[m] - zr[k])];
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
      const [evenRe, evenIm] = [0.5 * (re[at + k] + re[m]), 0.5 * (im[at + k] - im[m])];
      const [diffRe, diffIm] = [0.5 * (re[at + k] - re[m]), 0.5 * (im[at + k] + im[m])];
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

  /** The complex transform of `re`, `im`, which lie in bit-reversed order; `sign` -1 turns the other way. */
  private butterflies(sign: 1 | -1): void {
    const { half, size, cos, sin, re, im } = this;
    for (let width = 1; width < half; width *= 2) {
      const stride = size / (2 * width);
      for (let j = 0; j < width; j++) {
        const wr = cos[j * stride];
        const wi = -sign * sin[j * stride];
        for (let a = j; a < half; a += 2 * width) {
          const b = a + width;
          const tr = wr * re[b] - wi * im[b];
          const ti = wr * im[b] + wi * re[b];
          re[b] = re[a] - tr;
          im[b] = im[a] - ti;
          re[a] += tr;
          im[a] += ti;
        }
      }
    }
  }
}

function bitReversed(n: number): Uint32Array {
  const order = new Uint32Array(n);
  for (let i = 1; i < n; i++) order[i] = (order[i >> 1] >> 1) | (i & 1 ? n >> 1 : 0);
  return order;
}
