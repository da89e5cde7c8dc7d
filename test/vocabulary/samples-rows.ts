/** Samples (samples.ts) of what puts rows together, takes them apart and compares them, and of what makes them by steps. */
import type { Shape } from '../../compiler/ir/dim.ts';
import type { Value } from '../../compiler/values.ts';
import type { Sample } from './samples.ts';
import type { Workbench } from './workbench.ts';

const image: Shape = [2, 4, 3];
const vec: Shape = [4];

/** Each step from those before it. */
function stepAhead(bench: Workbench, x: Value): Value {
  const before = bench.tensor('shift', { x, by: 1, over: 'time' });
  const looked = bench.tensor('conv', { x: before, channels: 2, kernel: 2, dilation: 2, pad: 'causal' });
  return bench.tensor('gru', { x: looked, units: 2 });
}

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
  generate: [
    {
      inputs: { x: [2, 5], y: [2, 2] },
      args: ({ x, y }, bench) => {
        bench.called = ([made]) => stepAhead(bench, made);
        return { f: { sort: 'network', name: 'any', averaged: false }, like: x, start: y };
      },
      by: ['y', 'conv.weight', 'gru.recurrent_weight'],
    },
    {
      inputs: { x: [2, 4], y: [2, 1] },
      args: ({ x, y }, bench) => {
        bench.called = ([made]) =>
          bench.tensor('attention', {
            x: bench.tensor('tanh', { x: bench.tensor('shift', { x: made, by: 1, over: 'time' }) }),
            heads: 2,
            causal: true,
          });
        return { f: { sort: 'network', name: 'any', averaged: false }, like: x, start: y };
      },
      by: ['y', 'attention.query', 'attention.value'],
    },
  ],
  pack: [vec, image].map((shape): Sample => ({ inputs: { x: shape }, args: ({ x }) => ({ x, n: 3 }) })),
  between: [vec, image].map((shape): Sample => ({
    inputs: { a: shape, b: shape },
    args: ({ a, b }) => ({ a, b }),
  })),
};
