/**
 * How two sets of features cover each other, by balls around rows that reach to their k-th neighbour in the same set: precision
 * and recall (Kynkäänniemi et al. 2019), density and coverage (Naeem et al. 2020). In: features of generated and of real rows.
 */
import type { Cost, Size } from '../../../program/catalogue.ts';
import { partOf, still } from '../pulse.ts';
import type { Pulse } from '../pulse.ts';
import { allFinite, rowWidth } from './metric.ts';
import type { Metric, Values } from './metric.ts';
import { nearestRows, neighbourCost } from './neighbours.ts';

/** Distances from each row to its k-th nearest other row. */
function radii(rows: Values, k: number, pulse: Pulse): Float64Array {
  const found = new Float64Array(rows.shape[0]);
  // The nearest of all is the row itself.
  nearestRows(rows, rows, k + 1, (row, _, distances) => (found[row] = distances[k]), pulse);
  return found;
}

/** For each point, in how many of the balls around `centres` it lies; `most`: it is enough to know that many. */
function ballsAround(
  points: Values,
  centres: Values,
  radius: Float64Array,
  { closed, most }: { readonly closed: boolean; readonly most: number },
  pulse: Pulse,
): Int32Array {
  const width = rowWidth(points);
  const [count, others] = [points.shape[0], centres.shape[0]];
  const found = new Int32Array(count);
  const squares = radius.map((x) => x * x);
  for (let i = 0; i < count; i++) {
    if (i % 64 === 0) pulse(i / count);
    for (let j = 0; j < others && found[i] < most; j++) {
      const limit = squares[j];
      let sum = 0;
      for (let c = 0, p = i * width, q = j * width; c < width && sum <= limit; c++, p++, q++)
        sum += (points.data[p] - centres.data[q]) ** 2;
      if (closed ? sum <= limit : sum < limit) found[i]++;
    }
  }
  return found;
}

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;

interface Kind {
  readonly name: string;
  readonly doc: string;
  readonly k: number;
  /** Whose rows have balls around them. */
  readonly around: 'fake' | 'real';
  measure(fake: Values, real: Values, radius: Float64Array, k: number, pulse: Pulse): number;
}

const inside = { closed: true, most: 1 } as const;

const kinds: readonly Kind[] = [
  {
    name: 'precision',
    doc: 'The share of generated rows that lie among the real ones (Kynkäänniemi et al. 2019): how good they are.',
    k: 3,
    around: 'real',
    measure: (fake, real, radius, _, pulse) => mean(ballsAround(fake, real, radius, inside, pulse)),
  },
  {
    name: 'recall',
    doc: 'The share of real rows that lie among the generated ones (Kynkäänniemi et al. 2019): how much is reached.',
    k: 3,
    around: 'fake',
    measure: (fake, real, radius, _, pulse) => mean(ballsAround(real, fake, radius, inside, pulse)),
  },
  {
    name: 'density',
    doc: 'In how many balls around real rows a generated one lies, of k (Naeem et al. 2020): precision that outliers sway less; it may exceed 1.',
    k: 5,
    around: 'real',
    measure: (fake, real, radius, k, pulse) =>
      mean(ballsAround(fake, real, radius, { closed: false, most: Infinity }, pulse)) / k,
  },
  {
    name: 'neighbour_coverage',
    doc: 'The share of real rows with a generated one nearer than their k-th real neighbour (the coverage of Naeem et al. 2020).',
    k: 5,
    around: 'real',
    measure(fake, real, radius, _, pulse) {
      let reached = 0;
      nearestRows(real, fake, 1, (row, __, [distance]) => (reached += Number(distance < radius[row])), pulse);
      return reached / real.shape[0];
    },
  },
];

function cost({ fake, real }: Readonly<Record<string, Size>>, around: Kind['around']): Cost {
  const own = around === 'real' ? real : fake;
  const [within, across] = [neighbourCost(own, own), neighbourCost(fake, real)];
  return { operations: within.operations + across.operations, bytes: within.bytes + across.bytes };
}

const metricOf = ({ name, doc, k: usual, around, measure }: Kind): Metric => ({
  signature: {
    name,
    doc,
    params: [
      { name: 'fake', type: 'value', doc: 'features of generated rows' },
      { name: 'real', type: 'value', doc: 'features of real rows' },
      {
        name: 'k',
        type: 'int',
        interval: '[1, ∞)',
        default: usual,
        doc: 'the neighbour that a ball reaches to',
      },
    ],
    better: 'higher',
    cost: (sizes) => cost(sizes, around),
  },
  compute({ fake, real }, { k = usual }, pulse = still) {
    if (rowWidth(fake) !== rowWidth(real))
      throw new Error(`rows of ${rowWidth(fake)} and ${rowWidth(real)} numbers can't be compared`);
    const own = around === 'real' ? real : fake;
    if (typeof k !== 'number' || k >= own.shape[0])
      throw new Error(`k is less than the ${own.shape[0]} rows of ${around}`);
    if (![fake, real].every(allFinite)) return NaN;
    const radius = radii(own, k, partOf(pulse, 0, 0.5));
    return measure(fake, real, radius, k, partOf(pulse, 0.5, 1));
  },
});

export const [precision, recall, density, neighbourCoverage] = kinds.map(metricOf);
