/** Players whose gradients differ by orders of magnitude. */
import type { HealthRule } from '../rule.ts';
import { short } from '../rule.ts';

const most = 1e5;

export const gradientRatio: HealthRule = {
  name: 'gradient-ratio',
  source: 'Chen et al. 2018 (GradNorm): tasks whose gradients differ in size do not train together',
  doc: 'The gradients of two updates differ by more than a factor of 100,000.',
  patience: 2,
  look({ gradients }) {
    const known = gradients.filter(({ rms }) => rms > 0);
    if (known.length < 2) return [];
    const [least, most_] = [
      known.reduce((a, b) => (b.rms < a.rms ? b : a)),
      known.reduce((a, b) => (b.rms > a.rms ? b : a)),
    ];
    const ratio = most_.rms / least.rms;
    if (ratio < most) return [];
    return [
      {
        about: `${most_.update} ${least.update}`,
        text: `the gradients of ${most_.update} are ${short(ratio)} times as large as those of ${least.update}. Look at the weights of their losses, and whether one of the two has already won.`,
      },
    ];
  },
};
