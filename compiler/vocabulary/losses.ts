/**
 * Losses as formulas on nodes: from aligned operands to one number a row. What the functions, the distributions and
 * the adversarial games have in common; all are finite where their mathematics is.
 */
import { kinds } from '../errors.ts';
import { logSoftmax, mean, softplus } from '../ir/compose.ts';
import { uniformValue } from '../ir/patterns.ts';
import type { Node } from '../ir/node.ts';
import { isPlain, isScalar, printType, real, type TensorType } from '../types.ts';
import { describeSort, type TensorValue, type Value } from '../values.ts';
import { align } from './align.ts';
import { leadOf, tensorOf, toClasses } from './shapes.ts';
import type { Call } from './builtin.ts';

/** A node for each row and its type, before it gets an ident. */
export interface Made {
  readonly node: Node;
  readonly type: TensorType;
}

/** One number a row: the type of a loss of operands that were aligned to `type`. */
export const perRow = (type: TensorType): TensorType => ({ ...real([], type.rows), hidden: type.hidden });

/** Sums a row's axes: [rows, ...] to [rows]. */
export function sumRow(call: Call, node: Node, type: TensorType): Node {
  const lead = leadOf(type);
  return call.b.sum(node, [...node.shape.keys()].slice(lead));
}

/** Binary cross entropy from logits, summed over a row's axes: softplus(l) - t·l, for t in [0, 1]. */
export function bceOf(call: Call, logits: TensorValue, target: TensorValue | 0 | 1): Made {
  const { b } = call;
  if (target === 0 || target === 1) {
    const node = softplus(b, target === 1 ? b.neg(logits.node) : logits.node);
    return { node: sumRow(call, node, logits.type), type: perRow(logits.type) };
  }
  const { nodes, type } = align(call, [logits, target]);
  const node = b.sub(softplus(b, nodes[0]), b.mul(nodes[1], nodes[0]));
  return { node: sumRow(call, node, type), type: perRow(type) };
}

/** -Σ t_k log p_k over the classes, from log probabilities. */
export function crossEntropyOf(call: Call, logProbs: TensorValue, target: Value): Made {
  const classes = toClasses(call, target, logProbs.type.shape[0]);
  const { nodes, type } = align(call, [logProbs, classes]);
  return { node: call.b.neg(sumRow(call, call.b.mul(nodes[0], nodes[1]), type)), type: perRow(type) };
}

/** Of logits [rows, K]: log probabilities, as a value. */
export function logProbsOf(call: Call, logits: TensorValue): TensorValue {
  const node = logSoftmax(call.b, logits.node, leadOf(logits.type));
  return call.part('log', node, { ...logits.type, kind: 'real', range: null });
}

/** log p with p taken as at least 1e-12, so that 0·log 0 is 0. */
export function safeLog({ b }: Call, probs: Node): Node {
  return b.log(b.max(probs, 1e-12));
}

/** Means over a row's axes: [rows, ...] to [rows]. */
export const meanRow = (call: Call, node: Node, type: TensorType): Node =>
  mean(call.b, node, [...node.shape.keys()].slice(leadOf(type)));

/** A value as a tensor in a loss; a label is a mistake. */
export function operand(call: Call, given: Value, what: string): TensorValue {
  const found = tensorOf(call, given, what);
  if (found.type.kind !== 'label') return found;
  return call.fail(kinds.kind, {
    what: `${what} takes numbers, and a label came in`,
    why: 'A class is a name, not an amount.',
    hint: 'Use `nll` or `cross_entropy`.',
  });
}

// ---------------------------------------------------------------- what a cross entropy takes

/** The logits of a tensor of logits or of a bernoulli; mistakes that say why nothing else will do. */
export function logitsFor(call: Call, given: Value, what: string): TensorValue {
  if (given.sort === 'distribution' && given.family === 'bernoulli') return given.parameters.logits;
  if (given.sort !== 'tensor')
    return call.fail(kinds.kind, {
      what: `\`${what}\` takes a logit, and ${describeSort(given)} came in`,
      hint: given.sort === 'distribution' ? 'Use `nll` with it.' : "Give the discriminator's answer, `D(x)`.",
    });
  const { kind } = given.type;
  if (kind === 'logit') return given;
  if (kind === 'prob' || String(given.type.range) === '0,1') {
    return call.fail(kinds.kind, {
      what: `\`${what}\` takes a logit, and ${printType(given.type)} came in`,
      why: 'From logits the loss stays exact where a probability would round to 0 or 1.',
      hint: "Leave out the `sigmoid`, and declare the network's result `-> logit`.",
    });
  }
  return call.fail(kinds.kind, {
    what: `\`${what}\` takes a logit, and ${printType(given.type)} came in`,
    why: 'A real becomes a logit by a declaration only.',
    hint: logitHint(given.type),
  });
}

function logitHint(type: TensorType): string {
  if (type.form === 'image' || isPlain(type.form))
    return 'Flatten the map and declare the result `-> logits[K]`: `adversarial` takes the mean of their losses, `bce` the sum.';
  const declared = isScalar(type) ? 'logit' : printType({ ...type, kind: 'logit' });
  return `Declare the network's result \`-> ${declared}\`, or write \`nll(bernoulli(x), ...)\`.`;
}

/** A target of a binary cross entropy lies in [0, 1], as far as is known. */
export function target(call: Call, value: TensorValue, what: string): TensorValue {
  const { range, kind } = value.type;
  if (kind === 'logit') {
    return call.fail(kinds.kind, {
      what: `the target of \`${what}\` is ${printType(value.type)}`,
      why: 'A target is 0, 1, or a probability.',
      hint: 'Take its `sigmoid`, cut by `stop` if it is not to learn.',
    });
  }
  const number = value.type.shape.length === 0 ? uniformValue(value.node) : undefined;
  const [low, high] = number === undefined ? (range ?? [0, 1]) : [number, number];
  if (low >= 0 && high <= 1) return value;
  const came = number === undefined ? printType(value.type) : String(number);
  return call.fail(kinds.range, {
    what: `the target of \`${what}\` is ${came}`,
    why: 'A cross entropy compares probabilities, so its target lies in [0, 1].',
    hint: 'Convert the data (`data ... in [0, 1]`), or use `mse` or `l1`.',
  });
}
