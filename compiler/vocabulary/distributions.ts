/**
 * The families of distributions that networks give: what their parameters are, the values they have as fields, and
 * their likelihoods, entropies and divergences, one number a row. Constructors stand in functions/distributions.ts.
 */
import { gumbel, logSigmoid, oneHot, softmax, softplus, square } from '../ir/compose.ts';
import { printDim } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import { real, type TensorType } from '../types.ts';
import type { DistributionValue, FamilyName, TensorValue, Value } from '../values.ts';
import { align } from './align.ts';
import { bceOf, crossEntropyOf, logProbsOf, operand, perRow, sumRow, target, type Made } from './losses.ts';
import { derived, leadOf } from './shapes.ts';
import type { Call } from './builtin.ts';

export interface Family {
  readonly doc: string;
  /** Names of the parameters, each [rows, ...shape]. */
  readonly parameters: readonly string[];
  /** `guess.probs`; the call's ident names the field, so that a draw is fixed for the scope. */
  readonly fields: Readonly<Record<string, (call: Call, d: DistributionValue) => TensorValue>>;
  /** Minus the log likelihood (density, for normal) of x. */
  nll(call: Call, d: DistributionValue, x: Value): Made;
  entropy(call: Call, d: DistributionValue): Made;
  /** From d to `other`, or to the family's standard member: normal(0, 1), equal probabilities. */
  kl(call: Call, d: DistributionValue, other: DistributionValue | null): Made;
}

const log2Pi = Math.log(2 * Math.PI);

// ---------------------------------------------------------------- normal

/** exp(log_variance / 2). */
const stdOf = ({ b }: Call, d: DistributionValue): Node => b.exp(b.mul(d.parameters.logVariance.node, 0.5));

const normal: Family = {
  doc: 'Independent normal numbers. Draws are mean + std · noise: they, and `mode`, carry gradient.',
  parameters: ['mean', 'logVariance'],
  fields: {
    draw(call, d) {
      const { node, type } = d.parameters.mean;
      const noise = call.draw('noise', 'normal', node.shape);
      return call.tensor(call.b.add(node, call.b.mul(stdOf(call, d), noise)), derived(type));
    },
    mode: (call, d) => call.tensor(d.parameters.mean.node, derived(d.parameters.mean.type)),
    mean: (call, d) => call.tensor(d.parameters.mean.node, derived(d.parameters.mean.type)),
    std: (call, d) => call.tensor(stdOf(call, d), derived(d.parameters.mean.type)),
    variance: (call, d) =>
      call.tensor(call.b.exp(d.parameters.logVariance.node), derived(d.parameters.mean.type)),
    log_variance: (call, d) => call.tensor(d.parameters.logVariance.node, derived(d.parameters.mean.type)),
  },
  nll(call, d, x) {
    const { b } = call;
    const values = [d.parameters.mean, d.parameters.logVariance, operand(call, x, '`nll` of a normal')];
    const { nodes, type } = align(call, values);
    const [mean, logVariance, given] = nodes;
    const error = b.mul(square(b, b.sub(given, mean)), b.exp(b.neg(logVariance)));
    return halfSum(call, b.add(b.add(error, logVariance), log2Pi), type);
  },
  entropy(call, d) {
    const { node, type } = d.parameters.logVariance;
    return halfSum(call, call.b.add(node, 1 + log2Pi), type);
  },
  kl(call, d, other) {
    const { b } = call;
    const { mean, logVariance } = d.parameters;
    const against = other === null ? [] : [other.parameters.mean, other.parameters.logVariance];
    const { nodes, type } = align(call, [mean, logVariance, ...against]);
    const [m, v, m0 = b.constant(0), v0 = b.constant(0)] = nodes;
    const spread = b.exp(b.sub(v, v0));
    const shift = b.mul(square(b, b.sub(m, m0)), b.exp(b.neg(v0)));
    return halfSum(call, b.sub(b.add(b.add(spread, shift), b.sub(v0, v)), 1), type);
  },
};

function halfSum(call: Call, node: Node, type: TensorType): Made {
  return { node: call.b.mul(sumRow(call, node, type), 0.5), type: perRow(type) };
}

// ---------------------------------------------------------------- categorical

const categorical: Family = {
  doc: 'One of K classes. `draw` and `mode` are onehots without gradient; `probs` carries it.',
  parameters: ['logits'],
  fields: {
    draw(call, d) {
      const { node } = d.parameters.logits;
      const noise = gumbel(call.b, call.draw('gumbel', 'uniform', node.shape));
      return hardest(call, d, call.b.add(node, noise));
    },
    mode: (call, d) => hardest(call, d, d.parameters.logits.node),
    probs: probsOf,
    mean: probsOf,
    logits: logitsOf,
  },
  nll: (call, d, x) => crossEntropyOf(call, logProbsOf(call, d.parameters.logits), x),
  entropy(call, d) {
    const log = logProbsOf(call, d.parameters.logits);
    const node = call.b.mul(call.b.exp(log.node), log.node);
    return { node: call.b.neg(sumRow(call, node, log.type)), type: perRow(log.type) };
  },
  kl(call, d, other) {
    const { b } = call;
    const mine = logProbsOf(call, d.parameters.logits);
    const theirs = other === null ? equalLogProbs(call, d) : logProbsOf(call, other.parameters.logits);
    const { nodes, type } = align(call, [mine, theirs]);
    const node = b.mul(b.exp(nodes[0]), b.sub(nodes[0], nodes[1]));
    return { node: sumRow(call, node, type), type: perRow(type) };
  },
};

/** log(1 / K), a number for all rows and classes. */
function equalLogProbs(call: Call, { parameters: { logits } }: DistributionValue): TensorValue {
  const node = call.b.neg(call.b.log(call.b.extent(logits.type.shape[0])));
  return call.part('equal', node, real([], null));
}

/** The onehot of the largest score. */
function hardest(call: Call, { parameters: { logits } }: DistributionValue, scores: Node): TensorValue {
  const axis = leadOf(logits.type);
  const node = oneHot(call.b, call.b.argmax(scores, axis), logits.type.shape[0]);
  return call.tensor(node, { ...derived(logits.type), kind: 'onehot' });
}

function probsOf(call: Call, { parameters: { logits } }: DistributionValue): TensorValue {
  const node = softmax(call.b, logits.node, leadOf(logits.type));
  return call.tensor(node, { ...derived(logits.type), kind: 'prob', range: [0, 1] });
}

function logitsOf(call: Call, { parameters: { logits } }: DistributionValue): TensorValue {
  return call.tensor(logits.node, { ...derived(logits.type), kind: 'logit' });
}

// ---------------------------------------------------------------- bernoulli

const bernoulli: Family = {
  doc: 'Independent zeros and ones. `draw` and `mode` carry no gradient; `probs` does.',
  parameters: ['logits'],
  fields: {
    draw(call, d) {
      const { node, type } = d.parameters.logits;
      const u = call.draw('uniform', 'uniform', node.shape);
      return call.tensor(call.b.less(u, call.b.sigmoid(node)), { ...derived(type), range: [0, 1] });
    },
    mode(call, d) {
      const { node, type } = d.parameters.logits;
      return call.tensor(call.b.less(0, node), { ...derived(type), range: [0, 1] });
    },
    probs: chanceOf,
    mean: chanceOf,
    logits: logitsOf,
  },
  nll: (call, d, x) =>
    bceOf(call, d.parameters.logits, target(call, operand(call, x, '`nll` of a bernoulli'), 'nll')),
  entropy(call, d) {
    const { b } = call;
    const { node, type } = d.parameters.logits;
    const each = b.sub(softplus(b, node), b.mul(b.sigmoid(node), node));
    return { node: sumRow(call, each, type), type: perRow(type) };
  },
  kl(call, d, other) {
    const { b } = call;
    const half = call.part('half', b.constant(0), real([], null));
    const { nodes, type } = align(call, [d.parameters.logits, other?.parameters.logits ?? half]);
    const [p, q] = nodes;
    const on = b.mul(b.sigmoid(p), b.sub(logSigmoid(b, p), logSigmoid(b, q)));
    const off = b.mul(b.sigmoid(b.neg(p)), b.sub(logSigmoid(b, b.neg(p)), logSigmoid(b, b.neg(q))));
    return { node: sumRow(call, b.add(on, off), type), type: perRow(type) };
  },
};

function chanceOf(call: Call, { parameters: { logits } }: DistributionValue): TensorValue {
  const type: TensorType = { ...derived(logits.type), kind: 'prob', range: [0, 1] };
  return call.tensor(call.b.sigmoid(logits.node), type);
}

export const families: Readonly<Record<FamilyName, Family>> = { normal, categorical, bernoulli };

/** As it would be written in a spec: `categorical[10]`. */
export function printDistribution(d: DistributionValue): string {
  const shape = Object.values(d.parameters)[0].type.shape;
  return `${d.family}[${shape.map(printDim).join(', ')}]`;
}
