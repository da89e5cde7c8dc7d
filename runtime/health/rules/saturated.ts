/**
 * Outputs that stand at the ends of their range, where their gradient is gone. The places of an image or a sequence share a range;
 * each number of a vec has its own, since columns of a table measure different things.
 */
import type { Tensor } from '../../engines/engine.ts';
import type { HealthRule } from '../rule.ts';
import { short } from '../rule.ts';

/** Of the range of the real rows. */
const margin = 0.005;
/** Values that are not at the ends: so many of the samples' for one of the real rows'. */
const least = 0.1;

export const saturated: HealthRule = {
  name: 'saturated',
  source: 'Glorot and Bengio 2010, section 3: saturated units pass no gradient',
  doc: 'Next to none of the values in samples lie inside the range of real rows: all stand at its ends.',
  patience: 2,
  samples({ name, drawn, real }) {
    const ranges = rangesOf(real);
    if (!ranges.some(({ low, high }) => high > low)) return [];
    const [ours, theirs] = [atEnds(drawn, ranges), atEnds(real, ranges)];
    if (1 - ours >= least * (1 - theirs)) return [];
    return [
      {
        about: name,
        text: `${short(100 * ours)} % of the values in ${name} stand at the ends of their range (${short(100 * theirs)} % of real ones do): its outputs are saturated, and little gradient passes. Take smaller first weights or a smaller learning rate.`,
      },
    ];
  },
};

interface Range {
  low: number;
  high: number;
}

/** Of each number of rows that are vecs; of all numbers of other rows together. */
function rangesOf({ data, shape }: Tensor): Range[] {
  const count = shape.length === 2 ? shape[1] : 1;
  const ranges = Array.from({ length: count }, (): Range => ({ low: Infinity, high: -Infinity }));
  data.forEach((value, i) => {
    const range = ranges[i % count];
    range.low = Math.min(range.low, value);
    range.high = Math.max(range.high, value);
  });
  return ranges;
}

/** The share of the values that have a range which stand at an end of it. */
function atEnds({ data }: Tensor, ranges: readonly Range[]): number {
  let [count, ends] = [0, 0];
  data.forEach((value, i) => {
    const { low, high } = ranges[i % ranges.length];
    if (!(high > low)) return;
    count++;
    const edge = margin * (high - low);
    if (Math.abs(value - low) <= edge || Math.abs(value - high) <= edge) ends++;
  });
  return count === 0 ? 0 : ends / count;
}
