/** Losses, one number a row: cross entropies sum over a row's axes, `l1` and `mse` average. */
import { kinds } from '../../errors.ts';
import {
  bceOf,
  crossEntropyOf,
  logitsFor,
  logProbsOf,
  meanRow,
  operand,
  perRow,
  sumRow,
  safeLog,
  target,
} from '../losses.ts';
import { counted, countedMean, gapOf, masked, maskParam } from '../masks.ts';
import { describe, describeSort, type TensorValue, type Value } from '../../values.ts';
import { printType, type TensorType } from '../../types.ts';
import { align } from '../align.ts';
import { addDims } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { leadOf, rowAxes, toPlaces, wrongForm } from '../shapes.ts';
import { value, type Args, type Call, type Builtin } from '../builtin.ts';

const counts = maskParam('Without it, all of them.');

export const bce: Builtin = {
  doc: 'Binary cross entropy from logits, summed over a row: -t·log p - (1 - t)·log(1 - p) with p = sigmoid(x).',
  where: 'anywhere',
  params: [
    value('x', 'A logit, logits of any shape, or a bernoulli.'),
    value('target', '0, 1, or a tensor in [0, 1].'),
  ],
  build(call, args) {
    const logits = logitsFor(call, args.value('x'), 'bce');
    const given = args.value('target');
    const constant = given.sort === 'number' && (given.value === 0 || given.value === 1) ? given.value : null;
    const wanted = constant ?? target(call, operand(call, given, '`bce`'), 'bce');
    const { node, type } = bceOf(call, logits, wanted as TensorValue | 0 | 1);
    return call.tensor(node, type);
  },
};

export const cross_entropy: Builtin = {
  doc: 'Cross entropy of the target from a categorical, logits or probabilities: -Σ t_k log p_k; of logits[K, T], summed over the steps too.',
  where: 'anywhere',
  params: [
    value('x', 'A categorical, logits[K], probs[K]; or logits[K, T], probs[K, T]: classes of each step.'),
    {
      ...value(
        'target',
        'A label, a onehot, probabilities, a constant class, or `uniform` for equal weights; for steps, a seq of as many classes in [0, 1].',
      ),
      choices: ['uniform'],
    },
    counts,
  ],
  build(call, args) {
    const logProbs = logProbsFor(call, args.value('x'));
    const wanted = args.value('target');
    if (logProbs.type.form === 'seq') return ofSteps(call, args, logProbs);
    if (args.has('where'))
      wrongForm(
        call,
        'cross_entropy',
        'logits[K, T] with `where:`',
        logProbs.type,
        'Leave out `where`: only a seq has steps.',
      );
    if (wanted.sort === 'string') {
      const { type } = logProbs;
      return call.tensor(call.b.neg(meanRow(call, logProbs.node, type)), perRow(type));
    }
    const { node, type } = crossEntropyOf(call, logProbs, wanted);
    return call.tensor(node, type);
  },
};

/** Over the steps of a row: the target has a class for each. */
function ofSteps(call: Call, args: Args, logProbs: TensorValue): TensorValue {
  const { b } = call;
  const wanted = args.value('target');
  const fits = wanted.sort === 'tensor' && wanted.type.form === 'seq' && isWeights(wanted.type);
  if (!fits && wanted.sort !== 'string') {
    const takes = `classes of each step, ${printType({ ...logProbs.type, kind: 'onehot' })}`;
    return call.fail(kinds.kind, {
      what: `the target of \`cross_entropy\` is ${describe(wanted)}, and ${takes}, are wanted`,
      why: 'Logits of every step are compared with a class of every step.',
      hint: 'Give a seq in [0, 1] of as many classes, or reduce the logits to one class a row.',
    });
  }
  const pair = fits ? align(call, [logProbs, wanted]) : null;
  const each =
    pair === null ? b.div(logProbs.node, call.b.extent(logProbs.type.shape[0])) : b.mul(...both(pair.nodes));
  const { value: found, mask } = masked(
    call,
    args,
    'cross_entropy',
    call.part('each', each, pair?.type ?? logProbs.type),
  );
  return call.tensor(b.neg(b.sum(counted(call, found.node, mask), rowAxes(found))), perRow(found.type));
}

const both = (nodes: readonly Node[]): [Node, Node] => [nodes[0], nodes[1]];
const isWeights = ({ kind, range }: TensorType): boolean =>
  kind === 'onehot' || kind === 'prob' || (range?.[0] === 0 && range[1] === 1);

function logProbsFor(call: Call, given: Value): TensorValue {
  if (given.sort === 'distribution' && given.family === 'categorical')
    return logProbsOf(call, given.parameters.logits);
  const takes = '`cross_entropy` takes a categorical, logits or probs';
  if (given.sort !== 'tensor')
    return call.fail(kinds.kind, {
      what: `${takes}, and ${describeSort(given)} came in`,
      hint: given.sort === 'distribution' ? 'Use `nll` with it.' : undefined,
    });
  const { type } = given;
  const { kind } = type;
  if ((type.form !== 'vec' && type.form !== 'seq') || (kind !== 'logit' && kind !== 'prob')) {
    return call.fail(kinds.kind, {
      what: `${takes}, and ${printType(type)} came in`,
      hint:
        type.form === 'scalar'
          ? 'Of one logit, take `bce`.'
          : "Declare the network's result `-> logits[K]`, or `-> logits[K, T]` for classes of each step, or wrap it: `categorical(x)`.",
    });
  }
  if (kind === 'logit') return logProbsOf(call, given);
  return call.part('log', safeLog(call, given.node), { ...type, kind: 'real', range: null });
}

function averaged(name: string, doc: string, make: (call: Call, gap: Node) => Node): Builtin {
  return {
    doc,
    where: 'anywhere',
    params: [value('a', 'Any tensor of numbers.'), value('b', 'Another that combines with it.'), counts],
    build(call, args) {
      sameRanges(call, args, name);
      const { value: gap, mask } = gapOf(call, args, name);
      return call.tensor(countedMean(call, make(call, gap.node), mask, rowAxes(gap)), perRow(gap.type));
    },
  };
}

/** Two known ranges that differ: the smallest distance between them is no match. */
function sameRanges(call: Call, args: Args, name: string): void {
  const [a, b] = [args.value('a'), args.value('b')];
  if (a.sort !== 'tensor' || b.sort !== 'tensor') return;
  const [p, q] = [a.type.range, b.type.range];
  if (p === null || q === null || (p[0] === q[0] && p[1] === q[1])) return;
  call.fail(kinds.range, {
    what: `\`${name}\` compares ${printType(a.type)} with ${printType(b.type)}`,
    why: 'What fills one range cannot equal what fills the other.',
    hint: 'Convert the data (`data … in ...`), or end the network with the activation that gives its range.',
  });
}

export const l1: Builtin = averaged('l1', 'The mean over a row of |a - b|.', ({ b }, gap) => b.abs(gap));
export const mse: Builtin = averaged('mse', 'The mean over a row of (a - b)².', ({ b }, gap) =>
  b.mul(gap, gap),
);

export const total_variation: Builtin = {
  doc: 'The sum over a row of |differences| between neighbours along each axis of places: how rough an image or seq is (Rudin, Osher & Fatemi 1992).',
  where: 'anywhere',
  params: [value('x', 'image[C, H, W] or seq[C, T]')],
  build(call, args) {
    const { b } = call;
    const { node, type } = args.tensor('x');
    if (type.form !== 'image' && type.form !== 'seq')
      wrongForm(call, 'total_variation', 'image[C, H, W] or seq[C, T]', type, toPlaces);
    const axes = type.shape.slice(1).map((_, i) => leadOf(type) + 1 + i);
    const parts = axes.map((axis) => {
      const size = node.shape[axis];
      const steps = b.sub(b.slice(node, axis, 1, size), b.slice(node, axis, 0, addDims(size, -1)));
      return sumRow(call, b.abs(steps), type);
    });
    return call.tensor(
      parts.reduce((sum, one) => b.add(sum, one)),
      perRow(type),
    );
  },
};
