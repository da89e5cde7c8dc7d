/** What all normalisations have in common: numbers less their mean, divided by their standard deviation; epsilon 1e-5. */
import { alongAxes, moments } from '../ir/compose.ts';
import type { Node } from '../ir/node.ts';
import { kinds } from '../errors.ts';
import { printType, type TensorType } from '../types.ts';
import type { Call } from './builtin.ts';

const epsilon = 1e-5;

/** One over the standard deviation. */
export const scaleOf = ({ b }: Pick<Call, 'b'>, variance: Node): Node =>
  b.div(1, b.sqrt(b.add(variance, epsilon)));

/** Each row by its moments over `axes`. */
export function normalised(call: Pick<Call, 'b'>, x: Node, axes: readonly number[]): Node {
  const { b } = call;
  const { variance, centred } = moments(b, x, axes);
  return b.mul(centred, alongAxes(b, scaleOf(call, variance), x.shape, axes));
}

/** What is taken off is all that there is. */
export const refuseOne = (call: Call, layer: string, came: TensorType, over: string, hint: string): never =>
  call.fail(kinds.loneNumber, {
    what: `\`${layer}\` of ${printType(came)} normalises ${over}`,
    why: 'One number less its mean is 0, whatever it is.',
    hint,
  });

/** Normalisation of each channel over places: there are more than one, or a length is not known. */
export function refuseOnePlace(call: Call, layer: string, came: TensorType): void {
  if (came.shape.slice(1).every((size) => size === 1))
    refuseOne(
      call,
      layer,
      came,
      'each channel over one place',
      'Leave it out here, or normalise where there are more places.',
    );
}
