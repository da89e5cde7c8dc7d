/** Classes as names: a label with more of them than its data has. */
import { kinds } from '../../errors.ts';
import { addDims } from '../../ir/dim.ts';
import { printType } from '../../types.ts';
import { int, value, type Builtin } from '../builtin.ts';
import { count } from '../shapes.ts';

export const widen: Builtin = {
  doc: 'The same class among more: label[K] to label[K + by]. For a discriminator with a class of its own for what is generated: `cross_entropy(D(x), widen(y))` beside `cross_entropy(D(fake), K)`.',
  where: 'anywhere',
  params: [value('x', 'label[K]'), int('by', 'How many classes more, behind those there are.', 1)],
  build(call, args) {
    const { node, type } = args.tensor('x');
    const by = count(call, args, 'by');
    if (type.kind !== 'label' || type.classes === null)
      return call.fail(kinds.kind, {
        what: `\`widen\` takes label[K], and ${printType(type)} came in`,
        hint: 'Give the label of a stream, `mnist.label`; to a onehot, `concat` adds numbers.',
      });
    return call.tensor(node, { ...type, classes: addDims(type.classes, by) });
  },
};
