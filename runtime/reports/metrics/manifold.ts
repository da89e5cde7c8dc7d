/**
 * How two sets of features cover each other, by balls around rows that reach to their k-th neighbour in the same set: precision
 * and recall (Kynkäänniemi et al. 2019), density and coverage (Naeem et al. 2020). In: features of generated and of real rows.
 */
import { productByLoops, type Product } from '../../engines/product.ts';
import type { Cost, Size } from '../../../program/catalogue.ts';
import { partOf, still } from '../pulse.ts';
import type { Pulse } from '../pulse.ts';
import { allFinite, rowWidth } from './metric.ts';
import type { Metric, Values } from './metric.ts';
import { nearestRows, neighbourCost } from './neighbours.ts';
import { comparePairs, squareOf, type Compared } from './pairs.ts';

/** Squared distances from each row to its k-th nearest other row. */
async function squaredRadii(rows: Values, k: number, product: Product, pulse: Pulse): Promise<Float64Array> {
  const found = new Float64Array(rows.shape[0]);
  // The nearest of all is the row itself.
  await nearestRows(rows, rows, k + 1, (row, _, squares) => (found[row] = squares[k]), product, pulse);
  return found;
}

interface Balls {
  readonly centres: Values;
  /** Squares of their radii. */
  readonly limits: Float64Array;
  /** Whether their surface is inside. */
  readonly closed: boolean;
  /** It is enough to know that a point lies in so many. */
  readonly most: number;
}

/** For each point, in how many of the balls it lies. */
async function ballsAround(
  points: Values,
  { centres, limits, closed, most }: Balls,
  product: Product,
  pulse: Pulse,
): Promise<Int32Array> {
  const width = rowWidth(points);
  const found = new Int32Array(points.shape[0]);
  const look = ({ row, from, to, base, add, products, at, wrong }: Compared): void => {
    for (let j = 0; j < to - from && found[row] < most; j++) {
      const limit = limits[from + j];
      const about = base + add[j] - 2 * products[at + j];
      if (about - wrong > limit) continue;
      if (about + wrong < limit) found[row]++;
      else {
        const square = squareOf(points, row, centres, from + j, width, Infinity);
        if (closed ? square <= limit : square < limit) found[row]++;
      }
    }
  };
  await comparePairs(points, centres, look, product, pulse);
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
  measure(given: Measured, product: Product, pulse: Pulse): Promise<number>;
}

interface Measured {
  readonly fake: Values;
  readonly real: Values;
  readonly limits: Float64Array;
  readonly k: number;
}

const inside = { closed: true, most: 1 } as const;

const kinds: readonly Kind[] = [
  {
    name: 'precision',
    doc: 'The share of generated rows that lie among the real ones (Kynkäänniemi et al. 2019): how good they are.',
    k: 3,
    around: 'real',
    measure: async ({ fake, real, limits }, ...by) =>
      mean(await ballsAround(fake, { centres: real, limits, ...inside }, ...by)),
  },
  {
    name: 'recall',
    doc: 'The share of real rows that lie among the generated ones (Kynkäänniemi et al. 2019): how much is reached.',
    k: 3,
    around: 'fake',
    measure: async ({ fake, real, limits }, ...by) =>
      mean(await ballsAround(real, { centres: fake, limits, ...inside }, ...by)),
  },
  {
    name: 'density',
    doc: 'In how many balls around real rows a generated one lies, of k (Naeem et al. 2020): precision that outliers sway less; it may exceed 1.',
    k: 5,
    around: 'real',
    async measure({ fake, real, limits, k }, ...by) {
      const balls = { centres: real, limits, closed: false, most: Infinity };
      return mean(await ballsAround(fake, balls, ...by)) / k;
    },
  },
  {
    name: 'neighbour_coverage',
    doc: 'The share of real rows with a generated one nearer than their k-th real neighbour (the coverage of Naeem et al. 2020).',
    k: 5,
    around: 'real',
    async measure({ fake, real, limits }, ...by) {
      let reached = 0;
      await nearestRows(
        real,
        fake,
        1,
        (row, _, [square]) => (reached += Number(square < limits[row])),
        ...by,
      );
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
  compute({ fake, real }, { k = usual }, pulse = still, product = productByLoops) {
    if (rowWidth(fake) !== rowWidth(real))
      throw new Error(`rows of ${rowWidth(fake)} and ${rowWidth(real)} numbers can't be compared`);
    const own = around === 'real' ? real : fake;
    if (typeof k !== 'number' || k >= own.shape[0])
      throw new Error(`k is less than the ${own.shape[0]} rows of ${around}`);
    if (![fake, real].every(allFinite)) return NaN;
    return squaredRadii(own, k, product, partOf(pulse, 0, 0.5)).then((limits) =>
      measure({ fake, real, limits, k }, product, partOf(pulse, 0.5, 1)),
    );
  },
});

export const [precision, recall, density, neighbourCoverage] = kinds.map(metricOf);
