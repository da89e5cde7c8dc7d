/** Gradients, ownership, schedules (GAN4xxx). A code means one thing; one that is retired is never used again (CHANGELOG.md). */
import type { Row } from './row.ts';

export const scheduleCodes = {
  gradientPath: [
    'GAN4001',
    'no gradient reaches the network',
    "The update's objective does not depend on the network's weights by any differentiable path, so the update could never change them. The label shows where the path is cut: at a `stop`, a `mode`, a draw without reparameterisation, a comparison.",
  ],
  neverTrained: [
    'GAN4002',
    'network that no update trains',
    'Its weights would stay as they were initialised. Name it in an update, or remove it.',
    'warning',
  ],
  unusedLoss: [
    'GAN4003',
    'loss that nothing reaches',
    'No update minimises it, nothing that is used depends on it and no report shows it.',
    'warning',
  ],
  unused: [
    'GAN4004',
    'declaration that nothing uses',
    'A param, sample, data stream, fn, block or value that is never used is usually a wiring mistake; so is a parameter that its network, block or fn never reads, such as a condition that was to stand beside the code. Use it or remove it.',
    'warning',
  ],
  unreachedWeights: [
    'GAN4005',
    'weights that no objective can reach',
    'The network is trained, but these of its weights influence no objective of an update that names it, so they would stay as they started.',
    'warning',
  ],
  notShared: [
    'GAN4006',
    'network in two updates of a phase',
    'Two updates of a phase train the same network, each with an optimizer and moments of its own. If that is meant, declare it `shared network`.',
  ],
  twice: [
    'GAN4007',
    'network twice in one update',
    'An update, or the updates of one `together`, may name a network once: its weights cannot be set twice at the same time. Nor can one `together` set a state twice.',
  ],
  gradientOf: [
    'GAN4009',
    'gradient of something that does not depend on it',
    '`gradient(y, x)` needs y, one number a row, to depend on x by a differentiable path.',
  ],
  partLeftOut: [
    'GAN4011',
    'network trained without what it stands on',
    "An update trains a network and not another one that its body calls, which a different update of the phase trains for other ends. So nothing ever trains the inner network for this objective: InfoGAN's trunk, for example, would learn what the discriminator needs, and never what the codes need. Name the inner network too and declare it `shared network`, or, if it is not to learn from this one, pass its result in as a parameter.",
  ],
  reversal: [
    'GAN4012',
    'reversal that is undone',
    '`reverse(x, k)` sends the gradient back times -k. It is undone where another `reverse` right behind it turns the gradient back, and where k is negative: the gradient then keeps its sign.',
  ],
  sides: [
    'GAN4013',
    'player on the wrong side of a game',
    "`adversarial(real:, fake:)` says who plays: a network that only one of the two answers depends on plays against the discriminator. If it minimises the game's `discriminator`, or maximises `generator` or `encoder`, it helps the discriminator to tell its own work apart. It minimises `generator` (or `encoder`, where real rows pass through it; or the sum of both), or maximises `discriminator`, or stands behind a `reverse`. The network that gives both answers minimises `discriminator`: if it maximises it, or minimises `generator`, it learns to take one for the other.",
  ],
  gradientAcrossRows: [
    'GAN4014',
    'gradient through statistics of a batch',
    "Through a batch norm the gradient of a row depends on the other rows, so `gradient(y, x)` would not be the row's own. Use layer_norm or instance_norm in this network, or none.",
  ],
  emptySchedule: [
    'GAN4015',
    'schedule that updates nothing',
    'A `train` declaration or a phase without an update trains nothing.',
  ],
  epochsUnclear: [
    'GAN4016',
    'epochs of no certain stream',
    'An epoch is a pass over one stream: name it where the updates read several (`for 3 epochs of mnist`), or count in steps.',
  ],
  neverDue: [
    'GAN4017',
    'turn that never comes',
    'An update, average or report line with an `every` longer than its phase never has its turn.',
    'warning',
  ],
  phaseLengths: [
    'GAN4018',
    'phases that do not add up',
    'Phases fit into the whole: their lengths add up to its own, or one of them leaves out its length and takes what remains.',
  ],
  epochsUnread: [
    'GAN4019',
    'epochs of a stream that is not read',
    'A phase or schedule is counted in epochs of a stream that one of its updates reads. Count it in steps, or in epochs of another stream.',
  ],
  togetherDue: [
    'GAN4020',
    'updates of one `together` due at different times',
    'All that a `together` holds is taken at the same weights and states, so it is due at the same time. Give all of it the same `every`, or take it apart.',
  ],
  idleReversal: [
    'GAN4021',
    'reversal that turns nothing',
    '`reverse(x, k)` turns the gradient of what computes x. Where no update in whose objective it stands trains a network behind it, it does nothing.',
    'warning',
  ],
  negativeRate: [
    'GAN4022',
    'rate that turns negative, or infinite',
    'A negative rate climbs where it should descend, and one that is no number, such as `1e-3 / step` at step 0, makes all weights NaN. A rate may begin or end at 0 (`ramp`, `1 - progress`), and is looked at over its whole phase.',
  ],
  unreadAverage: [
    'GAN4023',
    'average that nothing reads',
    'An `average` costs time and memory and changes nothing by itself: a report shows it as `N.average(...)`, and `ganc sample` shows what reports show.',
    'warning',
  ],
  idleTerm: [
    'GAN4024',
    'term that moves nobody',
    'A summand of what an update minimises depends on none of the networks that this update trains (nor do other updates of the same loss), so it changes a number in the log and no weight. Usually it is computed of the wrong value: of the real row in the place of the generated one.',
    'warning',
  ],
  labelGiven: [
    'GAN4025',
    'guess that is given its answer',
    'A network is to guess a label, and gets that very label as an argument: it can copy it, and learns nothing else.',
    'warning',
  ],
  subtractedLoss: [
    'GAN4026',
    'own loss with a minus',
    'A cross entropy, a likelihood or a divergence has no upper bound. Where an update makes one larger and trains the network that answers for it, it is never done: `nll(x) - kl(c)` in the place of `+ kl(c)`. To subtract the loss of another network, which this update does not train, is to play against it, and is fine.',
    'warning',
  ],
  otherCondition: [
    'GAN4027',
    'row judged under a condition that it was not made for',
    'A conditional discriminator sees pairs of a row and its condition. A generated row belongs to the condition that the generator got; beside the label of a real row, drawn apart from it, no pair ever matches. (Wrong pairs on purpose, as in GAN-CLS, are terms of their own beside the game.)',
    'warning',
  ],
  twoDiscriminators: [
    'GAN4028',
    'answers of one game from two networks',
    'One network answers to real and generated rows: that is what it learns to tell apart. With a network for each side, both learn a constant. Usually one of two games got the discriminator of the other. Networks that share weights are left alone.',
    'warning',
  ],
  oneTarget: [
    'GAN4029',
    'one target for everything',
    'All that a network is asked for is one constant, `bce(D(a), 1) + bce(D(b), 1)` or the squares of two distances from 1, or to be larger everywhere. Its last bias learns that, and no weight in front of it means anything. A discriminator that is given generated rows alone is asked for one constant, too.',
    'warning',
  ],
  neverReached: [
    'GAN4030',
    'stage that never comes',
    '`ramp` and `stepped` count from the beginning of their phase. One that is longer than the phase does not arrive: what it was to change stays as it began, or stops half way.',
    'warning',
  ],
  zeroRate: [
    'GAN4031',
    'rate of 0',
    'With a rate of 0 an update computes everything and changes nothing. Leave the update out, or make the rate a param: one that is set to 0 for a run switches the update off, and nothing is said.',
    'warning',
  ],
  weightsDiffer: [
    'GAN4032',
    'weights that do not fit',
    'A network starts with the weights of another one, or of a run, by their names: each must be there with the same shape, and no other beside them, or it is another architecture. `partly` takes those that fit, and lists the others.',
  ],
  latePhaseStart: [
    'GAN4033',
    'initialize behind other statements',
    'In a schedule `initialize A from B` runs once, as its phase begins, so it stands before all other statements of the phase.',
  ],
  notInParts: [
    'GAN4034',
    'minibatch that cannot be taken in parts',
    '`ganc run --accumulate n` computes a minibatch in n parts, one after another, and takes the mean of their gradients. That is the gradient of the whole where what an update minimises is a mean or sum over rows, or any function of such means, also where rows are compared with them or means are made of others: the means of all parts are found out first, in passes of their own. It is another number where rows are compared with each other, where a history keeps them, and where a `gradient` passes through a mean over rows. A `when`, and what a `set` makes of its state, may be any function of means over rows too. Batch norm is let through: each part is normalised by its own rows, and a notice says so.',
  ],
  idleRecalibration: [
    'GAN4035',
    'recalibration of nothing',
    '`recalibrate N(x) for n steps` takes the running statistics of the batch norms in N anew. A network without any stays as it is: the line is passed over.',
    'warning',
  ],
  helpedJudge: [
    'GAN4036',
    'maker of rows that helps their judge',
    'In losses written by hand, one network learns to tell rows apart: it pulls its answers to some up, and to others down (or to two numbers). The network that makes some of these rows plays against it, and pulls the answers to them the other way. Here both pull the same way: the sign or the target of one is wrong. Two networks that work together on purpose are trained in one update.',
    'warning',
  ],
  blindGuess: [
    'GAN4037',
    'guess of what is not known',
    'A class is to be guessed from values that do not depend on it, nor it on them: the label of a real row from a generated one, which was made of another class, or a code that the generator never got. All that can be learned is how often each class comes.',
    'warning',
  ],
  comparedWithItself: [
    'GAN4038',
    'value compared with itself',
    'A loss, a game or a metric is given one value for both of its sides: `mse(x, x)` is 0, `frechet(fake, fake)` too, and a game between rows and the same rows has nothing to tell apart. The nearest neighbour of a row among the same rows (`knn_accuracy`) is that row.',
    'warning',
  ],
  doubledTerm: [
    'GAN4039',
    'summand that stands twice',
    'In a sum of losses one is written twice, in the place of two that were meant: `cycle_a + cycle_a`; or a loss is added to another one that holds it already. It counts double.',
    'warning',
  ],
  turningWeight: [
    'GAN4040',
    'weight of a loss that changes its sign',
    'A weight that depends on time is above 0 at some steps of its phase and below 0 at others: what was minimised is maximised from there on, most often because a ramp falls further than it was meant to. It may begin or end at 0 (`ramp`, `1 - progress`), and is looked at over its whole phase.',
    'warning',
  ],
  strengthLeaves: [
    'GAN4041',
    'strength that leaves its interval',
    'How strongly something drawn acts may change with time: `noise(0.5 * (1 - progress))`. A deviation is never below 0, a probability to drop is below 1; a number written for one is refused where it is not. One that depends on time is looked at over the whole phase of the updates that it acts in, and may begin or end at the last number that is allowed.',
    'warning',
  ],
  twoTargets: [
    'GAN4042',
    'two targets for one answer',
    'What an update minimises asks one answer of the network that it trains to be two numbers, `bce(D(fake), 1) + bce(D(fake), 0)`, where one of them was to be asked of other rows. What is least is between the two, and nothing is told apart. A target between is written as one, `bce(D(fake), 0.5)`; a network that wants its opponent to be in doubt is trained by another update, and is not looked at.',
    'warning',
  ],
} as const satisfies Record<string, Row>;
