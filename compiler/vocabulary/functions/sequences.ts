/** Steps made and marked: a vec given a time axis, the steps of a row that count. */
import { kinds } from '../../errors.ts';
import { broadcastTo } from '../../ir/compose.ts';
import { firstSteps } from '../masks.ts';
import { count, features, leadOf, moved, wrongForm } from '../shapes.ts';
import { int, value, type Args, type Call, type Builtin } from '../builtin.ts';
import { isScalar, printType, type TensorType } from '../../types.ts';
import type { TensorValue } from '../../values.ts';
import { sameShape, type Dim } from '../../ir/dim.ts';

const like = value('like', 'seq[C, T]: its number of steps.', null);
const held = value(
  'like',
  'seq[C, T] or image[C, H, W]: its places, or the channels of a mask; of a number anything.',
  null,
);

export const hold: Builtin = {
  doc: "A vec at every place: vec[N] to seq[N, steps], or to the places of `like`; a label's onehot likewise. What a decoder reads that makes a sequence of one code. A mask, seq[1, T] or image[1, H, W], at every channel of `like`. A number in every place of `like`: `hold(0, like: x)`.",
  where: 'anywhere',
  params: [
    value('x', 'vec[N], a label, a mask of one channel, or a number'),
    int('steps', 'How many steps; or `like`.', null),
    held,
  ],
  build(call, args) {
    const { b } = call;
    const input = features(call, args.tensor('x'));
    if (args.has('like') && !args.has('steps')) return heldLike(call, input, args.tensor('like').type);
    if (input.type.form !== 'vec')
      wrongForm(
        call,
        'hold',
        'vec[N]',
        input.type,
        "A seq has steps already: reduce it first, with `mean(over: time)` or a layer's `last: true`.",
      );
    const steps = stepsOf(call, args);
    const shape = [input.type.shape[0], steps];
    const lead = leadOf(input.type);
    const full = [...input.node.shape, steps];
    const node = broadcastTo(b, input.node, full, [...Array(lead + 1).keys()]);
    // A class at every step is one.
    return call.tensor(node, { ...moved(input.type, shape), kind: input.type.kind });
  },
};

/** A number everywhere, a vec at the places of `like`, or one channel at all of its channels. */
function heldLike(call: Call, { node, type }: TensorValue, like: TensorType): TensorValue {
  if (type.form !== 'scalar') checkHeld(call, type, like);
  const shape = type.form === 'vec' ? [type.shape[0], ...like.shape.slice(1)] : like.shape;
  const lead = node.shape.slice(0, leadOf(type));
  const ones = [...type.shape, ...like.shape.slice(type.shape.length).map(() => 1)];
  const full = call.b.expand(call.b.reshape(node, [...lead, ...ones]), [...lead, ...shape]);
  return call.tensor(full, { ...moved(type, shape), form: like.form });
}

function checkHeld(call: Call, type: TensorType, like: TensorType): void {
  if (like.form !== 'seq' && like.form !== 'image')
    wrongForm(call, 'like', 'seq[C, T] or image[C, H, W]', like, 'Give a value that has places.');
  const mask = type.form === like.form && type.shape[0] === 1;
  if (type.form !== 'vec' && !(mask && sameShape(type.shape.slice(1), like.shape.slice(1))))
    call.fail(kinds.shape, {
      what: `\`hold\` of ${printType(type)} like ${printType(like)}`,
      why: 'A number is held everywhere, a vec at every place, one channel at all channels of the same places.',
      hint: 'Give a vec, or a mask with the places of `like`: `box(..., like: x)`, `within(n, like: x)`.',
    });
}

export const within: Builtin = {
  doc: 'A mask, seq[1, T]: 1 at the first n steps of each row, 0 after them. For `where:` of recurrent layers, reductions and losses.',
  where: 'anywhere',
  params: [
    value('n', 'One number a row: how many steps count.'),
    int('steps', 'Of how many; or `like`.', null),
    like,
  ],
  build(call, args) {
    const n = args.tensor('n');
    if (!isScalar(n.type) || n.type.kind === 'label')
      call.fail(kinds.notScalar, {
        what: `\`within\` takes one number a row, and ${printType(n.type)} came in`,
        why: 'It is the length of the row.',
        hint: 'Give a field that holds lengths.',
      });
    return firstSteps(call, n, stepsOf(call, args));
  },
};

function stepsOf(call: Call, args: Args): Dim {
  if (args.has('steps') === args.has('like')) {
    const what = args.has('like') ? 'both `steps` and `like` are given' : '`steps` or `like` is needed';
    call.fail(args.has('like') ? kinds.tooManyArguments : kinds.missingArgument, {
      what,
      hint: 'Give one of the two: `steps: 64`, or `like: x` for the steps of x.',
    });
  }
  if (args.has('steps')) return count(call, args, 'steps');
  const { type } = args.tensor('like');
  if (type.form !== 'seq')
    wrongForm(call, 'like', 'seq[C, T]', type, 'Give a value that has steps, or their number: `steps: 64`.');
  return type.shape[1];
}
