/**
 * `coverage(fake, among: ring.point, labels: ring.label, within: 0.06)`: which share of the classes of the data the
 * generated points reach: 1 minus what a generator has forgotten. For toys, where distances mean something.
 */
import { allFinite, classNumbers, commonRows, rowWidth } from './metric.ts';
import type { Metric } from './metric.ts';
import { nearestRows, neighbourCost } from './neighbours.ts';

export const coverage: Metric = {
  signature: {
    name: 'coverage',
    doc: 'The share of the classes among which some point has its nearest neighbour, no farther than `within`.',
    params: [
      { name: 'points', type: 'value', doc: 'what was generated' },
      { name: 'among', type: 'value', doc: 'the data' },
      { name: 'labels', type: 'value', doc: 'its classes' },
      {
        name: 'within',
        type: 'real',
        interval: '(0, ∞)',
        default: null,
        doc: 'a farther point reaches nothing (default: any distance)',
      },
    ],
    better: 'higher',
    cost: ({ points, among }) => neighbourCost(points, among),
  },
  compute({ points, among, labels }, { within }, pulse, product) {
    commonRows({ among, labels });
    if (rowWidth(points) !== rowWidth(among)) throw new Error('points and among have different sizes');
    if (![points, among].every(allFinite)) return NaN;
    const classes = classNumbers(labels);
    const limit = typeof within === 'number' ? within * within : Infinity;
    const reached = new Set<number>();
    const take = (_: number, [nearest]: Int32Array, [square]: Float64Array): void => {
      if (square <= limit) reached.add(classes[nearest]);
    };
    return nearestRows(points, among, 1, take, product, pulse).then(
      () => reached.size / new Set(classes).size,
    );
  },
};
