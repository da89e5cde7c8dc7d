/**
 * What the numbers must mean that metrics of classes take: a score for each class of the labels, chances that sum to 1. Others give a
 * number, too, and one that looks right. In: a call's values; out: a mistake.
 */
import { product, type Dim } from '../ir/dim.ts';
import { kinds } from '../errors.ts';
import { isScalar, printType, type TensorType } from '../types.ts';
import { misfit, type ReportCall } from './report-line.ts';

const asked: Readonly<Record<string, (call: ReportCall) => void>> = {
  accuracy: requireScores,
  inception_score: requireChances,
};

export const requireKinds = (call: ReportCall): void => asked[call.fn]?.(call);

/** More scores than classes are fine: a discriminator may have a class of its own for what is generated. */
function requireScores(call: ReportCall): void {
  const { guess, label } = call.values;
  const { type } = guess.value;
  if (isScalar(type)) {
    if (type.kind !== 'logit') return;
    throw misfit(call, 'guess', 'takes scores of classes or their numbers, and one logit is given', {
      kind: kinds.kind,
      why: 'Rounded, a logit is no class.',
      hint: 'Ask for its sign, `answer > 0`, or measure `mean(answer)`.',
    });
  }
  const [scores, classes] = [
    type.form === 'seq' ? type.shape[0] : product(type.shape),
    classesOf(label.value.type),
  ];
  if (typeof scores !== 'number' || typeof classes !== 'number' || scores >= classes) return;
  throw misfit(call, 'guess', `has ${scores} numbers, and the label ${classes} classes`, {
    kind: kinds.kind,
    why: 'The largest of the numbers says which class is meant, so the others are never guessed.',
    hint: `Give it a score for each class, such as \`logits[${classes}]\`; what a code knows of them says \`probe\` or \`knn_accuracy\`.`,
  });
}

const classesOf = ({ kind, classes, shape }: TensorType): Dim | null =>
  kind === 'onehot' ? shape[0] : classes;

function requireChances(call: ReportCall): void {
  const { type, node } = call.values.probs.value;
  const apart = node.op === 'sigmoid';
  if (type.form === 'vec' && type.kind !== 'logit' && !apart) return;
  const given = apart ? 'these have a `sigmoid` each' : `${printType(type)} is given`;
  throw misfit(call, 'probs', `takes probabilities of classes, which sum to 1, and ${given}`, {
    kind: kinds.kind,
    hint: "Give it a classifier's answer: a categorical, `softmax(...)`, or a network's result `probs[K]`.",
  });
}
