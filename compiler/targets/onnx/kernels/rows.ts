/**
 * What each elementwise primitive is in WebAssembly: a few instructions on vectors of four floats or two doubles. In:
 * the instructions that put the operands on the stack. Out: those that leave the result. IEEE arithmetic as in the
 * reference: NaN goes through max and min, comparisons give 0 and 1. Primitives that no instruction computes exactly
 * (exp, pow) have no row: they stay in the graph.
 */
import type { OpName } from '../../../ir/node.ts';
import type { FloatType } from '../model.ts';
import { number, vector, type Bytes } from './encode.ts';

export type KernelRow = (float: FloatType, operands: readonly Bytes[]) => number[];

/** A number in all lanes. */
export const splat = (float: FloatType): number[] => vector(float === 'float32' ? 0x13 : 0x14);
const everywhere = (float: FloatType, value: number): number[] => [...number(value, float), ...splat(float)];

const instruction =
  (float32: number, float64: number): KernelRow =>
  (float, operands) => [...operands.flat(), ...vector(float === 'float32' ? float32 : float64)];

/** All bits where the comparison holds. */
const equals = instruction(0x41, 0x47);
const differs = instruction(0x42, 0x48);
const isLess = instruction(0x43, 0x49);
const and = vector(0x4e);
const bitselect = vector(0x52);

/** 1 where the comparison holds, else 0. */
const asNumber =
  (compare: KernelRow): KernelRow =>
  (float, operands) => [...compare(float, operands), ...everywhere(float, 1), ...and];

const rows: Readonly<Partial<Record<OpName, KernelRow>>> = {
  add: instruction(0xe4, 0xf0),
  sub: instruction(0xe5, 0xf1),
  mul: instruction(0xe6, 0xf2),
  div: instruction(0xe7, 0xf3),
  min: instruction(0xe8, 0xf4),
  max: instruction(0xe9, 0xf5),
  abs: instruction(0xe0, 0xec),
  neg: instruction(0xe1, 0xed),
  sqrt: instruction(0xe3, 0xef),
  floor: instruction(0x68, 0x75),
  less: asNumber(isLess),
  equal: asNumber(equals),
  select: (float, [c, a, b]) => [...a, ...b, ...differs(float, [c, everywhere(float, 0)]), ...bitselect],
};

/** What the primitive is; undefined where no instruction computes it. */
export const kernelRow = (op: OpName): KernelRow | undefined => rows[op];
