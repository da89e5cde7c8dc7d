/** Gradient descent, plain and with momentum. */
import type { Optimizer } from '../optimizer.ts';
import { flag, num } from '../builtin.ts';
import { commonParams, hostArgument, numberArgument, rateParam } from './common.ts';

export const sgd: Optimizer = {
  doc: 'Gradient descent: w - rate · g; with momentum, v ← momentum · v + g and w - rate · v (nesterov: w - rate · (g + momentum · v)).',
  params: [
    rateParam,
    { ...num('momentum', 'How much of the last step goes on.', 0), interval: '(-1, 1)' },
    flag('nesterov', "Nesterov's momentum: look ahead by it.", false),
    ...commonParams,
  ],
  slots: (args) => (numberArgument(args, 'momentum') === 0 ? [] : ['momentum']),
  scalars: (args) => ({ rate: hostArgument(args, 'rate') }),
  step(b, weight, gradient, slots, { rate }, args) {
    const momentum = numberArgument(args, 'momentum');
    if (momentum === 0) return { weight: b.sub(weight, b.mul(gradient, rate)), slots };
    const next = b.add(b.mul(slots.momentum, momentum), gradient);
    const direction = args.nesterov === true ? b.add(gradient, b.mul(next, momentum)) : next;
    return { weight: b.sub(weight, b.mul(direction, rate)), slots: { momentum: next } };
  },
};
