/**
 * Places moved and added. In: images and seqs; out: the same numbers with others beside them.
 */
import { kinds } from '../../errors.ts';
import { addDims, printDim, subDims, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import {
  axisOf,
  checkPlaced,
  fillOf,
  fillParam,
  overPlaces,
  padded,
  placed,
  surely,
  withZeros,
} from '../places.ts';
import { leadOf, moved } from '../shapes.ts';
import { int, nums, value, type Args, type Builtin, type Call } from '../builtin.ts';
import { perAxis } from '../windows.ts';

const x = value('x', placed);

export const shift: Builtin = {
  doc: 'The same numbers so many places further on, zeros behind them; what leaves is lost. `shift(x, 1, over: time)` is what stood one step earlier.',
  where: 'anywhere',
  params: [x, int('by', 'How many places; below 0 the other way.'), overPlaces],
  build(call, args) {
    const { node, type } = args.tensor('x');
    checkPlaced(call, 'shift', type);
    const [by, own] = [args.int('by'), axisOf(call, '`shift`', type, args.choice('over'))];
    const [axis, size, far] = [own + leadOf(type), type.shape[own], Math.abs(by)];
    if (typeof size === 'number' && far >= size)
      call.fail(kinds.outside, {
        what: `\`shift\` by ${by}, and there are ${printDim(size)} places`,
        why: 'Nothing would be left.',
        hint: 'Shift by less.',
      });
    const beside = (of: Node): Node => padded(call, of, axis, by > 0 ? [far, 0] : [0, far], 'zero');
    const cut = (of: Node, from: Dim, to: Dim): Node => call.b.slice(of, axis, from, to);
    // Rows of a length that is not known may be shorter than that: these become zeros.
    const shifted = surely(far + 1, size)
      ? beside(by > 0 ? cut(node, 0, subDims(size, far)) : cut(node, far, size))
      : by > 0
        ? cut(beside(node), 0, size)
        : cut(beside(node), far, addDims(size, far));
    return call.tensor(shifted, withZeros(moved(type, type.shape)));
  },
};

export const pad: Builtin = {
  doc: 'More places around those that are there: `pad(x, 1)`, `pad(x, [2, 0], fill: reflect)`, `pad(x, before: 1, after: 0)`.',
  where: 'anywhere',
  params: [
    x,
    nums('by', 'Places at both ends: one number, or one for each axis.', null),
    nums('before', 'Places before the first: one number, or one for each axis.', null),
    nums('after', 'Places behind the last: one number, or one for each axis.', null),
    fillParam,
  ],
  build(call, args) {
    const { node, type } = args.tensor('x');
    checkPlaced(call, 'pad', type);
    const [lows, highs] = sides(call, args, type.shape.length - 1);
    const fill = fillOf(args);
    const made = lows.reduce(
      (part, low, i) => padded(call, part, i + 1 + leadOf(type), [low, highs[i]], fill),
      node,
    );
    const shape = type.shape.map((size, i) => (i === 0 ? size : addDims(size, lows[i - 1] + highs[i - 1])));
    const same = moved(type, shape);
    return call.tensor(made, fill === 'zero' ? withZeros(same) : { ...same, kind: type.kind });
  },
};

function sides(call: Call, args: Args, count: number): [number[], number[]] {
  const apart = args.has('before') || args.has('after');
  if (apart === args.has('by'))
    call.fail(apart ? kinds.exclusive : kinds.missingArgument, {
      what: apart ? '`by` is given beside `before` and `after`' : '`pad` needs `by`, or `before` and `after`',
      hint: 'Write `pad(x, 1)` for both ends, or `pad(x, before: 1, after: 0)`.',
    });
  const one = (name: string): number[] =>
    args.has(name) ? perAxis(call, args, name, count, 0) : Array.from({ length: count }, () => 0);
  return apart ? [one('before'), one('after')] : [one('by'), one('by')];
}
