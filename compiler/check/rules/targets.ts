/** Networks whose answers are all asked to be one constant: a bias alone learns that, whatever comes in. */
import { diagnostic } from '../../../grammar/diagnostics.ts';
import type { Analysis, AnalysedUpdate } from '../../analyse/analysis.ts';
import { answersIn, nearestAnswers } from '../../analyse/answers.ts';
import { lossTerms, type LossTerm } from '../../analyse/loss-terms.ts';
import type { Node } from '../../ir/node.ts';
import { softplusOf, spreadOf, uniformValue } from '../../ir/patterns.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';

/** What one network is asked for, over all updates that train it. */
interface Asked {
  /** The constant and its sign, printed; undefined: something that differs from row to row. */
  readonly targets: Set<string | undefined>;
  /** The first loss that asks. */
  readonly node: Node;
  count: number;
}

export const targets: Rule = (analysis) => {
  const asked = new Map<string, Asked>();
  for (const update of analysis.schedule?.updates ?? []) ask(analysis, update, asked);
  return [...asked].flatMap(([network, { targets: all, node, count }]) => {
    const [only] = all;
    // One answer alone tells nothing apart on purpose: a prior on a score, a small example.
    if (count < 2 || all.size !== 1 || only === undefined || node.origin === undefined) return [];
    return [
      diagnostic(kinds.oneTarget, node.origin, {
        what: `\`${network}\` has one target for everything: its answers are always to be ${only}`,
        why: 'A constant learns that as well, so there is nothing to be told apart.',
        hint: 'Give another target to the rows that are to be told from these.',
      }),
    ];
  });
};

const compared: ReadonlySet<string> = new Set(['bce']);

function ask(analysis: Analysis, update: AnalysedUpdate, asked: Map<string, Asked>): void {
  if (update.objective === null) return;
  const { node: objective } = update.objective;
  const answers = answersIn([objective]);
  const terms = lossTerms(analysis, update, compared);
  // A difference of two answers, as relativistic games have it, is a target for neither.
  const alone = terms.flatMap((term) => {
    const [answer, ...more] = nearestAnswers(term.node, answers).keys();
    return more.length === 0 ? [{ term, answer }] : [];
  });
  for (const [node, { network }] of nearestAnswers(objective, answers)) {
    if (!update.networks.includes(network)) continue;
    const own = alone.filter(({ answer }) => answer === node).map(({ term }) => term);
    const before = asked.get(network) ?? { targets: new Set(), node: own[0]?.node ?? node, count: 0 };
    const found = own.length === 0 ? [undefined] : own.map(targetOf);
    asked.set(network, {
      ...before,
      targets: new Set([...before.targets, ...found]),
      count: before.count + 1,
    });
  }
}

/** The constant that a binary cross entropy asks for; undefined if it differs from row to row. */
function targetOf({ node, sign }: LossTerm): string | undefined {
  if (sign !== 1) return undefined;
  const each = unsummed(node);
  const asked = softplusOf(each);
  if (asked !== undefined) return asked.op === 'neg' ? '1' : '0';
  if (each.op !== 'sub' || each.inputs[1].op !== 'mul') return undefined;
  const constant = uniformValue(spreadOf(each.inputs[1].inputs[0]));
  return constant === undefined ? undefined : String(constant);
}

const unsummed = (node: Node): Node =>
  node.op === 'sum' || node.op === 'reshape' ? unsummed(node.inputs[0]) : node;
