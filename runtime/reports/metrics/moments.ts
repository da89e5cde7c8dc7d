/** `mean(x)`, which a metric is unless it says another, and `std(x)`: moments of all numbers of all rows. */
import type { Metric, Values } from './metric.ts';

function average({ data }: Values, of: (x: number) => number): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += of(data[i]);
  return sum / data.length;
}

export const mean: Metric = {
  signature: {
    name: 'mean',
    doc: 'The mean of all rows.',
    params: [{ name: 'value', type: 'value', doc: 'what to average' }],
    better: 'neither',
  },
  compute: ({ value }) => average(value, (x) => x),
};

export const std: Metric = {
  signature: {
    name: 'std',
    doc: 'The standard deviation of all numbers of all rows; near 0 for a generator that makes one thing.',
    params: [{ name: 'value', type: 'value', doc: 'whose spread' }],
    better: 'neither',
  },
  compute({ value }) {
    const middle = average(value, (x) => x);
    return Math.sqrt(average(value, (x) => (x - middle) ** 2));
  },
};
