/**
 * Answers whose last step cuts what their loss works with: a rectified score is never negative, a tanh leaves a softmax
 * no way to be sure, independent sigmoids are no probabilities of one class out of K, a hinge cuts no probability. Told by the very last step, so
 * that energies, capped logits (`30 * tanh(x / 30)`) and classes of which several may be true are left alone.
 */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Span } from '../../../grammar/source.ts';
import type { Analysis } from '../../analyse/analysis.ts';
import { answersIn } from '../../analyse/answers.ts';
import { valueIntervals } from '../../analyse/intervals.ts';
import { builtinOf } from '../../analyse/signs.ts';
import type { Interval } from '../../ir/intervals.ts';
import { reachable, type Node } from '../../ir/node.ts';
import { logSoftmaxOf, reluOf, softplusOf, under, uniformValue } from '../../ir/patterns.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';

export const squashed: Rule = (analysis) => {
  const { schedule, evaluated } = analysis;
  const roots = (schedule?.updates ?? []).flatMap(({ objective }) => objective?.node ?? []);
  const nodes = reachable(roots);
  const games = evaluated.games
    .flatMap(({ real, fake }) => [real, fake])
    .filter((node) => nodes.includes(node));
  const scores = new Set([...games, ...nodes.flatMap((node) => binaryLogits(node) ?? [])]);
  const classes = new Set(nodes.flatMap((node) => classLogits(node) ?? []));
  const chances = new Set(nodes.flatMap((node) => chancesOf(node) ?? []));
  return [
    ...[...new Set([...scores, ...classes])].flatMap(rectified),
    ...[...classes].flatMap(flattened),
    ...[...chances].flatMap(independent),
    ...hinged(analysis, roots, nodes),
  ];
};

/** The logits of a binary cross entropy. */
function binaryLogits(node: Node): Node | undefined {
  if (builtinOf(node) !== 'bce' && builtinOf(node) !== 'nll') return undefined;
  const x = softplusOf(node);
  return x && (under(x, 'neg') ?? x);
}

/** The logits of a cross entropy over classes. */
const classLogits = (node: Node): Node | undefined =>
  builtinOf(node) === 'cross_entropy' || builtinOf(node) === 'nll' ? logSoftmaxOf(node)?.x : undefined;

/** The probabilities of a cross entropy over classes. */
function chancesOf(node: Node): Node | undefined {
  const ofClasses = builtinOf(node) === 'cross_entropy' || builtinOf(node) === 'entropy';
  return ofClasses && node.op === 'log' ? under(node.inputs[0], 'max') : undefined;
}

/** What a value is computed by last: steps that only move numbers are passed. */
const lastStep = (node: Node): Node =>
  ['reshape', 'transpose', 'slice', 'stop', 'reverse', 'flip'].includes(node.op)
    ? lastStep(node.inputs[0])
    : node;

function rectified(score: Node): Diagnostic[] {
  const last = lastStep(score);
  const found = last.op === 'select' ? reluOf(last.inputs) : undefined;
  if (found === undefined || last.origin === undefined) return [];
  return [
    diagnostic(kinds.squashedScore, last.origin, {
      what: 'a `relu` is the last step of this answer, so it is never negative',
      why: 'A score below 0 says "fake", or "not this class"; cut off, it has no gradient either.',
      hint: 'Leave the last activation out: the loss takes any number.',
    }),
  ];
}

function flattened(logits: Node): Diagnostic[] {
  const last = lastStep(logits);
  if (last.op !== 'tanh' || last.origin === undefined) return [];
  return [
    diagnostic(kinds.squashedScore, last.origin, {
      what: 'a `tanh` is the last step of these logits, so they lie in (-1, 1)',
      why: 'No class can get a probability more than e² times that of another one, however sure the network is.',
      hint: 'Leave the `tanh` out: logits are any numbers.',
    }),
  ];
}

function independent(chances: Node): Diagnostic[] {
  const last = lastStep(chances);
  if (last.op !== 'sigmoid' || last.origin === undefined) return [];
  return [
    diagnostic(kinds.notSimplex, last.origin, {
      what: 'a cross entropy over classes takes probabilities that sum to 1, and each of these has a `sigmoid` of its own',
      why: 'Their sum is free, so the loss is least where every class has the probability 1.',
      hint: 'Use `softmax`; or leave it out, and declare the result `-> logits[K]`. Where several classes may be true, use `bce`.',
    }),
  ];
}

/** Of each network whose answers a hinge never cuts, the first: `max(0, 1 - D(x))` of a probability. */
function hinged(analysis: Analysis, roots: readonly Node[], nodes: readonly Node[]): Diagnostic[] {
  const gaps = nodes.flatMap(gapOf);
  if (gaps.length === 0) return [];
  const [answers, intervals] = [answersIn(roots), valueIntervals(analysis, roots)];
  const found = new Map<string, Diagnostic>();
  for (const gap of gaps) {
    const score = gap.inputs.find((one) => answers.has(one));
    const [whole, own] = [gap, score].map((one) => one && intervals.get(one));
    if (score?.origin === undefined || whole === undefined || own === undefined) continue;
    if (whole.low.at < 0 || !Number.isFinite(own.high.at)) continue;
    const { network } = answers.get(score)!;
    if (!found.has(network)) found.set(network, uncut(network, score.origin, own));
  }
  return [...found.values()];
}

/** What a hinge cuts off at 0, where it is a distance from a number: c - x or x + c. */
function gapOf({ op, inputs }: Node): Node[] {
  if (op !== 'max' || !inputs.some((one) => uniformValue(one) === 0)) return [];
  const gap = inputs.find((one) => uniformValue(one) === undefined);
  const isGap = gap?.op === 'sub' || gap?.op === 'add';
  return isGap && gap.inputs.some((one) => uniformValue(one) !== undefined) ? [gap] : [];
}

const uncut = (network: string, place: Span, { low, high }: Interval): Diagnostic =>
  diagnostic(kinds.squashedScore, place, {
    what: `\`${network}\` answers from ${low.at} to ${high.at}, where this hinge cuts nothing off`,
    why: 'A hinge takes unbounded scores: none of these is ever sure enough to be let go.',
    hint: 'Leave out the `sigmoid` (or `tanh`) at the end of the critic, and declare its result `-> logit`.',
  });
