/** Answers that the update which trains their network asks to be two numbers: all that it can learn is what lies between. */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { textOf, type Span } from '../../../grammar/source.ts';
import type { Analysis, AnalysedUpdate } from '../../analyse/analysis.ts';
import { answersIn, nearestAnswers } from '../../analyse/answers.ts';
import { allPullsOf, type Pull } from '../../analyse/pulls.ts';
import { builtinOf } from '../../analyse/signs.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';

export const contrary: Rule = (analysis) =>
  (analysis.schedule?.updates ?? []).flatMap((update) => tornIn(analysis, update));

function tornIn(analysis: Analysis, update: AnalysedUpdate): Diagnostic[] {
  if (update.objective === null) return [];
  const near = nearestAnswers(update.objective.node, answersIn([update.objective.node]));
  return [...allPullsOf(analysis, update, near)].flatMap(([node, pulls]) => {
    const { network } = near.get(node)!;
    // A network that plays against this one may want it to be in doubt (Tzeng et al. 2015, arXiv:1510.02192).
    if (!update.networks.includes(network)) return [];
    const asked = pulls.flatMap(askedBy).sort((a, b) => a.place.start - b.place.start);
    const [first] = asked;
    const other = asked.find(({ loss, to }) => loss === first.loss && to !== first.to);
    return other === undefined ? [] : [torn(network, first, other, update)];
  });
}

interface Asked {
  readonly loss: string;
  readonly to: number;
  readonly place: Span;
}

/** What a loss asks for. A square written by hand may only hold an answer near a number, beside a loss that turns it. */
function askedBy(pull: Pull | undefined): Asked[] {
  const loss = pull?.by && builtinOf(pull.by);
  const place = pull?.by?.origin;
  return pull?.to === undefined || loss === undefined || place === undefined
    ? []
    : [{ loss, to: pull.to, place }];
}

function torn(network: string, first: Asked, other: Asked, { idents }: AnalysedUpdate): Diagnostic {
  const trained = idents.get(network);
  return diagnostic(kinds.twoTargets, other.place, {
    what: `one answer of \`${network}\` is asked to be ${first.to}, and ${other.to} by \`${textOf(other.place)}\``,
    why: 'Both are asked of the same rows, so that all it can learn is a number between the two.',
    hint: 'Ask one of them of the rows that were meant; a number between is one target, `bce(answer, 0.5)`.',
    labels: [
      { span: first.place, text: `asked to be ${first.to} here` },
      ...(trained === undefined ? [] : [{ span: trained.span, text: 'trained here' }]),
    ],
  });
}
