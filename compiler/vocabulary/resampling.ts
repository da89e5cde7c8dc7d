/** Resampling of one axis, as the matrix that it is multiplied by: for `resize`, and for networks from files. */
import { broadcastTo } from '../ir/compose.ts';
import type { Dim } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import type { Call } from './builtin.ts';

/**
 * How new places lie to old ones. centres: the middle of the whole stays, as PyTorch has it with `align_corners=False`;
 * corners: the outermost places stay; origin: the first place stays. nearest: each takes the one that it lies in.
 */
export type Resampling = 'centres' | 'corners' | 'origin' | 'nearest';

/** [have, size]: what each new place takes of each old one. */
export function resampling({ b }: Pick<Call, 'b'>, have: Dim, size: Dim, how: Resampling): Node {
  const shape = [have, size];
  const [old, wanted] = [broadcastTo(b, b.iota(have), shape, [0]), b.iota(size)];
  const [from, to] = [b.extent(have), b.extent(size)];
  if (how === 'nearest') {
    // Half a place more than a whole quotient can be rounded to the one below: floor of a·b / c for whole numbers.
    const source = b.floor(b.div(b.add(b.mul(wanted, from), 0.5), to));
    return b.equal(old, broadcastTo(b, source, shape, [1]));
  }
  const place = {
    centres: () => b.sub(b.div(b.mul(b.add(wanted, 0.5), from), to), 0.5),
    corners: () => b.div(b.mul(wanted, b.sub(from, 1)), b.max(b.sub(to, 1), 1)),
    origin: () => b.div(b.mul(wanted, from), to),
  }[how]();
  const source = b.min(b.max(place, 0), b.sub(from, 1));
  return b.max(0, b.sub(1, b.abs(b.sub(old, broadcastTo(b, source, shape, [1])))));
}
