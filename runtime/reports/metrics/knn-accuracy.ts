/**
 * `knn_accuracy(E(test.image), test.label, among: E(mnist.image), labels: mnist.label, k: 1)`: how well the nearest
 * neighbours of a code, by Euclidean distance, tell its class (Donahue et al. 2017, BiGAN, section 4.2).
 */
import { allFinite, classNumbers, commonRows, rowWidth } from './metric.ts';
import type { Metric } from './metric.ts';
import { nearestRows, neighbourCost } from './neighbours.ts';

/** The class of most neighbours, of equals the one with the nearest. */
function vote(neighbours: ArrayLike<number>, classes: Int32Array): number {
  const votes = new Map<number, number>();
  for (let i = 0; i < neighbours.length; i++) {
    const name = classes[neighbours[i]];
    votes.set(name, (votes.get(name) ?? 0) + 1);
  }
  return [...votes].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

export const knnAccuracy: Metric = {
  signature: {
    name: 'knn_accuracy',
    doc: 'The share of rows whose class is that of most of their k nearest neighbours.',
    params: [
      { name: 'code', type: 'value', doc: 'the rows to classify' },
      { name: 'label', type: 'value', doc: 'their true classes' },
      { name: 'among', type: 'value', doc: 'the rows to look for neighbours in' },
      { name: 'labels', type: 'value', doc: 'their classes' },
      { name: 'k', type: 'int', interval: '[1, ∞)', default: 1, doc: 'how many neighbours vote' },
    ],
    better: 'higher',
    cost: ({ code, among }) => neighbourCost(code, among),
  },
  compute({ code, label, among, labels }, { k = 1 }, pulse, product) {
    const rows = commonRows({ code, label });
    const known = commonRows({ among, labels });
    if (rowWidth(code) !== rowWidth(among)) throw new Error('code and among have different sizes');
    if (typeof k !== 'number' || k < 1 || k > known)
      throw new Error(`k is from 1 to the ${known} rows of among`);
    if (![code, among].every(allFinite)) return NaN;
    const [truth, classes] = [classNumbers(label), classNumbers(labels)];
    let right = 0;
    const count = (row: number, neighbours: Int32Array): void => {
      right += Number(vote(neighbours, classes) === truth[row]);
    };
    return nearestRows(code, among, k, count, product, pulse).then(() => right / rows);
  },
};
