/**
 * Bodies of networks, any that the language allows on small vectors: layers of every kind, at random, one after another. In:
 * what may stand in them; out: an arbitrary of `x |> ... |> ...`, as text, from one vec to another.
 */
import fc from 'fast-check';

export interface Allowed {
  /** A gradient with respect to what goes in is not taken through a batch norm (GAN3011). */
  readonly batchNorm: boolean;
  /** Dropout and noise. */
  readonly draws: boolean;
}

type Text = fc.Arbitrary<string>;

const of = (...texts: readonly string[]): Text => fc.constantFrom(...texts);
const chain = (...parts: readonly Text[]): Text =>
  fc.tuple(...parts).map((texts) => texts.filter((text) => text !== '').join(' |> '));

const activation = of(
  'relu',
  'leaky_relu',
  'leaky_relu(0.1)',
  'tanh',
  'softplus',
  'elu',
  'elu(0.5)',
  'gelu',
  'selu',
  'swish',
  'sigmoid',
  'softsign',
);

const norms = ({ batchNorm }: Allowed, ...others: readonly string[]): Text =>
  of('', '', ...others, ...(batchNorm ? ['batch_norm', 'batch_norm(affine: false)'] : []));

const draw = ({ draws }: Allowed): Text => (draws ? of('', '', '', 'dropout(0.3)', 'noise(0.1)') : of(''));

/** Options of a layer with a kernel: at most one way of normalising its weights. */
const options = of(
  '',
  '',
  ', bias: false',
  ', spectral: true',
  ', weight_norm: learned',
  ', weight_norm: unit',
);

const size = fc.integer({ min: 3, max: 6 });

const dense: Text = fc.tuple(size, options).map(([units, given]) => `dense(${units}${given})`);

/** vec → vec by one fully connected layer and what is around it. */
const plain = (allowed: Allowed): Text =>
  chain(dense, norms(allowed, 'layer_norm', 'layer_norm(affine: false)'), activation, draw(allowed));

/** vec → image of 4 × 4 → vec. */
const image = (allowed: Allowed): Text =>
  chain(
    of('dense(32) |> reshape(2, 4, 4)'),
    of(
      'conv(4, kernel: 3)',
      'conv(4, kernel: 3, stride: 2)',
      'conv(4, kernel: [1, 3], bias: false)',
      'conv(4, kernel: 3, pad: 1, spectral: true)',
      'conv(4, kernel: 4, stride: 2, weight_norm: learned)',
      'conv_transpose(4, kernel: 3, weight_norm: unit)',
      'conv_transpose(4, kernel: 4, stride: 2, spectral: true)',
    ),
    norms(allowed, 'instance_norm', 'layer_norm'),
    activation,
    of(
      '',
      'avg_pool(2)',
      'max_pool(2)',
      'upsample |> avg_pool([2, 4])',
      'pixel_shuffle',
      'conv_transpose(2, kernel: 3, stride: 2)',
    ),
    of('flatten'),
  );

/** vec → seq of 6 steps → vec. */
const sequence = (allowed: Allowed): Text =>
  chain(
    of('dense(12) |> reshape(2, 6)'),
    of(
      '',
      'conv(3, kernel: 3)',
      'conv(4, kernel: 2, stride: 2)',
      'conv_transpose(2, kernel: 3, stride: 2)',
      'dense(3)',
      'max_pool(2)',
    ),
    // Bare, its mean over time would be nothing but rounding.
    norms(allowed, 'instance_norm |> softplus'),
    of('', 'tanh', 'gru(3)', 'lstm(3, both: true)', 'rnn(4)'),
    of(
      'mean(over: time)',
      'max(over: time)',
      'gru(3, last: true)',
      'lstm(2, both: true, last: true)',
      'flatten',
    ),
  );

/** `x` through one to three passages. */
export const passages = (allowed: Allowed): Text =>
  fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: plain(allowed) },
        { weight: 1, arbitrary: image(allowed) },
        { weight: 1, arbitrary: sequence(allowed) },
        { weight: 1, arbitrary: of('dense(5) |> residual', 'dense(5) |> residual(units: 3)') },
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((parts) => `x |> ${parts.join(' |> ')}`);

/** The block that `passages` may use. */
export const residual = 'block residual(x, units: int = 4) { x + (x |> dense(units) |> tanh |> dense(5)) }';
