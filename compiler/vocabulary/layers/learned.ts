/** Layers that are little more than their weights: a learned tensor, a rectifier whose slope is learned. */
import { kinds } from '../../errors.ts';
import { formOf, real } from '../../types.ts';
import { derived, fixed, inRows } from '../shapes.ts';
import { choice, num, nums, value, type Builtin } from '../builtin.ts';
import { perChannel, zero } from '../weights.ts';

export const weight: Builtin = {
  doc: 'A learned tensor without rows: one size makes a vec, two a seq (or, with `form: mat`, a mat), three an image. StyleGAN begins with one (Karras et al. 2018, arXiv:1812.04948); a codebook is one.',
  where: 'network',
  params: [
    nums('shape', 'The sizes: `weight([512, 4, 4])`.'),
    choice('form', ['mat'], 'mat: two sizes make a mat[M, N]. Default: a seq[C, T].', null),
    {
      ...num('std', 'Its first values are normal with mean 0 and this standard deviation; 0 for zeros.', 1),
      interval: '[0, ∞)',
    },
  ],
  build(call, args) {
    const shape = args.reals('shape');
    if (shape.length > 3 || shape.some((size) => !Number.isInteger(size) || size < 1))
      call.fail(kinds.badArgument, {
        what: `\`weight\` takes one to three whole numbers, and ${shape.join(', ')} are given`,
        hint: 'Write `weight([512, 4, 4])` for an image, `weight([64])` for a vec.',
      });
    const mat = args.has('form');
    if (mat && shape.length !== 2)
      call.fail(kinds.shape, {
        what: `a mat has two sizes, and ${shape.length} are given`,
        hint: 'Write `weight([512, 64], form: mat)`.',
      });
    const std = args.real('std');
    const node = call.weight('weight', shape, std === 0 ? zero : { kind: 'normal', mean: 0, std }, {
      decay: true,
    });
    return call.tensor(node, { ...real(shape, null), form: formOf(shape.length, mat ? 'mat' : 'seq') });
  },
};

export const prelu: Builtin = {
  doc: 'x where it is positive, else a slope times x that is learned for each channel, 0.25 at first (He et al. 2015, arXiv:1502.01852).',
  where: 'network',
  params: [
    value('x', 'vec[N], seq[C, T] or image[C, H, W]'),
    choice('slopes', ['channel', 'one'], 'A slope for each channel, or one for all.', 'channel'),
  ],
  build(call, args) {
    const { b } = call;
    const input = args.tensor('x');
    const { x, undo } = inRows(call, input);
    const channels = args.choice('slopes') === 'one' ? 1 : fixed(call, 'prelu', input.type.shape[0] ?? 1);
    const slope = call.weight('slope', [channels], { kind: 'constant', value: 0.25 }, { decay: false });
    const wide =
      channels === 1
        ? b.expand(
            b.reshape(
              slope,
              x.shape.map(() => 1),
            ),
            x.shape,
          )
        : perChannel(call, slope, x);
    return call.tensor(undo(b.select(b.less(0, x), x, b.mul(x, wide))), derived(input.type));
  },
};
