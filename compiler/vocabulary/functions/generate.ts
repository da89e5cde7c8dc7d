/**
 * Generation by steps: the sequence of which a fn says each step from the steps before. In: the fn, a value of the shape that
 * is made; out: the sequence, with the states of convolutions and recurrences kept from step to step (ir/steps/).
 */
import { kinds } from '../../errors.ts';
import { gumbel, oneHot } from '../../ir/compose.ts';
import { leastDim, printDim, sameShape, subDims } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { causalNodes, NotCausal } from '../../ir/steps/causal.ts';
import { generated } from '../../ir/steps/generate.ts';
import { printType, type Bounds, type TensorType } from '../../types.ts';
import type { TensorValue } from '../../values.ts';
import { callee, value, type Args, type Builtin, type Call } from '../builtin.ts';
import { derived, tensorOf, wrongForm } from '../shapes.ts';

export const generate: Builtin = {
  doc: 'The sequence x for which x = f(x), made step by step: f gives each step from the steps before it. What f gives are the steps themselves, or logits[K, T], of which each step is drawn as a onehot. f is causal: convolutions with `pad: causal`, `dense`, normalisation over channels, recurrent layers in one direction, `attention` with `causal: true`, behind `shift(x, 1, over: time)`, so that no step sees itself. States are kept from step to step, as in arXiv:1611.09482.',
  where: 'anywhere',
  params: [
    callee('f', 'A fn or network of one value: seq[C, T] to seq[C, T], or onehot[K, T] to logits[K, T].'),
    value('like', 'seq[C, T] or onehot[K, T]: the type, the rows and the number of steps of what is made.'),
    value('start', 'The first steps, as they are: seq[C, S] with S of at most T steps.', null),
  ],
  build(call, args) {
    const like = likeOf(call, args);
    const { b } = call;
    const [rows, ...shape] = like.node.shape;
    const x = b.input(`made ${call.tensor(like.node, like.type).ident}`, [rows, ...shape]);
    const type: TensorType = { ...derived(like.type), kind: like.type.kind, range: like.type.range };
    // No call that f makes is one that the program makes: it makes their steps.
    return b.outsideCalls(() => {
      const given = tensorOf(call, call.apply(args.value('f'), [call.part('x', x, type)]), '`generate`');
      const next = startedWith(call, args, stepsOf(call, given, type), type);
      call.requireKnown(next);
      const made = stepByStep(call, next, x);
      return call.tensor(made, { ...type, rows: given.type.rows ?? type.rows });
    });
  },
};

/** The sequence; a mistake where it cannot be made so. */
function stepByStep(call: Call, next: Node, x: Node): Node {
  try {
    return generated(call.b, causalNodes(next, x, { rows: x.shape[0], steps: x.shape[2] }));
  } catch (error) {
    throw error instanceof NotCausal ? notCausal(call, error) : error;
  }
}

function likeOf(call: Call, args: Args): TensorValue {
  const like = tensorOf(call, args.value('like'), '`like`');
  if (like.type.form !== 'seq')
    wrongForm(
      call,
      'generate',
      'seq[C, T] or onehot[K, T] as `like`',
      like.type,
      'Give a sequence, or `hold(z, steps: 64)`.',
    );
  if (like.type.rows === null)
    call.fail(kinds.noRows, {
      what: '`like` has no rows',
      why: 'As many sequences are made as it has rows.',
      hint: 'Give a field of data, or what is made of a sample: `hold(z, steps: 64)`.',
    });
  return like;
}

/** What f gives as the steps of x: draws of classes, or numbers of its type. */
function stepsOf(call: Call, given: TensorValue, type: TensorType): Node {
  const { b } = call;
  if (given.type.form !== 'seq' || !sameShape(given.type.shape, type.shape))
    call.fail(kinds.shape, {
      what: `\`generate\` makes ${printType(type)}, and the fn gives ${printType(given.type)}`,
      why: 'x = f(x): both have the same shape.',
      hint: 'Let it give as many channels and steps as `like` has.',
    });
  if (given.type.kind === 'logit' && type.kind === 'onehot') {
    const noise = gumbel(b, call.draw('gumbel', 'uniform', given.node.shape));
    const chosen = b.argmax(b.add(given.node, noise), 1);
    return b.transpose(oneHot(b, chosen, type.shape[0]), [0, 2, 1]);
  }
  const same = given.type.kind === type.kind;
  if (same && within(given.type.range, type.range)) return given.node;
  return call.fail(same ? kinds.range : kinds.kind, {
    what: `\`generate\` makes ${printType(type)}, and the fn gives ${printType(given.type)}`,
    why: 'What is made is read again by the next step.',
    hint: same
      ? 'End the fn with `clamp` or `tanh`, or give a `like` without a range.'
      : 'Give logits for a onehot, real numbers for real ones.',
  });
}

const within = (own: Bounds | null, wanted: Bounds | null): boolean =>
  wanted === null || (own !== null && own[0] >= wanted[0] && own[1] <= wanted[1]);

/** The steps, the first of them as they are given. */
function startedWith(call: Call, args: Args, next: Node, type: TensorType): Node {
  if (!args.has('start')) return next;
  const { b } = call;
  const start = tensorOf(call, args.value('start'), '`start`');
  const [channels, steps] = type.shape;
  const [, own] = start.type.shape;
  const fits = start.type.form === 'seq' && sameShape(start.type.shape.slice(0, 1), [channels]);
  const rest = fits ? subDims(steps, own) : -1;
  if ((leastDim(rest) ?? -1) < 0)
    call.fail(kinds.shape, {
      what: `\`generate\` makes ${printType(type)}, and \`start\` is ${printType(start.type)}`,
      hint: `Give ${printDim(channels)} channels, and at most ${printDim(steps)} steps: \`x[time: ..8]\`.`,
    });
  call.join(start.type.rows, type.rows);
  const none = next.shape.map(() => 0);
  const padded = (x: Node): Node =>
    b.pad(
      x,
      none,
      none.with(2, 0).map((n, i) => (i === 2 ? rest : n)),
    );
  const rowsOf = start.type.rows === null ? [1, ...start.node.shape] : start.node.shape;
  const full = b.expand(b.reshape(start.node, rowsOf), [next.shape[0], channels, own]);
  const here = padded(b.expand(b.reshape(b.constant(1), [1, 1, 1]), [next.shape[0], channels, own]));
  return b.select(here, padded(full), next);
}

function notCausal(call: Call, { node, ahead }: NotCausal): never {
  const labels = node.origin === undefined ? [] : [{ span: node.origin, text: 'here' }];
  return call.fail(kinds.notCausal, {
    what: ahead
      ? 'a step of what `generate` makes would depend on itself, or on later ones'
      : '`generate` cannot tell how this is made step by step',
    why: ahead
      ? 'Each step is made from the steps before it alone.'
      : 'Each step is made by itself; what mixes steps are convolutions, shifts, recurrent layers and causal attention alone.',
    hint: ahead
      ? 'Let the fn read `shift(x, 1, over: time)`, and write `pad: causal` at its convolutions, `causal: true` at attention.'
      : 'Leave out strides, reductions and normalisations over `time`, attention that is not `causal: true`, and layers that read backwards.',
    labels,
  });
}
