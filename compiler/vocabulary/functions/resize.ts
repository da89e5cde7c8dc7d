/** Images and seqs resampled: as many places as are wanted, each a weighted mean of old ones. */
import { kinds } from '../../errors.ts';
import { sameDim, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { alongAxis, checkPlaced, placed } from '../places.ts';
import { resampling } from '../resampling.ts';
import { leadOf, moved, wrongForm } from '../shapes.ts';
import { choice, nums, value, type Args, type Builtin, type Call } from '../builtin.ts';
import { perAxis } from '../windows.ts';

export const resize: Builtin = {
  doc: 'Another size by interpolation, as PyTorch has it with `align_corners=False`: image[C, H, W] to image[C, size...], seq[C, T] to seq[C, size].',
  where: 'anywhere',
  params: [
    value('x', placed),
    nums('size', 'The new size: one number, or one for each axis; or `like`.', null),
    value('like', `${placed}: its places.`, null),
    choice(
      'method',
      ['bilinear', 'nearest'],
      'bilinear: a weighted mean of the nearest places. nearest: the nearest place.',
      'bilinear',
    ),
  ],
  build(call, args) {
    const { node, type } = args.tensor('x');
    checkPlaced(call, 'resize', type);
    const [channels, ...places] = type.shape;
    const sizes = newSizes(call, args, places.length);
    const nearest = args.choice('method') === 'nearest';
    const lead = leadOf(type);
    const rows = lead === 1 ? node : call.b.reshape(node, [1, ...node.shape]);
    const made = places.reduce<Node>(
      (part, have, i) =>
        sameDim(have, sizes[i])
          ? part
          : alongAxis(call, part, i + 2, resampling(call, have, sizes[i], nearest ? 'nearest' : 'centres')),
      rows,
    );
    const shape = [channels, ...sizes];
    const same = moved(type, shape);
    const kind = type.kind === 'onehot' ? (nearest ? 'onehot' : 'prob') : type.kind;
    return call.tensor(lead === 1 ? made : call.b.reshape(made, shape), { ...same, kind });
  },
};

function newSizes(call: Call, args: Args, count: number): readonly Dim[] {
  if (args.has('size') === args.has('like'))
    call.fail(args.has('size') ? kinds.exclusive : kinds.missingArgument, {
      what: args.has('size') ? 'both `size` and `like` are given' : '`size` or `like` is needed',
      hint: 'Write `resize(x, [32, 32])`, or `resize(x, like: y)` for the places of y.',
    });
  if (args.has('size')) return perAxis(call, args, 'size', count);
  const { type } = args.tensor('like');
  if (type.shape.length === count + 1) return type.shape.slice(1);
  return wrongForm(call, 'like', count === 1 ? 'a seq' : 'an image', type, 'Give a value of the same form.');
}
