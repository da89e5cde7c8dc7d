/** Discriminators that have never told real rows from generated ones. */
import type { HealthRule } from '../rule.ts';
import { short } from '../rule.ts';

/** Of the loss of one that gives the same answer to everything: below this it has begun to tell rows apart. */
const begun = 0.99;

export const discriminatorAtChance: HealthRule = {
  name: 'discriminator-at-chance',
  source:
    'Goodfellow et al. 2014, 4.1: a discriminator is at chance where the generator has become the data, which is the end of a game and not its beginning',
  doc: "A discriminator's loss has never in ten looks been below that of one that answers blindly.",
  patience: 10,
  look: ({ discriminators }) =>
    discriminators
      .filter(({ least, chance }) => least > begun * chance)
      .map(({ name, now, chance }) => ({
        about: name,
        text: `the discriminator of ${name} has not begun to tell real rows from generated ones: its loss is ${short(now)}, and ${short(chance)} is that of a guess. Raise its learning rate, make it larger, or look whether what it sees (noise, dropout, a \`stop\`) leaves it anything to tell them by.`,
      })),
};
