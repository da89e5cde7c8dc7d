/** Cases (onnx-cases.ts) of operators that move numbers, and of sizes that exporters compute. */
import { chain, scalar, weights, type OnnxCase } from './onnx-chain.ts';

const vec = [6];
const image = [4, 5, 6];
const small = [2, 4, 4];

export const moved: readonly OnnxCase[] = [
  chain(image, [['Flatten', { axis: 1 }]]),
  chain(image, [['Flatten'], ['Reshape', {}, [[1, 20, 6]]]], { rows: 1, title: 'written for one row' }),
  chain(image, [
    ['Reshape', {}, [[0, 2, -1, 6]]],
    ['Transpose', { perm: [0, 2, 1, 3] }],
  ]),
  chain(image, [['Reshape', {}, [[-1, 20, 6]]]]),
  chain(image, [['Reshape', {}, [[3, -1]]]], { rows: 3 }),
  chain(image, [
    ['Transpose', { perm: [1, 0, 2, 3] }],
    ['Softmax', { axis: 0 }],
    ['Transpose', { perm: [1, 0, 3, 2] }],
  ]),
  chain(
    [1, 3, 1],
    [
      ['Squeeze', {}, [[1, 3]]],
      ['Unsqueeze', {}, [[1, -1]]],
    ],
  ),
  chain(
    [1, 3, 1],
    [
      ['Squeeze', { axes: [1] }],
      ['Unsqueeze', { axes: [2] }],
    ],
    { opset: 11 },
  ),
  chain([1, 3, 1], [['Expand', {}, [[1, 4, 3, 2]]]]),
  chain(
    [8, 2, 3],
    [
      ['DepthToSpace', { blocksize: 2 }],
      ['SpaceToDepth', { blocksize: 2 }],
    ],
  ),
  chain([8, 2, 3], [['DepthToSpace', { blocksize: 2, mode: 'CRD' }]]),
  chain(small, [['Concat', { axis: 1 }, ['x', weights(1, 1, 4, 4)]]], { rows: 1 }),
  chain(image, [
    [
      'Slice',
      {},
      [
        [1, 0],
        [2 ** 31 - 1, -1],
        [2, 3],
        [2, 1],
      ],
    ],
  ]),
  chain(image, [['Slice', { starts: [1], ends: [3], axes: [1] }]], { opset: 9 }),
  chain(image, [['Slice', {}, [[-1], [-9], [3], [-1]]]], { title: 'backwards' }),
  chain(image, [['Split', { axis: 1 }, [[1, 3]], ['left', 'right']], ['Exp']]),
  chain(image, [['Gather', { axis: 2 }, [[3, 0]]]]),
  chain(image, [['Pad', {}, [[0, 0, 1, 0, 0, 0, 2, 1], scalar(0.5)]]]),
  chain(image, [
    ['Pad', { mode: 'reflect' }, [[0, 0, 2, 1, 0, 0, 1, 0]]],
    ['Pad', { mode: 'edge' }, [[1, 1], null, [3]]],
  ]),
  chain(small, [
    [
      'Resize',
      { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      [null, { reals: [1, 1, 2, 3] }],
    ],
  ]),
  chain(small, [['Resize', { mode: 'linear' }, [null, null, [3, 2, 7, 6]]]], { rows: 3 }),
  chain(small, [
    [
      'Resize',
      { mode: 'linear', coordinate_transformation_mode: 'align_corners' },
      [null, { reals: [1, 1, 2, 1.5] }],
    ],
  ]),
  chain(small, [['Upsample', { mode: 'nearest' }, [{ reals: [1, 1, 2, 2] }]]], { opset: 9 }),
];

/** Sizes as exporters compute them: of x by `Shape`, and lists put together. */
export const sized: readonly OnnxCase[] = [
  // What exporters make of a padding that lists the last axis first.
  chain(
    image,
    [
      ['ConstantOfShape', {}, ['only', [4]]],
      ['Cast', { to: 7 }],
      ['Concat', { axis: 0 }, ['only', [1, 0, 2, 1], 'y1']],
      ['Reshape', {}, [[-1, 2]]],
      ['Slice', {}, [[-1], [-(2 ** 40)], [0], [-1]]],
      ['Transpose', { perm: [1, 0] }],
      ['Reshape', {}, [[-1]]],
      ['Pad', {}, ['only', 'x', 'y6']],
    ],
    { title: 'padding' },
  ),
  chain(vec, [
    ['Reshape', {}, ['only', [0, 1, 2, 3, 4, 5], [2, 3]]],
    ['Gather', { axis: 1 }, [[2, 0, 1, 2, 0, -1]]],
    ['Slice', {}, [[1], [9], [0]]],
    ['Cast', { to: 1 }],
    ['Add', {}, ['x']],
  ]),
  chain(image, [
    ['Shape', { start: 0, end: 1 }],
    ['Concat', { axis: 0 }, [[-1]]],
    ['Reshape', {}, ['only', 'x', 'y1']],
  ]),
  chain(image, [
    ['Shape'],
    ['Slice', {}, [[0], [1]]],
    ['Mul', {}, [[4]]],
    ['Div', {}, [[4]]],
    ['Concat', { axis: 0 }, [[2, -1]]],
    ['Reshape', {}, ['only', 'x', 'y4']],
  ]),
  chain(vec, [
    ['Range', {}, ['only', scalar(0), scalar(3), scalar(0.5)]],
    ['Cast', { to: 1 }],
    ['Add', {}, ['x']],
  ]),
  chain(small, [
    ['Shape', { start: 0, end: 1 }],
    ['Concat', { axis: 0 }, [[-1, 4]]],
    ['Equal', {}, [[-1]]],
    ['Where', {}, [[1], 'y1']],
    ['Expand', {}, ['only', weights(1, 1, 4), 'y3']],
    ['Add', {}, ['only', 'y4', { reals: [1], shape: [] }]],
    ['Unsqueeze', {}, [[1]]],
    ['Mul', {}, ['x']],
  ]),
  chain(vec, [
    ['ConstantOfShape', {}, ['only', [1]]],
    ['Add', {}, [scalar(2)]],
    ['Mul', {}, ['x']],
  ]),
];
