/** Discriminators that are right all the time: what they tell the other players has next to no gradient left. */
import type { HealthRule } from '../rule.ts';
import { short } from '../rule.ts';

/** Share of answers, real and generated rows together, that must be right. */
const right = 0.99;

export const discriminatorWon: HealthRule = {
  name: 'discriminator-won',
  source:
    'Arjovsky and Bottou 2017, 2.1: a discriminator that is perfect leaves no gradient; from the loss, since a wrong answer costs so much at least',
  doc: 'A discriminator has been right on 99 % of real and generated rows for five looks.',
  patience: 5,
  look: ({ discriminators }) =>
    discriminators
      .map(({ name, now, mistake }) => ({ name, now, share: 1 - now / (2 * mistake) }))
      .filter(({ share }) => share > right)
      .map(({ name, now, share }) => ({
        about: name,
        text: `the discriminator of ${name} tells at least ${percent(share)} of real and generated rows apart (its loss is ${short(now)}), and has for long: the others have little to learn from it. Train it less often or more slowly, let it see rows through noise (\`noise\`), or hold it back by a gradient penalty.`,
      })),
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
