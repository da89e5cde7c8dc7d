/**
 * The closed list of primitives: name → what is known of it. The compiler's passes, the reference engine, the targets
 * and the tests loop over it. An export of a family file is a primitive under its own name.
 */
import type { Op } from './op.ts';
import { constant, draw, extent, input, iota } from './leaves.ts';
import * as elementwise from './elementwise.ts';
import { concat, expand, flip, pad, reshape, slice, transpose } from './movement.ts';
import { amax, argmax, sum } from './reduction.ts';
import { matmul } from './matmul.ts';
import { conv, conv_input_grad, conv_weight_grad } from './convolution.ts';
import { reverse, stop } from './gradientControl.ts';
import { scan } from './scan.ts';

export const ops = {
  ...{ input, draw, constant, iota, extent },
  ...elementwise,
  ...{ reshape, transpose, expand, slice, pad, concat, flip },
  ...{ sum, amax, argmax },
  matmul,
  ...{ conv, conv_input_grad, conv_weight_grad },
  ...{ stop, reverse },
  scan,
} satisfies Record<string, Op>;

export type OpName = keyof typeof ops;
/** Primitives that work on each element by itself. */
export const isElementwise = (op: OpName): boolean => op in elementwise;
