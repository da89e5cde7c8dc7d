/** Learning rates that are too large: one iteration changes a network by a good part of what it is. */
import type { HealthRule } from '../rule.ts';
import { short } from '../rule.ts';

/** Of the norm that the weights began with: rates that train are at a thousandth to a few hundredths. */
const most = 0.2;

export const largeSteps: HealthRule = {
  name: 'large-steps',
  source: 'Karpathy, CS231n notes, "Ratio of weights:updates": about 1e-3',
  doc: 'An iteration changes a network by more than a fifth of the norm that its weights began with.',
  patience: 1,
  look: ({ steps }) =>
    steps
      .filter(({ step, initialNorm }) => initialNorm > 0 && step / initialNorm > most)
      .map(({ network, updates, step, initialNorm }) => ({
        about: network,
        text: `each iteration moves ${network} by ${short((100 * step) / initialNorm)} % of the norm that it began with: the learning rate of ${updates.join(', ')} is too large. About 0.1 % is usual: try a tenth of the rate.`,
      })),
};
