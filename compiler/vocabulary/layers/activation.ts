/** Activations: elementwise, without weights. They forget a range, except for `sigmoid` and `tanh`, which make one. */
import { kinds } from '../../errors.ts';
import { leakyRelu, relu as reluOf, softmax as softmaxOf, softplus as softplusOf } from '../../ir/compose.ts';
import type { Node } from '../../ir/node.ts';
import { printType, type Kind, type TensorType } from '../../types.ts';
import { axisOf } from '../places.ts';
import { derived, isProbability, leadOf, wrongForm, wrongKind } from '../shapes.ts';
import { choice, num, scalar, value, type Args, type Call, type Builtin } from '../builtin.ts';

const x = value('x', 'Any tensor.');

/** An elementwise function; `type` says what more is known of the result. */
function elementwise(
  doc: string,
  make: (call: Call, x: Node, args: Args) => Node,
  params: Builtin['params'] = [],
  type: Partial<TensorType> = {},
): Builtin {
  return {
    doc,
    where: 'anywhere',
    params: [x, ...params],
    build(call, args) {
      const input = args.tensor('x');
      if (input.type.kind === 'label') noClass(call, input.type);
      return call.tensor(make(call, input.node, args), { ...derived(input.type), ...type });
    },
  };
}

const noClass = (call: Call, type: TensorType): never =>
  call.fail(kinds.kind, {
    what: `${printType(type)} came in, and a class is a name, not an amount`,
    hint: 'Use `embedding`, or a network parameter of kind onehot[K].',
  });

export const relu: Builtin = elementwise('max(x, 0).', ({ b }, node) => reluOf(b, node));

export const leaky_relu: Builtin = elementwise(
  'x where it is positive, else slope · x.',
  (call, node, args) => leakyRelu(call.b, node, call.scalar(args.scalar('slope'))),
  [scalar('slope', 'Slope below 0.', 0.2)],
);

/** e^x - 1 where x is negative, 0 elsewhere, without overflow on the other side. */
function below({ b }: Call, node: Node): Node {
  return b.sub(b.exp(b.select(b.less(0, node), 0, node)), 1);
}

export const elu: Builtin = elementwise(
  'x where it is positive, else alpha · (exp(x) - 1) (Clevert et al. 2015, arXiv:1511.07289).',
  (call, node, args) =>
    call.b.select(call.b.less(0, node), node, call.b.mul(below(call, node), args.real('alpha'))),
  [{ ...num('alpha', 'What it tends to, negated, for very negative x.', 1), interval: '[0, ∞)' }],
);

/** The constants of Klambauer et al. 2017, arXiv:1706.02515, equation 14. */
const selfNormalising = { alpha: 1.6732632423543772, scale: 1.0507009873554805 };
export const selu: Builtin = elementwise(
  'Scaled exponential linear unit, which keeps mean 0 and variance 1 (Klambauer et al. 2017, arXiv:1706.02515).',
  (call, node) => {
    const negative = call.b.mul(below(call, node), selfNormalising.alpha);
    return call.b.mul(call.b.select(call.b.less(0, node), node, negative), selfNormalising.scale);
  },
);

export const gelu: Builtin = elementwise(
  'x · Φ(x), Φ the standard normal distribution function (Hendrycks & Gimpel 2016, arXiv:1606.08415).',
  ({ b }, node) => b.mul(b.mul(node, 0.5), b.add(1, b.erf(b.mul(node, Math.SQRT1_2)))),
);

export const softplus: Builtin = elementwise('log(1 + exp(x)), without overflow.', ({ b }, node) =>
  softplusOf(b, node),
);

export const softsign: Builtin = elementwise(
  'x / (1 + |x|), in [-1, 1].',
  ({ b }, node) => b.div(node, b.add(1, b.abs(node))),
  [],
  { range: [-1, 1] },
);

export const swish: Builtin = elementwise('x · sigmoid(x).', ({ b }, node) => b.mul(node, b.sigmoid(node)));

export const tanh: Builtin = elementwise(
  'Hyperbolic tangent: establishes the range [-1, 1].',
  ({ b }, node) => b.tanh(node),
  [],
  { range: [-1, 1] },
);

const alreadyProbable = 'It is a probability already.';

export const sigmoid: Builtin = {
  doc: '1 / (1 + exp(-x)): establishes the range [0, 1]; of a logit, gives a probability.',
  where: 'anywhere',
  params: [x],
  build(call, args) {
    const { node, type } = args.tensor('x');
    if (type.kind === 'label') noClass(call, type);
    if (isProbability(type.kind))
      wrongKind(call, 'sigmoid', type, alreadyProbable, 'Leave the `sigmoid` out.');
    const kind: Kind = type.kind === 'logit' ? 'prob' : 'real';
    return call.tensor(call.b.sigmoid(node), { ...derived(type), kind, range: [0, 1] });
  },
};

export const softmax: Builtin = {
  doc: 'exp(x) divided by its sum over channels (or another axis): the probabilities of classes, weights of attention.',
  where: 'anywhere',
  params: [
    value('x', 'vec[K], logits[K], seq[C, T], image[C, H, W] or mat[M, N].'),
    choice(
      'over',
      ['channels', 'time', 'height', 'width', 'first', 'second'],
      'What adds up to 1. Default: the channels; of a mat, second.',
      null,
    ),
  ],
  build(call, args) {
    const { node, type } = args.tensor('x');
    if (type.kind === 'label') noClass(call, type);
    if (type.form === 'scalar')
      wrongForm(
        call,
        'softmax',
        'vec[K], seq[K, T] or image[K, H, W]',
        type,
        'Of one logit, take `sigmoid`.',
      );
    if (isProbability(type.kind))
      wrongKind(call, 'softmax', type, alreadyProbable, 'Leave the `softmax` out.');
    const over = args.has('over') ? args.choice('over') : type.form === 'mat' ? 'second' : 'channels';
    const axis = axisOf(call, '`softmax`', type, over);
    return call.tensor(softmaxOf(call.b, node, leadOf(type) + axis), {
      ...derived(type),
      kind: 'prob',
      range: [0, 1],
    });
  },
};
