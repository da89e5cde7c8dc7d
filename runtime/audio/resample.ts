/**
 * Another sampling rate, by a windowed sinc: each new sample is a weighted sum of the old ones around it, with a
 * low-pass below the lower rate's half (Smith, "Digital audio resampling", ccrma.stanford.edu/~jos/resample). In:
 * samples and two whole rates; out: ceil(n · to / from) samples.
 */

/** Zero crossings of the sinc on each side, and the Kaiser window's shape: about 80 dB of rejection. */
const [crossings, beta] = [32, 8];
/** The pass band ends here, as a share of half the lower rate, so that the slope lies below it. */
const rolloff = 0.94;

/** How many samples that makes. */
export const resampledLength = (length: number, from: number, to: number): number =>
  Math.ceil((length * to) / from);

export function resampled(samples: Float64Array, from: number, to: number): Float64Array {
  if (from === to) return samples;
  const common = gcd(from, to);
  const [up, down] = [to / common, from / common];
  const cutoff = rolloff * Math.min(1, to / from);
  const reach = Math.ceil(crossings / cutoff);
  const filters = new Map<number, Float64Array>();
  const out = new Float64Array(resampledLength(samples.length, from, to));
  for (let n = 0; n < out.length; n++) {
    const place = n * down;
    const phase = place % up;
    const filter = filters.get(phase) ?? filterAt(phase / up, reach, cutoff);
    filters.set(phase, filter);
    const first = (place - phase) / up - reach + 1;
    const [low, high] = [Math.max(0, -first), Math.min(filter.length, samples.length - first)];
    let sum = 0;
    for (let i = low; i < high; i++) sum += filter[i] * samples[first + i];
    out[n] = sum;
  }
  return out;
}

/** The weights of the samples -reach + 1 to reach around a point `phase` (0 to 1) behind sample 0; their sum is 1. */
function filterAt(phase: number, reach: number, cutoff: number): Float64Array {
  const filter = Float64Array.from({ length: 2 * reach }, (_, i) => {
    const x = i - reach + 1 - phase;
    return cutoff * sinc(cutoff * x) * kaiser(x / reach);
  });
  const sum = filter.reduce((a, b) => a + b, 0);
  return filter.map((weight) => weight / sum);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel(beta * Math.sqrt(1 - x * x)) / bessel(beta);
}

/** The modified Bessel function of the first kind, of order 0, by its series. */
function bessel(x: number): number {
  let [term, sum] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
