/**
 * Elementwise primitives: one ONNX node each, on operands brought into one layout and left to ONNX's broadcasting.
 * In: a node whose operands have values. Out: its value, laid out as most of the operands are.
 */
import type { Dim } from '../../graph/dim.ts';
import type { Node } from '../../graph/node.ts';
import { erf64 } from './erf.ts';
import type { Emission } from './emission.ts';
import { arrange, guess, identity } from './value.ts';
import type { Permutation, Value } from './value.ts';

type Row = (e: Emission, node: Node) => Value;

const moved = (value: Value, perm: Permutation): boolean => {
  const large = (order: Permutation): string => order.filter((axis) => value.stored[axis] !== 1).join();
  return large(value.perm) !== large(perm);
};

/** The order of axes that has the least to transpose; the graph's own where nothing speaks against it. */
export function commonOrder(values: readonly Value[], rank: number): Permutation {
  const cost = (perm: Permutation): number =>
    values.reduce((sum, value) => sum + (moved(value, perm) ? guess(value.stored) : 0), 0);
  const orders = [identity(rank), ...values.map((value) => value.perm)];
  return orders.reduce((best, perm) => (cost(perm) < cost(best) ? perm : best));
}

/** Operands in one layout (those of rank 0 as they are), and the layout of what an elementwise node makes of them. */
function aligned(e: Emission, node: Node): { operands: Value[]; perm: Permutation; stored: Dim[] } {
  const given = node.inputs.map((input) => e.value(input));
  const full = given.filter((value) => value.stored.length > 0);
  const perm = commonOrder(full, node.shape.length);
  const operands = given.map((value) => (value.stored.length > 0 ? arrange(e, value, perm) : value));
  const stored = node.shape.map(
    (_, axis) => full.find((value) => value.stored[axis] !== 1)?.stored[axis] ?? 1,
  );
  return { operands, perm, stored };
}

export function elementwise(op: string): Row {
  return (e, node) => {
    const { operands, perm, stored } = aligned(e, node);
    return {
      name: e.w.node(
        op,
        operands.map((value) => value.name),
      ),
      perm,
      stored,
    };
  };
}

export function comparison(op: string): Row {
  return (e, node) => {
    const { operands, perm, stored } = aligned(e, node);
    const truth = e.w.node(
      op,
      operands.map((value) => value.name),
    );
    return { name: e.w.node('Cast', [truth], { to: e.float === 'float32' ? 1 : 11 }), perm, stored, truth };
  };
}

const BOOL = 9;

export const select: Row = (e, node) => {
  const { operands, perm, stored } = aligned(e, node);
  const [c, a, b] = operands;
  const truth = c.truth ?? e.w.node('Cast', [c.name], { to: BOOL });
  return { name: e.w.node('Where', [truth, a.name, b.name]), perm, stored };
};

export const erf: Row = (e, node) => {
  const x = e.value(node.inputs[0]);
  return {
    ...x,
    truth: undefined,
    name: e.float === 'float32' ? e.w.node('Erf', [x.name]) : erf64(e, x.name),
  };
};

export const unchanged: Row = (e, node) => e.value(node.inputs[0]);
