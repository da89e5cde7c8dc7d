/**
 * Every diagnostic of the checker: GAN2 names, GAN3 types (shapes, kinds, ranges, rows, visibility), GAN4 schedules and
 * gradient flow, GAN5 data and size. `Mistake` is how a vocabulary item or a rule says one; the evaluator adds the place.
 */
import type { DiagnosticDetails, DiagnosticKind, Severity } from '../grammar/diagnostics.ts';
import type { Span } from '../grammar/source.ts';

export { suggestion } from '../grammar/diagnostics.ts';

/** Its severity is `error` where none is written. */
type Row = readonly [code: string, title: string, explanation: string, severity?: Severity];

const rows = {
  unknownName: [
    'GAN2001',
    'unknown name',
    'Nothing of this name is declared in this file, in what it imports, or in the prelude; or there is no data source, distribution or kind of value of this name. Names are case sensitive. Correct the name, or declare it.',
  ],
  unknownFunction: [
    'GAN2002',
    'unknown layer or function',
    'No layer, function, block, fn or network has this name, nor, where one of those is wanted, an optimizer, initializer, metric or picture. `ganc explain layers` lists what is built in.',
  ],
  unknownArgument: [
    'GAN2003',
    'unknown argument',
    'What is called has no parameter of this name; the hint lists those that it has.',
  ],
  missingArgument: [
    'GAN2004',
    'missing argument',
    'A parameter without a default got no argument. `x |> f(a)` is `f(x, a)`: what is piped in is the first argument.',
  ],
  tooManyArguments: [
    'GAN2005',
    'too many arguments',
    'More arguments were given by position than there are parameters, or one parameter was given twice. `x |> f(a)` is `f(x, a)`: what is piped in counts as the first argument.',
  ],
  badArgument: [
    'GAN2006',
    'argument of the wrong sort',
    'The parameter takes something else: a number, a word from its list, a tensor, a distribution, a network. Sizes, counts and arguments of data sources must be known when compiling: numbers, params and arithmetic on them.',
  ],
  duplicateName: [
    'GAN2007',
    'name declared twice',
    'Two declarations of one namespace have the same name, or two parameters of one signature, two `let`s of one body, two fields of one record, two lines of one report. Give one of them another name.',
  ],
  cycle: [
    'GAN2008',
    'declarations that need each other',
    'Declarations come in any order, but none may depend on itself, directly or round about: a network that calls itself would never end.',
  ],
  unknownField: [
    'GAN2009',
    'unknown field',
    'The record, stream or distribution has no field of this name; the hint lists those that it has.',
  ],
  unknownSetting: [
    'GAN2010',
    'unknown param or profile',
    'A profile or `--set` names a param that the spec does not declare, or `--profile` names a profile that is not there.',
  ],
  badParam: [
    'GAN2011',
    'param of the wrong type',
    "A param's value, whether from its declaration, a profile or `--set`, must be of its declared type: int, real, bool or string.",
  ],
  badImport: [
    'GAN2012',
    'import that fails',
    'The imported file is not there or cannot be read. Paths are relative to the file that imports.',
  ],
  notCallable: [
    'GAN2013',
    'not something to call',
    'Only networks, blocks, fns, layers and functions can be called. A value has been computed already: use it as it is.',
  ],
  layerOutside: [
    'GAN2014',
    'layer outside a network',
    'Layers own weights, and weights belong to a network: write the layer in a `network`, or in a `block` that a network uses.',
  ],
  missingDeclaration: [
    'GAN2015',
    'no schedule',
    'A spec says who minimises what: it has one `train` declaration, with phases where training goes through several stages.',
  ],
  tooLarge: [
    'GAN2016',
    'spec that unfolds without end',
    'fns, blocks and networks are unfolded where they are called. Each calling the last one twice doubles the work every time; there is a limit on it.',
  ],
  idleAllow: [
    'GAN2017',
    'allow that allows nothing',
    'A comment `// allow GAN4004: reason` on the line above a declaration or statement takes away that warning inside it. It needs a reason, the code of a warning (errors cannot be allowed), and something below it that gives this warning; else it does nothing, and would hide a later mistake.',
    'warning',
  ],
  shape: [
    'GAN3001',
    'shapes that do not fit',
    'A layer or function got a shape that it cannot take, or two shapes do not combine: shapes must be equal, except that a scalar goes with anything and vec[C] with seq[C, T] and image[C, H, W], channel by channel.',
  ],
  declaredResult: [
    'GAN3002',
    'result that differs from its declaration',
    "A network's declared result and what its body computes must have the same form, shape and kind, and a declared range must be one that the body establishes (`sigmoid` gives [0, 1], `tanh` [-1, 1]).",
  ],
  kind: [
    'GAN3003',
    'kind that does not fit',
    'Logits, probabilities, labels and reals are different things: losses take logits, a probability never becomes one, softmax is not applied twice, a cross entropy needs labels with as many classes, a Wasserstein critic gives an unbounded score.',
  ],
  range: [
    'GAN3004',
    'ranges that do not agree',
    "A network that sees data in one range and generated values in another tells them apart by the range alone and learns nothing else. Convert the data (`data … in [-1, 1]`), or end the generator with the activation that gives the data's range.",
  ],
  rows: [
    'GAN3005',
    'rows that do not belong together',
    'Values of two streams cannot be combined row by row: row 7 of one has nothing to do with row 7 of the other. Nor can batches of two sizes. Their losses can be added, which adds their means, and `stack` puts one below the other.',
  ],
  hidden: [
    'GAN3006',
    'hidden field in training',
    'The field is declared `hide`: reports may read it; no loss and no condition of an update may depend on it.',
  ],
  division: [
    'GAN3007',
    'division that is not exact',
    'A size must be a whole number: divisions in shapes are exact, and with a shape variable they must be exact for every length that the signature allows.',
  ],
  notScalar: [
    'GAN3008',
    'not a single number',
    'A loss, an objective, a metric or a condition is one number (a row, or a batch). Reduce it with `mean`, `sum` or a loss function.',
  ],
  argumentType: [
    'GAN3009',
    'argument that does not fit the parameter',
    "A network's, block's or fn's parameter has a declared type, and the argument is of another.",
  ],
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
    'A param, sample, data stream, fn, block or value that is never used is usually a wiring mistake. Use it or remove it.',
    'warning',
  ],
  unreachedWeights: [
    'GAN4005',
    'weights that no objective can reach',
    'The network is trained, but these of its weights influence no objective of an update that names it, so they would stay as they started.',
  ],
  notShared: [
    'GAN4006',
    'network in two updates of a phase',
    'Two updates of a phase train the same network, each with an optimizer and moments of its own. If that is meant, declare it `shared network`.',
  ],
  twice: [
    'GAN4007',
    'network twice in one update',
    'An update, or the updates of one `together`, may name a network once: its weights cannot be set twice at the same time.',
  ],
  schedule: [
    'GAN4008',
    'schedule that cannot be followed',
    'Counts are positive whole numbers, an epoch needs its stream named where there are several, what is trained on needs a batch size, phases fit into the whole, every turn comes within its phase, the updates of one `together` are due at the same time.',
  ],
  gradientOf: [
    'GAN4009',
    'gradient of something that does not depend on it',
    "`gradient(y, x)` needs y, one number a row, to depend on x by a differentiable path, and no batch norm between them: through it a row's gradient would depend on other rows.",
  ],
  averageOutside: [
    'GAN4010',
    'averaged network in training',
    '`N.average` is for reports only: training never sees averaged weights.',
  ],
  partLeftOut: [
    'GAN4011',
    'network trained without what it stands on',
    "An update trains a network and not another one that its body calls, which a different update of the phase trains for other ends. So nothing ever trains the inner network for this objective: InfoGAN's trunk, for example, would learn what the discriminator needs, and never what the codes need. Name the inner network too and declare it `shared network`, or, if it is not to learn from this one, pass its result in as a parameter.",
  ],
  reversal: [
    'GAN4012',
    'reversal without effect',
    '`reverse(x, k)` sends the gradient back times -k. It does nothing where no network behind it is trained by an update that it stands in, where another `reverse` right behind it turns the gradient back, and where k is negative: the gradient then keeps its sign.',
  ],
  sides: [
    'GAN4013',
    'player on the wrong side of a game',
    "`adversarial(real:, fake:)` says who plays: a network that only one of the two answers depends on plays against the discriminator. If it minimises the game's `discriminator`, or maximises `generator` or `encoder`, it helps the discriminator to tell its own work apart. It minimises `generator` (or `encoder`, where real rows pass through it; or the sum of both), or maximises `discriminator`, or stands behind a `reverse`.",
  ],
  batch: [
    'GAN5001',
    'batch larger than its stream',
    'Batches are drawn without repetition from one pass over the data, so a batch has at most as many rows as the stream.',
  ],
  memory: [
    'GAN5002',
    'more memory than the machine has',
    'Weights, optimizer state and activations are counted before anything runs. Take a smaller batch, or fewer channels in the network that is named.',
  ],
  data: [
    'GAN5003',
    'data that cannot be described',
    "The source's arguments or files are wrong, or its fields cannot be converted as asked.",
  ],
  reportRows: [
    'GAN5004',
    'report value without rows of its own',
    'A report goes over the rows of one stream, or over fresh draws: what it shows must have one value for each row.',
  ],
} as const satisfies Record<string, Row>;

export type MistakeName = keyof typeof rows;

const kindOf = ([code, title, explanation, severity = 'error']: Row): DiagnosticKind => ({
  code,
  severity,
  title,
  explanation,
});

export const kinds = Object.fromEntries(
  Object.entries(rows).map(([name, row]) => [name, kindOf(row)]),
) as Readonly<Record<MistakeName, DiagnosticKind>>;

/** Something wrong with the spec, on its way to becoming a diagnostic. */
export class Mistake extends Error {
  readonly mistake: MistakeName;
  readonly details: DiagnosticDetails;
  /** Where; absent: at the call being evaluated. */
  readonly span: Span | undefined;

  constructor(mistake: MistakeName, details: DiagnosticDetails, span?: Span) {
    super(details.what);
    this.mistake = mistake;
    this.details = details;
    this.span = span;
  }
}

/** `1 argument`, `3 arguments`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
