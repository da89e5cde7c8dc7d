/** Vector quantisation: numbers to the nearest of a set of learned vectors. */
import { kinds } from '../../errors.ts';
import { oneHot, square } from '../../ir/compose.ts';
import { printDim, product, sameDim, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { formOf, printType, real, type TensorType } from '../../types.ts';
import type { RecordValue, TensorValue } from '../../values.ts';
import { alignRows } from '../align.ts';
import { operand } from '../losses.ts';
import { derived, inRows, wrongForm } from '../shapes.ts';
import { value, type Args, type Builtin, type Call } from '../builtin.ts';

export const quantize: Builtin = {
  doc: 'The nearest vector of a codebook, at every place (VQ-VAE, van den Oord et al. 2017, arXiv:1711.00937). A record: `passed`, the codes, whose gradient goes straight through to x; `codes`, the same numbers, whose gradient goes to the codebook; `chosen`, which they are, a onehot. Of two as near, the first.',
  where: 'anywhere',
  params: [
    value('x', 'vec[D], seq[D, T] or image[D, H, W]'),
    value('codebook', 'mat[K, D]: K vectors, such as `weight([512, 64], form: mat)`.'),
  ],
  build(call, args) {
    const { x: input, book } = partsOf(call, args);
    const [classes] = book.type.shape;
    const { nodes, rows, hidden } = alignRows(call, [input]);
    const { b } = call;
    const { x, undo } = inRows(call, { ...input, node: nodes[0] });
    const places = x.shape.slice(2);
    const flat = b.transpose(b.reshape(x, [x.shape[0], x.shape[1], product(places)]), [0, 2, 1]);
    const chosen = oneHot(b, nearest(call, flat, book.node, classes), classes);
    const codes = b.matmul(chosen, book.node);
    const back = (node: Node, size: Dim): Node =>
      undo(b.reshape(b.transpose(node, [0, 2, 1]), [x.shape[0], size, ...places]));
    const type = derived({ ...input.type, rows, hidden });
    const made = back(codes, x.shape[1]);
    const passed = b.add(input.node, b.stop(b.sub(made, input.node)));
    return record(call, { passed, codes: made }, type, back(chosen, classes), [classes, ...places]);
  },
};

function record(
  call: Call,
  { passed, codes }: Readonly<Record<'passed' | 'codes', Node>>,
  type: TensorType,
  chosen: Node,
  shape: readonly Dim[],
): RecordValue {
  const form = formOf(shape.length);
  const which: TensorType = { ...real(shape, type.rows), form, kind: 'onehot', hidden: type.hidden };
  return {
    sort: 'record',
    of: 'what `quantize` gives',
    fields: {
      passed: call.part('passed', passed, type),
      codes: call.part('codes', codes, type),
      chosen: call.part('chosen', chosen, which),
    },
  };
}

function partsOf(call: Call, args: Args): { x: TensorValue; book: TensorValue } {
  const x = operand(call, args.value('x'), '`quantize`');
  const book = operand(call, args.value('codebook'), '`quantize`');
  const takes = 'vec[D], seq[D, T] or image[D, H, W]';
  if (!['vec', 'seq', 'image'].includes(x.type.form))
    wrongForm(call, 'quantize', takes, x.type, 'Bring it to one of these with `reshape`.');
  if (book.type.form !== 'mat' || book.type.rows !== null || !sameDim(book.type.shape[1], x.type.shape[0]))
    call.fail(kinds.shape, {
      what: `\`quantize\` takes a codebook mat[K, ${printDim(x.type.shape[0])}] without rows for ${printType(x.type)}, and ${printType(book.type)} came in`,
      hint: `Let a network own it: \`weight([512, ${printDim(x.type.shape[0])}], form: mat)\`.`,
    });
  return { x, book };
}

/** x [N, P, D] to the nearest of [K, D], [N, P]: the largest x·e - |e|² / 2. */
function nearest({ b }: Call, x: Node, book: Node, classes: Dim): Node {
  const products = b.matmul(x, b.transpose(book, [1, 0]));
  const lengths = b.mul(b.sum(square(b, book), [1]), 0.5);
  const wide = b.expand(b.reshape(lengths, [1, 1, classes]), products.shape);
  return b.argmax(b.sub(products, wide), 2);
}
