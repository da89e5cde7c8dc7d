/**
 * Primitives without inputs: what the host feeds (`input`, `draw`), constants, indices and sizes.
 * In: attributes; out: a node of the shape they give.
 */
import type { Dim, Shape } from '../dim.ts';
import type { Attrs } from '../node.ts';
import { ShapeError, type Op, type Tensor } from './op.ts';
import { sizeOf, tensor } from './tensor.ts';

export type Distribution = 'uniform' | 'normal' | 'integer';

const givenShape = (_: readonly Shape[], attrs: Attrs): Shape => (attrs as { shape: Shape }).shape;

function fed(): Tensor {
  throw new Error('the host feeds this value');
}

export const input: Op = {
  doc: 'A value that the host feeds: weights, state, a field of the batch, a number of the host.',
  inputs: [],
  shape: givenShape,
  gradient: 'none',
  evaluate: fed,
  samples: [{ inputs: [], attrs: { name: 'x', shape: [2, 3] } }],
};

export const draw: Op = {
  doc: 'Random numbers that the host feeds, named by their key: uniform in [0, 1), standard normal, or whole in 0..k-1.',
  inputs: [],
  shape: givenShape,
  gradient: 'none',
  evaluate: fed,
  samples: [
    { inputs: [], attrs: { distribution: 'uniform', key: 'u', shape: [2, 3] } },
    { inputs: [], attrs: { distribution: 'normal', key: 'z', shape: [4] } },
    { inputs: [], attrs: { distribution: 'integer', key: 'i', k: 5, shape: [3] } },
  ],
};

export const constant: Op = {
  doc: 'Fixed numbers, row-major.',
  inputs: [],
  shape(_, attrs) {
    const { values, shape } = attrs as { values: readonly number[]; shape: readonly number[] };
    if (values.length === sizeOf(shape)) return shape;
    throw new ShapeError(`${values.length} values don't fill the shape [${shape.join(', ')}]`);
  },
  gradient: 'none',
  evaluate: (_, attrs, shape) => tensor(shape, (attrs as { values: readonly number[] }).values),
  samples: [
    { inputs: [], attrs: { values: [0.5], shape: [] } },
    { inputs: [], attrs: { values: [1, 2, 3, 4, 5, 6], shape: [2, 3] } },
  ],
};

export const iota: Op = {
  doc: '0, 1, ..., n-1.',
  inputs: [],
  shape(_, attrs) {
    const shape = givenShape(_, attrs);
    if (shape.length !== 1) throw new ShapeError('iota has one axis');
    return shape;
  },
  gradient: 'none',
  evaluate: (_, __, shape) => ({ shape, data: Float64Array.from({ length: shape[0] }, (___, i) => i) }),
  samples: [{ inputs: [], attrs: { shape: [5] } }],
};

export const extent: Op = {
  doc: 'A size as a number: a mean over a symbolic axis divides by it.',
  inputs: [],
  shape: () => [],
  gradient: 'none',
  evaluate: (_, attrs) => tensor([], [(attrs as { dim: Dim }).dim as number]),
  samples: [{ inputs: [], attrs: { dim: 7 } }],
};
