/** Outputs that stand at the ends of their range, where their gradient is gone. */
import type { Floats } from '../../engines/engine.ts';
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
    const [low, high] = rangeOf(real.data);
    if (!(high > low)) return [];
    const [ours, theirs] = [atEnds(drawn.data, low, high), atEnds(real.data, low, high)];
    if (1 - ours >= least * (1 - theirs)) return [];
    return [
      {
        about: name,
        text: `${short(100 * ours)} % of the values in ${name} stand at the ends of their range (${short(100 * theirs)} % of real ones do): its outputs are saturated, and little gradient passes. Take smaller first weights or a smaller learning rate.`,
      },
    ];
  },
};

function rangeOf(values: Floats): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

function atEnds(values: Floats, low: number, high: number): number {
  const edge = margin * (high - low);
  let count = 0;
  for (const value of values) if (Math.abs(value - low) <= edge || Math.abs(value - high) <= edge) count++;
  return values.length === 0 ? 0 : count / values.length;
}
