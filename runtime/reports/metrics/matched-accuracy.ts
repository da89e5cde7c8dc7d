/**
 * `matched_accuracy(Q(test.image).digit, test.label)`: accuracy of categories that were learned without labels, after
 * the one-to-one matching of categories and labels that makes it largest. InfoGAN (Chen et al. 2016, section 7.2)
 * reports 1 minus this as its error.
 */
import { bestAssignment } from './assignment.ts';
import { allFinite, classNumbers, commonRows } from './metric.ts';
import type { Metric } from './metric.ts';

export const matchedAccuracy: Metric = {
  signature: {
    name: 'matched_accuracy',
    doc: 'Accuracy of unnamed categories after the best one-to-one matching with the labels.',
    params: [
      { name: 'guess', type: 'value', doc: 'scores or probabilities of the categories, or category numbers' },
      { name: 'label', type: 'value', doc: 'the true classes' },
    ],
    better: 'higher',
  },
  compute({ guess, label }) {
    const rows = commonRows({ guess, label });
    if (!allFinite(guess)) return NaN;
    const [categories, classes] = [classNumbers(guess), classNumbers(label)];
    const n =
      1 +
      Math.max(
        categories.reduce((a, b) => Math.max(a, b), 0),
        classes.reduce((a, b) => Math.max(a, b), 0),
      );
    const together = new Float64Array(n * n);
    for (let row = 0; row < rows; row++) together[categories[row] * n + classes[row]]++;
    const match = bestAssignment(together, n);
    return match.reduce((right, to, from) => right + together[from * n + to], 0) / rows;
  },
};
