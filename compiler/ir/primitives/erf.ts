/**
 * The error function in float64: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6 (a series of
 * positive terms, so nothing cancels) near 0 and 7.1.14 (a continued fraction for erfc) in the tails.
 */

function bySeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** For x > 2: 60 levels reach full precision there. */
function complement(x: number): number {
  let tail = x;
  for (let n = 60; n >= 1; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
}

export function erfOf(x: number): number {
  const size = Math.abs(x);
  if (size <= 2.5 || Number.isNaN(x)) return x === 0 || Number.isNaN(x) ? x : bySeries(x);
  return Math.sign(x) * (1 - (size > 6 ? 0 : complement(size)));
}
