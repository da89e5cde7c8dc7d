/** Layers with noise of their own, active in every call that an update makes and in no report. */
import { kinds } from '../../errors.ts';
import { derived } from '../shapes.ts';
import { rest, strengths } from '../strength.ts';
import { strength, value, type Call, type Builtin } from '../builtin.ts';
import type { TensorValue } from '../../values.ts';

function withRows(call: Call, layer: string, input: TensorValue): TensorValue {
  if (input.type.rows !== null) return input;
  return call.fail(kinds.noRows, {
    what: `\`${layer}\` takes a value with rows`,
    why: 'Each row has draws of its own.',
    hint: 'Put it on what comes from data or samples.',
  });
}

export const dropout: Builtin = {
  doc: 'Each number is set to 0 with probability `rate`, the others grow by 1 / (1 - rate) (Srivastava et al. 2014).',
  where: 'network',
  params: [value('x', 'Any tensor.'), { ...strength('rate', 'Probability of 0.', 0.5), interval: '[0, 1)' }],
  build(call, args) {
    const { b } = call;
    const input = withRows(call, 'dropout', args.tensor('x'));
    const { most, type } = strengths(args, derived(input.type), ['rate']);
    if (call.mode !== 'train') return call.tensor(input.node, derived(input.type));
    const share = rest(call, most.rate);
    const kept = b.less(call.draw('mask', 'uniform', input.node.shape), share);
    return call.tensor(b.mul(input.node, b.div(kept, share)), type);
  },
};

export const noise: Builtin = {
  doc: 'Normal noise is added to each number.',
  where: 'network',
  params: [value('x', 'Any tensor.'), { ...strength('std', 'Its standard deviation.'), interval: '[0, ∞)' }],
  build(call, args) {
    const { b } = call;
    const input = withRows(call, 'noise', args.tensor('x'));
    if (call.mode !== 'train') return call.tensor(input.node, derived(input.type));
    const { most, type } = strengths(args, derived(input.type), ['std']);
    const drawn = call.draw('noise', 'normal', input.node.shape);
    return call.tensor(b.add(input.node, b.mul(drawn, most.std)), type);
  },
};
