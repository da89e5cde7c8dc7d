/**
 * All initializers by their language names: how weights start, from their shapes. They are for weights; biases stay 0
 * and gains 1. Fans: a matrix is [in, out], a kernel [out, in, places...].
 */
import type { Initial } from '../../program/manifest.ts';
import type { Initializer } from './initializer.ts';
import { num } from './builtin.ts';

type Start = (args: Readonly<Record<string, number>>, fans: Fans) => Initial;
interface Fans {
  readonly in: number;
  readonly out: number;
}

/** What a weight is for, by its layer's name for it: `recurrent_weight` → weight, `back_bias` → bias. A slope starts as its layer says. */
export function roleOf(part: string): 'weight' | 'bias' | 'gain' | 'slope' {
  if (part === 'slope') return 'slope';
  if (part.endsWith('bias')) return 'bias';
  return part.endsWith('gain') ? 'gain' : 'weight';
}

export function fansOf(shape: readonly number[]): Fans {
  const [first, second = 1, ...places] = shape;
  const area = places.reduce((n, size) => n * size, 1);
  return shape.length <= 2 ? { in: first, out: second } : { in: second * area, out: first * area };
}

function initializer(doc: string, params: Initializer['params'], start: Start): Initializer {
  return {
    doc,
    params,
    initial(args, shape, part) {
      const role = roleOf(part);
      if (role === 'bias') return { kind: 'constant', value: 0 };
      if (role === 'gain') return { kind: 'constant', value: 1 };
      return start(args, fansOf(shape));
    },
  };
}

const around = (half: number): Initial => ({ kind: 'uniform', low: -half, high: half });
const spread = (std: number): Initial => ({ kind: 'normal', mean: 0, std });

/** Fans go by the kernel's shape, which of a transposed convolution is [in, out, ...]. */
const inOfTransposed = 'Of a `conv_transpose`, `in` counts the channels that come out, as in PyTorch.';

export const initializers = {
  normal: initializer(
    'Weights from a normal distribution.',
    [num('mean', 'The mean.', 0), { ...num('std', 'The standard deviation.', 0.02), interval: '[0, ∞)' }],
    ({ mean, std }) => ({ kind: 'normal', mean, std }),
  ),
  uniform: initializer(
    'Weights uniform between two numbers.',
    [num('low', 'The lower end.'), num('high', 'The upper end.')],
    ({ low, high }) => ({ kind: 'uniform', low, high }),
  ),
  glorot_uniform: initializer(
    'Uniform in ±√(6 / (in + out)) (Glorot & Bengio 2010): the default of most layers. Recurrent layers by default reckon gate by gate; by this, their gates side by side are one matrix.',
    [],
    (_, fans) => around(Math.sqrt(6 / (fans.in + fans.out))),
  ),
  glorot_normal: initializer(
    'Normal with standard deviation √(2 / (in + out)) (Glorot & Bengio 2010).',
    [],
    (_, fans) => spread(Math.sqrt(2 / (fans.in + fans.out))),
  ),
  he_uniform: initializer(
    `Uniform in ±√(6 / in) (He et al. 2015, arXiv:1502.01852). ${inOfTransposed}`,
    [],
    (_, fans) => around(Math.sqrt(6 / fans.in)),
  ),
  he_normal: initializer(
    `Normal with standard deviation √(2 / in) (He et al. 2015, arXiv:1502.01852). ${inOfTransposed}`,
    [],
    (_, fans) => spread(Math.sqrt(2 / fans.in)),
  ),
  orthogonal: initializer(
    'Rows or columns, whichever are fewer, at right angles and of length `gain`: a kernel as the matrix of its output channels by all else (Saxe et al. 2013, arXiv:1312.6120; as in BigGAN).',
    [num('gain', 'Their length.', 1)],
    ({ gain }) => ({ kind: 'orthogonal', gain }),
  ),
  constant: initializer('All weights this number.', [num('value', 'The number.')], ({ value }) => ({
    kind: 'constant',
    value,
  })),
  zeros: initializer('All weights 0.', [], () => ({ kind: 'constant', value: 0 })),
} satisfies Record<string, Initializer>;
