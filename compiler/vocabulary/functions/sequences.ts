/** Steps made and marked: a vec given a time axis, the steps of a row that count. */
import { kinds } from '../../errors.ts';
import { broadcastTo } from '../../ir/compose.ts';
import { firstSteps } from '../masks.ts';
import { count, features, leadOf, moved, wrongForm } from '../shapes.ts';
import { int, value, type Args, type Call, type Builtin } from '../builtin.ts';
import { isScalar, printType } from '../../types.ts';
import type { Dim } from '../../ir/dim.ts';

const like = value('like', 'seq[C, T]: its number of steps.', null);

export const hold: Builtin = {
  doc: "A vec at every step: vec[N] to seq[N, steps]; a label's onehot likewise. What a decoder reads that makes a sequence of one code.",
  where: 'anywhere',
  params: [value('x', 'vec[N] or a label'), int('steps', 'How many steps; or `like`.', null), like],
  build(call, args) {
    const { b } = call;
    const input = features(call, args.tensor('x'));
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
    return call.tensor(node, moved(input.type, shape));
  },
};

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
