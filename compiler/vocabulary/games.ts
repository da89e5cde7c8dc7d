/**
 * The adversarial games by kind: one loss for each player, from the discriminator's answers to real and generated rows.
 * The generator's is that of the fake answer, flipped; the encoder's that of the real answer, flipped, for games in
 * which a trained network makes the real side too. One formula for each of the four parts.
 */
import { softplus } from '../ir/compose.ts';
import type { Node } from '../ir/node.ts';
import type { Telling } from '../../program/discriminates.ts';
import type { TensorValue } from '../values.ts';
import { addLosses } from './align.ts';
import { meanRow, perRow, type Made } from './losses.ts';
import type { Call } from './builtin.ts';

/** Who may play; the names of the fields of `adversarial(...)`. */
export type Player = 'discriminator' | 'generator' | 'encoder';

export type GameKind = 'non_saturating' | 'minimax' | 'least_squares' | 'hinge' | 'wasserstein';

/** How messages call the record that `adversarial` gives. */
export const adversarialOf = 'adversarial(...)';

/** Losses of one answer. */
interface Game {
  /** null: scores that are no answers, only higher or lower ones. */
  readonly tells: Telling | null;
  /** What the discriminator pays for its answer to a real row, and to a generated one. */
  real(call: Call, answer: TensorValue): Made;
  fake(call: Call, answer: TensorValue): Made;
  /** What the generator pays for the answer to its row. */
  generator(call: Call, answer: TensorValue): Made;
  /** What an encoder pays for the answer to a real row, where it takes part in the game. */
  encoder(call: Call, answer: TensorValue): Made;
}

/** Many answers a row, of patches, pay the mean of what each would. */
const each =
  (make: (b: Call['b'], x: Node) => Node) =>
  (call: Call, answer: TensorValue): Made => ({
    node: meanRow(call, make(call.b, answer.node), answer.type),
    type: perRow(answer.type),
  });

/** The binary cross entropy of a logit for 1 and for 0. */
const yes = each((b, x) => softplus(b, b.neg(x)));
const no = each((b, x) => softplus(b, x));
const minus =
  (make: (call: Call, answer: TensorValue) => Made) =>
  (call: Call, answer: TensorValue): Made => {
    const { node, type } = make(call, answer);
    return { node: call.b.neg(node), type };
  };
const halfSquare = (to: number): Game['real'] =>
  each((b, x) => {
    const gap = b.sub(x, to);
    return b.mul(b.mul(gap, gap), 0.5);
  });
const plain: Game['real'] = each((_, x) => x);
const negated: Game['real'] = each((b, x) => b.neg(x));

/** A wrong logit is on the other side of 0. */
const entropies: Telling = { mistake: Math.LN2, chance: 2 * Math.LN2 };

export const games: Readonly<Record<GameKind, Game>> = {
  /** Goodfellow et al. 2014, arXiv:1406.2661, section 3: the generator's better gradient. */
  non_saturating: { tells: entropies, real: yes, fake: no, generator: yes, encoder: no },
  /** The same paper, equation 1: the generator maximises what the discriminator minimises. */
  minimax: { tells: entropies, real: yes, fake: no, generator: minus(no), encoder: minus(yes) },
  /** Mao et al. 2016, arXiv:1611.04076, equation 9: 0 for fake, 1 for real. */
  least_squares: {
    // A wrong answer is nearer to the other number: half a unit off at least.
    tells: { mistake: 1 / 8, chance: 1 / 4 },
    real: halfSquare(1),
    fake: halfSquare(0),
    generator: halfSquare(1),
    encoder: halfSquare(0),
  },
  /** Lim & Ye 2017, arXiv:1705.02894; Miyato et al. 2018, equations 16 and 17. */
  hinge: {
    tells: { mistake: 1, chance: 2 },
    real: each((b, x) => b.max(b.sub(1, x), 0)),
    fake: each((b, x) => b.max(b.add(x, 1), 0)),
    generator: negated,
    encoder: plain,
  },
  /** Arjovsky et al. 2017, arXiv:1701.07875. */
  wasserstein: { tells: null, real: negated, fake: plain, generator: negated, encoder: plain },
};

/** What each player of a game minimises. */
export function play(
  call: Call,
  kind: GameKind,
  real: TensorValue,
  fake: TensorValue,
): Readonly<Record<Player, Made>> {
  const game = games[kind];
  const value = (name: string, { node, type }: Made): TensorValue => call.part(name, node, type);
  return {
    discriminator: addLosses(
      call,
      value('real', game.real(call, real)),
      value('fake', game.fake(call, fake)),
    ),
    generator: game.generator(call, fake),
    encoder: game.encoder(call, real),
  };
}
