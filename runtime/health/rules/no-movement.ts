/** Updates that run and no longer move their networks. */
import type { HealthRule } from '../rule.ts';
import { short } from '../rule.ts';

/** Of the weights' norm: float32 itself ends at 6e-8 of a number. */
const least = 3e-7;

export const noMovement: HealthRule = {
  name: 'no-movement',
  source: 'the resolution of float32 (2^-24 of a number); Glorot and Bengio 2010 on gradients that vanish',
  doc: 'An update is applied, and the weights stay where they are, to the resolution of their numbers.',
  patience: 2,
  look: ({ steps }) =>
    steps
      .filter(({ step, norm }) => norm > 0 && step / norm < least)
      .map(({ network, updates, step, norm }) => ({
        about: network,
        text: `${updates.join(', ')} no longer move${updates.length === 1 ? 's' : ''} ${network}: an iteration changes it by ${short(step / norm)} of its norm. Look whether its learning rate has fallen to nothing, or whether no gradient reaches it any more.`,
      })),
};
