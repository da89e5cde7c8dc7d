/**
 * The sides of an adversarial game. The network that gives both answers lowers `discriminator`. One that only one of the
 * two answers depends on plays against it; if it lowers `discriminator`, or raises `generator` or `encoder`, it plays for
 * it. Told by the sign that the game's losses have in an update's objective; where a sign is not certain, or a gradient
 * is reversed on the way, by nothing.
 */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { kinds } from '../../errors.ts';
import { passed } from '../../ir/differentiate.ts';
import type { Analysis, AnalysedUpdate } from '../../analyse/analysis.ts';
import { reachable, type Node } from '../../ir/node.ts';
import type { Player } from '../../vocabulary/games.ts';
import type { PlayedGame } from '../../vocabulary/builtin.ts';
import { signsOf, turned, type Sign } from '../../analyse/signs.ts';
import { constantsBeside, weightNodes } from '../../analyse/trained.ts';
import { once } from '../once.ts';
import { answering, apart } from './discriminators.ts';
import { ownership } from './ownership.ts';

/** Minimising a player's loss with this sign helps the discriminator. */
const helping: Readonly<Record<Player, Sign>> = { discriminator: 1, generator: -1, encoder: -1 };
const players = Object.keys(helping) as Player[];

export const games = once((analysis) => {
  // Sides of a game between two discriminators mean nothing: rules/discriminators.ts says that.
  const played = [...new Set(analysis.evaluated.games)].filter((game) => apart(analysis, game) === undefined);
  const updates = analysis.schedule?.updates ?? [];
  const found = played.flatMap((game) => updates.flatMap((update) => wrongSides(analysis, game, update)));
  // Of one that two updates train it is said that it stands in one too many.
  const owned = ownership(analysis).flatMap(({ span, labels = [] }) => [
    span,
    ...labels.map((label) => label.span),
  ]);
  return found.filter(({ span }) => !owned.includes(span));
});

function wrongSides(analysis: Analysis, game: PlayedGame, update: AnalysedUpdate): Diagnostic[] {
  if (update.objective === null) return [];
  const losses = players.map((player) => game[player]);
  const signs = signsOf(analysis, update, (node) => losses.includes(node));
  const felt = (network: string): Player[] =>
    players.filter((player) => signs.has(game[player]) && depends(analysis, game[player], network));
  /** Whether all that the network feels of the game helps the discriminator, or all of it the others. */
  const pulls = (network: string, way: (helps: Sign) => Sign): boolean =>
    felt(network).length > 0 &&
    felt(network).every((player) => signs.get(game[player]) === way(helping[player])) &&
    !reversed(analysis, game, felt(network), network);
  return update.networks.flatMap((network) => {
    const ident = update.idents.get(network)!;
    if (makes(analysis, game, network) && pulls(network, (helps) => helps))
      return [wrongSide(ident, network, felt(network))];
    if (judges(game, network) && pulls(network, turned)) return [wrongJudge(ident, network, felt(network))];
    return [];
  });
}

/** Whether exactly one of the answers depends on the network. */
const makes = (analysis: Analysis, { real, fake }: PlayedGame, network: string): boolean =>
  depends(analysis, real, network) !== depends(analysis, fake, network);

/** Whether the network gives both answers. */
const judges = ({ real, fake }: PlayedGame, network: string): boolean =>
  [real, fake].every((answer) => answering(answer).some((one) => one.network === network));

function depends(analysis: Analysis, node: Node, network: string): boolean {
  const weights = new Set(weightNodes(analysis, network));
  return reachable([node]).some((one) => weights.has(one));
}

/** Whether the gradient is turned on its way from these parts to the network. */
function reversed(analysis: Analysis, game: PlayedGame, felt: readonly Player[], network: string): boolean {
  const weights = weightNodes(analysis, network);
  const constants = constantsBeside(analysis.evaluated, weights);
  return felt.some((player) =>
    [...passed(game[player], weights, constants)].some(({ op }) => op === 'reverse'),
  );
}

function wrongSide(ident: ast.Ident, network: string, [player]: readonly Player[]): Diagnostic {
  const does = `${player === 'discriminator' ? 'lowers' : 'raises'} the game's \`${player}\``;
  return diagnostic(kinds.sides, ident.span, {
    what: `\`${network}\` makes one of the game's two inputs and ${does}: it plays for the discriminator`,
    why: 'Only one of the two answers depends on it, and this update makes the two easier to tell apart.',
    hint: 'Minimise `generator` if it makes the fake rows, `encoder` if the real rows pass through it, or the sum of both.',
  });
}

function wrongJudge(ident: ast.Ident, network: string, [player]: readonly Player[]): Diagnostic {
  const does = `${player === 'discriminator' ? 'raises' : 'lowers'} the game's \`${player}\``;
  return diagnostic(kinds.sides, ident.span, {
    what: `\`${network}\` gives the game's two answers and ${does}: it plays against itself`,
    why: 'This update makes it take generated rows for real ones, or real ones for generated.',
    hint: `Let \`${network}\` minimise the game's \`discriminator\`; the other players' losses are for those that make the rows.`,
  });
}
