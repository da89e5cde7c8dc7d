/** Gradients that have all but vanished: nothing is left to learn from. */
import type { HealthRule } from '../rule.ts';
import { short } from '../rule.ts';

/** Adam's ε: below it the optimizer no longer makes up for small gradients, and steps shrink with them. */
const least = 1e-8;

export const vanishedGradient: HealthRule = {
  name: 'vanished-gradient',
  source:
    "Arjovsky and Bottou 2017, theorem 2.4: the generator's gradient vanishes as the discriminator wins; ε of Kingma and Ba 2015",
  doc: "The root mean square of an update's gradient has fallen below 1e-8.",
  patience: 2,
  look: ({ gradients }) =>
    gradients
      .filter(({ rms }) => rms < least)
      .map(({ update, rms }) => ({
        about: update,
        text: `the gradient of ${update} has vanished (root mean square ${short(rms)}): it has nothing to learn from. If it plays against a discriminator that has won, train that one less, or take another kind of game (\`adversarial\` with \`kind: hinge\` or \`least_squares\`).`,
      })),
};
