/**
 * `kid(F(fake), F(test.image))`: the kernel distance (KID, Bińkowski et al. 2018): the unbiased estimate of the squared maximum
 * mean discrepancy of two sets of features, with the kernel (x·y / d + 1)³. It may come out a little below 0.
 */
import { still } from '../pulse.ts';
import type { Pulse } from '../pulse.ts';
import { allFinite, rowWidth } from './metric.ts';
import type { Metric, Values } from './metric.ts';

interface Rows {
  readonly data: Values['data'];
  readonly from: number;
  readonly to: number;
}

/** The mean of the kernel over pairs of rows; of a set with itself, without pairs of a row with itself. */
function meanKernel(a: Rows, b: Rows, width: number, pulse: Pulse): number {
  const own = a === b;
  let sum = 0;
  for (let i = a.from; i < a.to; i++) {
    pulse((i - a.from) / (a.to - a.from));
    for (let j = own ? i + 1 : b.from; j < b.to; j++) {
      let product = 0;
      for (let c = 0, p = i * width, q = j * width; c < width; c++, p++, q++)
        product += a.data[p] * b.data[q];
      sum += (product / width + 1) ** 3;
    }
  }
  const [rows, columns] = [a.to - a.from, b.to - b.from];
  return own ? (2 * sum) / (rows * (rows - 1)) : sum / (rows * columns);
}

export const kid: Metric = {
  signature: {
    name: 'kid',
    doc: 'The kernel distance of two sets of features (KID): an unbiased estimate, 0 for the same distribution.',
    params: [
      { name: 'a', type: 'value', doc: 'features of one set' },
      { name: 'b', type: 'value', doc: 'features of the other' },
      {
        name: 'block',
        type: 'int',
        interval: '[1, ∞)',
        default: null,
        doc: 'the mean over blocks of so many rows, one after another; default: all rows at once',
      },
    ],
    better: 'lower',
    cost: ({ a, b }) => ({
      operations: (a.rows ** 2 / 2 + b.rows ** 2 / 2 + a.rows * b.rows) * a.width,
      bytes: 0,
    }),
  },
  compute({ a, b }, { block }, pulse = still) {
    const width = rowWidth(a);
    if (width !== rowWidth(b))
      throw new Error(`rows of ${width} and ${rowWidth(b)} numbers can't be compared`);
    const rows = Math.min(a.shape[0], b.shape[0]);
    const size = typeof block === 'number' ? block : null;
    if (Math.min(rows, size ?? rows) < 2) throw new Error('an unbiased estimate needs at least two rows');
    if (size !== null && size > rows) throw new Error(`a block has at most the ${rows} rows that there are`);
    if (![a, b].every(allFinite)) return NaN;
    const blocks = size === null ? 1 : Math.floor(rows / size);
    let sum = 0;
    for (let i = 0; i < blocks; i++) {
      const part = ({ data, shape }: Values): Rows => ({
        data,
        ...(size === null ? { from: 0, to: shape[0] } : { from: i * size, to: (i + 1) * size }),
      });
      const [p, q] = [part(a), part(b)];
      const beat: Pulse = (share) => pulse((i + share) / blocks);
      const within = meanKernel(p, p, width, beat) + meanKernel(q, q, width, beat);
      sum += within - 2 * meanKernel(p, q, width, beat);
    }
    return sum / blocks;
  },
};
