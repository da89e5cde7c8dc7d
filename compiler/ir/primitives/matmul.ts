/** The matrix product: two matrices, two batches of them, or a batch with one shared matrix on the right. */
import { mulDims, printShape, sameDim, type Shape } from '../dim.ts';
import type { Node } from '../node.ts';
import type { OpBuilder } from '../opBuilder.ts';
import { ShapeError, fixed, type Op } from './op.ts';
import { gemm, zeros } from './tensor.ts';

function matmulShape([a, b]: readonly Shape[]): Shape {
  const ranks = [a.length, b.length].join();
  const known = ranks === '2,2' || ranks === '3,2' || ranks === '3,3';
  const fits = known && sameDim(a[a.length - 1], b[b.length - 2]) && (b.length === 2 || sameDim(a[0], b[0]));
  if (!fits) throw new ShapeError(`matmul of ${printShape(a)} and ${printShape(b)}`);
  return [...a.slice(0, -1), b[b.length - 1]];
}

const turned = (b: OpBuilder, x: Node): Node => b.transpose(x, x.shape.length === 2 ? [1, 0] : [0, 2, 1]);
/** All rows of a batch as one matrix. */
const rows = (b: OpBuilder, x: Node): Node => b.reshape(x, [mulDims(x.shape[0], x.shape[1]), x.shape[2]]);

export const matmul: Op<'matmul'> = {
  doc: '[m,k]·[k,n], [B,m,k]·[B,k,n], or [B,m,k]·[k,n].',
  inputs: ['a', 'b'],
  shape: matmulShape,
  resized: fixed,
  gradient(b, { inputs: [x, w] }, g) {
    const shared = x.shape.length > w.shape.length;
    const forW = shared ? b.matmul(turned(b, rows(b, x)), rows(b, g)) : b.matmul(turned(b, x), g);
    return [b.matmul(g, turned(b, w)), forW];
  },
  evaluate([a, b], _, shape) {
    const out = zeros(shape);
    const [m, k] = a.shape.slice(-2);
    const n = b.shape[b.shape.length - 1];
    const batch = a.shape.length === 3 ? a.shape[0] : 1;
    for (let i = 0; i < batch; i++) {
      const right = { data: b.data, at: b.shape.length === 3 ? i * k * n : 0, row: n, column: 1 };
      const left = { data: a.data, at: i * m * k, row: k, column: 1 };
      gemm(m, k, n, left, right, { data: out.data, at: i * m * n, row: n, column: 1 });
    }
    return out;
  },
  samples: [
    [
      [2, 3],
      [3, 4],
    ],
    [
      [2, 2, 3],
      [2, 3, 2],
    ],
    [
      [2, 2, 3],
      [3, 2],
    ],
  ].map((inputs) => ({ inputs, attrs: {} })),
};
