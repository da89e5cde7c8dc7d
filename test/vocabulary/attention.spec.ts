/**
 * Layers of groups, attention and styles against PyTorch: numbers of torch 2.15 in float64 (F.group_norm, F.prelu,
 * F.scaled_dot_product_attention, F.instance_norm, F.softmax) on the same sines. Reductions over named axes by hand.
 */
import { assert } from 'chai';
import { printType } from '../../compiler/types.ts';
import { close } from './close.ts';
import { Workbench } from './workbench.ts';

/** sin(f·i + 0.3) for i from 0 on. */
const sines = (n: number, f: number): number[] => Array.from({ length: n }, (_, i) => Math.sin(f * i + 0.3));

const wanted = {
  group: [
    0.42750090590477, 0.69910965136773, 0.06226414774794, -0.04523652399848, 1.66541828996861,
    1.46437075207233, -0.57973235245524, 0.14805804702257, 1.97421440635571, 0.93745786580144,
    -0.39112977715277, 0.98798916936894, 1.17241939594895, 0.90595807738913, 0.81551999077905,
    1.10528620840753,
  ],
  prelu: [
    0.29552020666134, 0.90929742682568, -0.05298361409085, -0.0772764487556, 0.72896904012588,
    0.58491719289176, -0.17593915199433, -0.07164585644737, 0.97200750139498, 0.10775365229944,
    -0.2999323293219, 0.14987720966295, 0.96115272450212, -0.15902227324857, -0.34348280104397,
    0.61883502212004,
  ],
  attention: [
    0.07025080208739, -0.05633228929901, -0.02779610700249, 0.10071476961917, 0.05695444905052,
    -0.04114458639563, -0.01934802701821, 0.08020222068491, 0.02971366053023, -0.01588325377499,
    -0.00616287523384, 0.04005337097675, -0.00480206838801, 0.01326685331761, 0.00853116334556,
    -0.00990194085666,
  ],
  causal: [
    0.095509104848185, -0.021464500574968, -0.066242510517796, 0.10071476961917, 0.12492969001594,
    0.0093956553805312, -0.047019159490253, 0.080202220684909, 0.12376312999253, 0.03795542721394,
    -0.01628387836898, 0.040053370976751, 0.092295039356889, 0.057222386723574, 0.018438264097132,
    -0.0099019408566647,
  ],
  adain: [
    1.10212327803273, 2.5527445379047, -0.8485510471475, -1.42269588780817, 1.62614897225096,
    1.48970481835161, 0.10244128108715, 0.59636797281342, -0.25728681532473, -0.13576749155268,
    0.01995766245251, -0.14169031875333, -1.63088305655462, -1.14408712666344, -0.97886655090828,
    -1.50823800386023,
  ],
  softmax: [
    0.27555249982344, 0.50905465733097, 0.1207137239764, 0.0946791188692, 0.41611924059896, 0.36029387144137,
    0.08328821438144, 0.14029867357823, 0.49998279611489, 0.21067566980137, 0.06960189246724,
    0.21973964161649, 0.46966801005057, 0.12070115242395, 0.07610898729677, 0.3335218502287,
  ],
};

/** x of one row, seq[4, 4], with these weights set. */
function bench(weights: Readonly<Record<string, readonly [readonly number[], readonly number[]]>> = {}) {
  const made = new Workbench({ sizes: { data: 1 } });
  for (const [name, [shape, values]] of Object.entries(weights)) made.set(name, shape, values);
  made.set('x', [1, 4, 4], sines(16, 1.7));
  return { made, x: made.input('x', [4, 4]) };
}
const numbers = (made: Workbench, ...call: Parameters<Workbench['tensor']>): number[] => [
  ...made.run(made.tensor(...call).node)[0].data,
];

describe('vocabulary: layers against PyTorch', () => {
  it('group_norm', () => {
    const { made, x } = bench({
      'group_norm.gain': [[4], sines(4, 0.9)],
      'group_norm.bias': [[4], sines(4, 0.4)],
    });
    close(numbers(made, 'group_norm', { x, groups: 2 }), wanted.group, 1e-9);
    assert.equal(made.mistake('group_norm', { x, groups: 3 }).name, 'division');
  });

  it('prelu has a slope for each channel', () => {
    const { made, x } = bench({ 'prelu.slope': [[4], [0.1, 0.2, 0.3, 0.4]] });
    close(numbers(made, 'prelu', { x }), wanted.prelu);
  });

  it('attention of two heads', () => {
    const { made, x } = bench({
      'attention.query': [[4, 2], sines(8, 0.8)],
      'attention.key': [[4, 2], sines(8, 1.1)],
      'attention.value': [[4, 4], sines(16, 0.6)],
      'attention.result': [[4, 4], sines(16, 0.5)],
    });
    close(numbers(made, 'attention', { x, heads: 2, keys: 2 }), wanted.attention, 1e-10);
    close(numbers(made, 'attention', { x, heads: 2, keys: 2, causal: true }), wanted.causal, 1e-10);
    assert.equal(made.mistake('attention', { x, heads: 3 }).name, 'division');
    assert.equal(made.mistake('attention', { x: made.input('v', [4]) }).name, 'shape');
    assert.equal(
      made.mistake('attention', { x: made.input('image', [4, 2, 2]), causal: true }).name,
      'shape',
    );
    assert.equal(made.mistake('attention', { x, to: x, causal: true }).name, 'badArgument');
  });

  it('adain', () => {
    const { made, x } = bench({
      s: [[1, 3], sines(3, 2.1)],
      'adain.gain_weight': [[3, 4], sines(12, 0.7)],
      'adain.gain_bias': [[4], [0.1, 0.1, 0.1, 0.1]],
      'adain.bias_weight': [[3, 4], sines(12, 1.3)],
      'adain.bias_bias': [[4], [-0.2, -0.2, -0.2, -0.2]],
    });
    close(numbers(made, 'adain', { x, style: made.input('s', [3]) }), wanted.adain, 1e-9);
  });

  it('softmax over time', () => {
    const { made, x } = bench();
    close(numbers(made, 'softmax', { x, over: 'time' }), wanted.softmax);
  });
});

describe('vocabulary: by hand', () => {
  it('pixel_norm makes the mean of squared channels 1 at each place', () => {
    const { made, x } = bench();
    const made2 = numbers(made, 'pixel_norm', { x });
    for (const t of [0, 1, 2, 3]) {
      const mean = [0, 1, 2, 3].reduce((sum, c) => sum + made2[4 * c + t] ** 2, 0) / 4;
      assert.closeTo(mean, 1, 1e-6);
    }
  });

  it('reductions over an axis by its name', () => {
    const made = new Workbench({ sizes: { data: 1 } });
    made.set('i', [1, 2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const x = made.input('i', [2, 2, 3]);
    close(numbers(made, 'sum', { x, over: 'channels' }), [8, 10, 12, 14, 16, 18]);
    close(numbers(made, 'sum', { x, over: 'height' }), [5, 7, 9, 17, 19, 21]);
    close(numbers(made, 'max', { x, over: 'width' }), [3, 6, 9, 12]);
    close(numbers(made, 'mean', { x, over: 'places' }), [3.5, 9.5]);
    close(numbers(made, 'sum', { x, over: 'rows' }), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const types = ['channels', 'height', 'width', 'places'].map((over) =>
      printType(made.tensor('mean', { x, over }).type),
    );
    assert.deepEqual(types, ['image[1, 2, 3]', 'seq[2, 3]', 'seq[2, 2]', 'vec[2]']);
    assert.equal(made.mistake('sum', { x, over: 'time' }).name, 'shape');
    const m = made.input('m', [2, 3], { form: 'mat' });
    assert.equal(printType(made.tensor('sum', { x: m, over: 'second' }).type), 'vec[2]');
    assert.equal(printType(m.type), 'mat[2, 3]');
  });

  it('weight is a learned value without rows', () => {
    const made = new Workbench({ sizes: { data: 1 } });
    const { type } = made.tensor('weight', { shape: [2, 3], form: 'mat' });
    assert.equal(printType(type), 'mat[2, 3]');
    assert.isNull(type.rows);
    assert.deepEqual(made.owned.get('weight.weight')!.initial, { kind: 'normal', mean: 0, std: 1 });
    assert.equal(made.mistake('weight', { shape: [2, 3, 4, 5] }).name, 'badArgument');
  });
});
