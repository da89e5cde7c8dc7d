/**
 * Losses with a minus that the very network answers for which the update trains: they have no lower bound, so all that
 * training does is to make them larger. Subtracting another network's loss is how one plays against it.
 */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { textOf, type Span } from '../../../grammar/source.ts';
import type { AnalysedUpdate } from '../../analyse/analysis.ts';
import { builtinOf } from '../../analyse/signs.ts';
import { answersIn, nearestAnswers, networksOf } from '../../analyse/answers.ts';
import { lossTerms, type LossTerm } from '../../analyse/loss-terms.ts';
import { reachable } from '../../ir/node.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';
import { games } from './games.ts';

export const subtracted: Rule = (analysis) => {
  // Of a judge on the wrong side of its own game, rules/games.ts says that.
  const said = new Set(games(analysis).map(({ span }) => span));
  return (analysis.schedule?.updates ?? []).flatMap((update) =>
    lossTerms(analysis, update).flatMap((term) => raised(update, term, said)),
  );
};

function raised(
  { declaration, networks, idents }: AnalysedUpdate,
  { node, sign, builtin }: LossTerm,
  said: ReadonlySet<Span>,
): Diagnostic[] {
  // What a declared game has as well stands where the game is declared.
  const place = builtinOf(node) === builtin ? node.origin : declaration.objective.span;
  if (sign !== -1 || place === undefined) return [];
  const answers = answersIn([node]);
  const answering = networksOf(nearestAnswers(node, answers));
  if (answering.size === 0 || ![...answering].every((name) => networks.includes(name))) return [];
  // A draw's own likelihood is an estimate of an entropy, which has no such end.
  const between = reachable([node], (one) => answers.has(one));
  if (between.some(({ op }) => op === 'draw')) return [];
  const [network] = answering;
  const trained = idents.get(network);
  if (trained !== undefined && said.has(trained.span)) return [];
  const what = place === node.origin ? `\`${textOf(place)}\`` : `a cross entropy of \`${network}\``;
  return [
    diagnostic(kinds.subtractedLoss, place, {
      what: `this update makes ${what} larger, which is unbounded, and trains \`${network}\`, which answers for it`,
      why: `A ${builtin === 'kl' ? 'divergence' : 'cross entropy'} with a minus has no lower bound: the update is never done making the answer worse.`,
      hint: 'Change the sign; or, to play against a network, leave it to an update of its own.',
      labels: trained === undefined ? [] : [{ span: trained.span, text: 'trained here' }],
    }),
  ];
}
