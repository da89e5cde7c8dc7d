/**
 * Reductions: over a row's own axes by default; never across rows, except for `mean(x, over: rows)`. `max` and `min`
 * of two arguments are elementwise.
 */
import { kinds } from '../../errors.ts';
import type { Node } from '../../ir/node.ts';
import type { TensorType } from '../../types.ts';
import type { TensorValue } from '../../values.ts';
import { align } from '../align.ts';
import { operand, perRow } from '../losses.ts';
import { counted, countedMean, gapOf, masked, maskParam } from '../masks.ts';
import { derived, leadOf, rowAxes, wrongForm } from '../shapes.ts';
import { choice, value, type Args, type Call, type Builtin } from '../builtin.ts';

const x = value('x', 'Any tensor of numbers.');
const over = choice('over', ['time'], 'time: over the steps of a seq, one number for each channel.', null);
const counts = maskParam('Without it, all of them.');
const overRows = choice(
  'over',
  ['time', 'rows'],
  'time: over the steps of a seq, one number for each channel. rows: the mean of the batch, which has no rows.',
  null,
);

/** The axes to reduce, and the type of what stays. */
function reduced(
  call: Call,
  args: Args,
  name: string,
  { type, node }: TensorValue,
): { axes: number[]; made: TensorType } {
  const where = args.has('over') ? args.choice('over') : 'row';
  if (where === 'rows') {
    if (type.rows !== null) return { axes: [0], made: { ...derived(type), rows: null } };
    return call.fail(kinds.noRows, {
      what: `\`${name}\` over rows of a value without rows`,
      hint: 'Leave out `over: rows`.',
    });
  }
  if (where === 'row') return { axes: rowAxes({ type, node } as TensorValue), made: perRow(type) };
  if (type.form !== 'seq')
    wrongForm(
      call,
      name,
      'seq[C, T] with `over: time`',
      type,
      'Leave out `over: time`, or bring it to a seq with `|> reshape(C, T)`.',
    );
  return { axes: [leadOf(type) + 1], made: derived(type, [type.shape[0]]) };
}

function reduction(
  name: string,
  doc: string,
  param: typeof over,
  make: (call: Call, x: Node, mask: Node | null, axes: readonly number[]) => Node,
  keeps: 'kind' | 'nothing',
): Builtin {
  return {
    doc,
    where: 'anywhere',
    params: [x, param, counts],
    build(call, args) {
      const given = operand(call, args.value('x'), `\`${name}\``);
      if (args.has('where') && args.has('over') && args.choice('over') === 'rows') {
        call.fail(kinds.exclusive, {
          what: '`where` is given over rows',
          why: 'A mask says which steps of a row count.',
          hint: 'Leave out one of the two.',
        });
      }
      const { value: input, mask } = masked(call, args, name, given);
      const { axes, made } = reduced(call, args, name, input);
      return call.tensor(
        make(call, input.node, mask, axes),
        keeps === 'kind' ? averaged(made, input.type) : made,
      );
    },
  };
}

/** Means of probabilities are probabilities, of logits logits; they stay in their range. */
function averaged(made: TensorType, from: TensorType): TensorType {
  const kind = from.kind === 'onehot' || from.kind === 'truth' ? 'prob' : from.kind;
  return { ...made, kind, range: from.range };
}

const summed = (call: Call, node: Node, mask: Node | null, axes: readonly number[]): Node =>
  call.b.sum(counted(call, node, mask), axes);
const normed = (call: Call, node: Node, mask: Node | null, axes: readonly number[]): Node =>
  call.b.sqrt(summed(call, call.b.mul(node, node), mask, axes));

export const sum: Builtin = reduction(
  'sum',
  'The sum over all numbers of a row, or over time.',
  over,
  summed,
  'nothing',
);

export const mean: Builtin = reduction(
  'mean',
  'The mean over all numbers of a row, over time, or over rows.',
  overRows,
  countedMean,
  'kind',
);

export const norm: Builtin = reduction(
  'norm',
  'The Euclidean norm of a row, or over time; its gradient at 0 is 0.',
  over,
  normed,
  'nothing',
);

export const distance: Builtin = {
  doc: 'The Euclidean distance of two rows: norm(a - b); its gradient where they are equal is 0.',
  where: 'anywhere',
  params: [value('a', 'Any tensor of numbers.'), value('b', 'Another that combines with it.'), counts],
  build(call, args) {
    const { value: gap, mask } = gapOf(call, args, 'distance');
    return call.tensor(normed(call, gap.node, mask, rowAxes(gap)), perRow(gap.type));
  },
};

// ---------------------------------------------------------------- largest and smallest

const largestOf = ({ b }: Call, node: Node, axes: readonly number[]): Node =>
  axes.length === 0 ? node : b.amax(node, axes);

function extreme(
  name: string,
  doc: string,
  ofRow: (call: Call, x: Node, axes: readonly number[]) => Node,
  ofTwo: (call: Call, p: Node, q: Node) => Node,
): Builtin {
  return {
    doc,
    where: 'anywhere',
    params: [x, value('y', 'Another tensor: the result is elementwise.', null), over],
    build(call, args) {
      const first = operand(call, args.value('x'), `\`${name}\``);
      if (args.has('y')) {
        const second = operand(call, args.value('y'), `\`${name}\``);
        const { nodes, type } = align(call, [first, second]);
        return call.tensor(ofTwo(call, nodes[0], nodes[1]), type);
      }
      const { axes, made } = reduced(call, args, name, first);
      return call.tensor(ofRow(call, first.node, axes), averaged(made, first.type));
    },
  };
}

export const max: Builtin = extreme(
  'max',
  'Of one argument, the largest number of a row (or over time); of two, the larger, elementwise.',
  largestOf,
  ({ b }, p, q) => b.max(p, q),
);

export const min: Builtin = extreme(
  'min',
  'Of one argument, the smallest number of a row (or over time); of two, the smaller, elementwise.',
  (call, node, axes) => call.b.neg(largestOf(call, call.b.neg(node), axes)),
  ({ b }, p, q) => b.min(p, q),
);
