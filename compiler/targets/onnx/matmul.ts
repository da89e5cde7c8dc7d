/**
 * Matrix products. Two matrices are a Gemm, which reads an operand that lies transposed as it is; a batch with one
 * shared matrix is one Gemm over all rows.
 */
import { mulDims } from '../../graph/dim.ts';
import type { Node } from '../../graph/node.ts';
import { denseInput } from './emission.ts';
import type { Emission } from './emission.ts';
import { expand, plain, reshape } from './value.ts';
import type { Value } from './value.ts';

/** A matrix as it lies in memory; `turned` if that is its transpose. */
export interface Matrix {
  readonly name: string;
  readonly turned: boolean;
}

export function gemm(e: Emission, a: Matrix, b: Matrix, bias?: string): string {
  const flags = { ...(a.turned ? { transA: 1 } : {}), ...(b.turned ? { transB: 1 } : {}) };
  return e.w.node('Gemm', [a.name, b.name, ...(bias === undefined ? [] : [bias])], flags);
}

export function matrixOf(e: Emission, node: Node): Matrix {
  const value = expand(e, e.value(node), node.shape);
  return { name: value.name, turned: value.perm[0] === 1 };
}

/** A value as a matrix of all its rows: everything but the last axis folded. */
function rowsOf(e: Emission, node: Node): Matrix {
  if (node.shape.length === 2) return matrixOf(e, node);
  const [batch, rows, columns] = node.shape;
  return { name: reshape(e, denseInput(e, node), [mulDims(batch, rows), columns]), turned: false };
}

/** The product, with a row vector added to every row if one is given. */
export function product(e: Emission, node: Node, bias?: string): Value {
  const [a, b] = node.inputs;
  if (b.shape.length === 3)
    return plain(e.w.node('MatMul', [denseInput(e, a), denseInput(e, b)]), node.shape);
  const flat = gemm(e, rowsOf(e, a), matrixOf(e, b), bias);
  return plain(node.shape.length === 2 ? flat : reshape(e, flat, node.shape), node.shape);
}

export const matmul = (e: Emission, node: Node): Value => product(e, node);
