/** Data, reports, size (GAN5xxx). A code means one thing; one that is retired is never used again (CHANGELOG.md). */
import type { Row } from './row.ts';

export const dataCodes = {
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
  data: ['GAN5003', 'data that cannot be described', "The source's arguments or files are wrong."],
  reportRows: [
    'GAN5004',
    'report value without rows of its own',
    'A report goes over the rows of one stream, or over fresh draws: what it shows must have one value for each row.',
  ],
  noBatch: [
    'GAN5005',
    'stream or sample without a batch size',
    'What is trained on needs a batch size: of its own (`batch 64` behind it), or of the whole schedule (`train for ... steps, batch 64`).',
  ],
  conversion: [
    'GAN5006',
    'field that cannot be converted',
    '`as` converts fields to another shape of their kind (images are resized, and turned from grey to colour or back; all else keeps its numbers), `in` to another range, where they have one.',
  ],
  trainingRows: [
    'GAN5007',
    'measured on what it learned from',
    'A metric compares answers with labels on rows of a stream that an update trains the same network on: it tells how well they are remembered, not how well others would be answered. Measure on a stream of other rows (`split: test`).',
    'warning',
  ],
  otherClasses: [
    'GAN5009',
    'streams that number a class differently',
    'Class numbers follow the order of the names that a stream finds in its files. A class that two streams call alike must have one number, or answers learned on one are held against other classes in the other.',
  ],
  costlyReport: [
    'GAN5010',
    'metric that takes hours',
    'What a metric takes is known from its sizes: the Fréchet distance grows with the cube of the numbers in a row, or of the rows where those are fewer. One that would take more than half an hour each time, or more memory than the machine has, is refused before the run begins: compare features, or fewer rows.',
  ],
  networkFile: [
    'GAN5012',
    'network in a file that cannot be followed',
    'The layer `onnx` reads its network from an ONNX file when the spec is checked: the file must be there and whole, what goes in must have the sizes that it declares, and every operator on the way to what comes out must be one that ganc takes and that computes each row by itself.',
  ],
  goalPlace: [
    'GAN5011',
    'goal beside something that is no number',
    'A goal is the number that a metric is held against: a line in its curve, and the distance that is left when training ends. A picture or a sound has none.',
  ],
} as const satisfies Record<string, Row>;
