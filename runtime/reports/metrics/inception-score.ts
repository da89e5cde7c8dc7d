/**
 * `inception_score(C(fake))`: exp of the mean divergence of each row's class probabilities from those of all rows (Salimans et al.
 * 2016): from 1 to the number of classes. By the spec's own classifier it is comparable only with itself.
 */
import { allFinite, rowWidth } from './metric.ts';
import type { Metric } from './metric.ts';

export const inceptionScore: Metric = {
  signature: {
    name: 'inception_score',
    doc: 'How sure a classifier is of each row, and how many classes come: 1 for one class or for guesses, at most their number.',
    params: [
      { name: 'probs', type: 'value', doc: 'class probabilities: a categorical distribution, or probs[K]' },
      {
        name: 'splits',
        type: 'int',
        interval: '[1, ∞)',
        default: 1,
        doc: 'the mean over so many equal parts, one after another; papers take 10',
      },
    ],
    better: 'higher',
  },
  compute({ probs }, { splits = 1 }) {
    const classes = rowWidth(probs);
    const [rows] = probs.shape;
    if (classes < 2) throw new Error('class probabilities are at least two numbers a row');
    if (typeof splits !== 'number' || splits > rows) throw new Error(`splits is from 1 to the ${rows} rows`);
    if (!allFinite(probs)) return NaN;
    if (probs.data.some((x: number) => x < 0 || x > 1 + 1e-4))
      throw new Error('class probabilities are from 0 to 1: is it logits?');
    let sum = 0;
    for (let split = 0; split < splits; split++) {
      const [from, to] = [split, split + 1].map((end) => Math.floor((end * rows) / splits));
      sum += Math.exp(divergence(probs.data, classes, from, to));
    }
    return sum / splits;
  },
};

/** The mean over rows of KL(row ‖ mean of the rows). */
function divergence(data: ArrayLike<number>, classes: number, from: number, to: number): number {
  const mean = new Float64Array(classes);
  for (let i = from * classes; i < to * classes; i++) mean[i % classes] += data[i] / (to - from);
  let sum = 0;
  for (let i = from * classes; i < to * classes; i++)
    if (data[i] > 0) sum += data[i] * Math.log(data[i] / mean[i % classes]);
  return sum / (to - from);
}
