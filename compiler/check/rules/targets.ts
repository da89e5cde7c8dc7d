/** Networks whose answers are all asked to be one constant, or all larger: a bias alone learns that, whatever comes in. */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Span } from '../../../grammar/source.ts';
import type { Analysis, AnalysedUpdate } from '../../analyse/analysis.ts';
import { answersIn, nearestAnswers, outputOf } from '../../analyse/answers.ts';
import { isOther, isSame, pullsOf, type Pull } from '../../analyse/pulls.ts';
import type { Node } from '../../ir/node.ts';
import { spreadOf } from '../../ir/patterns.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';
import { apart as apartIn } from './discriminators.ts';
import { games } from './games.ts';

/** What is asked of one answer. */
interface Asked {
  readonly network: string;
  readonly node: Node;
  readonly pull: Pull | undefined;
  /** Whether the update that asks trains the network. */
  readonly own: boolean;
  readonly place: Span;
}

export const targets: Rule = (analysis) => {
  const outputs = new Map<string, Asked[]>();
  // A judge on the wrong side of its own game has been told so.
  const said = new Set(games(analysis).map(({ span }) => span));
  const told = ({ idents }: AnalysedUpdate, network: string): boolean =>
    idents.has(network) && said.has(idents.get(network)!.span);
  for (const update of analysis.schedule?.updates ?? [])
    for (const [output, asked] of askedIn(analysis, update))
      if (!told(update, asked.network)) outputs.set(output, [...(outputs.get(output) ?? []), asked]);
  // Of a game of two discriminators each is asked for one: rules/discriminators.ts says that.
  const apart = new Set(
    analysis.evaluated.games.flatMap((game) => Object.values(apartIn(analysis, game) ?? {})),
  );
  return [...outputs.values()].flatMap((all) => {
    if (apart.has(all[0].network)) return [];
    const own = all.filter((one) => one.own).sort((a, b) => a.place.start - b.place.start);
    const only = own.length === 0 ? undefined : own[0].pull;
    const alike = own.every(
      ({ pull }) => only !== undefined && pull?.way === only.way && pull.to === only.to,
    );
    if (only === undefined || !alike || !own.every(({ node }) => endsInBias(analysis, node))) return [];
    // One answer alone tells nothing apart on purpose, a prior on a score or a small example, unless another network is trained by it.
    const played = all.some(
      ({ own, pull }) => !own && pull !== undefined && (isOther(pull, only) || isSame(pull, only)),
    );
    return own.length > 1 || played ? [oneTarget(own[0], only)] : [];
  });
};

function oneTarget({ network, place }: Asked, { way, to }: Pull): Diagnostic {
  const wanted = to === undefined ? (way > 0 ? 'larger' : 'smaller') : String(to);
  return diagnostic(kinds.oneTarget, place, {
    what: `\`${network}\` has one target for everything: its answers are always to be ${wanted}`,
    why: 'A constant learns that as well, so there is nothing to be told apart.',
    hint: 'Give another target to the rows that are to be told from these.',
  });
}

function askedIn(analysis: Analysis, update: AnalysedUpdate): [string, Asked][] {
  if (update.objective === null) return [];
  const near = nearestAnswers(update.objective.node, answersIn([update.objective.node]));
  return [...pullsOf(analysis, update, near)].flatMap(([node, pull]): [string, Asked][] => {
    const answer = near.get(node);
    if (answer === undefined) return [];
    const { network } = answer;
    const place = pull?.by?.origin ?? update.declaration.objective.span;
    return [[outputOf(node, answer), { network, node, pull, own: update.networks.includes(network), place }]];
  });
}

/** Whether the last step of an answer adds a weight, which can make it any constant. */
const endsInBias = ({ evaluated }: Analysis, node: Node): boolean => {
  const last = spreadOf(node);
  return last.op === 'add' && last.inputs.some((part) => evaluated.constants.has(spreadOf(part)));
};
