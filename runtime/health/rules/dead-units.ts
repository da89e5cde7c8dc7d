/** Units that never fire: their biases get no gradient, and stay where they are while others move. */
import type { HealthRule } from '../rule.ts';

/** Of the layer's farthest bias: an optimizer's momentum alone still moves a unit that has just died. */
const still = 1e-4;
/** Part of a layer. */
const share = 0.5;
/** Smaller layers say little. */
const least = 4;

export const deadUnits: HealthRule = {
  name: 'dead-units',
  source: 'Lu, Shin, Su and Karniadakis 2020 (dying ReLU); Maas, Hannun and Ng 2013 (leaky ReLU)',
  doc: "More than half of a hidden layer's units have had no gradient since the last look.",
  patience: 2,
  look({ units, steps }) {
    const found = units.flatMap(({ network, layer, moved }) => {
      const trained = steps.some((one) => one.network === network && one.step > 0);
      if (moved.length < least || !trained) return [];
      const farthest = moved.reduce((a, b) => Math.max(a, b), 0);
      const dead = moved.reduce((count, way) => count + Number(way <= still * farthest), 0);
      if (dead <= share * moved.length) return [];
      return [
        {
          about: network,
          text: `${dead} of ${moved.length} units of ${layer} in ${network} are dead: no gradient has reached them for a hundred iterations. Take leaky_relu in the place of relu, or a smaller learning rate.`,
        },
      ];
    });
    // What follows a dead layer has nothing to learn from either: one line a network.
    return found.filter(({ about }, i) => found.findIndex((one) => one.about === about) === i);
  },
};
