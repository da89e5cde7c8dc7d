/**
 * Critics written by hand, `D(fake) - D(x)`, whose scores are bounded by a sigmoid, a tanh, a clamp. Told where an update trains a
 * network that gives one number a row, and minimises some of its answers as they are and others with a minus. Of games that are
 * declared, `adversarial(kind: wasserstein)` asks for scores without a range.
 */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Analysis, AnalysedUpdate } from '../../analyse/analysis.ts';
import { answersIn, outputOf, type Answer } from '../../analyse/answers.ts';
import { valueIntervals } from '../../analyse/intervals.ts';
import { signsOf } from '../../analyse/signs.ts';
import type { Interval } from '../../ir/intervals.ts';
import type { Node } from '../../ir/node.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';

export const boundedCritics: Rule = (analysis) => {
  const found = (analysis.schedule?.updates ?? []).flatMap((update) => boundedIn(analysis, update));
  return [...new Map(found.map(([network, said]) => [network, said])).values()];
};

function boundedIn(analysis: Analysis, update: AnalysedUpdate): [network: string, Diagnostic][] {
  const root = update.objective?.node;
  if (root === undefined) return [];
  const answers = answersIn([root]);
  const signs = [...signsOf(analysis, update, (node) => answers.has(node))];
  const scores = (sign: number): [Node, Answer][] =>
    signs.flatMap(([node, one]) => {
      const answer = answers.get(node)!;
      const isScore = one === sign && isOneNumber(node) && update.networks.includes(answer.network);
      return isScore ? [[node, answer] as [Node, Answer]] : [];
    });
  const lowered = new Set(scores(1).map(([node, answer]) => outputOf(node, answer)));
  const both = scores(-1).filter(([node, answer]) => lowered.has(outputOf(node, answer)));
  if (both.length === 0) return [];
  const intervals = valueIntervals(analysis, [root]);
  return both.flatMap(([node, { network }]) => {
    const interval = intervals.get(node);
    return interval === undefined || !isSquashed(interval)
      ? []
      : [[network, bounded(network, node, update, interval)] as [string, Diagnostic]];
  });
}

/** A range as of a sigmoid or a tanh; capped scores (`30 * tanh(x / 30)`) have room. */
const isSquashed = ({ low, high }: Interval): boolean => high.at - low.at <= 2;

/** One a row. */
const isOneNumber = ({ shape }: Node): boolean => shape.length <= 1 || (shape.length === 2 && shape[1] === 1);

const bounded = (
  network: string,
  { origin }: Node,
  { declaration }: AnalysedUpdate,
  { low, high }: Interval,
): Diagnostic =>
  diagnostic(kinds.squashedScore, origin ?? declaration.objective.span, {
    what: `\`${network}\` answers from ${low.at} to ${high.at}, and learns by the difference of such answers`,
    why: "A difference of means is a Wasserstein critic's loss: the score measures a distance, and squeezed into a range it measures none, with hardly a gradient at its ends.",
    hint: 'Leave out the `sigmoid` (or `tanh`) at the end of the critic, and declare its result `-> logit`; or let it learn by `bce`.',
    labels: [{ span: declaration.objective.span, text: `what \`${network}\` learns` }],
  });
