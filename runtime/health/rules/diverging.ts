/** Losses that grow without end. */
import type { HealthRule } from '../rule.ts';
import { short } from '../rule.ts';

/** So many times what it was at first (and at least 1): far outside of what a game swings. */
const grown = 100;

export const diverging: HealthRule = {
  name: 'diverging',
  source: 'Mescheder, Geiger and Nowozin 2018: games without regularisation need not converge',
  doc: 'What an update minimises is a hundred times as large as over the first iterations, and still growing.',
  patience: 2,
  look: ({ objectives }) =>
    objectives
      .filter(
        ({ first, before, now }) =>
          Math.abs(now) > grown * Math.max(1, Math.abs(first)) && Math.abs(now) > Math.abs(before),
      )
      .map(({ update, first, now }) => ({
        about: update,
        text: `what ${update} minimises has gone from ${short(first)} to ${short(now)} and goes on: it diverges. Take a smaller learning rate, or hold the discriminator back (spectral_norm, a gradient penalty, clipped gradients).`,
      })),
};
