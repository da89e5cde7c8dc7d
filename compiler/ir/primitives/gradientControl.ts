/** Primitives that are the identity forwards and something else backwards. */
import { printShape } from '../dim.ts';
import { ShapeError, fixed, type Op } from './op.ts';

export const stop: Op<'stop'> = {
  doc: 'x; nothing flows back.',
  inputs: ['x'],
  shape: ([x]) => x,
  resized: fixed,
  gradient: 'none',
  evaluate: ([x]) => x,
  samples: [{ inputs: [[2, 3]], attrs: {} }],
};

export const reverse: Op<'reverse'> = {
  doc: 'x; the gradient flows back times -k (Ganin and Lempitsky 2015, section 3).',
  inputs: ['x', 'k'],
  shape([x, k]) {
    if (k.length !== 0)
      throw new ShapeError(`the factor of a gradient reversal is one number, not ${printShape(k)}`);
    return x;
  },
  resized: fixed,
  cuts: [1],
  gradient: (b, { inputs: [, k] }, g) => [b.neg(b.mul(k, g)), undefined],
  evaluate: ([x]) => x,
  samples: [{ inputs: [[2, 3], []], attrs: {} }],
};
