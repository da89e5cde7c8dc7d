/**
 * The modes of a column of numbers: a variational mixture of normal densities, as CTGAN fits one to each continuous column (Xu et
 * al. 2019, arXiv:1907.00503, section 4.2). In: the numbers and how many modes there may be at most. Out: weight, mean and standard
 * deviation of each. The prior of the weights is a Dirichlet process (Blei & Jordan 2006; updates as in Bishop 2006, 10.2), so that
 * modes the numbers don't want lose their weight. Nothing is drawn: the same numbers in any order give the same modes.
 */

export interface Mode {
  readonly weight: number;
  readonly mean: number;
  readonly std: number;
}

/** Of numbers with mean 0 and variance 1: scikit-learn's defaults, but for the concentration, which is that of CTGAN's code. */
const prior = { concentration: 1e-3, precision: 1, freedom: 1, variance: 1 };
/** Added to each variance, so that equal numbers have a density. */
const leastVariance = 1e-6;
/** A fit ends where no mean moves by more than this part of the column's standard deviation. */
const settled = 1e-6;
/** Longer columns are fitted by so many of their quantiles. */
const mostNumbers = 20_000;

/** The modes, by rising mean; `steps`: of the fit at most. */
export function modesOf(numbers: ArrayLike<number>, modes: number, steps = 300): Mode[] {
  const sorted = quantiles(Float64Array.from(numbers).sort());
  const centre = sum(sorted) / sorted.length;
  const std = Math.sqrt(sum(sorted.map((x) => (x - centre) ** 2)) / (sorted.length - 1 || 1)) || 1;
  const x = sorted.map((value) => (value - centre) / std);
  return fit(x, grouped(x, modes), steps)
    .map((mode) => ({ weight: mode.weight, mean: centre + std * mode.mean, std: std * mode.std }))
    .sort((a, b) => a.mean - b.mean);
}

const sum = (numbers: Float64Array): number => numbers.reduce((all, one) => all + one, 0);

function quantiles(sorted: Float64Array): Float64Array {
  if (sorted.length <= mostNumbers) return sorted;
  const at = (i: number): number => Math.floor(((i + 0.5) * sorted.length) / mostNumbers);
  return Float64Array.from({ length: mostNumbers }, (_, i) => sorted[at(i)]);
}

/** Responsibilities of so many groups for sorted numbers, one list a group: k-means from quantiles of the different numbers. */
function grouped(sorted: Float64Array, groups: number): Float64Array[] {
  const different = [...new Set(sorted)];
  let centres = Array.from(
    { length: groups },
    (_, k) => different[Math.floor(((k + 0.5) * different.length) / groups)],
  );
  let groupOf = nearest(sorted, centres);
  for (let step = 0; step < 100; step++) {
    centres = centres.map((old, k) => {
      const own = sorted.filter((_, i) => groupOf[i] === k);
      return own.length === 0 ? old : sum(own) / own.length;
    });
    const next = nearest(sorted, centres);
    if (next.every((group, i) => group === groupOf[i])) break;
    groupOf = next;
  }
  return centres.map((_, k) => Float64Array.from(groupOf, (group) => Number(group === k)));
}

/** Of each number the centre that is nearest; of two as near, the first. */
function nearest(numbers: Float64Array, centres: readonly number[]): Uint32Array {
  return Uint32Array.from(numbers, (x) =>
    centres.reduce((best, c, k) => (Math.abs(x - c) < Math.abs(x - centres[best]) ? k : best), 0),
  );
}

/** Posteriors of the components. */
interface Believed {
  readonly count: number;
  readonly precision: number;
  readonly mean: number;
  readonly freedom: number;
  readonly variance: number;
}

function fit(x: Float64Array, first: readonly Float64Array[], steps: number): Mode[] {
  let believed = first.map((own) => posterior(x, own));
  for (let step = 0; step < steps; step++) {
    const next = responsibilities(x, believed).map((own) => posterior(x, own));
    const moved = Math.max(...next.map(({ mean }, k) => Math.abs(mean - believed[k].mean)));
    believed = next;
    if (moved < settled) break;
  }
  const { on, off } = sticks(believed);
  let left = 1;
  const weights = on.map((a, k) => {
    const share = a / (a + off[k]);
    const weight = left * share;
    left *= 1 - share;
    return weight;
  });
  const all = weights.reduce((a, b) => a + b);
  return believed.map(({ mean, variance }, k) => ({
    weight: weights[k] / all,
    mean,
    std: Math.sqrt(variance),
  }));
}

/** Of one component, from its responsibility for each number. */
function posterior(x: Float64Array, own: Float64Array): Believed {
  const count = sum(own) + 10 * Number.EPSILON;
  const middle = x.reduce((all, value, i) => all + own[i] * value, 0) / count;
  const spread = x.reduce((all, value, i) => all + own[i] * (value - middle) ** 2, 0) / count + leastVariance;
  const precision = prior.precision + count;
  const freedom = prior.freedom + count;
  const scatter = prior.variance + count * (spread + (prior.precision / precision) * middle ** 2);
  return { count, precision, mean: (count * middle) / precision, freedom, variance: scatter / freedom };
}

/** Parameters of the beta densities of the sticks that the weights are broken off. */
function sticks(believed: readonly Believed[]): { on: number[]; off: number[] } {
  const behind = believed.map((_, k) => believed.slice(k + 1).reduce((all, { count }) => all + count, 0));
  return {
    on: believed.map(({ count }) => 1 + count),
    off: behind.map((count) => prior.concentration + count),
  };
}

function responsibilities(x: Float64Array, believed: readonly Believed[]): Float64Array[] {
  const { on, off } = sticks(believed);
  let broken = 0;
  const constants = believed.map(({ freedom, precision, variance }, k) => {
    const both = digamma(on[k] + off[k]);
    const logWeight = digamma(on[k]) - both + broken;
    broken += digamma(off[k]) - both;
    const logPrecision = Math.LN2 + digamma(freedom / 2) - Math.log(freedom);
    return logWeight + 0.5 * (logPrecision - 1 / precision - Math.log(variance));
  });
  const out = believed.map(() => new Float64Array(x.length));
  const scores = new Float64Array(believed.length);
  for (let i = 0; i < x.length; i++) {
    for (let k = 0; k < scores.length; k++)
      scores[k] = constants[k] - (x[i] - believed[k].mean) ** 2 / (2 * believed[k].variance);
    const highest = Math.max(...scores);
    const total = scores.reduce((all, score) => all + Math.exp(score - highest), 0);
    for (let k = 0; k < scores.length; k++) out[k][i] = Math.exp(scores[k] - highest) / total;
  }
  return out;
}

/** The derivative of log Γ, for x > 0: its series for large x, to which others are brought by ψ(x) = ψ(x + 1) - 1/x. */
export function digamma(x: number): number {
  let below = 0;
  for (; x < 10; x++) below += 1 / x;
  const s = 1 / x ** 2;
  return (
    Math.log(x) - 0.5 / x - s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s / 132)))) - below
  );
}
