/** Samples that are rows of the data, to the digit. */
import { nearest } from '../distances.ts';
import type { HealthRule } from '../rule.ts';

/** Of the distance between neighbours among real rows. */
const close = 0.01;
/** Part of the samples. */
const share = 0.5;

export const memorised: HealthRule = {
  name: 'memorised',
  source:
    'Gulrajani, Raffel and Metz 2019: a model that repeats its training set is the best one by many measures',
  doc: 'More than half of the samples are as good as equal to rows of the data.',
  patience: 2,
  samples({ name, drawn, real }) {
    const apart = nearest(real, real, true).sort((a, b) => a - b);
    const usual = apart[Math.floor(apart.length / 2)];
    const copies = nearest(drawn, real).filter((distance) => distance < close * usual).length;
    if (!(usual > 0) || copies <= share * drawn.shape[0]) return [];
    return [
      {
        about: name,
        text: `${copies} of ${drawn.shape[0]} samples in ${name} are rows of the data, to the digit: they were memorised. Take more data, or smaller networks.`,
      },
    ];
  },
};
