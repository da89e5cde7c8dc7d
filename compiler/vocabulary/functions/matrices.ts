/** Products of matrices and vectors, row by row: each row's own, or one matrix for all rows. */
import { kinds } from '../../errors.ts';
import { printDim, sameDim, type Shape } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { formOf, printType, real, type TensorType } from '../../types.ts';
import type { TensorValue } from '../../values.ts';
import { alignRows } from '../align.ts';
import { operand } from '../losses.ts';
import { leadOf, moved, withShape, wrongForm } from '../shapes.ts';
import { value, type Args, type Builtin, type Call } from '../builtin.ts';

const asMat = 'A seq or an image becomes one by `reshape(M, N, form: mat)`.';

/** A mat or a vec of numbers. */
function matrixOf(call: Call, args: Args, name: string, what: string): TensorValue {
  const given = operand(call, args.value(name), `\`${what}\``);
  const { form } = given.type;
  return form === 'mat' || form === 'vec'
    ? given
    : wrongForm(call, what, 'mat[M, N] and vec[N]', given.type, asMat);
}

/** The type of a product: real numbers, a vec or a mat. */
const product = (shape: Shape, rows: TensorType['rows'], hidden: string | null): TensorType => ({
  ...real(shape, rows),
  form: formOf(shape.length, 'mat'),
  hidden,
});

export const matmul: Builtin = {
  doc: 'The matrix product of each row: mat[M, K] · mat[K, N] is mat[M, N], mat[M, K] · vec[K] is vec[M], vec[K] · mat[K, N] is vec[N]. What has no rows, such as a weight, is there for every row.',
  where: 'anywhere',
  params: [value('a', 'mat[M, K] or vec[K]'), value('b', 'mat[K, N] or vec[K]')],
  build(call, args) {
    const [a, b] = [matrixOf(call, args, 'a', 'matmul'), matrixOf(call, args, 'b', 'matmul')];
    const [left, right] = [a.type.form === 'vec', b.type.form === 'vec'];
    if (left && right)
      call.fail(kinds.shape, {
        what: '`matmul` of two vecs',
        why: 'They have an inner and an outer product.',
        hint: 'Write `sum(a * b)` for one number, `outer(a, b)` for a mat.',
      });
    const [m, k] = left ? [1, a.type.shape[0]] : a.type.shape;
    const [inner, n] = right ? [b.type.shape[0], 1] : b.type.shape;
    if (!sameDim(k, inner))
      call.fail(kinds.shape, {
        what: `\`matmul\` of ${printType(a.type)} and ${printType(b.type)}: ${printDim(k)} numbers meet ${printDim(inner)}`,
        why: 'The last size of the first is the first size of the second.',
        hint: 'Exchange the two, or `transpose` one.',
      });
    const { nodes, rows, hidden } = alignRows(call, [a, b]);
    // One matrix for all rows is one product with all rows.
    const second = b.type.rows === null ? b.node : nodes[1];
    const node = call.b.matmul(
      as(call, nodes[0], rows === null ? 0 : 1, [m, k]),
      as(call, second, b.type.rows === null ? 0 : 1, [k, n]),
    );
    const shape = [...(left ? [] : [m]), ...(right ? [] : [n])];
    return call.tensor(as(call, node, rows === null ? 0 : 1, shape), product(shape, rows, hidden));
  },
};

/** The node with another shape for each row. */
const as = ({ b }: Call, node: Node, lead: number, shape: Shape): Node =>
  b.reshape(node, [...node.shape.slice(0, lead), ...shape]);

export const outer: Builtin = {
  doc: 'The outer product of two vecs: mat[M, N] of every number of a times every number of b.',
  where: 'anywhere',
  params: [value('a', 'vec[M]'), value('b', 'vec[N]')],
  build(call, args) {
    const given = ['a', 'b'].map((name) => matrixOf(call, args, name, 'outer'));
    for (const { type } of given)
      if (type.form !== 'vec')
        wrongForm(call, 'outer', 'vec[M] and vec[N]', type, 'Put `|> flatten` before it.');
    const [m, n] = given.map(({ type }) => type.shape[0]);
    const { nodes, rows, hidden } = alignRows(call, given);
    const lead = rows === null ? 0 : 1;
    const node = call.b.matmul(as(call, nodes[0], lead, [m, 1]), as(call, nodes[1], lead, [1, n]));
    return call.tensor(node, product([m, n], rows, hidden));
  },
};

export const transpose: Builtin = {
  doc: 'The transposed matrix: mat[M, N] to mat[N, M].',
  where: 'anywhere',
  params: [value('x', 'mat[M, N]')],
  build(call, args) {
    const input = operand(call, args.value('x'), '`transpose`');
    if (input.type.form !== 'mat') wrongForm(call, 'transpose', 'mat[M, N]', input.type, asMat);
    const [m, n] = input.type.shape;
    const node = call.b.transpose(input.node, leadOf(input.type) === 0 ? [1, 0] : [0, 2, 1]);
    return call.tensor(call.b.reshape(node, withShape(input, [n, m])), moved(input.type, [n, m]));
  },
};
