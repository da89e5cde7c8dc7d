/** `adversarial`: the losses of a game's players as one record. */
import { kinds } from '../../errors.ts';
import { printType } from '../../types.ts';
import type { TensorValue } from '../../values.ts';
import { adversarialOf, games, play, type GameKind } from '../games.ts';
import { logitsFor } from '../losses.ts';
import { choice, value, type Args, type Call, type Builtin } from '../builtin.ts';

const gameKinds = Object.keys(games) as GameKind[];

export const adversarial: Builtin = {
  doc: 'The losses of an adversarial game, one for each player, as a record. discriminator: the right answer to both. generator: the answer to fake rows, flipped. encoder: the answer to real rows, flipped, for games in which real rows pass through a trained network too; in BiGAN both networks minimise generator + encoder. With r and f for the answers, kind by kind: non_saturating: discriminator = bce(r, 1) + bce(f, 0), generator = bce(f, 1), encoder = bce(r, 0). minimax: the same discriminator, generator = -bce(f, 0), encoder = -bce(r, 1). least_squares: (r - 1)² / 2 + f² / 2, (f - 1)² / 2, r² / 2. hinge: max(0, 1 - r) + max(0, 1 + f), -f, r. wasserstein: f - r, -f, r. Of many answers a row, of patches, each loss is the mean.',
  where: 'anywhere',
  params: [
    value('real', "The discriminator's answer to real rows: a logit, or a map of them."),
    value('fake', 'Its answer to generated rows.'),
    choice(
      'kind',
      gameKinds,
      'Which game. wasserstein and hinge take unbounded scores, and wasserstein a penalty beside it (`gradient_penalty`).',
      'non_saturating',
    ),
  ],
  build(call, args) {
    const kind = args.choice('kind') as GameKind;
    const [real, fake] = [answer(call, args, 'real', kind), answer(call, args, 'fake', kind)];
    const made = play(call, kind, real, fake);
    call.played({
      tells: games[kind].tells,
      real: real.node,
      fake: fake.node,
      discriminator: made.discriminator.node,
      generator: made.generator.node,
      encoder: made.encoder.node,
    });
    const fields = Object.entries(made).map(([name, { node, type }]) => [name, call.part(name, node, type)]);
    return { sort: 'record', fields: Object.fromEntries(fields), of: adversarialOf };
  },
};

/** The answer as the game takes it: a logit, an unbounded score, or anything (least squares). */
function answer(call: Call, args: Args, name: 'real' | 'fake', kind: GameKind): TensorValue {
  const given = args.value(name);
  if (kind === 'non_saturating' || kind === 'minimax') return logitsFor(call, given, 'adversarial');
  const found = args.tensor(name);
  const { type } = found;
  if (type.kind === 'label')
    call.fail(kinds.kind, {
      what: `\`${name}\` of \`adversarial\` is a label`,
      why: 'A class is a name, not a score.',
      hint: "Give the critic's answer, `D(x)`.",
    });
  if (kind !== 'least_squares' && (type.kind === 'prob' || type.range !== null)) {
    call.fail(kinds.kind, {
      what: `a ${kind} critic gives an unbounded score, and ${printType(type)} came in`,
      why: 'The score measures a distance; squeezed into a range it measures none.',
      hint: 'Leave out the `sigmoid` (or `tanh`) at the end of the critic, and declare its result `-> logit`.',
    });
  }
  return found;
}
