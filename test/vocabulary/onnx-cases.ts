/** Small ONNX networks, at least one with each operator that is taken. */
import type { AttributeProto } from '../../compiler/targets/onnx/model.ts';
import { recurrences } from './onnx-cases-recurrent.ts';
import { moved, sized } from './onnx-cases-moved.ts';
import { chain, scalar, weights, type Constant, type OnnxCase } from './onnx-chain.ts';

const real = (float: number): AttributeProto => ({ float });
const positive = (...random: number[]): Constant => ({ random, positive: true });

const vec = [6];
const image = [4, 5, 6];

const alone = ['Abs', 'Ceil', 'Cos', 'Erf', 'Exp', 'Floor', 'Gelu', 'HardSigmoid', 'HardSwish', 'Identity'];
const more = [
  'LeakyRelu',
  'Mish',
  'Neg',
  'Reciprocal',
  'Relu',
  'Selu',
  'Sigmoid',
  'Sign',
  'Sin',
  'Softplus',
  'Softsign',
  'Tanh',
];
const reductions = [
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSumExp',
  'ReduceMax',
  'ReduceMean',
  'ReduceMin',
  'ReduceSumSquare',
];

const elementwise: readonly OnnxCase[] = [
  ...[...alone, ...more].map((op) => chain(vec, [[op]])),
  ...['Log', 'Sqrt'].map((op) => chain(vec, [['Abs'], [op]])),
  chain(vec, [
    ['Celu', { alpha: real(0.7) }],
    ['Elu', { alpha: real(1.5) }],
  ]),
  chain(vec, [
    ['HardSigmoid', { alpha: real(0.4), beta: real(0.3) }],
    ['LeakyRelu', { alpha: real(0.3) }],
  ]),
  chain(vec, [
    ['Gelu', { approximate: 'tanh' }],
    ['Selu', { alpha: real(1.2), gamma: real(0.9) }],
  ]),
  chain(vec, [['Dropout', { seed: 3 }]]),
  ...['Add', 'Sub', 'Mul', 'Div'].flatMap((op) => [
    chain(image, [[op, {}, [weights(4, 1, 6)]]]),
    chain(image, [
      [op, {}, [scalar(1.5)]],
      [op, {}, ['x']],
    ]),
  ]),
  ...['Max', 'Min', 'Sum', 'Mean'].map((op) => chain(vec, [['Neg'], [op, {}, ['x', weights(6)]]])),
  ...['Less', 'Greater', 'Equal'].map((op) =>
    chain(vec, [
      [op, {}, [weights(6)]],
      ['Where', {}, ['x', weights(1, 6)]],
    ]),
  ),
  ...[2, 0.5, 3].map((power) =>
    chain(vec, [['Abs'], ['Pow', {}, [scalar(power)]]], { title: `to the ${power}` }),
  ),
  chain(image, [['PRelu', {}, [weights(4, 1, 1)]]]),
  chain(vec, [
    ['Clip', {}, [scalar(-0.5), scalar(0.7)]],
    ['Clip', {}, [null, scalar(0.5)]],
  ]),
  chain(vec, [['Clip', { min: real(-0.5), max: real(0.5) }]], { opset: 7 }),
];

const convolutions: readonly OnnxCase[] = [
  chain(image, [
    [
      'Conv',
      { pads: [1, 0, 2, 1], strides: [2, 1], kernel_shape: [3, 2] },
      [weights(3, 4, 3, 2), weights(3)],
    ],
  ]),
  chain(image, [['Conv', { dilations: [2, 1], group: 2, pads: [2, 1, 2, 1] }, [weights(6, 2, 3, 3)]]]),
  chain(image, [
    ['Conv', { auto_pad: 'SAME_UPPER', strides: [2, 2] }, [weights(3, 4, 2, 3)]],
    ['Conv', { auto_pad: 'SAME_LOWER' }, [weights(2, 3, 2, 2)]],
  ]),
  chain([3, 9], [['Conv', { pads: [1, 1], strides: [2] }, [weights(2, 3, 4), weights(2)]]]),
  chain(image, [
    [
      'ConvTranspose',
      { strides: [2, 1], dilations: [1, 2], group: 2, pads: [1, 0, 0, 1] },
      [weights(4, 3, 2, 3)],
    ],
  ]),
  chain(image, [
    [
      'ConvTranspose',
      { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 0] },
      [weights(4, 3, 4, 3), weights(3)],
    ],
  ]),
];

const pools: readonly OnnxCase[] = [
  chain(image, [['MaxPool', { kernel_shape: [2, 2], strides: [2, 2] }]]),
  chain(image, [['MaxPool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }]]),
  chain(image, [['MaxPool', { kernel_shape: [3, 2], strides: [2, 2], ceil_mode: 1 }]]),
  chain(image, [['AveragePool', { kernel_shape: [3, 2], strides: [2, 1] }]]),
  chain(image, [['AveragePool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }]]),
  chain(image, [['AveragePool', { kernel_shape: [3, 3], pads: [1, 0, 1, 2], count_include_pad: 1 }]]),
  chain(image, [['AveragePool', { kernel_shape: [2, 3], strides: [2, 2], ceil_mode: 1 }]]),
  chain(image, [['GlobalAveragePool'], ['Flatten']]),
  chain(image, [['GlobalMaxPool']]),
];

const products: readonly OnnxCase[] = [
  chain(vec, [['Gemm', { transB: 1, alpha: real(0.5), beta: real(2) }, [weights(4, 6), weights(4)]]]),
  chain(vec, [['Gemm', {}, [weights(6, 3)]]]),
  chain(
    [3, 6],
    [
      ['MatMul', {}, [weights(6, 2)]],
      ['MatMul', {}, [weights(2)]],
    ],
  ),
  chain(
    [2, 3, 4],
    [
      ['Transpose', { perm: [0, 1, 3, 2] }],
      ['MatMul', {}, ['x']],
      ['Softmax', { axis: -1 }],
    ],
  ),
  chain(
    [3, 4],
    [
      ['Reshape', {}, [[0, 1, 3, 4]]],
      ['MatMul', {}, [weights(2, 4, 5)]],
    ],
  ),
];

const reduced: readonly OnnxCase[] = [
  ...reductions.flatMap((op) => [
    chain(image, [[op, { keepdims: 0 }, [[1, 3]]]]),
    chain(image, [[op, { axes: [-1] }]], { opset: 13 }),
  ]),
  chain(image, [
    ['ReduceSum', { keepdims: 0 }, [[2]]],
    ['ReduceSum', {}, [[1]]],
  ]),
  chain(image, [
    ['Softmax', { axis: 1 }],
    ['LogSoftmax', { axis: 2 }],
  ]),
  chain(image, [['Softmax', {}]], { opset: 11 }),
  chain(image, [
    ['LpNormalization', { axis: 1, p: 2 }],
    ['LpNormalization', { axis: -1, p: 1 }],
  ]),
  chain(image, [
    ['ArgMax', { axis: 1, keepdims: 0 }],
    ['Cast', { to: 1 }],
  ]),
];

const normalised: readonly OnnxCase[] = [
  chain(image, [
    ['BatchNormalization', { epsilon: real(1e-3) }, [weights(4), weights(4), weights(4), positive(4)]],
  ]),
  chain(image, [['InstanceNormalization', {}, [weights(4), weights(4)]]]),
  chain(image, [
    ['LayerNormalization', { axis: -2 }, [weights(5, 6), weights(5, 6)]],
    ['LayerNormalization', {}, [weights(6)]],
  ]),
  chain(image, [['GroupNormalization', { num_groups: 2 }, [weights(4), weights(4)]]], { opset: 21 }),
];

export const cases: readonly OnnxCase[] = [
  ...elementwise,
  ...convolutions,
  ...pools,
  ...products,
  ...reduced,
  ...normalised,
  ...recurrences,
  ...moved,
  ...sized,
];
