/** What the gradient does: stop it, turn it, take it as a value. */
import { kinds } from '../../errors.ts';
import { isScalar, oneNumberHint, printType } from '../../types.ts';
import { describeSort, type DistributionValue, type RecordValue, type Value } from '../../values.ts';
import { derived } from '../shapes.ts';
import { scalar, value, type Call, type Builtin } from '../builtin.ts';

export const stop: Builtin = {
  doc: 'x, and no gradient flows through it. Of a record or a distribution, each of its parts.',
  where: 'anywhere',
  params: [value('x', 'A tensor, distribution or record.')],
  build: (call, args) => stopped(call, args.value('x'), 'x'),
};

function stopped(call: Call, given: Value, name: string): Value {
  switch (given.sort) {
    case 'tensor':
      return call.part(name, call.b.stop(given.node), given.type);
    case 'distribution':
      return stoppedDistribution(call, given);
    case 'record':
      return stoppedRecord(call, given, name);
    case 'number':
      return given;
    default:
      return call.fail(kinds.badArgument, {
        what: `\`stop\` takes a tensor, and ${describeSort(given)} is given`,
        hint: 'Call it on a value.',
      });
  }
}

function stoppedDistribution(call: Call, given: DistributionValue): DistributionValue {
  const parameters = Object.entries(given.parameters).map(
    ([name, { node, type }]) => [name, call.part(name, call.b.stop(node), type)] as const,
  );
  const ident = parameters[0][1].ident;
  return { ...given, parameters: Object.fromEntries(parameters), ident };
}

function stoppedRecord(call: Call, given: RecordValue, prefix: string): RecordValue {
  const fields = Object.entries(given.fields).map(
    ([name, field]) => [name, stopped(call, field, `${prefix}.${name}`)] as const,
  );
  return { ...given, fields: Object.fromEntries(fields) };
}

export const reverse: Builtin = {
  doc: 'x, and its gradient comes back times -k: gradient reversal (Ganin & Lempitsky 2014, arXiv:1409.7495).',
  where: 'anywhere',
  params: [value('x', 'Any tensor.'), scalar('k', 'How strongly; a number, which may change with time.', 1)],
  build(call, args) {
    const { node, type } = args.tensor('x');
    return call.tensor(call.b.reverse(node, call.scalar(args.scalar('k'))), type);
  },
};

export const gradient: Builtin = {
  doc: 'The derivative of y, one number a row, by x, of the shape of x: a value like any other, which can be differentiated again. By a weight (`D.head.weight`) it is that of the mean of y.',
  where: 'anywhere',
  params: [
    value('y', 'One number a row, depending on x.'),
    value('x', 'What y was computed from: a value with rows, or a weight.'),
  ],
  build(call, args) {
    const [y, x] = [args.tensor('y'), args.tensor('x')];
    if (!isScalar(y.type)) {
      call.fail(kinds.notScalar, {
        what: `\`gradient(y, x)\` takes one number a row for y, and ${printType(y.type)} came in`,
        hint: oneNumberHint(y.type, 'y'),
      });
    }
    const hidden = x.type.hidden ?? y.type.hidden;
    return call.tensor(call.gradient(y, x), { ...derived(x.type), hidden });
  },
};
