/** Optimizers that scale each weight's step by a running mean of its squared gradients. Epsilon stands outside the root. */
import type { Builder } from '../../ir/builder.ts';
import { square } from '../../ir/compose.ts';
import type { Node } from '../../ir/node.ts';
import type { ParamSpec } from '../../../program/catalogue.ts';
import { host, type HostExpr } from '../../../program/host.ts';
import type { Optimizer, OptimizerArguments } from '../optimizer.ts';
import { num, nums } from '../builtin.ts';
import { betasOf, commonParams, hostArgument, numberArgument, rateParam } from './common.ts';

/** decay · old + (1 - decay) · next. */
const running = (b: Builder, old: Node, next: Node, decay: number): Node =>
  b.add(b.mul(old, decay), b.mul(next, 1 - decay));

const epsilonParam: ParamSpec = {
  ...num('epsilon', 'Added to the root, against division by 0.', 1e-8),
  interval: '[0, ∞)',
};

export const rmsprop: Optimizer = {
  doc: 'RMSprop (Tieleman & Hinton 2012): s ← decay · s + (1 - decay) · g², w - rate · g / (√s + epsilon).',
  params: [
    rateParam,
    { ...num('decay', 'Of the mean of squares.', 0.9), interval: '[0, 1)' },
    epsilonParam,
    ...commonParams,
  ],
  slots: () => ['square'],
  scalars: (args) => ({ rate: hostArgument(args, 'rate') }),
  step(b, weight, gradient, slots, { rate }, args) {
    const next = running(b, slots.square, square(b, gradient), numberArgument(args, 'decay'));
    const scale = b.add(b.sqrt(next), numberArgument(args, 'epsilon'));
    return { weight: b.sub(weight, b.mul(rate, b.div(gradient, scale))), slots: { square: next } };
  },
};

// ---------------------------------------------------------------- adam

const adamParams: readonly ParamSpec[] = [
  rateParam,
  { ...num('beta1', 'Decay of the mean of gradients.', 0.9), interval: '[0, 1)' },
  { ...num('beta2', 'Decay of the mean of squares.', 0.999), interval: '[0, 1)' },
  { ...nums('betas', 'Both at once: `betas: [0.5, 0.9]`.', null), length: 2, interval: '[0, 1)' },
  epsilonParam,
];

/** The running mean and the running mean of squares. */
const adamSlots = (): string[] => ['mean', 'square'];

/** `betas: [a, b]` is `beta1: a, beta2: b`. */
function byOne({ betas, ...rest }: OptimizerArguments): OptimizerArguments {
  if (betas === null) return rest;
  const [beta1, beta2] = betas as readonly HostExpr[];
  return { ...rest, beta1, beta2 };
}

/** rate / (1 - beta1^t), and √(1 - beta2^t): the bias corrections, computed by the host in float64. */
function corrections(args: OptimizerArguments, applied: HostExpr): Record<'rate' | 'root', HostExpr> {
  const [beta1, beta2] = betasOf(args);
  const left = (beta: number): HostExpr => (beta === 0 ? 1 : host('sub', 1, host('pow', beta, applied)));
  return { rate: host('div', hostArgument(args, 'rate'), left(beta1)), root: host('sqrt', left(beta2)) };
}

/** rate' · m / (√v / root + epsilon), which is Kingma & Ba's algorithm 1 with its corrections gathered. */
function adamStep(
  b: Builder,
  gradient: Node,
  slots: Readonly<Record<string, Node>>,
  scalars: Readonly<Record<string, Node>>,
  args: OptimizerArguments,
): { change: Node; slots: Record<string, Node> } {
  const [beta1, beta2] = betasOf(args);
  const mean = running(b, slots.mean, gradient, beta1);
  const squares = running(b, slots.square, square(b, gradient), beta2);
  const scale = b.add(b.div(b.sqrt(squares), scalars.root), numberArgument(args, 'epsilon'));
  return { change: b.mul(scalars.rate, b.div(mean, scale)), slots: { mean, square: squares } };
}

export const adam: Optimizer = {
  doc: 'Adam (Kingma & Ba 2014, arXiv:1412.6980), with bias corrections.',
  params: [...adamParams, ...commonParams],
  normal: byOne,
  slots: adamSlots,
  scalars: corrections,
  step(b, weight, gradient, slots, scalars, args) {
    const { change, slots: next } = adamStep(b, gradient, slots, scalars, args);
    return { weight: b.sub(weight, change), slots: next };
  },
};

/** Beside the step, where Adam's division doesn't reach it. */
const decoupledDecay = commonParams.map((param) =>
  param.name === 'weight_decay'
    ? {
        ...param,
        doc: 'This times the rate times each weight is taken off it; biases and norm gains are spared.',
      }
    : param,
);

export const adamw: Optimizer = {
  doc: 'Adam with decoupled weight decay (Loshchilov & Hutter 2017, arXiv:1711.05101): w ← w - rate · weight_decay · w beside the step.',
  params: [...adamParams, ...decoupledDecay],
  normal: byOne,
  decoupled: true,
  slots: adamSlots,
  scalars: (args, applied) => ({
    ...corrections(args, applied),
    decay: host('mul', hostArgument(args, 'rate'), hostArgument(args, 'weight_decay')),
  }),
  step(b, weight, gradient, slots, scalars, args, decay) {
    const { change, slots: next } = adamStep(b, gradient, slots, scalars, args);
    const before = decay ? b.sub(weight, b.mul(weight, scalars.decay)) : weight;
    return { weight: b.sub(before, change), slots: next };
  },
};
