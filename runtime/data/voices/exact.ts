/**
 * Sine and exponential out of sums, products and rounding alone. Math.sin and Math.exp may differ in the last bit
 * from one engine or machine to the next; what IEEE 754 fixes (+ - × ÷, square root, rounding) may not, and the bytes
 * of a data set must be the same everywhere.
 */

const ln2 = 0.6931471805599453;

/** sin(2π · turns), within 1e-10. */
export function sineOfTurns(turns: number): number {
  let x = turns - Math.round(turns);
  if (x > 0.25) x = 0.5 - x;
  else if (x < -0.25) x = -0.5 - x;
  const a = 6.283185307179586 * x;
  const s = a * a;
  let sum = 1;
  for (let n = 16; n >= 2; n -= 2) sum = 1 - (s / (n * (n + 1))) * sum;
  return a * sum;
}

export function cosineOfTurns(turns: number): number {
  return sineOfTurns(turns + 0.25);
}

/** e^x, within 1e-13 of itself, for x that a float64 can take. */
export function exponential(x: number): number {
  const twos = Math.round(x / ln2);
  const rest = x - twos * ln2;
  let sum = 1;
  for (let n = 14; n >= 1; n--) sum = 1 + (rest / n) * sum;
  const factor = twos < 0 ? 0.5 : 2;
  for (let i = Math.abs(twos); i > 0; i--) sum *= factor;
  return sum;
}
