/**
 * Rows against other rows: one batch under the rows of another, every row with every row, several rows as one. Each says of
 * which rows its result is, so that what depends on other rows stands in the spec.
 */
import { kinds } from '../../errors.ts';
import { logSumExp, mean } from '../../ir/compose.ts';
import { mulDims } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { isScalar, printType, type PairedRows, type RowOrigin } from '../../types.ts';
import { digest, type TensorValue } from '../../values.ts';
import { callee, choice, int, value, type Builtin, type Call } from '../builtin.ts';
import { derived, features, tensorOf } from '../shapes.ts';

export const unpaired: Builtin = {
  doc: 'The minibatch of one stream under the rows of another: its first row beside the other’s first, and so on. Streams shuffle independently, so which row stands beside which is chance. Both batches are of one size.',
  where: 'anywhere',
  params: [
    value('x', 'Any value with rows.'),
    value('like', 'A value of the rows that it is to stand under.'),
  ],
  build(call, args) {
    const [x, like] = [
      tensorOf(call, args.value('x'), '`unpaired`'),
      tensorOf(call, args.value('like'), '`like`'),
    ];
    const [of, under] = [rowsOf(call, x, 'unpaired'), rowsOf(call, like, 'unpaired')];
    inTraining(call, 'unpaired', 'Streams have other numbers of rows there.');
    call.demand({ kind: 'equal', of, like: under, span: call.span });
    const node = call.b.regroup(x.node, [call.rowCount(under), ...x.node.shape.slice(1)]);
    return call.tensor(node, { ...x.type, rows: under });
  },
};

const reductions: Readonly<Record<string, (call: Call, x: Node) => Node>> = {
  mean: ({ b }, x) => mean(b, x, [1]),
  sum: ({ b }, x) => b.sum(x, [1]),
  max: ({ b }, x) => b.amax(x, [1]),
  min: ({ b }, x) => b.neg(b.amax(b.neg(x), [1])),
  log_sum_exp: ({ b }, x) => logSumExp(b, x, 1),
};

export const over_pairs: Builtin = {
  doc: 'One number for each row of a: f of it and each row of b, put together over all rows of b, those of all processes. A kernel’s mean is the term of an MMD (arXiv:0805.2368), log_sum_exp of similarities the denominator of a contrastive loss (arXiv:1807.03748). A row of a is compared with itself too, where b holds it. Gradients flow to both sides.',
  where: 'anywhere',
  params: [
    callee('f', 'A fn or network of two values that gives one number for a row of a and a row of b.'),
    value('a', 'A value with rows.'),
    value('b', 'A value with rows, of the same stream or another.'),
    choice('reduce', Object.keys(reductions), 'How the numbers of a row of a become one.', 'mean'),
  ],
  build(call, args) {
    const [a, b] = ['a', 'b'].map((name) => tensorOf(call, args.value(name), '`over_pairs`'));
    inTraining(call, 'over_pairs', 'Reports take the rows of a stream piece by piece.');
    const rows: PairedRows = { pairs: [rowsOf(call, a, 'over_pairs'), rowsOf(call, b, 'over_pairs')] };
    const all = call.allRows(b, rows.pairs[1]);
    const [n, m] = [a.node.shape[0], all.shape[0]];
    const each = spread(call, a, call.b.reshape(a.node, [n, 1, ...a.type.shape]), [n, m], rows, 'left');
    const others = spread(call, b, call.b.reshape(all, [1, m, ...b.type.shape]), [n, m], rows, 'right');
    const made = tensorOf(call, call.apply(args.value('f'), [each, others]), '`over_pairs`');
    if (!isScalar(made.type) || made.type.rows === null)
      call.fail(kinds.notScalar, {
        what: `\`over_pairs\` takes one number for each pair, and the fn gives ${printType(made.type)}`,
        hint: 'Reduce it in the fn, with `sum`, `mean`, `distance`.',
      });
    const table = call.b.reshape(made.node, [n, m]);
    const type = { ...derived(a.type, []), hidden: made.type.hidden, form: 'scalar' as const };
    return call.tensor(reductions[args.choice('reduce')](call, table), type);
  },
};

/** One side of all pairs: [n, m, ...] as rows. */
function spread(
  { b }: Call,
  { type, ident }: TensorValue,
  node: Node,
  [n, m]: readonly [Node['shape'][number], Node['shape'][number]],
  rows: RowOrigin,
  side: string,
): TensorValue {
  const wide = b.expand(node, [n, m, ...type.shape]);
  const flat = b.reshape(wide, [mulDims(n, m), ...type.shape]);
  return { sort: 'tensor', node: flat, type: { ...type, rows }, ident: digest(side, ident) };
}

export const pack: Builtin = {
  doc: 'So many consecutive rows as one: vecs one behind the other, images and seqs channels upon channels. A discriminator of packs sees whether a generator varies (PacGAN, arXiv:1712.04086). The batch is a multiple of it; no pack is cut between processes.',
  where: 'anywhere',
  params: [value('x', 'Any tensor with rows; a label as a onehot.'), int('n', 'How many rows make one.')],
  build(call, args) {
    const x = features(call, tensorOf(call, args.value('x'), '`pack`'));
    const of = rowsOf(call, x, 'pack');
    const by = args.int('n');
    if (by < 2)
      call.fail(kinds.argumentOutside, { what: `\`pack\` of ${by}`, hint: 'Two rows or more make a pack.' });
    inTraining(call, 'pack', 'Their rows are taken one by one there.');
    call.demand({ kind: 'multiple', of, by, span: call.span });
    const rows = { packed: of, by };
    const [first = 1, ...rest] = x.type.shape;
    const shape = [mulDims(first, by), ...rest];
    const node = call.b.regroup(x.node, [call.rowCount(rows), ...shape]);
    const { range } = x.type;
    return call.tensor(node, { ...derived(x.type, shape), range, rows });
  },
};

function rowsOf(call: Call, { type }: TensorValue, name: string): RowOrigin {
  if (type.rows !== null) return type.rows;
  return call.fail(kinds.noRows, {
    what: `\`${name}\` takes values with rows, and ${printType(type)} without rows came in`,
    hint: 'Give values of streams or samples.',
  });
}

function inTraining(call: Call, name: string, why: string): void {
  if (call.mode === 'train') return;
  call.fail(kinds.reportRows, {
    what: `\`${name}\` stands in a report`,
    why: `It is about the rows of a minibatch. ${why}`,
    hint: 'Make it a `loss`: it is logged whenever an update computes it.',
  });
}
