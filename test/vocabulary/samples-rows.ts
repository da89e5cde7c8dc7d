/** Samples (samples.ts) of what puts rows together, takes them apart and compares them. */
import type { Shape } from '../../compiler/ir/dim.ts';
import type { Sample } from './samples.ts';

const image: Shape = [2, 4, 3];
const vec: Shape = [4];

export const rows: Readonly<Record<string, readonly Sample[]>> = {
  stack: [{ inputs: { x: vec, y: [vec, { rows: 'other' }] }, args: ({ x, y }) => ({ x: [x, y] }) }],
  part: [
    {
      inputs: { x: vec, y: [vec, { rows: 'other' }] },
      args: ({ x, y }, bench) => ({ x: bench.tensor('stack', { x: [x, y] }), i: 1 }),
      by: ['y'],
    },
  ],
  unpaired: [{ inputs: { x: vec, like: vec }, args: ({ x, like }) => ({ x, like }), by: ['x'] }],
  over_pairs: ['mean', 'log_sum_exp', 'max', 'min', 'sum'].map((reduce): Sample => ({
    inputs: { a: vec, b: [vec, { rows: 'other' }] },
    args: ({ a, b }) => ({ f: { sort: 'network', name: 'any', averaged: false }, a, b, reduce }),
  })),
  pack: [vec, image].map((shape): Sample => ({ inputs: { x: shape }, args: ({ x }) => ({ x, n: 3 }) })),
  between: [vec, image].map((shape): Sample => ({
    inputs: { a: shape, b: shape },
    args: ({ a, b }) => ({ a, b }),
  })),
};
