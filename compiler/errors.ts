/**
 * Every diagnostic of the checker: GAN2 names, GAN3 types (shapes, kinds, ranges, rows, visibility), GAN4 schedules and
 * gradient flow, GAN5 data and size. `Mistake` is how a vocabulary item or a rule says one; the evaluator adds the place.
 */
import type { DiagnosticDetails, DiagnosticKind } from '../grammar/diagnostics.ts';
import type { Span } from '../grammar/source.ts';

const rows = {
  unknownName: [
    'GAN2001',
    'unknown name',
    'Nothing of this name is declared in this file, in what it imports, or in the prelude. Names are case sensitive.',
  ],
  unknownFunction: [
    'GAN2002',
    'unknown layer or function',
    'No layer, function, block, fn or network has this name. `ganc explain layers` lists them.',
  ],
  unknownArgument: [
    'GAN2003',
    'unknown argument',
    'The thing that is called has no parameter of this name; its parameters are listed in the hint.',
  ],
  missingArgument: ['GAN2004', 'missing argument', 'A parameter without a default got no argument.'],
  tooManyArguments: [
    'GAN2005',
    'too many arguments',
    'More arguments were given by position than there are parameters, or one parameter was given twice.',
  ],
  badArgument: [
    'GAN2006',
    'argument of the wrong sort',
    'The parameter takes something else: a number, a word from its list, a tensor, a network.',
  ],
  duplicateName: [
    'GAN2007',
    'name declared twice',
    "Two declarations of one namespace (values, sources, or a profile's settings) have the same name.",
  ],
  cycle: [
    'GAN2008',
    'declarations that need each other',
    'Declarations come in any order, but none may depend on itself, directly or round about.',
  ],
  unknownField: ['GAN2009', 'unknown field', 'The record, stream or distribution has no field of this name.'],
  unknownSetting: [
    'GAN2010',
    'unknown param',
    'A profile or `--set` names a param that the spec does not declare, or a profile that is not there.',
  ],
  badParam: [
    'GAN2011',
    'param of the wrong type',
    "A param's value must be of its declared type: int, real, bool or string.",
  ],
  badImport: [
    'GAN2012',
    'import that fails',
    'The imported file is not there, cannot be read, or imports itself.',
  ],
  notCallable: [
    'GAN2013',
    'not something to call',
    'Only networks, blocks, fns, layers and functions can be called.',
  ],
  layerOutside: [
    'GAN2014',
    'layer outside a network',
    'Layers own weights, and weights belong to a network: write the layer in a network or a block.',
  ],
  missingDeclaration: [
    'GAN2015',
    'no schedule',
    'A spec that is to be trained says who minimises what: it needs a `train` declaration, and one only.',
  ],
  shape: [
    'GAN3001',
    'shapes that do not fit',
    'A layer or function got a shape that it cannot take, or two shapes that do not combine: shapes must be equal, except that a scalar goes with anything and vec[C] with seq[C, T] and image[C, H, W], channel by channel.',
  ],
  declaredResult: [
    'GAN3002',
    'result that differs from its declaration',
    "A network's declared result and what its body computes must have the same form, shape and kind, and the range must be one that the body establishes.",
  ],
  kind: [
    'GAN3003',
    'kind that does not fit',
    'Logits, probabilities, labels and reals are different things: a probability is never a logit, softmax is not applied twice, a cross entropy needs labels with as many classes.',
  ],
  range: [
    'GAN3004',
    'ranges that do not agree',
    'A network that sees data in one range and generated values in another can tell them apart by the range alone.',
  ],
  rows: [
    'GAN3005',
    'rows of two streams',
    'Values of two streams cannot be combined row by row: row 7 of one has nothing to do with row 7 of the other. Their losses can be added, and `stack` puts one below the other.',
  ],
  hidden: [
    'GAN3006',
    'hidden field in a loss',
    'The field is declared `hide`: reports may read it, no loss may depend on it.',
  ],
  division: [
    'GAN3007',
    'division that is not exact',
    'A size must be a whole number: divisions in shapes are exact, and with a shape variable they must be exact for every length that the signature allows.',
  ],
  notScalar: [
    'GAN3008',
    'not a single number a row',
    'A loss, an objective or a condition is one number (a row, or a batch).',
  ],
  argumentType: [
    'GAN3009',
    'argument that does not fit the parameter',
    "A network's, block's or fn's parameter has a declared type, and the argument is of another.",
  ],
  gradientPath: [
    'GAN4001',
    'no gradient reaches the network',
    "The update's objective does not depend on the network's weights by any differentiable path, so the update could never change them.",
  ],
  neverTrained: [
    'GAN4002',
    'network that no update trains',
    'Its weights would stay as they were initialised. Name it in an update, or in `initialize … with frozen` if that is meant.',
  ],
  unusedLoss: [
    'GAN4003',
    'loss that nothing reaches',
    'No update minimises it, no other used value depends on it and no report shows it.',
  ],
  unused: [
    'GAN4004',
    'declaration that nothing uses',
    'A param, sample, data stream, fn, block or value that is never used is usually a wiring mistake.',
  ],
  unreachedWeights: [
    'GAN4005',
    'weights that no loss of their update can reach',
    'The network is trained, but these of its weights do not influence any objective of an update that names it.',
  ],
  notShared: [
    'GAN4006',
    'network in two updates of a phase',
    'Two updates of a phase train the same network with two optimizers. If that is meant, declare it `shared network`.',
  ],
  twice: [
    'GAN4007',
    'network twice in one update',
    'An update, or the updates of one `together`, may name a network once.',
  ],
  schedule: [
    'GAN4008',
    'schedule that cannot be followed',
    'Phases stand alone and do not nest, `together` holds only updates, counts are positive whole numbers, an epoch needs its stream named where there are several.',
  ],
  gradientOf: [
    'GAN4009',
    'gradient of something that does not depend on it',
    "`gradient(y, x)` needs y, one number a row, to depend on x, and no batch norm between them (a row's gradient would depend on other rows).",
  ],
  pathWithin: [
    'GAN4010',
    'average outside a report',
    '`N.average` is for reports only: training never sees averaged weights.',
  ],
  batch: [
    'GAN5001',
    'batch larger than its stream',
    'Batches are drawn without repetition from one pass over the data.',
  ],
  memory: [
    'GAN5002',
    'more memory than the machine has',
    'Weights, optimizer state and activations are counted before anything runs.',
  ],
  data: ['GAN5003', 'data that cannot be described', "The source's arguments or files are wrong."],
  reportRows: [
    'GAN5004',
    'report over two streams',
    'One value of a report is computed row by row over one stream; a set function may take values of several.',
  ],
} as const satisfies Record<string, readonly [code: string, title: string, explanation: string]>;

export type MistakeName = keyof typeof rows;

export const kinds: Readonly<Record<MistakeName, DiagnosticKind>> = Object.fromEntries(
  Object.entries(rows).map(([name, [code, title, explanation]]) => [
    name,
    { code, severity: 'error', title, explanation },
  ]),
) as unknown as Record<MistakeName, DiagnosticKind>;

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
