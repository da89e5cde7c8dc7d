/**
 * The sides of an adversarial game. A network that only one of the two answers depends on makes what is judged; one that
 * lowers the game's `judge`, or raises `fool` or `confuse`, plays for the other side. Told by the sign that the game's
 * losses have in an update's objective; where a sign is not certain, or a gradient is reversed on the way, by nothing.
 */
import { diagnostic } from '../../../grammar/diagnostics.ts';
import { passed } from '../../ir/differentiate.ts';
import type { Context } from '../../evaluate/context.ts';
import { kinds } from '../../errors.ts';
import { reachable, type Node } from '../../ir/node.ts';
import type { PlayedGame } from '../../vocabulary/vocable.ts';
import { factorBounds } from '../../analyse/factors.ts';
import type { Reporter } from '../../bind/reporter.ts';
import { constantsBeside, weightNodes } from '../../analyse/trained.ts';
import type { CheckedUpdate } from '../../analyse/updates.ts';

type Sign = 1 | -1 | 0;
type Part = 'judge' | 'fool' | 'confuse';

/** Minimising a part with this sign helps the judge. */
const helping: Readonly<Record<Part, Sign>> = { judge: 1, fool: -1, confuse: -1 };
const parts = Object.keys(helping) as Part[];

export function checkGames(context: Context, updates: readonly CheckedUpdate[], report: Reporter): void {
  for (const game of new Set(context.effects.games)) {
    for (const update of updates) {
      if (update.objective === null) continue;
      const signs = signsOf(context, update, parts.map((part) => game[part])); // prettier-ignore
      for (const network of update.networks) {
        if (!makes(context, game, network)) continue;
        const felt = parts.filter((part) => signs.has(game[part]) && depends(context, game[part], network));
        const helps = felt.length > 0 && felt.every((part) => signs.get(game[part]) === helping[part]);
        if (helps && !reversed(context, game, felt, network)) say(update, network, felt, report);
      }
    }
  }
}

/** Whether exactly one of the answers depends on the network. */
const makes = (context: Context, { real, fake }: PlayedGame, network: string): boolean =>
  depends(context, real, network) !== depends(context, fake, network);

function depends(context: Context, node: Node, network: string): boolean {
  const weights = new Set(weightNodes(context, network));
  return reachable([node]).some((one) => weights.has(one));
}

/** Whether the gradient is turned on its way from these parts to the network. */
function reversed(context: Context, game: PlayedGame, felt: readonly Part[], network: string): boolean {
  const weights = weightNodes(context, network);
  const constants = constantsBeside(context, weights);
  return felt.some((part) => [...passed(game[part], weights, constants)].some(({ op }) => op === 'reverse'));
}

// ---------------------------------------------------------------- signs

/** With which sign each of these stands in what the update minimises; 0: not certain. Those that don't are left out. */
function signsOf(context: Context, update: CheckedUpdate, wanted: readonly Node[]): Map<Node, Sign> {
  const found = new Map<Node, Sign>();
  const seen = new Set<string>();
  const open: [Node, Sign][] = [[update.objective!.node, update.declaration.sense === 'maximize' ? -1 : 1]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, sign] = next;
    const key = `${node.id} ${sign}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (wanted.includes(node)) found.set(node, found.has(node) && found.get(node) !== sign ? 0 : sign);
    else open.push(...terms(context, node, sign));
  }
  return found;
}

/** What a node adds up, each with its sign. */
function terms(context: Context, { op, inputs }: Node, sign: Sign): [Node, Sign][] {
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
      return [[x, scaled(context, sign, y)], [y, scaled(context, sign, x)]]; // prettier-ignore
    case 'div':
      return [[x, scaled(context, sign, y)], [y, 0]]; // prettier-ignore
    case 'sum':
    case 'reshape':
    case 'expand':
      return [[x, sign]];
    default:
      return inputs.map((input) => [input, 0]);
  }
}

function scaled(context: Context, sign: Sign, factor: Node): Sign {
  const [low, high] = factorBounds(context, factor);
  if (low >= 0) return sign;
  return high <= 0 ? (-sign as Sign) : 0;
}

function say(update: CheckedUpdate, network: string, felt: readonly Part[], report: Reporter): void {
  const ident = update.declaration.networks.find(({ name }) => name === network)!;
  const [part] = felt;
  const does = part === 'judge' ? 'minimises `judge`' : `raises \`${part}\``;
  report.say(
    diagnostic(kinds.sides, ident.span, {
      what: `\`${network}\` makes what the game judges, and ${does}: it plays for the judge`,
      why: 'One of the two answers depends on it and the other does not; this way they are told apart more easily.',
      hint: 'Minimise `fool`, or `confuse` where the real rows pass through a trained network too.',
    }),
  );
}
