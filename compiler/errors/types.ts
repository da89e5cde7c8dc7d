/** Types: shapes, kinds, ranges, rows, visibility (GAN3xxx). A code means one thing; one that is retired is never used again (CHANGELOG.md). */
import type { Row } from './row.ts';

export const typeCodes = {
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
    'Values of two streams cannot be combined row by row: row 7 of one has nothing to do with row 7 of the other. Their losses can be added, which adds their means, and `stack` puts one below the other.',
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
  sizeCount: [
    'GAN3010',
    'wrong number of sizes',
    'Each kind of value and each distribution takes so many sizes in its brackets: image[C, H, W], seq[C, T], vec[N], onehot[K], none for logit and prob.',
  ],
  weightSize: [
    'GAN3011',
    'weights without a fixed size',
    'A weight has one size, whatever the length of what comes in, so it cannot depend on a shape variable. Reduce the length first, with `mean(over: time)` for example.',
  ],
  noRows: [
    'GAN3012',
    'value without rows',
    'What draws for each row, stacks rows or reduces over them takes values that have rows: fields of streams, samples, and what is computed of them.',
  ],
  batchSizes: [
    'GAN3013',
    'batches of two sizes',
    'Values that are combined row by row come from minibatches of one size. Write one batch size for both, or combine their means.',
  ],
  loneNumber: [
    'GAN3014',
    'normalisation over one number',
    'One number less its mean is 0, whatever it is: what is normalised over a single place is thrown away. Normalise where there are more places (a smaller stride before it), or over channels with `layer_norm`, or not at all.',
  ],
  undefinedValue: [
    'GAN3015',
    'value that is defined nowhere',
    'A logarithm or standard deviation of numbers that are never above 0, a square root of numbers below 0, or a division by 0: what comes out is never a number. So is a number known when compiling that is infinite or none: `log(0)`, `1 / a` where the param `a` is 0. The interval in the message is what the numbers can be, as far as it follows from activations, ranges of data and arithmetic.',
  ],
  maybeUndefined: [
    'GAN3016',
    'value that may be undefined',
    'A logarithm, square root, standard deviation or divisor that can be 0 or less: one such row makes the loss NaN or infinite, and all weights with it. End what computes it with `softplus` or `exp`, or keep it above a small number. A network without a last activation gives any number.',
    'warning',
  ],
  notSimplex: [
    'GAN3017',
    'independent probabilities in the place of classes',
    'A cross entropy over K classes needs probabilities that sum to 1 (`softmax`), or better logits. With a sigmoid for each class nothing keeps the others down: the loss is least where every class is certain. Where several classes may be true at once, `bce` on logits is the loss.',
  ],
  squashedScore: [
    'GAN3018',
    'activation behind the last layer of an answer',
    'Logits and scores are any numbers. A `relu` behind them cuts off one half, without gradient; a `tanh` before a softmax keeps every probability away from 0 and 1; a hinge of a probability never reaches its margin; a critic that learns by the difference of its answers, `D(fake) - D(x)`, measures no distance with probabilities. Scores that are capped far out (`30 * tanh(x / 30)`) are left alone.',
    'warning',
  ],
  unrangedBeside: [
    'GAN3019',
    'values of known and of unknown range for one parameter',
    'A network sees data whose range is known, and values that a network makes without an activation that keeps them in it: at first it tells them apart by that alone. End the generator with `sigmoid` or `tanh`, and declare the range. Some generators have a linear output on purpose (StyleGAN); then say so with `// allow`.',
    'warning',
  ],
  notCausal: [
    'GAN3020',
    'sequence that cannot be made step by step',
    '`generate(f, like: x)` makes each step from those before it, so f must be causal, and the step itself must not enter: `shift(x, 1, over: time)`, convolutions with `pad: causal`, `dense`, normalisation over channels, recurrent layers in one direction. What reads later steps, or puts all of them together, is not.',
  ],
  movedRange: [
    'GAN3021',
    'one field in two ranges',
    'A network sees the same data in two ranges: `C(photos.image)` and `C(2 * photos.image - 1)`. Where a conversion was left out in one place, answers learned in one range are asked for in the other. Images of another contrast, as an augmentation, are legitimate; then say so with `// allow`.',
    'warning',
  ],
} as const satisfies Record<string, Row>;
