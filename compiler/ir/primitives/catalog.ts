/**
 * The closed list of primitives: name → what is known of it. The compiler's passes, the reference engine, the targets
 * and the tests loop over it. An export of a family file is a primitive under its own name.
 */
import type { Elementwise, Node, OpName } from '../node.ts';
import { ShapeError, type Op } from './op.ts';
import { constant, draw, extent, input, iota } from './leaves.ts';
import * as elementwise from './elementwise.ts';
import { concat, expand, flip, pad, regroup, reshape, slice, transpose } from './movement.ts';
import { amax, argmax, sum } from './reduction.ts';
import { matmul } from './matmul.ts';
import { conv, conv_input_grad, conv_weight_grad } from './convolution.ts';
import { reverse, stop } from './gradientControl.ts';
import { scan } from './scan.ts';

export const ops: { readonly [K in OpName]: Op<K> } = {
  ...{ input, draw, constant, iota, extent },
  ...elementwise,
  ...{ reshape, regroup, transpose, expand, slice, pad, concat, flip },
  ...{ sum, amax, argmax },
  matmul,
  ...{ conv, conv_input_grad, conv_weight_grad },
  ...{ stop, reverse },
  scan,
};

const isOpName = (name: string): name is OpName => name in ops;
/** In the catalogue's order. */
export const opNames: readonly OpName[] = Object.keys(ops).filter(isOpName);
/** A primitive whose name may be any. */
export const opOf = <K extends OpName>(name: K): Op<K> => ops[name];

const movements: ReadonlySet<OpName> = new Set(['reshape', 'expand', 'transpose', 'slice', 'concat']);

/** Whether it gives numbers as they are, in another place. */
export const isMovement = (op: OpName): boolean => movements.has(op);

export const isElementwise = (op: OpName): op is Elementwise => op in elementwise;

/** Throws ShapeError on a wrong number of inputs. */
export function checkArity(op: OpName, inputs: readonly Node[]): void {
  const names = ops[op].inputs;
  const open = names.at(-1) === '...';
  const least = open ? names.length - 1 : names.length;
  if (inputs.length >= least && (open || inputs.length === least)) return;
  throw new ShapeError(`${op} takes ${names.join(', ') || 'no inputs'}, and got ${inputs.length}`);
}
