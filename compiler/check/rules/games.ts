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
import { factorBounds } from '../../analyse/factors.ts';
import { constantsBeside, weightNodes } from '../../analyse/trained.ts';
import type { Rule } from '../rule.ts';

type Sign = 1 | -1 | 0;

/** Minimising a player's loss with this sign helps the discriminator. */
const helping: Readonly<Record<Player, Sign>> = { discriminator: 1, generator: -1, encoder: -1 };
const players = Object.keys(helping) as Player[];

export const games: Rule = (analysis) => {
  const played = [...new Set(analysis.evaluated.games)];
  const updates = analysis.schedule?.updates ?? [];
  return played.flatMap((game) => updates.flatMap((update) => wrongSides(analysis, game, update)));
};

function wrongSides(analysis: Analysis, game: PlayedGame, update: AnalysedUpdate): Diagnostic[] {
  if (update.objective === null) return [];
  const signs = signsOf(analysis, update, players.map((player) => game[player])); // prettier-ignore
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

// ---------------------------------------------------------------- signs

/** With which sign each of these stands in what the update minimises; 0: not certain. Those that don't are left out. */
function signsOf(analysis: Analysis, update: AnalysedUpdate, wanted: readonly Node[]): Map<Node, Sign> {
  const found = new Map<Node, Sign>();
  const seen = new Set<string>();
  const open: [Node, Sign][] = [[update.objective!.node, update.declaration.sense === 'maximize' ? -1 : 1]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, sign] = next;
    const key = `${node.id} ${sign}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (wanted.includes(node)) found.set(node, found.has(node) && found.get(node) !== sign ? 0 : sign);
    else open.push(...terms(analysis, node, sign));
  }
  return found;
}

/** What a node adds up, each with its sign. */
function terms(analysis: Analysis, { op, inputs }: Node, sign: Sign): [Node, Sign][] {
  const [x, y] = inputs;
  const turned = -sign as Sign;
  switch (op) {
    case 'add':
      return [[x, sign], [y, sign]]; // prettier-ignore
    case 'sub':
      return [[x, sign], [y, turned]]; // prettier-ignore
    case 'neg':
      return [[x, turned]];
    case 'mul':
      return [[x, scaled(analysis, sign, y)], [y, scaled(analysis, sign, x)]]; // prettier-ignore
    case 'div':
      return [[x, scaled(analysis, sign, y)], [y, 0]]; // prettier-ignore
    case 'sum':
    case 'reshape':
    case 'expand':
      return [[x, sign]];
    default:
      return inputs.map((input) => [input, 0]);
  }
}

function scaled(analysis: Analysis, sign: Sign, factor: Node): Sign {
  const [low, high] = factorBounds(analysis.evaluated, factor);
  if (low >= 0) return sign;
  return high <= 0 ? (-sign as Sign) : 0;
}

function wrongSide(update: AnalysedUpdate, network: string, felt: readonly Player[]): Diagnostic {
  const ident = update.declaration.networks.find(({ name }) => name === network)!;
  const [player] = felt;
  const does = `${player === 'discriminator' ? 'lowers' : 'raises'} the game's \`${player}\``;
  return diagnostic(kinds.sides, ident.span, {
    what: `\`${network}\` makes one of the game's two inputs and ${does}: it plays for the discriminator`,
    why: 'Only one of the two answers depends on it, and this update makes the two easier to tell apart.',
    hint: 'Minimise `generator` if it makes the fake rows, `encoder` if the real rows pass through it, or the sum of both.',
  });
}
