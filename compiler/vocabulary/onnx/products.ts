/** Matrix products. */
import { broadcastTo } from '../../ir/compose.ts';
import { product, sameDim, sameShape, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { tensor, type Operator, type Step, type Tensor } from './values.ts';

const scaled = (step: Step, x: Node, by: number): Node => (by === 1 ? x : step.b.mul(x, by));

/** alpha · A · B + beta · C. */
const gemm: Operator = (step) => {
  const [a, right] = [step.tensor(0), step.tensor(1)];
  if (a.node.shape.length !== 2 || right.node.shape.length !== 2) step.fail('it takes two matrices');
  const turned = ({ node, rows, range }: Tensor, name: string): Tensor =>
    step.real(name, 0) === 0
      ? { sort: 'tensor', node, rows, range }
      : tensor(step.b.transpose(node, [1, 0]), rows === null ? null : 1 - rows);
  const [x, y] = [turned(a, 'transA'), turned(right, 'transB')];
  const { node, rows } = multiplied(step, x, y);
  const made = scaled(step, node, step.real('alpha', 1));
  if (!step.has(2)) return tensor(made, rows);
  const bias = step.tensor(2);
  const { nodes, rows: own } = step.together([
    tensor(made, rows),
    tensor(scaled(step, bias.node, step.real('beta', 1)), bias.rows),
  ]);
  return tensor(step.b.add(nodes[0], nodes[1]), own);
};

const matMul: Operator = (step) => multiplied(step, step.tensor(0), step.tensor(1));

/** As numpy's matmul has it, of at least two axes on the left. */
function multiplied(step: Step, x: Tensor, y: Tensor): Tensor {
  const { b } = step;
  const [p, q] = [x.node.shape, y.node.shape];
  if (p.length < 2 || q.length < 1) return step.fail('it takes matrices');
  if (q.length === 1) {
    const column = multiplied(step, x, tensor(b.reshape(y.node, [q[0], 1]), y.rows));
    return tensor(b.reshape(column.node, column.node.shape.slice(0, -1)), column.rows);
  }
  const [last, before] = [p.length - 1, q.length - 2];
  if (!sameDim(p[last], q[before]) || x.rows === last || y.rows === before)
    step.fail('what it multiplies does not go together, or are sums over rows');
  if (q.length === 2 && y.rows === null) {
    const flat = b.reshape(x.node, [product(p.slice(0, -1)), p[last]]);
    return tensor(b.reshape(b.matmul(flat, y.node), [...p.slice(0, -1), q[1]]), x.rows);
  }
  return batched(step, x, y);
}

/** Matrices in batches: their leading axes are broadcast, and multiplied as one. */
function batched(step: Step, x: Tensor, y: Tensor): Tensor {
  const { b } = step;
  const rank = Math.max(x.node.shape.length, y.node.shape.length);
  const [p, q] = [x, y].map(({ node }) => [...Array<Dim>(rank - node.shape.length).fill(1), ...node.shape]);
  const [rx, ry] = [x, y].map(({ node, rows }) => (rows === null ? null : rows + rank - node.shape.length));
  if ((rx !== null && ry !== null && rx !== ry) || ry === rank - 1)
    step.fail('rows of one input are not the rows of another');
  const lead = p.slice(0, -2).map((size, i) => (size === 1 ? q[i] : size));
  const spread = (node: Node, shape: readonly Dim[]): Node => {
    const full = [...lead, ...shape.slice(-2)];
    const wide = sameShape(node.shape, full)
      ? node
      : broadcastTo(b, b.reshape(node, [...shape]), full, [...shape.keys()]);
    return b.reshape(wide, [product(lead), ...shape.slice(-2)]);
  };
  const made = b.matmul(spread(x.node, p), spread(y.node, q));
  return tensor(b.reshape(made, [...lead, p[rank - 2], q[rank - 1]]), rx ?? ry);
}

export const products = { Gemm: gemm, MatMul: matMul } as const satisfies Record<string, Operator>;
