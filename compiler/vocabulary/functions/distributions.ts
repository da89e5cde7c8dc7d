/** Constructors of distributions, and what is asked of one: likelihood, divergence, entropy. */
import { kinds } from '../../errors.ts';
import { gumbel, movedAxis, oneHot, softmax } from '../../ir/compose.ts';
import type { Node } from '../../ir/node.ts';
import { alignFully } from '../align.ts';
import { families, printDistribution } from '../distributions.ts';
import { perRow, safeLog, sumRow } from '../losses.ts';
import { derived, isProbability, leadOf, wrongForm, wrongKind } from '../shapes.ts';
import { isPlain, isScalar, printType } from '../../types.ts';
import { describeSort, type DistributionValue, type FamilyName, type TensorValue } from '../../values.ts';
import { flag, scalar, value, type Args, type Call, type Builtin } from '../builtin.ts';

/** A distribution whose parameters have one shape. */
function distribution(
  call: Call,
  family: FamilyName,
  parameters: Readonly<Record<string, TensorValue>>,
): DistributionValue {
  const [first, ...names] = Object.keys(parameters);
  const { nodes, type } = alignFully(call, Object.values(parameters));
  const made = [first, ...names].map((name, i) => [name, call.part(name, nodes[i], type)] as const);
  return {
    sort: 'distribution',
    family,
    parameters: Object.fromEntries(made),
    ident: call.tensor(nodes[0], type).ident,
  };
}

export const normal: Builtin = {
  doc: 'A normal distribution: independent numbers with these means and spreads.',
  where: 'anywhere',
  params: [
    value('mean', 'The means; gives the shape.'),
    value('std', 'Standard deviations, positive; a number for all of them.', null),
    value('log_variance', 'Logarithms of the variances, which any network output can be.', null),
  ],
  build(call, args) {
    const { b } = call;
    if (args.has('std') === args.has('log_variance')) {
      const what = args.has('std')
        ? '`normal` has both `std` and `log_variance`'
        : '`normal` needs `std` or `log_variance`';
      call.fail(args.has('std') ? kinds.tooManyArguments : kinds.missingArgument, {
        what,
        hint: 'Give one of the two: `normal(h, std: 1)`.',
      });
    }
    const mean = amounts(call, args, 'mean');
    if (args.has('log_variance'))
      return distribution(call, 'normal', { mean, logVariance: amounts(call, args, 'log_variance') });
    const std = amounts(call, args, 'std');
    const logVariance = call.part('log_variance', b.mul(b.log(std.node), 2), {
      ...std.type,
      kind: 'real',
      range: null,
    });
    return distribution(call, 'normal', { mean, logVariance });
  },
};

function amounts(call: Call, args: Args, name: string): TensorValue {
  const given = args.tensor(name);
  return given.type.kind === 'label'
    ? wrongKind(call, 'normal', given.type, 'A class is a name, not an amount.', 'Use `categorical`.')
    : given;
}

/** Logits, or reals that become logits here; probabilities never do. */
function logits(call: Call, args: Args, family: string): TensorValue {
  const given = args.tensor('logits');
  const { type } = given;
  if (isProbability(type.kind) || type.kind === 'label')
    wrongKind(
      call,
      family,
      type,
      'It takes logits, which any real numbers are; a probability is none.',
      'Leave out the `softmax` or `sigmoid` before it.',
    );
  if (type.range?.[0] === 0 && type.range[1] === 1)
    wrongKind(
      call,
      family,
      type,
      'It takes logits, and these numbers were squeezed into [0, 1].',
      'Leave out the `sigmoid` before it.',
    );
  return given;
}

export const categorical: Builtin = {
  doc: 'A distribution over K classes, from logits.',
  where: 'anywhere',
  params: [value('logits', 'vec[K], or logits[K].')],
  build(call, args) {
    const given = logits(call, args, 'categorical');
    if (given.type.form !== 'vec')
      call.fail(kinds.shape, {
        what: `\`categorical\` takes vec[K], and ${printType(given.type)} came in`,
        hint: 'One number for each class: `|> flatten |> dense(K)` makes them.',
      });
    return distribution(call, 'categorical', { logits: given });
  },
};

export const bernoulli: Builtin = {
  doc: 'Independent zeros and ones, from logits.',
  where: 'anywhere',
  params: [value('logits', 'Any shape: one logit for each number.')],
  build: (call, args) => distribution(call, 'bernoulli', { logits: logits(call, args, 'bernoulli') }),
};

export const gumbel_softmax: Builtin = {
  doc: 'A draw of one of K classes that carries gradient: softmax((x + Gumbel noise) / temperature) over the channels (Jang, Gu & Poole 2016, arXiv:1611.01144), in updates and in reports. `hard`: the onehot of the largest, with the gradient of the soft one.',
  where: 'anywhere',
  params: [
    value('logits', 'vec[K], logits[K], seq[K, T] or image[K, H, W].'),
    {
      ...scalar('temperature', 'Near 0 the draw is nearly a onehot and its gradient large.', 1),
      interval: '(0, ∞)',
    },
    flag('hard', 'Whether numbers are 0 and 1.', false),
  ],
  build(call, args) {
    const { b } = call;
    const { node, type } = logits(call, args, 'gumbel_softmax');
    if (type.form === 'scalar' || isPlain(type.form) || type.rows === null)
      wrongForm(
        call,
        'gumbel_softmax',
        'vec[K], seq[K, T] or image[K, H, W] with rows',
        type,
        'One number for each class: `|> dense(K)` makes them.',
      );
    // At u = 0, one draw in 2^24, the noise would be infinite.
    const u = b.max(call.draw('gumbel', 'uniform', node.shape), 2 ** -25);
    const noisy = b.add(node, gumbel(b, u));
    const axis = leadOf(type);
    const soft = softmax(b, b.div(noisy, call.scalar(args.scalar('temperature'))), axis);
    const chosen = (): Node => {
      const onehot = oneHot(b, b.argmax(soft, axis), node.shape[axis]);
      return movedAxis(b, onehot, onehot.shape.length - 1, axis);
    };
    if (args.bool('hard'))
      return call.tensor(b.add(soft, b.stop(b.sub(chosen(), soft))), { ...derived(type), kind: 'onehot' });
    return call.tensor(soft, { ...derived(type), kind: 'prob', range: [0, 1] });
  },
};

export const nll: Builtin = {
  doc: 'Minus the log likelihood of x, summed over a row: of normal (squared error by variance, with its constants), categorical (cross entropy), bernoulli (binary cross entropy).',
  where: 'anywhere',
  params: [
    value('distribution', 'What is believed.'),
    value('x', 'What came: a tensor, a label, or a constant.'),
  ],
  build(call, args) {
    const d = args.distribution('distribution');
    const { node, type } = families[d.family].nll(call, d, args.value('x'));
    return call.tensor(node, type);
  },
};

export const kl: Builtin = {
  doc: 'The Kullback-Leibler divergence of `from` from `to`, summed over a row; without `to`, from normal(0, 1), or from equal probabilities.',
  where: 'anywhere',
  params: [
    value('from', 'A distribution.'),
    value('to', 'A distribution of the same family and shape.', null),
  ],
  build(call, args) {
    const d = args.distribution('from');
    const other = args.has('to') ? args.distribution('to') : null;
    if (other !== null && other.family !== d.family) {
      call.fail(kinds.kind, {
        what: `\`kl\` of ${printDistribution(d)} and ${printDistribution(other)}`,
        why: 'Both must be of one family.',
        hint: 'Compare each with its own kind, or leave the second out for the standard one.',
      });
    }
    const { node, type } = families[d.family].kl(call, d, other);
    return call.tensor(node, type);
  },
};

export const entropy: Builtin = {
  doc: 'The entropy in nats, summed over a row, of a distribution or of probs[K].',
  where: 'anywhere',
  params: [value('x', 'A distribution, or probabilities that sum to 1.')],
  build(call, args) {
    const given = args.value('x');
    if (given.sort === 'distribution') {
      const { node, type } = families[given.family].entropy(call, given);
      return call.tensor(node, type);
    }
    if (given.sort !== 'tensor' || given.type.kind !== 'prob') {
      const came = given.sort === 'tensor' ? printType(given.type) : describeSort(given);
      return call.fail(kinds.kind, {
        what: `\`entropy\` takes a distribution or probabilities, and ${came} came in`,
        hint: 'Of logits: `entropy(categorical(x))`.',
      });
    }
    if (isScalar(given.type))
      return call.fail(kinds.kind, {
        what: '`entropy` takes the probabilities of all classes, and one number came in',
        why: 'The mean of chances that sum to 1 is 1/K, whatever they are.',
        hint: 'Of what a batch holds: `entropy(mean(x, over: rows))`; of one chance: `entropy(bernoulli(logit))`.',
      });
    const each = call.b.mul(given.node, safeLog(call, given.node));
    return call.tensor(call.b.neg(sumRow(call, each, given.type)), perRow(given.type));
  },
};
