/**
 * Places: cut out, added, moved, resampled, and convolutions whose taps lie apart, in groups or over a border. Numbers of
 * PyTorch 2.15 in float64, with the call that gave them, or closed forms. `x` is arange(24)^1.5 / 10 as [1, 2, 4, 3], `s`
 * arange(10)^1.5 / 10 as [1, 2, 5].
 */
import { assert } from 'chai';
import { symbol } from '../../compiler/ir/dim.ts';
import { printType } from '../../compiler/types.ts';
import { close } from './close.ts';
import { Workbench, type Given } from './workbench.ts';

const grown = (n: number): number[] => Array.from({ length: n }, (_, i) => i ** 1.5 / 10);
const ramp = (n: number, from: number): number[] => Array.from({ length: n }, (_, i) => i / 10 + from);

/** A bench of one row with x and s, and more inputs by need. */
function setting(): { bench: Workbench; numbers: (name: string, given: Record<string, Given>) => number[] } {
  const bench = new Workbench({ sizes: { data: 1 } });
  bench.set('x', [1, 2, 4, 3], grown(24));
  bench.set('s', [1, 2, 5], grown(10));
  const numbers = (name: string, given: Record<string, Given>): number[] => [
    ...bench.run(bench.tensor(name, given).node)[0].data,
  ];
  return { bench, numbers };
}

/** PyTorch's numbers are written with six digits behind the point. */
const near = (found: readonly number[], wanted: readonly number[]): void => close(found, wanted, 1e-6);

describe('vocabulary: places', () => {
  it('resize is F.interpolate with align_corners=False', () => {
    const { bench, numbers } = setting();
    const x = bench.input('x', [2, 4, 3]);
    // F.interpolate(x, size=(3, 5), mode='bilinear', align_corners=False)
    near(
      numbers('resize', { x, size: [3, 5] }),
      [
        0.086603, 0.138628, 0.216667, 0.339891, 0.422041, 0.994655, 1.127198, 1.326013, 1.544638, 1.690388,
        2.494949, 2.67453, 2.943902, 3.227979, 3.417363, 4.432347, 4.648481, 4.972681, 5.30916, 5.53348,
        6.723114, 6.97025, 7.340954, 7.722447, 7.976776, 9.2923, 9.567145, 9.979414, 10.401399, 10.682722,
      ],
    );
    // F.interpolate(x, size=(3, 5), mode='nearest')
    near(
      numbers('resize', { x, size: [3, 5], method: 'nearest' }),
      [
        0.0, 0.0, 0.1, 0.1, 0.282843, 0.519615, 0.519615, 0.8, 0.8, 1.118034, 1.469694, 1.469694, 1.852026,
        1.852026, 2.262742, 4.156922, 4.156922, 4.687217, 4.687217, 5.23832, 5.809475, 5.809475, 6.4, 6.4,
        7.00928, 7.636753, 7.636753, 8.281908, 8.281908, 8.944272,
      ],
    );
    // F.interpolate(s, size=8, mode='linear', align_corners=False)
    near(
      numbers('resize', { x: bench.input('s', [2, 5]), size: 8 }),
      [
        0.0, 0.04375, 0.111428, 0.225704, 0.356834, 0.504817, 0.677332, 0.8, 1.118034, 1.271885, 1.49359,
        1.732547, 1.980375, 2.237072, 2.508699, 2.7,
      ],
    );
  });

  it('nearest takes the whole quotient at every size', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    for (const [have, size] of [
      [49, 7],
      [7, 49],
      [30, 10],
      [10, 31],
    ]) {
      const name = `n${have}`;
      bench.set(
        name,
        [1, 1, have],
        Array.from({ length: have }, (_, i) => i),
      );
      const { node } = bench.tensor('resize', { x: bench.input(name, [1, have]), size, method: 'nearest' });
      const wanted = Array.from({ length: size }, (_, i) => Math.floor((i * have) / size));
      assert.deepEqual([...bench.run(node)[0].data], wanted);
    }
  });

  it('pad is F.pad, with zeros, mirrored or repeated', () => {
    const { bench, numbers } = setting();
    const x = bench.input('x', [2, 4, 3]);
    // F.pad(x, (1, 1, 2, 2), mode='reflect')
    const reflected = [
      1.852026, 1.469694, 1.852026, 2.262742, 1.852026, 0.8, 0.519615, 0.8, 1.118034, 0.8, 0.1, 0.0, 0.1,
      0.282843, 0.1, 0.8, 0.519615, 0.8, 1.118034, 0.8, 1.852026, 1.469694, 1.852026, 2.262742, 1.852026,
      3.162278, 2.7, 3.162278, 3.648287, 3.162278, 1.852026, 1.469694, 1.852026, 2.262742, 1.852026, 0.8,
      0.519615, 0.8, 1.118034, 0.8, 8.281908, 7.636753, 8.281908, 8.944272, 8.281908, 6.4, 5.809475, 6.4,
      7.00928, 6.4, 4.687217, 4.156922, 4.687217, 5.23832, 4.687217, 6.4, 5.809475, 6.4, 7.00928, 6.4,
      8.281908, 7.636753, 8.281908, 8.944272, 8.281908, 10.318915, 9.623409, 10.318915, 11.030413, 10.318915,
      8.281908, 7.636753, 8.281908, 8.944272, 8.281908, 6.4, 5.809475, 6.4, 7.00928, 6.4,
    ];
    near(numbers('pad', { x, by: [2, 1], fill: 'reflect' }), reflected);
    // F.pad(x, (1, 2, 2, 0), mode='replicate')
    const first = [0.0, 0.0, 0.1, 0.282843, 0.282843, 0.282843];
    const second = [4.156922, 4.156922, 4.687217, 5.23832, 5.23832, 5.23832];
    near(numbers('pad', { x, before: [2, 1], after: [0, 2], fill: 'replicate' }), [
      ...[...first, ...first, ...first, 0.519615, 0.519615, 0.8, 1.118034, 1.118034, 1.118034],
      ...[1.469694, 1.469694, 1.852026, 2.262742, 2.262742, 2.262742],
      ...[2.7, 2.7, 3.162278, 3.648287, 3.648287, 3.648287],
      ...[...second, ...second, ...second, 5.809475, 5.809475, 6.4, 7.00928, 7.00928, 7.00928],
      ...[7.636753, 7.636753, 8.281908, 8.944272, 8.944272, 8.944272],
      ...[9.623409, 9.623409, 10.318915, 11.030413, 11.030413, 11.030413],
    ]);
    bench.set('t', [1, 1, 2], [3, 4]);
    near(numbers('pad', { x: bench.input('t', [1, 2]), before: 1, after: 2 }), [0, 3, 4, 0, 0]);
    assert.equal(
      printType(bench.tensor('pad', { x: bench.input('r', [1, 2], { range: [1, 2] }), by: 1 }).type),
      'seq[1, 4] in [0, 2]',
    );
  });

  it('convolutions: dilation, groups, borders as F.conv1d and F.conv2d have them', () => {
    const { bench, numbers } = setting();
    const x = bench.input('x', [2, 4, 3]);
    const plain = { bias: false, channels: 2 };
    // F.conv2d(x, w, stride=(1, 2), padding=1, dilation=(2, 1)), w = arange(16) / 10 - 0.7 as [2, 2, 2, 2]
    bench.set('conv.weight', [2, 2, 2, 2], ramp(16, -0.7));
    near(
      numbers('conv', { x, ...plain, kernel: 2, stride: [1, 2], pad: 1, dilation: [2, 1] }),
      [
        -0.207846, -1.487214, -1.419262, -5.352835, -2.553664, -8.625022, -2.409167, -6.92749, 4.855426,
        10.774637, 9.191433, 19.966627, 12.368335, 26.164743, 4.875991, 10.145268,
      ],
    );
    const grouped = setting();
    // F.conv2d(x, w, groups=2), w = arange(16) / 10 - 0.7 as [4, 1, 2, 2]
    grouped.bench.set('conv.weight', [4, 1, 2, 2], ramp(16, -0.7));
    const given = { x: grouped.bench.input('x', [2, 4, 3]), bias: false, channels: 4, kernel: 2, pad: 0 };
    near(
      grouped.numbers('conv', { ...given, groups: 2 }),
      [
        -0.639808, -1.086919, -2.319388, -3.06193, -4.754912, -5.694517, -0.071962, -0.166569, -0.462854,
        -0.648809, -1.081313, -1.324384, 5.655978, 6.240098, 7.464737, 8.104137, 9.434645, 10.124885,
        14.077423, 15.574024, 18.715991, 20.358321, 23.779039, 25.555087,
      ],
    );
    const steps = setting();
    const s = steps.bench.input('s', [2, 5]);
    steps.bench.set('conv.weight', [2, 2, 3], ramp(12, -0.5));
    // F.conv1d(F.pad(s, (4, 0)), w, dilation=2), w = arange(12) / 10 - 0.5 as [2, 2, 3]
    near(
      steps.numbers('conv', { x: s, ...plain, kernel: 3, dilation: 2, pad: 'causal' }),
      [0.0, -0.03, -0.196656, -0.342854, -0.761946, 0.67082, 0.911816, 1.755085, 2.268377, 3.289795],
    );
    // F.conv1d(F.pad(s, (1, 1), mode='reflect'), w)
    near(
      steps.numbers('conv', { x: s, ...plain, kernel: 3, fill: 'reflect' }),
      [
        -0.485742, -0.495429, -0.798163, -1.185947, -1.458241, 2.068711, 2.398129, 3.093989, 3.864389,
        3.980588,
      ],
    );
  });

  it('crop takes the window that a draw says, each row its own', () => {
    const bench = new Workbench({ sizes: { data: 3 } });
    const places = Array.from({ length: 12 }, (_, i) => i);
    bench.set('i', [3, 1, 3, 4], [...places, ...places, ...places]);
    const x = bench.input('i', [1, 3, 4]);
    // Three windows of one row, two of three columns: [0, 1) in thirds and halves; 1 itself is the last.
    bench.set('u', [3, 2], [0, 0.49, 0.34, 0.51, 1, 1]);
    const { node, type } = bench.tensor('crop', { x, size: [1, 3], at: bench.input('u', [2]) });
    assert.deepEqual([...bench.run(node)[0].data], [0, 1, 2, 5, 6, 7, 9, 10, 11]);
    assert.equal(printType(type), 'image[1, 1, 3]');
    const middle = bench.tensor('crop', { x, size: [1, 2] });
    assert.deepEqual([...bench.run(middle.node)[0].data], [5, 6, 5, 6, 5, 6]);
    assert.equal(bench.mistake('crop', { x, size: 4 }).name, 'outside');
    assert.equal(bench.mistake('crop', { x, size: 2, at: 1.5 }).name, 'argumentOutside');
  });

  it('box is ones within, and is held at every channel', () => {
    const bench = new Workbench({ sizes: { data: 2 } });
    const x = bench.input('x', [2, 3, 4]);
    bench.set('c', [2, 2], [0.5, 0.5, 0, 1]);
    bench.set('z', [2, 2], [1 / 3, 0.5, 1, 0.5]);
    const given = { middle: bench.input('c', [2]), size: bench.input('z', [2]), like: x };
    const mask = bench.tensor('box', given);
    const wanted = [0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0];
    // The second lies around the upper right corner: half of its height and width are cut off.
    wanted[19] = 0;
    assert.deepEqual([...bench.run(mask.node)[0].data], wanted);
    assert.equal(printType(mask.type), 'image[1, 3, 4] in [0, 1]');
    const held = bench.tensor('hold', { x: mask, like: x });
    assert.equal(printType(held.type), 'image[2, 3, 4] in [0, 1]');
    const one = wanted.slice(0, 12);
    assert.deepEqual([...bench.run(held.node)[0].data].slice(0, 24), [...one, ...one]);
    const whole = bench.tensor('box', { middle: 0.5, size: 1, like: bench.input('s', [1, 3]) });
    assert.isNull(whole.type.rows);
    assert.deepEqual([...bench.run(whole.node)[0].data], [1, 1, 1]);
    assert.equal(bench.mistake('hold', { x: bench.input('w', [3, 3, 4]), like: x }).name, 'shape');
  });

  it('a number is held in every place of anything, and a constant is for all rows', () => {
    const { bench } = setting();
    for (const [like, form] of [
      [bench.input('v', [4]), 'vec[4]'],
      [bench.input('m', [2, 3], { form: 'mat' }), 'mat[2, 3]'],
      [bench.input('s', [2, 5]), 'seq[2, 5]'],
      [bench.input('x', [2, 4, 3]), 'image[2, 4, 3]'],
    ] as const) {
      const held = bench.tensor('hold', { x: 0.5, like });
      assert.equal(printType(held.type), form);
      assert.isNull(held.type.rows);
      const { data } = bench.run(held.node)[0];
      assert.deepEqual([...data], Array<number>(data.length).fill(0.5));
    }
    // A vec of one number is a vec: one channel, at every place.
    const one = bench.tensor('hold', { x: bench.input('o', [1]), like: bench.input('s', [2, 5]) });
    assert.equal(printType(one.type), 'seq[1, 5]');
  });

  it('shift and concat along an axis', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    bench.set('t', [1, 2, 3], [1, 2, 3, 4, 5, 6]);
    const x = bench.input('t', [2, 3]);
    const numbers = (name: string, given: Record<string, Given>): number[] => [
      ...bench.run(bench.tensor(name, given).node)[0].data,
    ];
    assert.deepEqual(numbers('shift', { x, by: 1, over: 'time' }), [0, 1, 2, 0, 4, 5]);
    assert.deepEqual(numbers('shift', { x, by: -2, over: 'time' }), [3, 0, 0, 6, 0, 0]);
    assert.equal(bench.mistake('shift', { x, by: 4, over: 'time' }).name, 'outside');
    assert.equal(bench.mistake('shift', { x, by: 1, over: 'width' }).name, 'shape');
    const twice = bench.tensor('concat', { x: [x, x], over: 'time' });
    assert.equal(printType(twice.type), 'seq[2, 6]');
    assert.deepEqual([...bench.run(twice.node)[0].data], [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]);
    const kinds = ['onehot', 'prob'] as const;
    const [a, b] = kinds.map((kind) => bench.input(kind, [2, 3], { kind, range: [0, 1] }));
    assert.equal(
      printType(bench.tensor('concat', { x: [a, b], over: 'time' }).type),
      'probs[2, 6] in [0, 1]',
    );
    assert.equal(bench.mistake('concat', { x: [x, bench.input('v', [3, 3])], over: 'time' }).name, 'shape');
  });

  it('lengths with symbols: what holds for every length, and what does not', () => {
    const T = { terms: { T: 2 }, constant: 0 };
    const bench = new Workbench({ sizes: { T: 4 } });
    const x = bench.input('x', [2, T]);
    const far = bench.tensor('conv', { x, channels: 2, kernel: 3, dilation: 4, pad: 'causal' });
    const y = bench.tensor('resize', { x: bench.tensor('shift', { x: far, by: 1, over: 'time' }), size: 5 });
    assert.deepEqual(y.type.shape, [2, 5]);
    bench.checkGradients(y.node, ['x', 'conv.weight']);
    assert.equal(bench.mistake('crop', { x, size: 3 }).name, 'outside');
    assert.equal(bench.mistake('pad', { x, by: 2, fill: 'reflect' }).name, 'shape');
  });

  it('rows shorter than a shift become zeros', () => {
    for (const [length, later, earlier] of [
      [5, [0, 0, 0, 1, 2], [4, 5, 0, 0, 0]],
      [2, [0, 0], [0, 0]],
    ] as const) {
      const bench = new Workbench({ sizes: { T: length, data: 1 } });
      bench.set(
        't',
        [1, 1, length],
        Array.from({ length }, (_, i) => i + 1),
      );
      const x = bench.input('t', [1, symbol('T')]);
      const shifted = (by: number): number[] => [
        ...bench.run(bench.tensor('shift', { x, by, over: 'time' }).node)[0].data,
      ];
      assert.deepEqual(shifted(3), [...later]);
      assert.deepEqual(shifted(-3), [...earlier]);
    }
  });

  it('mistakes of convolutions say the way out', () => {
    const { bench } = setting();
    const x = bench.input('x', [2, 4, 3]);
    assert.equal(bench.mistake('conv', { x, channels: 3, kernel: 1, groups: 2 }).name, 'division');
    assert.equal(bench.mistake('conv', { x, channels: 2, kernel: 3, pad: 'causal' }).name, 'badArgument');
    assert.equal(bench.mistake('conv', { x, channels: 2, kernel: 3, dilation: 2, pad: 0 }).name, 'shape');
    assert.equal(bench.mistake('conv', { x, channels: 2, kernel: 2, dilation: 0 }).name, 'notCount');
  });
});
