/** Layers that are one matrix product: each takes a vec (or the channels of a seq) to `units` numbers. */
import type { Node } from '../../ir/node.ts';
import { isPlain } from '../../types.ts';
import { count, derived, features, fixed, inRows, toClasses, wrongForm } from '../shapes.ts';
import { flag, int, value, type Call, type Builtin } from '../builtin.ts';
import { equalizedParam, glorot, layerWeight, weightParams, withBias } from '../weights.ts';

export const dense: Builtin = {
  doc: 'A fully connected layer: vec[N] to vec[units]; of a seq[C, T], every time step to seq[units, T]. Weights Glorot uniform, biases 0.',
  where: 'network',
  params: [
    value('x', 'vec[N] or seq[C, T]; a scalar is vec[1], a label its onehot.'),
    int('units', 'How many numbers come out.'),
    flag(
      'bias',
      'Whether a bias is added; left out anyway where a normalisation follows that would cancel it.',
      true,
    ),
    ...weightParams,
    equalizedParam,
  ],
  build(call, args) {
    const input = features(call, args.tensor('x'));
    const { type } = input;
    if (type.form === 'image' || isPlain(type.form))
      wrongForm(call, 'dense', 'vec[N] or seq[C, T]', type, 'Put `|> flatten` before it.');
    const units = count(call, args, 'units');
    const { x, undo } = inRows(call, input);
    const channels = fixed(call, 'dense', type.shape[0] ?? 1);
    const weight = layerWeight(call, args, [channels, units], glorot(channels, units), 1);
    const made =
      type.form === 'seq' ? overTime(call, x, weight) : call.b.matmul(flat(call, x, channels), weight);
    return withBias(
      call,
      made,
      units,
      args.bool('bias'),
      undo,
      derived(type, [units, ...type.shape.slice(1)]),
    );
  },
};

/** A scalar is a vector of one. */
const flat = ({ b }: Call, x: Node, channels: number): Node => b.reshape(x, [x.shape[0], channels]);

/** [N, C, T] · [C, units] at every time step: [N, units, T]. */
function overTime({ b }: Call, x: Node, weight: Node): Node {
  return b.transpose(b.matmul(b.transpose(x, [0, 2, 1]), weight), [0, 2, 1]);
}

export const embedding: Builtin = {
  doc: 'A learned vector for each class: label[K] or onehot[K] to vec[units]. Weights [K, units] Glorot uniform.',
  where: 'network',
  params: [
    value('x', 'label[K], onehot[K] or probs[K] (then the mean vector).'),
    int('units', 'Size of each vector.'),
  ],
  build(call, args) {
    const given = args.tensor('x').type;
    const classes = given.kind === 'label' ? given.classes : given.shape[0];
    if (classes === null || (given.kind !== 'label' && given.form !== 'vec'))
      return wrongForm(
        call,
        'embedding',
        'label[K] or onehot[K]',
        given,
        'Of other numbers, `dense` makes a vector.',
      );
    const chosen = toClasses(call, args.value('x'), classes);
    const [units, size] = [count(call, args, 'units'), fixed(call, 'embedding', classes)];
    const weight = call.weight('weight', [size, units], glorot(size, units), { decay: true });
    const { x, undo } = inRows(call, chosen);
    return call.tensor(undo(call.b.matmul(x, weight)), derived(chosen.type, [units]));
  },
};
