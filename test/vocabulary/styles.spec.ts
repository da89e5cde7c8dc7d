/**
 * Kernels modulated by styles and conditional batch norm against PyTorch: numbers of torch 2.15 in float64 (a grouped
 * F.conv1d with each row's own scaled kernel, F.batch_norm) on the same sines; codebooks and matrices by hand.
 */
import { assert } from 'chai';
import { printType } from '../../compiler/types.ts';
import { close } from './close.ts';
import { Workbench } from './workbench.ts';

/** sin(f·i + 0.3) for i from 0 on. */
const sines = (n: number, f: number): number[] => Array.from({ length: n }, (_, i) => Math.sin(f * i + 0.3));

const modulated = [
  0.01895641492895, 0.6736505984295, 0.18299925978003, -0.52495350620267, -0.48118565106856,
  -0.52375051951517, 0.47986406618443, 0.50861662855567, 0.55403434107325, -0.08923786517247,
  -0.71074008773683, -0.0808559603623, -0.04469457508275, 0.62430703009766, 0.17749029530429,
  -0.42834653328934,
];
const conditional = [
  1.10227595085894, 2.38551120807489, -0.62331165678314, -1.1312063931042, 1.68367784927067, 1.57263351337507,
  0.44361659469232, 0.84559615846546, -0.19759303259906, 0.05245377285229, 0.37288492798659, 0.04026654225562,
  -1.59614107786296, -0.89281937396381, -0.65410904439039, -1.41894377168355, 1.96833867430312,
  -1.17571361589623, -0.53425321780239, 2.44450179119094, 1.33595000849616, 0.3387802593285, 1.132914504748,
  1.92544460340799, 0.1362646002033, 0.30527087512572, -0.05350654447364, -0.1300598290102, -0.77258420449793,
  -0.81340188481216, -1.53917399772051, -1.31133283568334,
];

/** Two rows of x, seq[4, 4], and of a style. */
function bench(weights: Readonly<Record<string, readonly [readonly number[], readonly number[]]>>) {
  const made = new Workbench({ sizes: { data: 2 } });
  for (const [name, [shape, values]] of Object.entries(weights)) made.set(name, shape, values);
  made.set('x', [2, 4, 4], sines(32, 1.7));
  made.set('s', [2, 3], sines(6, 2.1));
  return { made, x: made.input('x', [4, 4]), style: made.input('s', [3]) };
}
const numbers = (made: Workbench, ...call: Parameters<Workbench['tensor']>): number[] => [
  ...made.run(made.tensor(...call).node)[0].data,
];

describe('vocabulary: styles against PyTorch', () => {
  it('modulated_conv is a convolution with each row own kernel, of length 1', () => {
    const { made, x, style } = bench({
      'modulated_conv.weight': [[2, 4, 3], sines(24, 0.7)],
      'modulated_conv.style_weight': [[3, 4], sines(12, 1.3)],
      'modulated_conv.style_gain': [[4], [1, 1, 1, 1]],
    });
    close(numbers(made, 'modulated_conv', { x, channels: 2, style }), modulated, 1e-10);
    assert.equal(made.mistake('modulated_conv', { x, channels: 2, style: x }).name, 'shape');
  });

  it('batch_norm with a condition', () => {
    const { made, x, style } = bench({
      'batch_norm.gain_weight': [[3, 4], sines(12, 0.7)],
      'batch_norm.bias_weight': [[3, 4], sines(12, 1.3)],
    });
    close(numbers(made, 'batch_norm', { x, condition: style }), conditional, 1e-10);
    const own = [...made.owned].map(([name]) => name);
    assert.notInclude(own, 'batch_norm.gain');
    assert.equal(made.mistake('batch_norm', { x, condition: x }).name, 'shape');
  });

  it('spectral maps of a condition are divided by what one power iteration says of their largest singular value', () => {
    const maps = { gain: sines(12, 0.7), bias: sines(12, 1.3) };
    /** |W v| of W [4, 3], the transposed map, with v of W's transpose and the vector that is kept. */
    const largest = (map: readonly number[], kept: readonly number[]): number => {
      const at = (i: number, o: number): number => map[i * 4 + o];
      const v = [0, 1, 2].map((i) => kept.reduce((sum, u, o) => sum + u * at(i, o), 0));
      const image = [0, 1, 2, 3].map((o) => v.reduce((sum, one, i) => sum + one * at(i, o), 0));
      return Math.hypot(...image) / Math.hypot(...v);
    };
    const kept = { gain: [1, 2, -1, 0.5], bias: [0.3, -1, 2, 1] };
    const { made, x, style } = bench({
      'batch_norm.gain_weight': [[3, 4], maps.gain],
      'batch_norm.bias_weight': [[3, 4], maps.bias],
      'batch_norm.gain_singular': [[4], kept.gain],
      'batch_norm.bias_singular': [[4], kept.bias],
    });
    const divided = bench({
      'batch_norm.gain_weight': [[3, 4], maps.gain.map((w) => w / largest(maps.gain, kept.gain))],
      'batch_norm.bias_weight': [[3, 4], maps.bias.map((w) => w / largest(maps.bias, kept.bias))],
    });
    close(
      numbers(made, 'batch_norm', { x, condition: style, spectral: true }),
      numbers(divided.made, 'batch_norm', { x: divided.x, condition: divided.style }),
      1e-10,
    );
    assert.sameMembers([...made.movedTo.keys()], ['gain_singular', 'bias_singular']);
    assert.equal(made.mistake('batch_norm', { x, spectral: true }).name, 'missingArgument');
  });
});

describe('vocabulary: equalised learning rates', () => {
  it('start as N(0, 1), and are scaled by the number of inputs where they are used', () => {
    const { made, x } = bench({
      'conv.weight': [
        [1, 4, 1],
        [1, 1, 1, 1],
      ],
      'conv.bias': [[1], [0]],
    });
    const plain = numbers(made, 'sum', { x, over: 'channels' });
    for (const [equalized, scale] of [
      ['he', Math.sqrt(2 / 4)],
      ['unit', Math.sqrt(1 / 4)],
    ] as const) {
      const scaled = numbers(made, 'conv', { x, channels: 1, kernel: 1, equalized });
      close(
        scaled,
        plain.map((one) => one * scale),
      );
    }
    assert.deepEqual(made.owned.get('conv.weight')!.initial, { kind: 'normal', mean: 0, std: 1 });
    const both = { x, channels: 1, kernel: 1, equalized: 'he', spectral: true };
    assert.equal(made.mistake('conv', both).name, 'exclusive');
  });
});

describe('vocabulary: matrices', () => {
  const [first, second] = [
    [1, 2, 3, 4, 5, 6],
    [0, 1, -1, 2, 1, 0],
  ];
  function matrices() {
    const made = new Workbench({ sizes: { data: 2 } });
    made.set('m', [2, 2, 3], [...first, ...second]);
    made.set('v', [2, 3], [1, 0, 2, 1, 1, 1]);
    made.set('w', [2, 2], [1, -1, 2, 3]);
    return {
      made,
      m: made.input('m', [2, 3], { form: 'mat' }),
      v: made.input('v', [3]),
      w: made.input('w', [2]),
    };
  }

  it('matmul goes row by row, and takes what has no rows for every row', () => {
    const { made, m, v, w } = matrices();
    close(numbers(made, 'matmul', { a: m, b: v }), [7, 16, 0, 3]);
    close(numbers(made, 'matmul', { a: w, b: m }), [-3, -3, -3, 6, 5, -2]);
    const turned = made.tensor('transpose', { x: m });
    assert.equal(printType(turned.type), 'mat[3, 2]');
    close(numbers(made, 'matmul', { a: m, b: turned }), [14, 32, 32, 77, 2, 1, 1, 5]);
    const own = made.tensor('weight', { shape: [3, 2], form: 'mat' });
    made.set('weight.weight', [3, 2], [1, 0, 0, 1, 1, 1]);
    const every = made.tensor('matmul', { a: m, b: own });
    close([...made.run(every.node)[0].data], [4, 5, 10, 11, -1, 0, 2, 1]);
    const before = made.tensor('matmul', { a: made.tensor('transpose', { x: own }), b: v });
    close([...made.run(before.node)[0].data], [3, 2, 2, 2]);
    assert.equal(made.mistake('matmul', { a: m, b: m }).name, 'shape');
    assert.equal(made.mistake('matmul', { a: v, b: v }).name, 'shape');
  });

  it('outer, and a mat by reshape', () => {
    const { made, v, w } = matrices();
    close(numbers(made, 'outer', { a: w, b: v }), [1, 0, 2, -1, 0, -2, 2, 2, 2, 3, 3, 3]);
    assert.equal(printType(made.tensor('outer', { a: w, b: v }).type), 'mat[2, 3]');
    const x = made.input('x', [6]);
    assert.equal(printType(made.tensor('reshape', { x, shape: [2, 3], form: 'mat' }).type), 'mat[2, 3]');
    assert.equal(made.mistake('reshape', { x, shape: [6], form: 'mat' }).name, 'shape');
    assert.equal(made.mistake('transpose', { x }).name, 'shape');
  });
});

describe('vocabulary: codebooks', () => {
  function book() {
    const made = new Workbench({ sizes: { data: 1 } });
    made.set('x', [1, 2, 3], [0.1, 0.9, 2, 0.2, 0.8, -1]);
    const codebook = made.tensor('weight', { shape: [3, 2], form: 'mat' });
    made.set('weight.weight', [3, 2], [0, 0, 1, 1, 2, -2]);
    const x = made.input('x', [2, 3]);
    return { made, x, codebook, found: made.record('quantize', { x, codebook }) };
  }
  const run = (made: Workbench, node: Parameters<Workbench['run']>[0]): number[] => [
    ...made.run(node)[0].data,
  ];
  const tensor = ({ fields }: ReturnType<Workbench['record']>, name: string) => {
    const value = fields[name];
    assert(value.sort === 'tensor');
    return value;
  };

  it('quantize takes the nearest at every place', () => {
    const { made, found } = book();
    close(run(made, tensor(found, 'codes').node), [0, 1, 2, 0, 1, -2]);
    close(run(made, tensor(found, 'passed').node), [0, 1, 2, 0, 1, -2]);
    close(run(made, tensor(found, 'chosen').node), [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    assert.equal(printType(tensor(found, 'chosen').type), 'onehot[3, 3]');
  });

  it('the gradient of `passed` goes to x alone, that of `codes` to the codebook alone', () => {
    const { made, x, codebook, found } = book();
    const by = (name: string, wrt: typeof x): number[] => {
      const value = tensor(found, name);
      const doubled = { ...value, node: made.b.mul(value.node, value.node) };
      return run(
        made,
        made.b.vjp(
          doubled.node,
          [wrt.node],
          made.b.expand(made.b.constant([1], [1, 1, 1]), value.node.shape),
        )[0],
      );
    };
    close(by('passed', x), [0, 2, 4, 0, 2, -4]);
    close(by('passed', codebook), [0, 0, 0, 0, 0, 0]);
    close(by('codes', codebook), [0, 0, 2, 2, 4, -4]);
    close(by('codes', x), [0, 0, 0, 0, 0, 0]);
    const other = made.tensor('weight', { shape: [3, 4], form: 'mat' });
    assert.equal(made.mistake('quantize', { x, codebook: other }).name, 'shape');
  });
});
