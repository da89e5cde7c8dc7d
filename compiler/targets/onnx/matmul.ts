/**
 * Matrix products. Two matrices are a Gemm, which reads an operand that lies transposed as it is; a batch with one
 * shared matrix is one Gemm over all rows.
 */
import { mulDims } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { denseInput } from './emission.ts';
import type { Emission } from './emission.ts';
import { expand, guess, plain, reshape } from './value.ts';
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

function matrixOf(e: Emission, node: Node): Matrix {
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
function product(e: Emission, node: Node, bias?: string): Value {
  const [a, b] = node.inputs;
  if (b.shape.length === 3)
    return plain(e.w.node('MatMul', [denseInput(e, a), denseInput(e, b)]), node.shape);
  const flat = gemm(e, rowsOf(e, a), matrixOf(e, b), bias);
  return plain(node.shape.length === 2 ? flat : reshape(e, flat, node.shape), node.shape);
}

export function matmul(e: Emission, node: Node): Value {
  const value = product(e, node);
  if (node.inputs[1].shape.length === 3) return value;
  return { ...value, biased: (row) => product(e, node, row).name };
}

const isMatrixProduct = (e: Emission, node: Node): boolean =>
  node.op === 'matmul' && node.shape.length === 2 && e.alone(node);

/**
 * x₁·y₁ + x₂·y₂ as one product of the operands side by side, where that moves less than adding two large results: the
 * gradient of a dense layer's weights that two calls share. Undefined for anything else.
 */
export function sumOfProducts(e: Emission, node: Node): Value | undefined {
  if (node.inputs[0] === node.inputs[1] || !node.inputs.every((x) => isMatrixProduct(e, x))) return undefined;
  const operands = node.inputs.flatMap((x) => x.inputs);
  const moved = operands.reduce((sum, x) => sum + guess(x.shape), 0);
  if (moved >= guess(node.shape)) return undefined;
  const [a, b] = [0, 1].map((side) => node.inputs.map((x) => matrixOf(e, x.inputs[side])));
  if (a[0].turned !== a[1].turned || b[0].turned !== b[1].turned) return undefined;
  const beside = (parts: Matrix[], axis: number): Matrix => {
    const names = parts.map(({ name }) => name);
    return { ...parts[0], name: e.w.node('Concat', names, { axis: parts[0].turned ? 1 - axis : axis }) };
  };
  return plain(gemm(e, beside(a, 1), beside(b, 0)), node.shape);
}
