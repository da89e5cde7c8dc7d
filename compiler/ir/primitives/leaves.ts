/**
 * Primitives without inputs: what the host feeds (`input`, `draw`), constants, indices and sizes.
 * In: attributes; out: a node of the shape they give.
 */
import { knownDim, type Shape } from '../dim.ts';
import { ShapeError, fixed, type Op, type Resizing, type Tensor } from './op.ts';
import { sizeOf, tensor } from './tensor.ts';

interface Shaped {
  readonly shape: Shape;
}
const givenShape = (_: readonly Shape[], { shape }: Shaped): Shape => shape;
const withShape = <A extends Shaped>(attrs: A, { shape }: Resizing): A => ({
  ...attrs,
  shape: shape(attrs.shape),
});

function fed(): Tensor {
  throw new Error('the host feeds this value');
}

export const input: Op<'input'> = {
  doc: 'A value that the host feeds: weights, state, a field of the batch, a number of the host.',
  inputs: [],
  shape: givenShape,
  resized: withShape,
  gradient: 'none',
  evaluate: fed,
  samples: [{ inputs: [], attrs: { name: 'x', shape: [2, 3] } }],
};

export const draw: Op<'draw'> = {
  doc: 'Random numbers that the host feeds, named by their key: uniform in [0, 1), standard normal, or whole in 0..k-1.',
  inputs: [],
  shape: givenShape,
  resized: withShape,
  gradient: 'none',
  evaluate: fed,
  samples: [
    { inputs: [], attrs: { distribution: 'uniform', key: 'u', shape: [2, 3] } },
    { inputs: [], attrs: { distribution: 'normal', key: 'z', shape: [4] } },
    { inputs: [], attrs: { distribution: 'integer', key: 'i', k: 5, shape: [3] } },
  ],
};

export const constant: Op<'constant'> = {
  doc: 'Fixed numbers, row-major.',
  inputs: [],
  shape(_, { values, shape }) {
    if (values.length === sizeOf(shape)) return shape;
    throw new ShapeError(`${values.length} values don't fill the shape [${shape.join(', ')}]`);
  },
  resized: fixed,
  gradient: 'none',
  evaluate: (_, { values }, shape) => tensor(shape, values),
  samples: [
    { inputs: [], attrs: { values: [0.5], shape: [] } },
    { inputs: [], attrs: { values: [1, 2, 3, 4, 5, 6], shape: [2, 3] } },
  ],
};

export const iota: Op<'iota'> = {
  doc: '0, 1, ..., n-1.',
  inputs: [],
  shape(_, { shape }) {
    if (shape.length !== 1) throw new ShapeError('iota has one axis');
    return shape;
  },
  resized: withShape,
  gradient: 'none',
  evaluate: (_, __, shape) => ({ shape, data: Float64Array.from({ length: shape[0] }, (___, i) => i) }),
  samples: [{ inputs: [], attrs: { shape: [5] } }],
};

export const extent: Op<'extent'> = {
  doc: 'A size as a number: a mean over a symbolic axis divides by it.',
  inputs: [],
  shape: () => [],
  resized: ({ dim }, { size }) => ({ dim: size(dim) }),
  gradient: 'none',
  evaluate: (_, { dim }) => tensor([], [knownDim(dim)]),
  samples: [{ inputs: [], attrs: { dim: 7 } }],
};
