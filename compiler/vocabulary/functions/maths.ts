/** Elementwise functions of one tensor. Numbers of the host never come here: they stay there. */
import type { Node } from '../../ir/node.ts';
import type { Bounds, TensorType } from '../../types.ts';
import { operand } from '../losses.ts';
import { derived } from '../shapes.ts';
import { scalar, value, type Call, type Builtin } from '../builtin.ts';

function elementwise(
  name: string,
  doc: string,
  make: (call: Call, x: Node) => Node,
  range: Bounds | null = null,
): Builtin {
  return {
    doc,
    where: 'anywhere',
    params: [value('x', 'Any tensor of numbers.')],
    build(call, args) {
      const input = operand(call, args.value('x'), `\`${name}\``);
      return call.tensor(make(call, input.node), { ...derived(input.type), range });
    },
  };
}

export const exp: Builtin = elementwise('exp', 'e to the power of x.', ({ b }, x) => b.exp(x));
export const log: Builtin = elementwise(
  'log',
  'The natural logarithm of x, which must be positive.',
  ({ b }, x) => b.log(x),
);
export const sqrt: Builtin = elementwise(
  'sqrt',
  'The square root of x; its gradient at 0 is taken as 0.',
  ({ b }, x) => b.sqrt(x),
);
export const sin: Builtin = elementwise('sin', 'The sine of x, in radians.', ({ b }, x) => b.sin(x), [-1, 1]);
export const cos: Builtin = elementwise(
  'cos',
  'The cosine of x, in radians.',
  ({ b }, x) => b.cos(x),
  [-1, 1],
);
export const abs: Builtin = elementwise('abs', 'x without its sign; gradient 0 at 0.', ({ b }, x) =>
  b.abs(x),
);
export const square: Builtin = elementwise('square', 'x · x.', ({ b }, x) => b.mul(x, x));
export const floor: Builtin = elementwise(
  'floor',
  'The largest whole number not above x; without gradient.',
  ({ b }, x) => b.floor(x),
);
export const sign: Builtin = elementwise('sign', '-1, 0 or 1; without gradient.', ({ b }, x) => b.sign(x));

export const clamp: Builtin = {
  doc: 'x, at least `low` and at most `high`; establishes that range where both are known when compiling. No gradient outside.',
  where: 'anywhere',
  params: [
    value('x', 'Any tensor of numbers.'),
    scalar('low', 'The smallest value.'),
    scalar('high', 'The largest value.'),
  ],
  build(call, args) {
    const { b } = call;
    const input = operand(call, args.value('x'), '`clamp`');
    const [low, high] = [args.scalar('low'), args.scalar('high')];
    const node = b.min(b.max(input.node, call.scalar(low)), call.scalar(high));
    const range: TensorType['range'] =
      typeof low === 'number' && typeof high === 'number' ? [low, high] : null;
    return call.tensor(node, { ...derived(input.type), range });
  },
};
