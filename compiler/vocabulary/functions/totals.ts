/** Lists of values made one: their sum. */
import { kinds } from '../../errors.ts';
import { real } from '../../types.ts';
import { describe, type TensorValue, type Value } from '../../values.ts';
import { addLosses } from '../align.ts';
import { values, type Builtin, type Call } from '../builtin.ts';

export const total: Builtin = {
  doc: 'The sum of a list, as `+` would add its elements: `total([for i in 0..3: hinge(D[i](x), 1)])`. Losses of different rows are added as their means.',
  where: 'anywhere',
  params: [values('x', 'A list of values of one shape.')],
  build(call, args) {
    const [first, ...others] = args.values('x').map((one) => tensorOf(call, one));
    if (first === undefined)
      call.fail(kinds.badArgument, {
        what: '`total` adds the elements of a list, and there is none',
        hint: 'Write `total([for i in 0..3: ...])`.',
      });
    const logits = [first, ...others].every(({ type }) => type.kind === 'logit');
    const sum = others.reduce<TensorValue>((all, one, i) => {
      const { node, type } = addLosses(call, all, one);
      return call.part(`${i}`, node, { ...type, kind: logits ? 'logit' : type.kind });
    }, first);
    return call.tensor(sum.node, others.length === 0 ? first.type : sum.type);
  },
};

function tensorOf(call: Call, value: Value): TensorValue {
  if (value.sort === 'tensor') return value;
  if (value.sort === 'number') return call.part('number', call.scalar(value.value), real([], null));
  return call.fail(kinds.badArgument, {
    what: `\`total\` adds values, and ${describe(value)} is given`,
    hint: 'Take a field of a record, a number of a distribution; call a network.',
  });
}
