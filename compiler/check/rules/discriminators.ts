/**
 * Games whose two answers are given by two networks with no weights in common. Each learns that everything it sees is of
 * one side, and a generator is judged by a network that has never seen a real row.
 */
import { diagnostic } from '../../../grammar/diagnostics.ts';
import { answersIn, nearestAnswers, type Answer } from '../../analyse/answers.ts';
import type { Analysis } from '../../analyse/analysis.ts';
import { reachable, type Node } from '../../ir/node.ts';
import type { PlayedGame } from '../../vocabulary/builtin.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';

export const discriminators: Rule = (analysis) =>
  [...new Set(analysis.evaluated.games)].flatMap((game) => {
    const pair = apart(analysis, game);
    const { origin } = game.discriminator;
    if (pair === undefined || origin === undefined) return [];
    return [
      diagnostic(kinds.twoDiscriminators, origin, {
        what: `the real rows of this game are judged by \`${pair.real}\`, and the fake ones by \`${pair.fake}\`: two networks`,
        why: 'Each sees one side only, and has nothing to tell it from.',
        hint: `Let one network give both answers: \`adversarial(real: ${pair.real}(...), fake: ${pair.real}(...))\`.`,
      }),
    ];
  });

/** The two networks, if they are two and share no weights. */
export function apart(
  analysis: Analysis,
  { real, fake }: PlayedGame,
): { readonly real: string; readonly fake: string } | undefined {
  const [one, ...more] = answering(real);
  const [other, ...others] = answering(fake);
  if (one === undefined || other === undefined || more.length + others.length > 0) return undefined;
  if (one.network === other.network) return undefined;
  const weights = new Set(weightsOf(analysis, real, one));
  return weightsOf(analysis, fake, other).some((node) => weights.has(node))
    ? undefined
    : { real: one.network, fake: other.network };
}

/** The networks that give an answer. */
export const answering = (node: Node): Answer[] => [...nearestAnswers(node, answersIn([node])).values()];

/** The weights behind an answer, up to what the network was given. */
const weightsOf = ({ evaluated }: Analysis, node: Node, { region }: Answer): Node[] =>
  reachable([node], (one) => region.parameters.has(one)).filter((one) => evaluated.constants.has(one));
