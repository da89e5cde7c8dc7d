/** Samples (samples.ts) of what changes its input by draws, as strongly as numbers that are known or numbers of the graph say. */
import type { Shape } from '../../compiler/ir/dim.ts';
import type { Sample } from './samples.ts';
import type { Given } from './workbench.ts';

/** One number for all rows. */
const lone = [[], { rows: null }] as const;
const known = (shape: Shape, given: Record<string, Given> = {}): Sample => ({
  inputs: { x: shape },
  args: ({ x }) => ({ x, ...given }),
});

export const drawn: Readonly<Record<string, readonly Sample[]>> = {
  dropout: [known([4], { rate: 0.4 })],
  noise: [known([4], { std: 0.3 }), { inputs: { x: [4], s: lone }, args: ({ x, s }) => ({ x, std: s }) }],
  gumbel_softmax: [
    { inputs: { x: [4] }, args: ({ x }) => ({ logits: x, temperature: 0.5 }) },
    { inputs: { x: [2, 3] }, args: ({ x }) => ({ logits: x }) },
  ],
  augment: [
    known([2, 4, 5]),
    known([1, 6, 4], { translate: 0 }),
    known([3, 4, 4], { brightness: 0, cutout: 0 }),
    {
      inputs: { x: [3, 4, 4], s: lone },
      args: ({ x, s }) => ({ x, brightness: s, saturation: s, contrast: s, translate: 0 }),
    },
  ],
  random_affine: [
    known([2, 4, 5], { degrees: 20, translate: 1, scale: 0.2 }),
    {
      inputs: { x: [2, 4, 5], a: lone, s: lone },
      args: ({ x, a, s }) => ({ x, degrees: a, translate: s, scale: 0.2 }),
    },
    {
      inputs: { x: [1, 5, 4], s: lone },
      args: ({ x, s }) => ({ x, degrees: 20, shear: s }),
    },
  ],
};
