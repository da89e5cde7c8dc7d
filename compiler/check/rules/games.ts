/**
 * The sides of an adversarial game. A network that only one of the two answers depends on plays against the
 * discriminator; one that lowers `discriminator`, or raises `generator` or `encoder`, plays for it. Told by the sign
 * that the game's losses have in an update's objective; where a sign is not certain, or a gradient is reversed on the
 * way, by nothing.
 */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { kinds } from '../../errors.ts';
import { passed } from '../../ir/differentiate.ts';
import type { Analysis, AnalysedUpdate } from '../../analyse/analysis.ts';
import { reachable, type Node } from '../../ir/node.ts';
import type { Player } from '../../vocabulary/games.ts';
import type { PlayedGame } from '../../vocabulary/builtin.ts';
import { signsOf, type Sign } from '../../analyse/signs.ts';
import { constantsBeside, weightNodes } from '../../analyse/trained.ts';
import type { Rule } from '../rule.ts';
import { apart } from './discriminators.ts';

/** Minimising a player's loss with this sign helps the discriminator. */
const helping: Readonly<Record<Player, Sign>> = { discriminator: 1, generator: -1, encoder: -1 };
const players = Object.keys(helping) as Player[];

export const games: Rule = (analysis) => {
  // Sides of a game between two discriminators mean nothing: rules/discriminators.ts says that.
  const played = [...new Set(analysis.evaluated.games)].filter((game) => apart(analysis, game) === undefined);
  const updates = analysis.schedule?.updates ?? [];
  return played.flatMap((game) => updates.flatMap((update) => wrongSides(analysis, game, update)));
};

function wrongSides(analysis: Analysis, game: PlayedGame, update: AnalysedUpdate): Diagnostic[] {
  if (update.objective === null) return [];
  const losses = players.map((player) => game[player]);
  const signs = signsOf(analysis, update, (node) => losses.includes(node));
  return update.networks.flatMap((network) => {
    if (!makes(analysis, game, network)) return [];
    const felt = players.filter(
      (player) => signs.has(game[player]) && depends(analysis, game[player], network),
    );
    const helps = felt.length > 0 && felt.every((player) => signs.get(game[player]) === helping[player]);
    return helps && !reversed(analysis, game, felt, network) ? [wrongSide(update, network, felt)] : [];
  });
}

/** Whether exactly one of the answers depends on the network. */
const makes = (analysis: Analysis, { real, fake }: PlayedGame, network: string): boolean =>
  depends(analysis, real, network) !== depends(analysis, fake, network);

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

function wrongSide(update: AnalysedUpdate, network: string, felt: readonly Player[]): Diagnostic {
  const ident = update.idents.get(network)!;
  const [player] = felt;
  const does = `${player === 'discriminator' ? 'lowers' : 'raises'} the game's \`${player}\``;
  return diagnostic(kinds.sides, ident.span, {
    what: `\`${network}\` makes one of the game's two inputs and ${does}: it plays for the discriminator`,
    why: 'Only one of the two answers depends on it, and this update makes the two easier to tell apart.',
    hint: 'Minimise `generator` if it makes the fake rows, `encoder` if the real rows pass through it, or the sum of both.',
  });
}
