/** Attention over the steps of a seq or the places of an image. */
import { kinds } from '../../errors.ts';
import { maskLater, softmax } from '../../ir/compose.ts';
import { product, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { count, derived, fixed, inRows, wrongForm } from '../shapes.ts';
import { alignRows } from '../align.ts';
import { checkPlaced } from '../places.ts';
import { flag, int, value, type Args, type Call, type Builtin } from '../builtin.ts';
import type { TensorType } from '../../types.ts';
import { glorot } from '../weights.ts';

/** x [N, C, P] times a learned matrix [C, to], place by place: [N, P, to]. */
function projected(call: Call, name: string, x: Node, from: number, to: number): Node {
  const { b } = call;
  const weight = call.weight(name, [from, to], glorot(from, to), { decay: true });
  return b.matmul(b.transpose(x, [0, 2, 1]), weight);
}

/** [N, P, heads · size] to [N · heads, P, size]. */
function split({ b }: Call, x: Node, heads: number): Node {
  const [rows, places, width] = x.shape;
  const size = Number(width) / heads;
  const apart = b.transpose(b.reshape(x, [rows, places, heads, size]), [0, 2, 1, 3]);
  return b.reshape(apart, [product([rows, heads]), places, size]);
}

/** The places of a value as one axis. */
const flat = ({ b }: Call, x: Node): Node =>
  b.reshape(x, [x.shape[0], x.shape[1], product(x.shape.slice(2))]);

export const attention: Builtin = {
  doc: 'Attention of every place to every other (Vaswani et al. 2017, arXiv:1706.03762): softmax(q·kᵀ/√size)·v, put back to the channels of x by one more matrix; without biases, and without the sum with x: write `x + attention(x, heads: 4)`. SAGAN (Zhang et al. 2018, arXiv:1805.08318) has one head and keys of an eighth of the channels.',
  where: 'network',
  params: [
    value('x', 'seq[C, T] or image[C, H, W]: what asks.'),
    int('heads', 'How many times side by side, each on its part of the channels.', 1),
    int('keys', 'Numbers of a key, all heads together. Default: the channels of x.', null),
    value('to', 'seq or image of any number of places that is attended to. Default: x itself.', null),
    flag('causal', 'Whether each step of a seq attends to itself and the steps before it alone.', false),
  ],
  build(call, args) {
    const { b } = call;
    const input = args.tensor('x');
    checkPlaced(call, 'attention', input.type);
    const other = args.has('to') ? args.tensor('to') : input;
    checkPlaced(call, 'attention', other.type);
    const causal = isCausal(call, args, input.type);
    const channels = fixed(call, 'attention', input.type.shape[0]);
    const { nodes, rows, hidden } = alignRows(call, [input, other]);
    const { x, undo } = inRows(call, { ...input, node: nodes[0], type: { ...input.type, rows } });
    const { x: from } = inRows(call, { ...other, node: nodes[1], type: { ...other.type, rows } });
    const [heads, keys] = headsOf(call, args, channels);
    const own = fixed(call, 'attention', other.type.shape[0]);
    const [q, k, v] = [
      projected(call, 'query', flat(call, x), channels, keys),
      projected(call, 'key', flat(call, from), own, keys),
      projected(call, 'value', flat(call, from), own, channels),
    ].map((one) => split(call, one, heads));
    const scores = b.mul(b.matmul(q, b.transpose(k, [0, 2, 1])), 1 / Math.sqrt(keys / heads));
    const mixed = b.matmul(softmax(b, causal ? maskLater(b, scores) : scores, 2), v);
    const [all, places]: Dim[] = [x.shape[0], mixed.shape[1]];
    const apart = b.reshape(mixed, [all, heads, places, channels / heads]);
    const together = b.reshape(b.transpose(apart, [0, 1, 3, 2]), [all, channels, places]);
    const made = projected(call, 'result', together, channels, channels);
    const node = b.reshape(b.transpose(made, [0, 2, 1]), x.shape);
    return call.tensor(undo(node), { ...derived(input.type), rows, hidden });
  },
};

function isCausal(call: Call, args: Args, type: TensorType): boolean {
  if (!args.bool('causal')) return false;
  if (args.has('to'))
    call.fail(kinds.badArgument, {
      what: '`causal` orders the steps of one seq, and `to` is another',
      hint: 'Leave one of them out.',
    });
  if (type.form !== 'seq')
    wrongForm(
      call,
      'attention(causal: true)',
      'seq[C, T]',
      type,
      'An image has no steps: leave `causal` out.',
    );
  return true;
}

/** How many heads, and numbers of a key in all; both divide evenly. */
function headsOf(call: Call, args: Args, channels: number): [heads: number, keys: number] {
  const heads = count(call, args, 'heads');
  const keys = args.has('keys') ? count(call, args, 'keys') : channels;
  for (const [what, size] of [
    ['channels', channels],
    ['keys', keys],
  ] as const)
    if (size % heads !== 0)
      call.fail(kinds.division, {
        what: `${size} ${what} cannot be shared by ${heads} heads`,
        why: 'Each head has its part of them.',
        hint: `Take a number of heads that divides ${size}.`,
      });
  return [heads, keys];
}
