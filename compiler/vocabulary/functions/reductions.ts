/**
 * Reductions: over a row's own axes by default; never across rows, except for `over: rows`. `max` and `min`
 * of two arguments are elementwise.
 */
import { kinds } from '../../errors.ts';
import type { Node } from '../../ir/node.ts';
import type { TensorType } from '../../types.ts';
import type { TensorValue } from '../../values.ts';
import { align } from '../align.ts';
import { operand, perRow } from '../losses.ts';
import { counted, countedMean, gapOf, masked, maskParam } from '../masks.ts';
import { axisOf, checkPlaced } from '../places.ts';
import { derived, leadOf, rowAxes } from '../shapes.ts';
import { choice, value, type Args, type Call, type Builtin } from '../builtin.ts';

const x = value('x', 'Any tensor of numbers.');
const axisChoices = ['channels', 'time', 'height', 'width', 'places', 'first', 'second'];
const axisDoc =
  'The axis that is reduced. channels: of a seq or image, what stays has one. time: the steps of a seq. height, width: of an image. places: all but the channels. first, second: of a mat. Default: the whole row.';
const over = choice('over', axisChoices, axisDoc, null);
const counts = maskParam('Without it, all of them.');
const overRows = choice(
  'over',
  [...axisChoices, 'rows'],
  `${axisDoc} rows: the whole batch; what stays has no rows.`,
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
  return alongAxis(call, where, name, type);
}

function alongAxis(
  call: Call,
  where: string,
  name: string,
  type: TensorType,
): { axes: number[]; made: TensorType } {
  const axes = where === 'places' ? placesOf(call, name, type) : [axisOf(call, `\`${name}\``, type, where)];
  const left = type.shape.filter((_, axis) => !axes.includes(axis));
  return { axes: axes.map((axis) => axis + leadOf(type)), made: derived(type, left) };
}

function placesOf(call: Call, name: string, type: TensorType): number[] {
  checkPlaced(call, name, type);
  return [...type.shape.keys()].slice(1);
}

/** Over channels a seq or image keeps one, so that it stays what it is. */
function withChannel(call: Call, args: Args, input: TensorValue, node: Node, made: TensorType): TensorValue {
  const { form, shape } = input.type;
  const keeps =
    args.has('over') && args.choice('over') === 'channels' && (form === 'seq' || form === 'image');
  if (!keeps) return call.tensor(node, made);
  const own = [1, ...shape.slice(1)];
  const lead = node.shape.slice(0, leadOf(input.type));
  return call.tensor(call.b.reshape(node, [...lead, ...own]), {
    ...made,
    ...derived(input.type, own),
    kind: made.kind,
    range: made.range,
  });
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
      const type = keeps === 'kind' ? averaged(made, input.type) : made;
      return withChannel(call, args, input, make(call, input.node, mask, axes), type);
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
  'The sum over all numbers of a row, over an axis, or over rows.',
  overRows,
  summed,
  'nothing',
);

export const mean: Builtin = reduction(
  'mean',
  'The mean over all numbers of a row, over an axis, or over rows.',
  overRows,
  countedMean,
  'kind',
);

export const norm: Builtin = reduction(
  'norm',
  'The Euclidean norm of a row, over an axis, or over rows; its gradient at 0 is 0.',
  overRows,
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
      return withChannel(call, args, first, ofRow(call, first.node, axes), averaged(made, first.type));
    },
  };
}

export const max: Builtin = extreme(
  'max',
  'Of one argument, the largest number of a row (or over an axis); of two, the larger, elementwise.',
  largestOf,
  ({ b }, p, q) => b.max(p, q),
);

export const min: Builtin = extreme(
  'min',
  'Of one argument, the smallest number of a row (or over an axis); of two, the smaller, elementwise.',
  (call, node, axes) => call.b.neg(largestOf(call, call.b.neg(node), axes)),
  ({ b }, p, q) => b.min(p, q),
);
