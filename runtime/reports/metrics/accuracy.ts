/**
 * `accuracy(C(test.image), test.label)`: the share of rows whose class is guessed right; of a seq's classes of each
 * step, the share of steps.
 */
import { allFinite, classNumbers, commonRows, commonSteps, hasSteps, stepsAsRows } from './metric.ts';
import type { Metric } from './metric.ts';

/** The share of places where two lists of classes agree. */
export function agreement(a: Int32Array, b: Int32Array): number {
  return a.reduce((right, guess, row) => right + Number(guess === b[row]), 0) / a.length;
}

export const accuracy: Metric = {
  signature: {
    name: 'accuracy',
    doc: 'The share of rows whose class is guessed right; where label has a class for each step of a seq, the share of steps.',
    params: [
      { name: 'guess', type: 'value', doc: 'scores or probabilities of the classes, or class numbers' },
      { name: 'label', type: 'value', doc: 'the true classes; of steps, a onehot of each: seq[K, T]' },
    ],
    better: 'higher',
  },
  anyLength: true,
  compute({ guess, label }) {
    commonRows({ guess, label });
    if (hasSteps(label) || hasSteps(guess)) {
      commonSteps({ guess, label });
      return accuracy.compute({ guess: stepsAsRows(guess), label: stepsAsRows(label) }, {});
    }
    return allFinite(guess) ? agreement(classNumbers(guess), classNumbers(label)) : NaN;
  },
};
