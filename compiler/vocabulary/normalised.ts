/** What all normalisations have in common: numbers less their mean, divided by their standard deviation; epsilon 1e-5. */
import { alongAxes, moments } from '../ir/compose.ts';
import type { Node } from '../ir/node.ts';
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
