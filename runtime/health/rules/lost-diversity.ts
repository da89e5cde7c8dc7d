/** Samples that are all alike. */
import { pairwise } from '../distances.ts';
import type { HealthRule } from '../rule.ts';
import { short } from '../rule.ts';

/** Of the mean distance between real rows. */
const least = 0.1;

export const lostDiversity: HealthRule = {
  name: 'lost-diversity',
  source: 'Salimans et al. 2016, section 3.2: a collapsed generator gives the same point for all codes',
  doc: 'Samples are less than a tenth as far from each other as real rows are.',
  patience: 3,
  samples({ name, drawn, real }) {
    const [ours, theirs] = [pairwise(drawn), pairwise(real)];
    if (!(theirs > 0) || ours / theirs > least) return [];
    return [
      {
        about: name,
        text: `the samples in ${name} are all alike: ${short((100 * ours) / theirs)} % as far from each other as real ones. The generator has collapsed: take smaller learning rates, or hold the discriminator back (spectral norm, another kind of game).`,
      },
    ];
  },
};
